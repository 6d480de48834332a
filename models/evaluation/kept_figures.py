"""Figures as JSON, and their cells in Markdown: every table is made from what was kept.

JSON has no nan: a figure that could not be computed is null there and "-" in a table.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, TypedDict

DIGITS = 4
SET_TITLES = {"bus-bra 3": "BUS-BRA fold 3", "busi val": "BUSI val"}
"""How a table calls the parts that figures are of."""


class KeptEstimate(TypedDict):
    """An `Estimate` as JSON."""

    value: float | None
    ci: list[float | None]
    n: int


class KeptDifference(KeptEstimate):
    """A `Difference` as JSON."""

    p: float | None
    patients: int


def as_json(value: Any) -> Any:
    """Dataclasses, mappings and sequences as what JSON holds; numbers rounded to DIGITS."""
    if is_dataclass(value) and not isinstance(value, type):
        return as_json(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, DIGITS)
    return value


def json_text(value: Any) -> str:
    """`value` as the text of a JSON file."""
    return json.dumps(as_json(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def estimate_cell(figure: KeptEstimate, digits: int = 3) -> str:
    """Value and 95 % interval."""
    value, (low, high) = figure["value"], figure["ci"]
    if value is None:
        return "-"
    return f"{value:.{digits}f}" + _interval(low, high, f".{digits}f")


def difference_cell(difference: KeptEstimate | None) -> str:
    """With its sign; "-" where there is nothing to differ from."""
    if difference is None or difference["value"] is None:
        return "-"
    low, high = difference["ci"]
    return f"{difference['value']:+.3f}" + _interval(low, high, "+.3f")


def number_cell(number: float | None, form: str = ",.0f") -> str:
    """A number without an interval."""
    return "-" if number is None else format(number, form)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, a line a row."""
    lines = [list(head), ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _interval(low: float | None, high: float | None, form: str) -> str:
    return "" if low is None or high is None else f" [{low:{form}}, {high:{form}}]"
