"""A mammogram with regions whose BI-RADS words are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.mammogram import Mammogram
from senoscope.models.programmed.mammography.marks import MarkKind


@dataclass(frozen=True, eq=False)
class WordedRegion:
    """`contour` is (n, 2) [x, y] in hung pixels, as a person would draw it round what is there.

    `truth` has, by the name of a word as in `domain.lexicon.WORDS`, every word that is right.
    """

    kind: MarkKind
    contour: NDArray[np.float32]
    truth: Mapping[str, frozenset[StrEnum]]


@dataclass(frozen=True, eq=False)
class WordedView:
    """`anatomy` names the woman, `density` is her BI-RADS letter."""

    anatomy: str
    density: str
    view: Mammogram
    regions: tuple[WordedRegion, ...]
