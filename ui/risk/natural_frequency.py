"""A risk in percent as so many of 100 or 1,000 women, so that it can be drawn and said plainly.

Natural frequencies with one denominator for what is compared (Gigerenzer et al., Psychol Sci Public
Interest 2007;8:53; icon arrays after Galesic et al., Health Psychol 2009;28:210).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CROWDS = (100, 1000)
MOST_OFF = 0.1
"""Of a risk, by which rounding to whole women may change it before a larger crowd is taken."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """`counts` of `of` women each, in the order of the risks."""

    of: int
    counts: tuple[int, ...]


def frequencies(percents: Sequence[float], of: int | None = None) -> Frequencies:
    """Of risks in percent, 0 to 100, that are shown beside each other; `of` None: what fits."""
    for crowd in CROWDS if of is None else (of,):
        counts = tuple(round(each * crowd / 100) for each in percents)
        fits = all(
            abs(count * 100 / crowd - each) <= MOST_OFF * each
            for count, each in zip(counts, percents, strict=True)
        )
        if fits:
            break
    return Frequencies(crowd, counts)
