"""What the benchmark counts as one lesion, and as chance."""

from __future__ import annotations

from benchmarks.same_lesion import Still, figures
from senoscope.realtime.tracking.same_lesion import Likeness, Look

LIKE = Likeness(depth=0.25, height=0.7, width=0.3, log_odds=1.0, within_s=1.0)
SHALLOW, DEEP = Look(40, 20, 30, 0.0), Look(200, 20, 30, 0.0)


def test_pairs_and_chance_are_counted_apart() -> None:
    stills = [
        Still("a", "one", 300, SHALLOW),
        Still("a", "one", 301, SHALLOW._replace(width=12)),
        Still("b", "one", 302, SHALLOW),
        Still("b", "one", 302, DEEP),
        Still("c", "one", 300, DEEP),
        Still("d", "other", 300, SHALLOW),
        Still("e", "one", 400, SHALLOW),
    ]
    found = figures(stills, LIKE)
    assert (found["same"].value, found["same"].n) == (0.5, 2)
    # Of a, b and c, each beside two others: a and b are alike, c is like neither.
    assert (found["other"].value, found["other"].n) == (1 / 3, 3)
