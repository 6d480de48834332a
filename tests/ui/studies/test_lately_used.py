"""What stays in memory, and what goes first."""

from senoscope.ui.studies.lately_used import LatelyUsed


def test_what_was_asked_for_least_lately_goes_first() -> None:
    kept: LatelyUsed[str, bytes] = LatelyUsed(10, len)
    assert kept.put("a", bytes(4)) == bytes(4)
    kept.put("b", bytes(4))
    assert kept.get("a") == bytes(4)
    kept.put("c", bytes(2))
    assert None not in map(kept.get, "bac"), "as much as fits"
    kept.put("d", bytes(3))
    assert [kept.get(each) is None for each in "abcd"] == [False, True, False, False]


def test_what_came_last_stays_however_large() -> None:
    kept: LatelyUsed[str, bytes] = LatelyUsed(10, len)
    kept.put("a", bytes(4))
    kept.put("b", bytes(40))
    assert (kept.get("a"), kept.get("b")) == (None, bytes(40))
    kept.put("b", bytes(1))
    kept.put("a", bytes(9))
    assert (kept.get("a"), kept.get("b")) == (bytes(9), bytes(1)), "the new value counts"
