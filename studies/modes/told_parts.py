"""How much of a study is read, told by its parts."""

from __future__ import annotations

from collections.abc import Sequence

from senoscope.studies.modes.mode import Say


def parts_of(say: Say, shares: Sequence[float]) -> list[Say]:
    """One for each part, to be told from 0 to 1 of it; the parts follow each other."""

    def part(before: float, own: float) -> Say:
        return lambda share, words: say((before + own * share) / sum(shares), words)

    return [part(sum(shares[:place]), own) for place, own in enumerate(shares)]
