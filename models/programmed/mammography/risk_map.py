"""The seam for models of risk that say where: a number for each place of the breast.

One reads the lattice of `parenchyma` and gives a map on it, which whoever draws it lays over the
mammogram by its origin and step. `models/risk/risk_map_network.py` is one; no weights ship.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.mammography.parenchyma import ParenchymalTexture


@dataclass(frozen=True, eq=False)
class RiskMap:
    """`values` is (rows, columns), nan where nothing is said; what they mean, the model says.

    `origin` is [x, y] of the first value's place and `step_px` the way to the next one, down and
    across, in pixels of the hung mammogram, pixel centres at integers.
    """

    values: NDArray[np.float64]
    origin: tuple[float, float]
    step_px: float

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or not self.values.size or not self.step_px > 0:
            raise ImageError(
                f"A map of risk of shape {self.values.shape} with a step of {self.step_px:g} "
                "pixels was given; expected (rows, columns) and a step above 0. Make it from the "
                "lattice."
            )

    def at(self, point: tuple[float, float]) -> float:
        """The value nearest to [x, y] of the mammogram, nan beyond the map."""
        column, row = (
            round((each - first) / self.step_px)
            for each, first in zip(point, self.origin, strict=True)
        )
        rows, columns = self.values.shape
        if not (0 <= row < rows and 0 <= column < columns):
            return float("nan")
        return float(self.values[row, column])


class RiskMapper(Protocol):
    """A model of risk for each place of a breast."""

    @property
    def name(self) -> str:
        """What it is called where its map is shown."""
        ...

    def risk_map(self, texture: ParenchymalTexture) -> RiskMap:
        """On the lattice of one view; nan where that is."""
        ...
