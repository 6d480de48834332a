"""How a stored picture is turned so that its chest wall lies at column 0 and its head stays up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.mammography.breast import Edge, Grey, find_chest_wall


@dataclass(frozen=True, slots=True)
class Hanging:
    """From a stored picture of `shape` (rows, columns) with its chest wall at `wall`, and back.

    A picture with its chest wall at the right is mirrored, one with it above or below is
    transposed: nothing is turned by half, which would put the head below. `behind_px` columns
    behind the chest wall, padding or a film's frame, are cut off.
    """

    shape: tuple[int, int]
    wall: Edge
    behind_px: int = 0

    @classmethod
    def of(cls, stored: Grey) -> Hanging:
        """By where the breast lies. ImageError where it stands out at no edge."""
        found = find_chest_wall(stored)
        if found is None:
            raise ImageError(
                "In this picture no breast stands out at one edge; expected a mammogram with air "
                "dark. Look at it: it may be blank, inverted or of something else."
            )
        return cls((stored.shape[0], stored.shape[1]), found.edge, found.behind_px)

    def hang(self, stored: NDArray[np.generic]) -> NDArray[np.generic]:
        """A stored picture, (rows, columns), hung."""
        turned = stored.T if self.wall in (Edge.TOP, Edge.BOTTOM) else stored
        mirrored = self.wall in (Edge.RIGHT, Edge.BOTTOM)
        seen = turned[:, ::-1] if mirrored else turned
        return np.ascontiguousarray(seen[:, self.behind_px :])

    def back(self, hung: NDArray[np.generic]) -> NDArray[np.generic]:
        """A picture or mask as it is stored, of a hung one; 0 in what was cut off."""
        hung = np.pad(hung, ((0, 0), (self.behind_px, 0)))
        mirrored = self.wall in (Edge.RIGHT, Edge.BOTTOM)
        turned = hung[:, ::-1] if mirrored else hung
        return np.ascontiguousarray(turned.T if self.wall in (Edge.TOP, Edge.BOTTOM) else turned)

    def points_back(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 2) [x, y] of the stored picture, pixel centres at integers, of hung ones."""
        rows, columns = self.shape
        x, y = points[:, 0] + self.behind_px, points[:, 1]
        match self.wall:
            case Edge.LEFT:
                return np.stack([x, y], axis=1)
            case Edge.RIGHT:
                return np.stack([columns - 1 - x, y], axis=1)
            case Edge.TOP:
                return np.stack([y, x], axis=1)
            case Edge.BOTTOM:
                return np.stack([y, rows - 1 - x], axis=1)

    def points_hung(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 2) [x, y] of the hung picture, of stored ones."""
        rows, columns = self.shape
        x, y = points[:, 0], points[:, 1]
        match self.wall:
            case Edge.LEFT:
                turned = np.stack([x, y], axis=1)
            case Edge.RIGHT:
                turned = np.stack([columns - 1 - x, y], axis=1)
            case Edge.TOP:
                turned = np.stack([y, x], axis=1)
            case Edge.BOTTOM:
                turned = np.stack([rows - 1 - y, x], axis=1)
        return np.asarray(turned - [self.behind_px, 0], np.float32)

    def within(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 2) [x, y] of the stored picture, moved into it where they lie beyond."""
        rows, columns = self.shape
        return np.clip(points, 0, np.array([columns - 1, rows - 1], np.float32))
