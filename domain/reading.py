"""What the software says about one frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from senoscope.domain.errors import SettingsError
from senoscope.domain.lesion import Lesion


class Suspicion(StrEnum):
    """What the page says of a lesion. Never "benign": the clinician decides."""

    LOW = "low"
    UNCERTAIN = "uncertain"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Where a probability of malignancy becomes a word.

    Below `low_below` suspicion is low, from `high_from` on it is high, between it is uncertain.
    """

    low_below: float
    high_from: float

    def __post_init__(self) -> None:
        if not 0 <= self.low_below <= self.high_from <= 1:
            raise SettingsError(
                f"Operating point {self.low_below} .. {self.high_from} was given; "
                "expected 0 <= low_below <= high_from <= 1."
            )

    def suspicion(self, probability: float) -> Suspicion:
        """The word for a probability of malignancy in 0..1."""
        if probability < self.low_below:
            return Suspicion.LOW
        return Suspicion.HIGH if probability >= self.high_from else Suspicion.UNCERTAIN


@dataclass(frozen=True, slots=True)
class Finding:
    """A lesion and what is said of it. `probability` of malignancy is in 0..1."""

    lesion: Lesion
    probability: float
    suspicion: Suspicion


class Unsuitable(StrEnum):
    """Why a frame is not read. Each has a sentence in the page's catalogue."""

    IN_AIR = "in_air"
    TOO_FAST = "too_fast"
    COLOUR = "colour"
    TEXT = "text"
    AXILLA = "axilla"
    DUAL = "dual"
    NO_ULTRASOUND = "no_ultrasound"
    FROZEN = "frozen"
    GAIN_LOW = "gain_low"
    GAIN_HIGH = "gain_high"
    UNLIKE_TRAINING = "unlike_training"
    LOOKING = "looking"
    NO_FIELD = "no_field"
    WRITTEN_ON = "written_on"
    FOR_PROCESSING = "for_processing"
    IMPLANT = "implant"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Reading:
    """All findings of one frame, the most suspicious first.

    `unsuitable` says why the frame was not read, and then there are no findings; None where it was.
    `dismissed` counts outlines that a second look at each took for no lesion; they are no findings.
    `presence` in 0..1: how sure the network is that the frame shows any lesion.
    `stage_ms` names each stage of reading and the milliseconds it took. `fell_back`: the inference
    server gave no usable answer in time, and a network here read this frame in its place.
    """

    frame_index: int
    findings: tuple[Finding, ...]
    presence: float
    stage_ms: Mapping[str, float] = field(default_factory=dict)
    dismissed: int = 0
    unsuitable: Unsuitable | None = None
    fell_back: bool = False


EVERYTHING_UNCERTAIN = OperatingPoint(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class ReaderDescription:
    """Who reads: the engine ("OpenVINO int8") and each model's name and version.

    `operating_point` is where its probabilities become words. `server` is the address of one that
    is asked, and `fallback` the engine here that reads where it gives no answer in time; "" of an
    engine that asks none.
    """

    engine: str
    models: tuple[str, ...]
    operating_point: OperatingPoint = EVERYTHING_UNCERTAIN
    server: str = ""
    fallback: str = ""

    def in_part(self) -> ReaderDescription:
        """Of readings some of which the fallback gave."""
        return replace(self, engine=f"{self.engine}, in part {self.fallback}")
