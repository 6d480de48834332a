from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.lexicon import Shape
from senoscope.models.programmed.moved_outlines import MOVES, agreed, moved_outlines

SQUARE = np.array([[10, 20], [30, 20], [30, 40], [10, 40]], np.float32)


def test_outlines_are_moved_by_shares_of_their_size() -> None:
    moved = list(moved_outlines(SQUARE))
    assert len(moved) == len(MOVES)
    assert np.ptp(moved[0], axis=0) == pytest.approx([19.2, 19.2])
    assert moved[0].mean(axis=0) == pytest.approx([20, 30])
    assert moved[2].mean(axis=0) == pytest.approx([19.4, 30])


def test_the_word_is_that_of_most_and_the_share_is_theirs() -> None:
    words = {1: Shape.OVAL, 2: Shape.ROUND, 3: None}
    found = agreed(words.get, [1, 2, 2, 3], "why")
    assert (found.word, found.agreement, found.reason) == (Shape.ROUND, 0.5, "")
    assert agreed(words.get, [1, 2], "why").word is Shape.OVAL
    assert agreed(words.get, [3, 3, 1], "why").reason == "why"
