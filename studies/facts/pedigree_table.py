"""A family from a table, one member a row, as a `Pedigree`; complaints name line and column.

Columns: key, sex, target, father, mother, age, birth_year; if wanted dead, twin, ashkenazi, the
cancers bc1, bc2, oc, pro, pan (age at diagnosis, or AU), genes by name (S:P, S:N, T:P, T:N), and
er, pr, her2, ck14, ck56 (P, N). An empty cell is not known, or no.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from senoscope.models.risk.canrisk_pedigree import (
    AGE_UNKNOWN,
    GENES,
    RECEPTORS,
    Cancer,
    FamilyMember,
    GeneTest,
    Pedigree,
    Sex,
)
from senoscope.studies.files.table_text import TableText

LARGEST_FILE = 2**20
NEEDED = ("key", "sex", "target", "father", "mother", "age", "birth_year")
OPTIONAL = (
    *("dead", "twin", "ashkenazi"),
    *(each.value.lower() for each in Cancer),
    *(each.lower() for each in (*GENES, *RECEPTORS)),
)
_WHOLE = re.compile(r"\d{1,4}", re.ASCII)


def read_pedigree(path: Path) -> Pedigree:
    """DataSetError names line and column; SettingsError the member who cannot be."""
    table = TableText.read(path, "a table of a family", LARGEST_FILE)
    table.require_columns(NEEDED, (*NEEDED, *OPTIONAL))
    members = []
    for line, cells in table.rows():
        row = _Row(table, line, {name: cell.strip() for name, cell in cells.items()})
        members.append(_member(row))
    return Pedigree(tuple(members))


def _member(row: _Row) -> FamilyMember:
    cells = row.cells
    return FamilyMember(
        cells["key"],
        Sex(row.one_of("sex", tuple(Sex))),
        is_target=row.is_so("target"),
        father=cells["father"] or None,
        mother=cells["mother"] or None,
        age=row.whole("age"),
        birth_year=row.whole("birth_year"),
        is_dead=row.is_so("dead"),
        twin=cells.get("twin") or None,
        is_ashkenazi=row.is_so("ashkenazi"),
        cancers={each: age for each in Cancer if (age := row.age_of(each)) is not None},
        genes={
            gene: GeneTest(row.one_of(gene.lower(), tuple(GeneTest)))
            for gene in GENES
            if cells.get(gene.lower())
        },
        receptors={
            each: row.one_of(each.lower(), ("P", "N")) == "P"
            for each in RECEPTORS
            if cells.get(each.lower())
        },
    )


@dataclass(frozen=True, slots=True)
class _Row:
    table: TableText
    line: int
    cells: Mapping[str, str]

    def one_of(self, column: str, known: tuple[str, ...]) -> str:
        said = self.cells[column].upper()
        if said not in known:
            raise self.table.trouble(self.line, column, "something else", " or ".join(known))
        return said

    def is_so(self, column: str) -> bool:
        said = self.cells.get(column, "")
        if said not in ("", "0", "1"):
            raise self.table.trouble(self.line, column, "something else", "1, 0 or nothing")
        return said == "1"

    def whole(self, column: str) -> int | None:
        said = self.cells.get(column, "")
        if said and not _WHOLE.fullmatch(said):
            raise self.table.trouble(self.line, column, "no whole number", "one, or nothing")
        return int(said) if said else None

    def age_of(self, cancer: Cancer) -> int | str | None:
        column = cancer.value.lower()
        if self.cells.get(column, "").upper() == AGE_UNKNOWN:
            return AGE_UNKNOWN
        return self.whole(column)
