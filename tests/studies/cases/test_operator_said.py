from __future__ import annotations

from typing import Any

import pytest

from senoscope.domain.errors import StorageError
from senoscope.studies.cases.operator_said import operator_said
from senoscope.studies.live_exam_facts import OperatorSaid

KEPT: dict[str, Any] = {
    "number": 2, "side": "L", "clock": 10, "from_nipple_cm": 3.5, "note": "edge",
    "verdict": "rejected", "same_as": 1, "seen": "across", "not_same_as": [3],
    "diameters_mm": [9.0, 8.0, 7.0],
}  # fmt: skip


def test_what_was_kept_is_read_back() -> None:
    said = OperatorSaid("L", 10, 3.5, "edge", "rejected", 1, "across", (3,), (9.0, 8.0, 7.0))
    assert operator_said({"operator": [KEPT]}) == {2: said}


def test_what_is_no_live_exam_has_nothing_said() -> None:
    assert operator_said({"frames": 3}) == {}


@pytest.mark.parametrize(
    "changed",
    [{"side": "X"}, {"clock": 13}, {"clock": "10"}, {"from_nipple_cm": -1}, {"number": None},
     {"diameters_mm": [1.0]}],
)  # fmt: skip
def test_damage_is_said(changed: dict[str, Any]) -> None:
    with pytest.raises(StorageError, match=r"is damaged .*Restore"):
        operator_said({"operator": [KEPT | changed]})


@pytest.mark.parametrize("ledger", [{"operator": 5}, {"operator": ["a"]}, {"operator": [{}]}])
def test_another_form_is_damage_too(ledger: dict[str, Any]) -> None:
    with pytest.raises(StorageError, match="damaged"):
        operator_said(ledger)
