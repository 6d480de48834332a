"""Millimetres a pixel, what says so, and how far it may be off."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from senoscope.domain.errors import SettingsError

SCANNER_PERCENT = 2.0
"""How far a scanner's own distances may be off, 95 %: an allowance of ours, of the order that
quality control asks for (AAPM Ultrasound Task Group 1: Goodsitt et al., Med Phys 1998)."""
LARGEST_PERCENT = 5.0
"""A scale that is known less well is not shown in millimetres."""


@dataclass(frozen=True, slots=True)
class PixelSpacing:
    """Millimetres between pixel centres, (row, column) as in DICOM PixelSpacing (0028,0030)."""

    row_mm: float
    column_mm: float

    def __post_init__(self) -> None:
        if not (0.001 <= self.row_mm <= 10 and 0.001 <= self.column_mm <= 10):
            raise SettingsError(
                f"Pixel spacing {self.row_mm} x {self.column_mm} mm is not plausible; "
                "expected 0.001 to 10 mm per pixel. Check the calibration."
            )


class SpacingOrigin(StrEnum):
    """What says how many millimetres a pixel has. Each has words in the page's catalogue."""

    DICOM_REGION = "dicom_region"
    DICOM_SPACING = "dicom_spacing"
    OPENIGTLINK = "openigtlink"
    RULER = "ruler"
    TWO_POINTS = "two_points"
    PHANTOM = "phantom"


@dataclass(frozen=True, slots=True)
class CalibratedSpacing:
    """A pixel's millimetres and what they rest on.

    `uncertainty_percent` is how far the scale on the picture may be misread, half the width of
    its 95 % interval; 0 where it is written in the file. SettingsError beyond LARGEST_PERCENT.
    """

    spacing: PixelSpacing
    origin: SpacingOrigin
    uncertainty_percent: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.uncertainty_percent <= LARGEST_PERCENT:
            raise SettingsError(
                f"A scale that may be {self.uncertainty_percent:g} % off was given; expected 0 to "
                f"{LARGEST_PERCENT:g} %. Set two points as far apart as the picture allows."
            )

    @property
    def total_percent(self) -> float:
        """With what the scanner itself may be off, which a phantom is not: what is shown."""
        scanner = 0.0 if self.origin is SpacingOrigin.PHANTOM else SCANNER_PERCENT
        return hypot(self.uncertainty_percent, scanner)
