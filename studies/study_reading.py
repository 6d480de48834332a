"""What a mode makes of a study: findings on stored images, and what became of each image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.measurement import LesionMeasurements
from senoscope.domain.breast_mri import DynamicSeries
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.lexicon import WORDS, Term
from senoscope.domain.reading import ReaderDescription, Suspicion, Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing
from senoscope.models.breast_mri_outline import NetworkOutline
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis


@dataclass(frozen=True, slots=True)
class FramePlace:
    """One frame of a stored image; `frame` counts from 1, as ReferencedFrameNumber does."""

    series_uid: str
    instance_uid: str
    sop_class: str
    frame: int = 1


@dataclass(frozen=True, slots=True)
class Outlined:
    """A lesion's closed outline on one frame.

    `contour` is (n, 2) float32, [x, y] in pixels of the whole stored image, pixel centres at
    integers from 0, at least three points, not repeated at the end.
    """

    at: FramePlace
    contour: NDArray[np.float32]

    def __post_init__(self) -> None:
        _require_outline(self.contour)


def _require_outline(contour: NDArray[np.float32]) -> None:
    if contour.ndim != 2 or contour.shape[1] != 2 or len(contour) < 3:
        raise ImageError(f"An outline has shape {contour.shape}; expected (3 or more, 2).")


class FindingKind(StrEnum):
    """What was marked. Its words and codes are in `results`."""

    LESION = "lesion"
    MASS = "mass"
    CALCIFICATIONS = "calcifications"
    DISTORTION = "architectural distortion"
    ENHANCEMENT = "enhancing lesion"


@dataclass(frozen=True, slots=True)
class FindingWord:
    """A BI-RADS word and how sure it is, as of `domain.lexicon.Term`.

    `name` says of what: "shape", "margin" and so on, as `domain.lexicon.WORDS` lists them.
    """

    name: str
    word: str | None
    agreement: float
    reason: str = ""

    def __post_init__(self) -> None:
        """SettingsError for what is no word of the lexicon."""
        known = list(WORDS.get(self.name, ()))
        if not known or (self.word is not None and self.word not in known):
            raise SettingsError(
                f"A word for {self.name[:24]!r} was given that the lexicon does not have; expected "
                f"one of {[each.value for each in known] or list(WORDS)}."
            )
        if not 0 <= self.agreement <= 1:
            raise SettingsError(f"An agreement of {self.agreement} was given; expected 0 to 1.")

    @classmethod
    def of(cls, name: str, term: Term[Any]) -> FindingWord:
        """Of a term."""
        word = None if term.word is None else str(term.word.value)
        return cls(name, word, term.agreement, term.reason)


@dataclass(frozen=True, slots=True)
class ReadingFact:
    """What is said of a finding, a whole image or exam, by a name such as "density_percent".

    A number with its `unit`, or else a `word`. `lower` to `upper` is a 95 % interval, None where
    none is known. The mode that makes it says what each name means.
    """

    name: str
    number: float | None = None
    unit: str = ""
    word: str = ""
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class StudyFinding:
    """One lesion, outlined on `outlines`; `key` is the one of them that shows it best.

    `number` counts the study's lesions from 1. `tracking_uid` is a DICOM UID of its own. Of several
    outlines on one image the one that shows it best comes first.
    `probability` in 0..1, of single frames from `lowest` to `highest`: of malignancy where `kind`
    is LESION, else of a mark being one. `measured` is of `key`, None where millimetres are unknown;
    so are `words`, empty where they were not asked for. `facts`: of a lesion in a volume, its size
    and its curve.
    """

    number: int
    tracking_uid: str
    key: Outlined
    outlines: tuple[Outlined, ...]
    probability: float
    lowest: float
    highest: float
    suspicion: Suspicion
    measured: LesionMeasurements | None
    words: tuple[FindingWord, ...] = ()
    kind: FindingKind = FindingKind.LESION
    facts: tuple[ReadingFact, ...] = ()

    @property
    def images(self) -> list[str]:
        """SOPInstanceUIDs of those on which it is outlined, each once."""
        return list(dict.fromkeys(each.at.instance_uid for each in self.outlines))

    @property
    def assessed(self) -> list[str]:
        """The words themselves, without those that could not be assessed."""
        return [each.word for each in self.words if each.word is not None]


MAMMOGRAPHY = "mammography"
"""The mode whose findings are marks on mammograms."""
BREAST_MRI = "breast_mri"
"""The mode whose findings are regions that take up contrast."""
NOT_KEPT = {"kept": False}
"""Metadata of a field that no layout holds."""
NETWORK, NOT_READ_BY_NETWORK = "network", "network_refusal"
"""Of facts of an image: a network's probability of malignancy, and why one did not read it."""
WEIGHTS = "clinical_weights"
"""Of a fact of an exam: which networks trained on patients read it, in words."""
VIEW_SCORE, EXAM_SCORE = "view_score", "exam_score"
"""Of facts of a tomosynthesis image and of its exam: how much it looks like having a mark."""
CAUTION = "caution"
"""Name of facts whose word is a key of words that a person must know: "no_spacing" and so on."""
NO_MARKS_SOUGHT = "no_marks_sought"
"""Such a word: of an image that was read, but not searched."""
NIPPLE_X, NIPPLE_Y, NIPPLE_DEPTH = "nipple_x", "nipple_y", "nipple_depth"
"""Of facts of a mammogram or of tomosynthesis: where the nipple lies, in pixels of the stored image
from 0, and how far that is from the chest wall's edge, in mm."""
CHEST_WALL, DOWN = "chest_wall", "down"
"""The same: at which edge of the stored image the chest wall lies, "left", "right", "top" or
"bottom"; and where in the patient the lower edge of the hung one is, as in PatientOrientation."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of an image: "breast", "pectoral", "dense" or "asymmetry". `contour` as of `Outlined`.

    Regions of one name are pieces of the same thing and holes in it: what an odd number of them
    encloses belongs to it.
    """

    name: str
    at: FramePlace
    contour: NDArray[np.float32]

    def __post_init__(self) -> None:
        _require_outline(self.contour)


@dataclass(frozen=True, slots=True)
class ImageReading:
    """What became of one stored image.

    Of its `frames`, `read` were read and `unsuitable` were not, by reason. `trouble` says why none
    could be, "" where some could. `spacing` None: no millimetres. See `Region` for `regions`.
    `heights_mm`: of tomosynthesis, how far each frame lies above the lowest slice, in the order of
    the frames; empty where that is not known, and of all else.
    """

    place: int
    series_uid: str
    instance_uid: str
    sop_class: str
    frames: int
    read: int = 0
    unsuitable: Mapping[Unsuitable, int] = field(default_factory=dict)
    spacing: CalibratedSpacing | None = None
    trouble: str = ""
    facts: tuple[ReadingFact, ...] = ()
    regions: tuple[Region, ...] = ()
    heights_mm: tuple[float, ...] = ()

    def height_mm(self, frame: int) -> float | None:
        """Of that frame, counted from 1."""
        return self.heights_mm[frame - 1] if frame <= len(self.heights_mm) else None


@dataclass(frozen=True, eq=False)
class ReadVolumes:
    """One dynamic series as it was read; what no JSON holds is written from it once.

    `slices` are those of the last phase before contrast, on whose grid `analysis` is, in order.
    Lesions have the numbers of their findings. `phases` is the table by which it was read, as JSON.
    `networks`: what users' own networks outline on the same grid.
    """

    series: DynamicSeries
    analysis: MriAnalysis
    slices: tuple[FramePlace, ...]
    phases: Mapping[str, Any]
    networks: tuple[NetworkOutline, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyReading:
    """Of one study by one mode, which read `images` and no others. Findings are by number.

    `below` are marks that are shown only to whoever asks for more: no finding, nobody has to decide
    on them. Their numbers go on from those of the findings. `volumes` are gone once it is kept.
    """

    study_uid: str
    mode: str
    reader: ReaderDescription
    images: tuple[ImageReading, ...]
    findings: tuple[StudyFinding, ...]
    read_at: datetime
    facts: tuple[ReadingFact, ...] = ()
    below: tuple[StudyFinding, ...] = ()
    volumes: tuple[ReadVolumes, ...] = field(
        default=(), compare=False, repr=False, metadata=NOT_KEPT
    )

    @property
    def frames_read(self) -> int:
        """Of all images."""
        return sum(each.read for each in self.images)

    def spacing_of(self, instance_uid: str) -> CalibratedSpacing | None:
        """Of that image; None where it has none, or was not read."""
        known = (each.spacing for each in self.images if each.instance_uid == instance_uid)
        return next(known, None)

    def pixel_spacing_of(self, instance_uid: str) -> PixelSpacing | None:
        """The same, without what it rests on."""
        spacing = self.spacing_of(instance_uid)
        return None if spacing is None else spacing.spacing

    @property
    def abstained(self) -> bool:
        """Whether not one frame was fit to be read: the images say why."""
        return self.frames_read == 0
