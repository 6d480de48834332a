"""One view of one breast, as every reader of mammograms here sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.spacing import PixelSpacing


class Laterality(StrEnum):
    """ImageLaterality (0020,0062)."""

    LEFT = "L"
    RIGHT = "R"


class Intent(StrEnum):
    """PresentationIntentType (0008,0068): what the grey values were made for."""

    PRESENTATION = "FOR PRESENTATION"
    PROCESSING = "FOR PROCESSING"


OBLIQUE = ("MLO", "LMO", "ML", "LM")
"""Views whose upper corner the pectoral muscle crosses as a rule."""


@dataclass(frozen=True, eq=False)
class Mammogram:
    """Hung for reading: the chest wall at column 0, the head (or the lateral side) at row 0.

    `pixels` is (rows, columns) float32 in 0..1, 0 is air and denser is brighter. `view` is an
    abbreviation of ViewPosition (0018,5101), such as "CC". `laterality`, `view` and `spacing` are
    None where they are not known: then nothing that needs them is said.
    """

    pixels: NDArray[np.float32]
    intent: Intent
    laterality: Laterality | None
    view: str | None
    spacing: PixelSpacing | None

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.dtype != np.float32 or min(self.pixels.shape) < 64:
            raise ImageError(
                f"A mammogram of {self.pixels.dtype} {self.pixels.shape} was given; expected "
                "float32 (rows, columns) of at least 64 pixels either way."
            )

    @property
    def is_oblique(self) -> bool:
        """Of `OBLIQUE`."""
        return self.view in OBLIQUE
