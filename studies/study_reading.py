"""What a mode makes of a study: findings on stored images, and what became of each image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.measurement import LesionMeasurements
from senoscope.domain.errors import ImageError
from senoscope.domain.lexicon import (
    EchoPattern,
    Margin,
    Orientation,
    PosteriorFeatures,
    Shape,
    Term,
)
from senoscope.domain.reading import ReaderDescription, Suspicion, Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing


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
        if self.contour.ndim != 2 or self.contour.shape[1] != 2 or len(self.contour) < 3:
            raise ImageError(f"An outline has shape {self.contour.shape}; expected (3 or more, 2).")


@dataclass(frozen=True, slots=True)
class MassWords:
    """The BI-RADS words of a mass on ultrasound, each with how sure it is."""

    shape: Term[Shape]
    orientation: Term[Orientation]
    margin: Term[Margin]
    echo_pattern: Term[EchoPattern]
    posterior_features: Term[PosteriorFeatures]

    @property
    def assessed(self) -> list[str]:
        """The words themselves, without those that could not be assessed."""
        terms = self.shape, self.orientation, self.margin, self.echo_pattern
        return [each.word.value for each in (*terms, self.posterior_features) if each.word]


@dataclass(frozen=True, slots=True)
class StudyFinding:
    """One lesion, outlined on `outlines`; `key` is the one of them that shows it best.

    `number` counts the study's lesions from 1. `tracking_uid` is a DICOM UID of its own.
    `probability` of malignancy in 0..1, of single frames from `lowest` to `highest`. `measured` is
    of `key`, None where millimetres are unknown; so is `words`, None where they were not asked for.
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
    words: MassWords | None


@dataclass(frozen=True, slots=True)
class ImageReading:
    """What became of one stored image.

    Of its `frames`, `read` were read and `unsuitable` were not, by reason. `trouble` says why none
    could be, "" where some could. `spacing` None: no millimetres.
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


@dataclass(frozen=True, slots=True)
class StudyReading:
    """Of one study by one mode, which read `images` and no others. Findings are by number."""

    study_uid: str
    mode: str
    reader: ReaderDescription
    images: tuple[ImageReading, ...]
    findings: tuple[StudyFinding, ...]
    read_at: datetime

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
