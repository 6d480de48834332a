"""What the header of one MR image, or of one frame, says of a dynamic study."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from math import isfinite

from pydicom import Dataset

from senoscope.studies.files.study_header import items_of, numbers_of, text_of, whole_of
from senoscope.studies.images.mri_kind import (
    MriKind,
    component_of,
    fat_suppression_of,
    kind_of,
    says_pre_contrast,
    words_of,
)

CLASSIC = "1.2.840.10008.5.1.4.1.1.4"
ENHANCED = "1.2.840.10008.5.1.4.1.1.4.1"
LEGACY_CONVERTED = "1.2.840.10008.5.1.4.1.1.4.4"
MR_CLASSES = (CLASSIC, ENHANCED, LEGACY_CONVERTED)
DAY_S = 86_400.0

_TIME = re.compile(r"(\d{2})(\d{2})?(\d{2}(?:\.\d{1,6})?)?")
_MOMENT = re.compile(r"(\d{8})(\d{2,6}(?:\.\d{1,6})?)(?:[+-]\d{4})?")


@dataclass(frozen=True, slots=True)
class MriHeader:
    """Facts of one slice; no text of the header is kept, since it may name somebody.

    `position_mm` and `orientation` are ImagePositionPatient and ImageOrientationPatient,
    `spacing_mm` (rows, columns). `acquired_s` and `content_s` are seconds on one clock, `bolus_s`
    seconds of the day, `trigger_s` from some trigger. `contrast`: whether an agent is named, or was
    given. `component`: of a Dixon or complex image. None: not said, or not readable.
    """

    kind: MriKind
    component: str
    fat_suppressed: bool | None
    contrast: bool
    says_pre: bool
    position_mm: tuple[float, ...]
    orientation: tuple[float, ...]
    spacing_mm: tuple[float, ...]
    thickness_mm: float | None
    temporal: int | None
    acquired_s: float | None
    content_s: float | None
    trigger_s: float | None
    duration_s: float | None
    bolus_s: float | None
    rescale: tuple[float, float] | None
    echo_ms: float | None
    repetition_ms: float | None
    flip_deg: float | None
    side: str
    is_derived: bool

    @classmethod
    def of(cls, header: Dataset) -> MriHeader | None:
        """None where it is no MR image."""
        if text_of(header, "SOPClassUID") not in MR_CLASSES:
            return None
        return cls.of_frame(header)

    @classmethod
    def of_frame(cls, header: Dataset) -> MriHeader:
        """Of attributes that lie flat, as those of a classic image do."""
        types = words_of(header, "ImageType")
        text = text_of(header, "SeriesDescription").lower()
        return cls(
            kind=kind_of(header, types, text),
            component=component_of(types),
            fat_suppressed=fat_suppression_of(header, text),
            contrast=_contrast(header),
            says_pre=says_pre_contrast(text),
            position_mm=numbers_of(header, "ImagePositionPatient"),
            orientation=numbers_of(header, "ImageOrientationPatient"),
            spacing_mm=numbers_of(header, "PixelSpacing"),
            thickness_mm=_number(header, "SliceThickness"),
            temporal=whole_of(header, "TemporalPositionIdentifier"),
            acquired_s=_moment(header, "Acquisition"),
            content_s=_moment(header, "Content"),
            trigger_s=_seconds(header, "TriggerTime"),
            duration_s=_number(header, "AcquisitionDuration"),
            bolus_s=_bolus(header),
            rescale=_rescale(header),
            echo_ms=_number(header, "EchoTime"),
            repetition_ms=_number(header, "RepetitionTime"),
            flip_deg=_number(header, "FlipAngle"),
            side=_side(header, text),
            is_derived=types[:1] == ("DERIVED",),
        )


def _number(header: Dataset, keyword: str) -> float | None:
    numbers = numbers_of(header, keyword)
    return numbers[0] if len(numbers) == 1 else None


def _seconds(header: Dataset, keyword: str) -> float | None:
    number = _number(header, keyword)
    return None if number is None else number / 1000


def _contrast(header: Dataset) -> bool:
    """Whether an agent is named; where a frame says whether it was given, that counts."""
    for use in items_of(header, "ContrastBolusUsageSequence")[:1]:
        return text_of(use, "ContrastBolusAgentAdministered").upper() == "YES"
    agent = text_of(header, "ContrastBolusAgent").upper()
    return agent not in ("", "NO", "NONE", "N", "OFF")


def _bolus(header: Dataset) -> float | None:
    agents = items_of(header, "ContrastBolusAgentSequence")[:1]
    profiles = [items_of(each, "ContrastAdministrationProfileSequence")[:1] for each in agents]
    said = (header, *agents, *(item for each in profiles for item in each))
    for each in said:
        start = _second_of_day(text_of(each, "ContrastBolusStartTime"))
        if start is not None:
            return start
    return None


def _second_of_day(text: str) -> float | None:
    read = _TIME.fullmatch(text.replace(":", ""))
    if read is None:
        return None
    hour, minute, second = int(read[1]), int(read[2] or 0), float(read[3] or 0)
    return 3600 * hour + 60 * minute + second if hour < 24 and minute < 60 and second < 61 else None


def _moment(header: Dataset, what: str) -> float | None:
    """By date and time apart, else together, as what is de-identified keeps the former alike."""
    second = _second_of_day(text_of(header, f"{what}Time"))
    if second is not None:
        return _day_s(text_of(header, f"{what}Date").replace(".", "")) + second
    both = _MOMENT.fullmatch(text_of(header, f"{what}DateTime"))
    second = None if both is None else _second_of_day(both[2])
    return None if both is None or second is None else _day_s(both[1]) + second


def _day_s(text: str) -> float:
    """0 where no date is said: then times are of one day."""
    try:
        return date.fromisoformat(text).toordinal() * DAY_S if len(text) == 8 else 0.0
    except ValueError:
        return 0.0


def _rescale(header: Dataset) -> tuple[float, float] | None:
    """Slope and intercept; (1, 0) where neither is said, None where they are no numbers."""
    if not text_of(header, "RescaleSlope") and not text_of(header, "RescaleIntercept"):
        return 1.0, 0.0
    slope, intercept = _number(header, "RescaleSlope"), _number(header, "RescaleIntercept")
    if slope is None or intercept is None or not slope or not isfinite(slope * intercept):
        return None
    return slope, intercept


_SIDE_WORDS = (
    ("B", re.compile(r"\bbilat|\bboth\b|\bbeid")),
    ("L", re.compile(r"(?<![a-z])(left|lt|links)(?![a-z])")),
    ("R", re.compile(r"(?<![a-z])(right|rt|rechts)(?![a-z])")),
)


def _side(header: Dataset, text: str) -> str:
    """One of "B", "L" and "R", or "" where none is said."""
    for keyword in ("FrameLaterality", "ImageLaterality", "Laterality"):
        said = text_of(header, keyword).upper()
        if said in ("B", "L", "R"):
            return said
    worded = [side for side, pattern in _SIDE_WORDS if pattern.search(text)]
    return worded[0] if len(worded) == 1 else ""
