"""A table of women through the Breast Cancer Risk Assessment Tool, row by row, nothing lost.

Columns as of NCI's programs: Race, T1, T2, N_Biop, HypPlas, AgeMen, Age1st, N_Rels; where its
results stand beside them (Error_Ind, RR_Star1, RR_Star2, AbsRisk), they are compared.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from math import isfinite
from pathlib import Path

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.risk.bcrat import BcratRisk, bcrat
from senoscope.models.risk.bcrat_facts import BcratFacts
from senoscope.studies.files.table_text import TableText

LARGEST_FILE = 64 * 2**20
COLUMNS = ("Race", "T1", "T2", "N_Biop", "HypPlas", "AgeMen", "Age1st", "N_Rels")
REFERENCE = ("Error_Ind", "RR_Star1", "RR_Star2", "AbsRisk")
RESULTS = (
    "bcrat_line",
    "bcrat_percent",
    "bcrat_average_percent",
    "bcrat_relative_risk",
    "bcrat_relative_risk_from_50",
    "bcrat_cautions",
    "bcrat_error",
)
MISSING = ("", "na", ".")
"""As R and SAS write what is missing."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class BcratRow:
    """Of the row that begins at `line`: its cells as they were, and the risk or why there is none.

    `reference`: what the reference gave, by the names of REFERENCE in lower case; None: nothing.
    """

    line: int
    cells: tuple[str, ...] = field(repr=False)
    risk: BcratRisk | None
    error: str
    reference: Mapping[str, float | None]

    @property
    def was_refused(self) -> bool | None:
        """Whether the reference refused it, or had no number to give; None: it is not known."""
        if not {"error_ind", "absrisk"} & set(self.reference):
            return None
        gave_nothing = "absrisk" in self.reference and self.reference["absrisk"] is None
        return bool(self.reference.get("error_ind", 0)) or gave_nothing


@dataclass(frozen=True, slots=True)
class BcratTable:
    """`head` as it was given, in rows of which each has a result."""

    head: tuple[str, ...]
    rows: tuple[BcratRow, ...]

    def figures(self) -> dict[str, float | int | None]:
        """Against the reference: differences in percentage points; None where there is none."""
        refusals = [(row.was_refused, row.risk is None) for row in self.rows]
        is_known = any(reference is not None for reference, _ in refusals)
        differences = self._differences({"absrisk": "absolute_percent"})
        relative = {"rr_star1": "relative_risk", "rr_star2": "relative_risk_from_50"}
        of_relative = self._differences(relative)
        wrong = {
            "wrongly_refused": refusals.count((False, True)),
            "wrongly_accepted": refusals.count((True, False)),
        }
        return {
            "n": len(self.rows),
            "compared": len(differences),
            "max_abs_difference": max(differences, default=None),
            "max_abs_difference_relative_risk": max(of_relative, default=None),
            "refused": sum(row.risk is None for row in self.rows),
            **(wrong if is_known else dict.fromkeys(wrong)),
        }

    def _differences(self, pairs: Mapping[str, str]) -> list[float]:
        return [
            abs(getattr(row.risk, name) - reference)
            for row in self.rows
            for column, name in pairs.items()
            if row.risk is not None and (reference := row.reference.get(column)) is not None
        ]

    def csv_text(self) -> str:
        """RESULTS, then every cell as it was: a row with too many of them keeps them all."""
        text = StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow((*RESULTS, *self.head))
        writer.writerows((*_results(row), *row.cells) for row in self.rows)
        return text.getvalue()


def read_bcrat_table(path: Path) -> BcratTable:
    """Every row with its risk, or with why it has none.

    DataSetError where a column of COLUMNS lacks or is there twice, where one of RESULTS is there,
    or where the reference's own column holds no number.
    """
    table = TableText.read(path, "a table of women", LARGEST_FILE)
    for name in (*COLUMNS, *REFERENCE):
        count = table.head.count(name.lower())
        if count > 1 or (name in COLUMNS and not count):
            raise DataSetError(
                f"Column {name!r} of {table.name} is there {count} times; expected it once. Give "
                f"the columns {', '.join(COLUMNS)}, in any order."
            )
    if set(RESULTS) & set(table.head):
        raise DataSetError(
            f"{table.name} holds results of this tool already (columns bcrat_...); expected a "
            "table without them. Take them out, or give the first table."
        )
    rows = tuple(_row(table, line, cells) for line, cells in table.body)
    return BcratTable(_head_as_given(path), rows)


def _row(table: TableText, line: int, cells: tuple[str, ...]) -> BcratRow:
    if len(cells) != len(table.head):
        why = f"The row has {len(cells)} cells; expected {len(table.head)}, as the first line has."
        return BcratRow(line, cells, None, why, {})
    by_name = dict(zip(table.head, cells, strict=True))
    reference = {
        name.lower(): _reference(table, line, name.lower(), by_name)
        for name in REFERENCE
        if name.lower() in by_name
    }
    try:
        risk = bcrat(_facts(by_name))
    except SettingsError as error:
        return BcratRow(line, cells, None, str(error), reference)
    return BcratRow(line, cells, risk, "", reference)


def _facts(cells: Mapping[str, str]) -> BcratFacts:
    race, start, end, *others = (_number(name, cells[name.lower()]) for name in COLUMNS)
    biopsies, hyperplasia, menarche, first_birth, relatives = others
    return BcratFacts(race, start, end, biopsies, hyperplasia, menarche, first_birth, relatives)


def _number(name: str, cell: str) -> float | None:
    said = cell.strip()
    if said.lower() in MISSING:
        return None
    # float() alone takes "1_0", "nan" and digits of other scripts.
    if not _NUMBER.fullmatch(said) or not isfinite(float(said)):
        raise SettingsError(f"{name} was given as no number; expected one. Correct it.")
    return float(said)


def _reference(table: TableText, line: int, name: str, cells: Mapping[str, str]) -> float | None:
    try:
        found = _number(name, cells[name])
    except SettingsError:
        raise table.trouble(line, name, "no number", "what the reference gave") from None
    if name == "error_ind" and found not in (0, 1):
        raise table.trouble(line, name, "neither 0 nor 1", "0, or 1 where it refused")
    return found


def _results(row: BcratRow) -> tuple[str, ...]:
    if row.risk is None:
        return (str(row.line), "", "", "", "", "", row.error)
    risk = row.risk
    numbers = (
        risk.absolute_percent,
        risk.average_percent,
        risk.relative_risk,
        risk.relative_risk_from_50,
    )
    return (str(row.line), *map(repr, numbers), " ".join(risk.cautions), "")


def _head_as_given(path: Path) -> tuple[str, ...]:
    """Not in lower case."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(tuple(row) for row in csv.reader(file) if any(cell.strip() for cell in row))
