"""How late a picture is, by the clock that it shows, each part of the way apart.

    pattern drawn --grabber--> in memory --software--> published --display--> drawn by a browser
                                   |--reading--> read

A picture says when its pattern was drawn, the frame when it came into memory, the loop when it was
published, a page when it drew it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.calibration.time_code import TimeCode
from senoscope.domain.errors import SettingsError

LONGEST_MS = 10_000.0
"""An older picture is no live one: its code was read wrongly, or is of another run."""
FEWEST_FOR_P95, FEWEST_FOR_P99 = 20, 100
"""With fewer, the percentile is the largest sample, which says little."""
TOLERANCE_MS = 5.0
"""By which a delay that was put in may be missed."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One picture that was filmed. `code` is None where it could not be read.

    Times are `time.monotonic_ns()`; `published_at_ns` is None where nothing published it,
    `read_at_ns` where it was not read.
    """

    code: TimeCode | None
    captured_at_ns: int
    published_at_ns: int | None = None
    read_at_ns: int | None = None

    @property
    def age_ms(self) -> float | None:
        """From the drawing of the pattern until the picture was in memory; None: cannot be told."""
        if self.code is None:
            return None
        age_ms = self.code.age_ms(self.captured_at_ns / 1e6)
        return age_ms if age_ms <= LONGEST_MS else None


@dataclass(frozen=True, slots=True)
class Stage:
    """Milliseconds that 50, 95 and 99 % of `n` samples do not exceed; None with too few."""

    n: int
    p50: float | None
    p95: float | None
    p99: float | None

    @classmethod
    def of(cls, samples_ms: Sequence[float]) -> Stage:
        """What (n,) samples come to."""

        def percentile(share: int, fewest: int) -> float | None:
            enough = len(samples_ms) >= fewest
            return float(np.percentile(samples_ms, share)) if enough else None

        return cls(
            len(samples_ms),
            percentile(50, 1),
            percentile(95, FEWEST_FOR_P95),
            percentile(99, FEWEST_FOR_P99),
        )


@dataclass(frozen=True, slots=True)
class Latency:
    """Where the time goes. `until_published` is grabber and software of the same pictures.

    `pictures` came, `unread` of them told no moment; `span_p95_ms` is within how much 95 % of the
    others told it, None where none did.
    """

    pictures: int
    unread: int
    span_p95_ms: float | None
    grabber: Stage
    software: Stage
    until_published: Stage
    reading: Stage
    display: Stage


def latency(glimpses: Sequence[Glimpse], display_ms: Sequence[float]) -> Latency:
    """Of the pictures filmed, and of a page's times from published to drawn, as many as it told."""
    told = [(each, each.age_ms) for each in glimpses]
    ages = [(each, age_ms) for each, age_ms in told if age_ms is not None]
    spans = [each.code.span_ms for each, _ in ages if each.code is not None]
    software = {each: _later_ms(each, each.published_at_ns) for each in glimpses}
    return Latency(
        pictures=len(glimpses),
        unread=len(glimpses) - len(ages),
        span_p95_ms=float(np.percentile(spans, 95)) if spans else None,
        grabber=Stage.of([age_ms for _, age_ms in ages]),
        software=Stage.of(_known(software.values())),
        until_published=Stage.of(
            [age_ms + later for each, age_ms in ages if (later := software[each]) is not None]
        ),
        reading=Stage.of(_known(_later_ms(each, each.read_at_ns) for each in glimpses)),
        display=Stage.of(display_ms),
    )


def _later_ms(glimpse: Glimpse, at_ns: int | None) -> float | None:
    return None if at_ns is None else (at_ns - glimpse.captured_at_ns) / 1e6


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


@dataclass(frozen=True, slots=True)
class FoundDelay:
    """A delay that was asked for, what it came to, and what it was measured as.

    `held_ms` is the median by which pictures were held back, over that with no delay: a busy
    machine holds them longer than asked. `found_ms` is of `n` pictures.
    """

    asked_ms: float
    held_ms: float
    found_ms: float
    n: int

    @property
    def error_ms(self) -> float:
        """Without its sign."""
        return abs(self.found_ms - self.held_ms)


@dataclass(frozen=True, slots=True)
class Held:
    """What was filmed with one delay put in, and by how many milliseconds each was held back."""

    glimpses: Sequence[Glimpse]
    held_ms: Sequence[float]


def found_delays(filmed: Mapping[float, Held]) -> list[FoundDelay]:
    """By the delay asked for, 0 among them: how much later than with none the median came.

    SettingsError where there is none with no delay, or no picture of one could be read.
    """
    ages = {
        asked_ms: [age_ms for each in held.glimpses if (age_ms := each.age_ms) is not None]
        for asked_ms, held in filmed.items()
    }
    empty = [f"{asked_ms:g} ms" for asked_ms, known in {0.0: [], **ages}.items() if not known]
    if empty:
        raise SettingsError(
            f"No picture of the pattern could be read with a delay of {', '.join(empty)}; expected "
            "some with each delay and with none. Run it again on a machine that is less busy."
        )

    def over_none(asked_ms: float) -> FoundDelay:
        held_ms, age_ms = (
            float(np.median(some) - np.median(none))
            for some, none in (
                (filmed[asked_ms].held_ms, filmed[0.0].held_ms),
                (ages[asked_ms], ages[0.0]),
            )
        )
        return FoundDelay(asked_ms, held_ms, age_ms, len(ages[asked_ms]))

    return [over_none(asked_ms) for asked_ms in filmed]
