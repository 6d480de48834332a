from __future__ import annotations

import numpy as np

from senoscope.models.programmed.tomosynthesis.join import APART_MM, DEEP_MM, joined


def floats(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(values, np.float32)


def test_one_place_seen_in_many_slices_is_one() -> None:
    at = np.array([(10, 10), (11, 10), (12, 11), (40, 40)], np.float32)
    found = joined(at, floats(3, 6, 9, 6), floats(0, 2, 1, 1), 10)
    assert [each.best for each in found] == [1, 3]
    assert found[0].members.tolist() == [0, 1, 2]
    assert found[1].members.tolist() == [3]


def test_what_lies_far_behind_is_another_place() -> None:
    at = np.array([(10, 10), (10, 10)], np.float32)
    assert len(joined(at, floats(0, DEEP_MM - 1), floats(2, 1), 10)) == 1
    assert len(joined(at, floats(0, DEEP_MM), floats(2, 1), 10)) == 2


def test_what_lies_beside_is_another_place() -> None:
    at = np.array([(10, 10), (10, 10 + APART_MM)], np.float32)
    assert len(joined(at, floats(0, 0), floats(2, 1), 10)) == 2


def test_no_more_than_asked_and_the_best_first() -> None:
    at = np.array([(0, 0), (30, 0), (60, 0)], np.float32)
    found = joined(at, floats(0, 0, 0), floats(1, 3, 2), 2)
    assert [each.best for each in found] == [1, 2]


def test_nothing_gives_nothing() -> None:
    assert joined(np.zeros((0, 2), np.float32), floats(), floats(), 5) == []
