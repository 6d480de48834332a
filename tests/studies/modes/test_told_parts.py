from __future__ import annotations

import pytest

from senoscope.studies.modes.told_parts import parts_of


def test_parts_follow_each_other() -> None:
    told: list[tuple[float, str]] = []
    first, second, nothing = parts_of(lambda share, words: told.append((share, words)), (1, 3, 0))
    first(0.0, "a")
    first(1.0, "b")
    second(0.5, "c")
    second(1.0, "d")
    nothing(0.5, "e")
    assert [share for share, _ in told] == pytest.approx([0, 0.25, 0.625, 1, 1])
    assert "".join(words for _, words in told) == "abcde"
