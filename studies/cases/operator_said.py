"""What the operator said of each lesion of a live exam, from the ledger kept with its reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from senoscope.domain.errors import StorageError
from senoscope.studies.live_exam_facts import SIDES, OperatorSaid

OPERATOR = "operator"
"""The ledger's key."""


def operator_said(ledger: Mapping[str, Any]) -> dict[int, OperatorSaid]:
    """By the lesion's number; nothing of what is no live exam. StorageError where it is damaged."""
    try:
        return {int(each["number"]): _said(each) for each in ledger.get(OPERATOR, ())}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StorageError(
            f"What the operator said of a live exam's lesions is damaged ({type(error).__name__}); "
            "expected what Senoscope kept. Restore the exam store from a backup."
        ) from error


def _said(each: Mapping[str, Any]) -> OperatorSaid:
    side, clock, away = each["side"], each["clock"], each["from_nipple_cm"]
    if side not in ("", *SIDES) or not (clock is None or 1 <= clock <= 12):
        raise ValueError("a side or a clock position that is none")
    if not (away is None or 0 <= away <= 30):
        raise ValueError("a distance from the nipple that is none")
    diameters = each.get("diameters_mm")
    return OperatorSaid(
        side,
        clock,
        away,
        str(each.get("note", "")),
        str(each.get("verdict", "open")),
        each.get("same_as"),
        str(each.get("seen", "")),
        tuple(each.get("not_same_as", ())),
        None if diameters is None else _three(*map(float, diameters)),
    )


def _three(one: float, two: float, three: float) -> tuple[float, float, float]:
    return one, two, three
