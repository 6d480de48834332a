"""A table of what became of exams into the store: each row is added, there already, or refused.

Messages hold no accession and no UID that was not found: a wrong file may hold names there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from senoscope.domain.errors import SettingsError
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.pathology_keeping import contradict
from senoscope.studies.exams.pathology_records import NewPathology, present
from senoscope.studies.files.table_text import TableText
from senoscope.studies.proof.logged_images import LoggedImages

LARGEST_FILE = 64 * 2**20
NAMING = ("exam", "study_uid", "accession")
"""Columns by which a row says its exam: by the store's number, or as the hospital does."""
NEEDED = ("laterality", "outcome", "date")
OPTIONAL = ("finding", "source", "corrects")


class Fate(StrEnum):
    """Of a row."""

    ADDED = "added"
    THERE = "there already"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class RowFate:
    """Of the row that begins at `line`; `why` it was refused, or what it became."""

    line: int
    fate: Fate
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.fate}{': ' * bool(self.why)}{self.why}"


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    exam: int
    new: NewPathology


def read_pathology(path: Path) -> TableText:
    """The file, its columns looked at. DataSetError says what of them is wrong."""
    table = TableText.read(path, "a table of pathology", LARGEST_FILE)
    table.require_columns(NEEDED, (*NAMING, *NEEDED, *OPTIONAL))
    table.require_one_of(NAMING)
    return table


def keep_pathology(store: ExamStore, table: TableText, who: str) -> tuple[RowFate, ...]:
    """Keep every row that can be kept; what became of each, in their order.

    Rows of the file that contradict each other are refused, all of them. DataSetError where a row
    has too few or too many cells: then nothing was kept.
    """
    fates: dict[int, RowFate] = {}
    rows: list[_Row] = []
    exams = _Exams(store)
    for line, cells in list(table.rows()):
        try:
            rows.append(_Row(line, exams.named(cells), _said(cells)))
        except SettingsError as error:
            fates[line] = RowFate(line, Fate.REFUSED, str(error))
    for row in rows:
        other = _contradicted(row, rows)
        if other is not None:
            why = f"Line {other} says something else of exam {row.exam}. Mend one of them."
            fates[row.line] = RowFate(row.line, Fate.REFUSED, why)
        else:
            fates[row.line] = _kept(store, row, who)
    return tuple(fates[line] for line in sorted(fates))


def _kept(store: ExamStore, row: _Row, who: str) -> RowFate:
    rows = store.pathology_of(row.exam)
    holding = {each.number for each in present(rows)}
    new = row.new
    for each in rows:
        if (each.place, each.outcome, each.found_on) == (new.place, new.outcome, new.found_on):
            since = "" if each.number in holding or each.outcome is None else ", corrected since"
            return RowFate(row.line, Fate.THERE, f"exam {row.exam}, row {each.number}{since}")
    try:
        number = store.add_pathology(row.exam, new, who)
    except SettingsError as error:
        return RowFate(row.line, Fate.REFUSED, str(error))
    return RowFate(row.line, Fate.ADDED, f"exam {row.exam}, row {number}")


def _contradicted(row: _Row, rows: Sequence[_Row]) -> int | None:
    """The line of another row of the file that cannot be true with this one."""
    for other in rows:
        if other.exam != row.exam or other.line == row.line:
            continue
        if row.new.corrects is not None or other.new.corrects is not None:
            continue  # one takes the other's place
        one, its = row.new, other.new
        differ = (one.outcome, one.found_on) != (its.outcome, its.found_on)
        if (one.place == its.place and differ) or contradict(one, its) or contradict(its, one):
            return other.line
    return None


def _said(cells: Mapping[str, str]) -> NewPathology:
    corrects = cells.get("corrects", "").strip()
    if corrects and not (corrects.isascii() and corrects.isdigit() and len(corrects) < 10):
        raise SettingsError(
            "A row to be corrected was given that is no number; expected that of a row of "
            "pathology of this exam, or nothing."
        )
    return NewPathology.of_texts(
        cells["outcome"],
        cells["date"],
        cells["laterality"],
        cells.get("finding", ""),
        cells.get("source", ""),
        int(corrects) if corrects else None,
    )


class _Exams:
    """Exams by what a row calls them."""

    def __init__(self, store: ExamStore) -> None:
        self._store = store

    def named(self, cells: Mapping[str, str]) -> int:
        """SettingsError unless exactly one of the columns says one exam."""
        given = {name: said for name in NAMING if (said := cells.get(name, "").strip())}
        if len(given) != 1:
            raise SettingsError(
                f"The row names its exam in {len(given)} columns; expected one of "
                f"{', '.join(NAMING)}."
            )
        ((name, said),) = given.items()
        known = {"exam": self._by_number, "study_uid": self._by_uid}
        found = (self._by_accession if name == "accession" else known[name]).get(said, [])
        if len(found) != 1:
            raise SettingsError(
                f"{len(found)} exams of the store have that {name}; expected one. "
                + ("Name it by its exam number." if found else "Receive the study first.")
            )
        return found[0]

    @cached_property
    def _by_uid(self) -> dict[str, list[int]]:
        return {each.study_uid: [each.number] for each in self._store.all_exams()}

    @cached_property
    def _by_number(self) -> dict[str, list[int]]:
        return {str(number): [number] for (number,) in self._by_uid.values()}

    @cached_property
    def _by_accession(self) -> dict[str, list[int]]:
        """From the images' headers: the store itself does not keep it."""
        found: dict[str, list[int]] = {}
        for each in self._store.all_exams():
            accession = LoggedImages(self._store, each.number).accession
            found.setdefault(accession, []).append(each.number)
        return found
