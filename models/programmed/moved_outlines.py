"""How sure a word is: the share of slightly moved outlines that give the same one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.lexicon import Term

MOVES = ((0.96, 0, 0), (1.04, 0, 0), (1, -0.03, 0), (1, 0.03, 0), (1, 0, -0.03), (1, 0, 0.03))
"""How outlines are moved to see which words stand: size, and shift in widths and heights.
About what two readers differ by."""

Word = TypeVar("Word", bound=StrEnum)
Measured = TypeVar("Measured")


def moved_outlines(contour: NDArray[np.floating]) -> Iterator[NDArray[np.float64]]:
    """`contour`, (n, 2) [x, y], by each of MOVES."""
    points = np.asarray(contour, dtype=np.float64)
    centre, size = points.mean(axis=0), np.ptp(points, axis=0)
    for grown, right, down in MOVES:
        yield centre + (points - centre) * grown + size * [right, down]


def agreed(
    choose: Callable[[Measured], Word | None], every: Sequence[Measured], reason: str
) -> Term[Word]:
    """What most outlines say; the first, unmoved one decides between equals.

    `reason` is why there is no word where most give none.
    """
    words = [choose(values) for values in every]
    counts = Counter(words)
    word = max(words, key=lambda each: counts[each])
    return Term(word, counts[word] / len(words), "" if word is not None else reason)
