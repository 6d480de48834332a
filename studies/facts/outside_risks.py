"""Risks that others computed, from a table: Tyrer-Cuzick and CanRisk, taken as they are given.

Columns, in any order: `model` (tyrer-cuzick or canrisk), `horizon` (10 years, or lifetime) and
`percent` (absolute risk of breast cancer, 0 to 100). One woman a file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from senoscope.domain.risk import PatientFacts
from senoscope.studies.files.table_text import TableText

LARGEST_FILE = 2**20
COLUMNS = ("model", "horizon", "percent")
MODELS = ("tyrer-cuzick", "canrisk")
LIFETIME = "lifetime"
LONGEST_YEARS = 80
_YEARS = re.compile(r"([1-9]\d?) ?(?:y|years?)", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,12})?) ?%?", re.ASCII)


def read_outside_risks(path: Path) -> dict[str, float]:
    """Percent by "MODEL N years" or "MODEL lifetime", as `PatientFacts.outside_percent` has it.

    DataSetError names the line and the column that is wrong: another model, a horizon that is none,
    a percent beyond 0 to 100 or with a comma, the same twice.
    """
    table = TableText.read(path, "a table of risks", LARGEST_FILE)
    table.require_columns(COLUMNS, COLUMNS)
    found: dict[str, float] = {}
    for line, cells in table.rows():
        model = cells["model"].strip().lower()
        if model not in MODELS:
            raise table.trouble(line, "model", "another model", " or ".join(MODELS))
        name = f"{model} {_horizon(table, line, cells['horizon'])}"
        if name in found:
            raise table.trouble(line, "horizon", f"{name} once more", "each once")
        found[name] = _percent(table, line, cells["percent"])
    return found


def with_outside_risks(facts: PatientFacts, path: Path) -> PatientFacts:
    """The same woman, with the risks of that table beside those that are known."""
    risks = {**facts.outside_percent, **read_outside_risks(path)}
    return replace(facts, outside_percent=risks)


def _horizon(table: TableText, line: int, cell: str) -> str:
    said = cell.strip().lower()
    if said == LIFETIME:
        return LIFETIME
    years = _YEARS.fullmatch(said)
    if years is None or int(years[1]) > LONGEST_YEARS:
        raise table.trouble(
            line,
            "horizon",
            "no horizon",
            f"1 to {LONGEST_YEARS} years, such as '10 years', or {LIFETIME}",
        )
    return f"{int(years[1])} years"


def _percent(table: TableText, line: int, cell: str) -> float:
    said = _PERCENT.fullmatch(cell.strip())
    if said is None or float(said[1]) > 100:
        raise table.trouble(line, "percent", "no percent", "0 to 100, with a point, such as 3.4")
    return float(said[1])
