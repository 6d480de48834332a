"""What programmed CADe points at on a mammogram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError

Points = NDArray[np.float32]


class MarkKind(StrEnum):
    """What a mark is for; each has a detector, a model and a threshold of its own."""

    CALCIFICATIONS = "calcifications"
    MASS = "mass"
    DISTORTION = "distortion"


@dataclass(frozen=True, eq=False)
class Mark:
    """A place to look at again.

    `outline` is (n, 2) and `centre` [x, y], in pixels of the hung view, pixel centres at integers;
    the outline is not closed by its first point again. `score` in 0..1 ranks marks of one kind, it
    is no probability of cancer. `features` by the names in `mark_features` or `calcifications`.
    """

    kind: MarkKind
    outline: Points
    centre: tuple[float, float]
    score: float
    features: Mapping[str, float]

    def __post_init__(self) -> None:
        usable = self.outline.ndim == 2 and self.outline.shape[1:] == (2,) and len(self.outline) > 2
        if not usable or not 0 <= self.score <= 1:
            raise ImageError(
                f"A mark with an outline of shape {self.outline.shape} and a score of "
                f"{self.score} was given; expected (n, 2) with n of 3 or more, and 0 to 1. Mark "
                "the place again."
            )


@dataclass(frozen=True, eq=False)
class Candidate:
    """A mark before it is scored, in pixels of the working picture (`working_picture`)."""

    kind: MarkKind
    outline: Points
    centre: tuple[float, float]
    features: Mapping[str, float]


def circle(centre: tuple[float, float], radius: float, count: int = 32) -> Points:
    """(count, 2) around `centre`."""
    angle = np.arange(count) * (2 * np.pi / count)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius
    return np.asarray(around + np.array(centre), np.float32)
