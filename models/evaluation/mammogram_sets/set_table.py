"""Rows of a data set's table by the names of its columns, with errors that say file and line."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.xlsx_table import read_xlsx

Word = TypeVar("Word")
LARGEST = 64 * 2**20
"""Bytes of a table: those published have a thirtieth of it."""


@dataclass(frozen=True, slots=True)
class SetRow:
    """Of `table`, at `line`."""

    table: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def word(self, column: str, words: Mapping[str, Word]) -> Word:
        """What `words`, in capitals, says of the cell. DataSetError names those there are."""
        said = self[column].upper()
        if said not in words:
            raise self.trouble(column, f"one of {', '.join(words)}")
        return words[said]

    def number(self, column: str) -> float:
        """DataSetError where it is none, or not finite."""
        try:
            value = float(self[column])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.trouble(column, "a number")
        return value

    def file_in(self, folder: Path, name: str, column: str) -> Path:
        """`folder`/`name`, which `column` names. DataSetError where it is no file in `folder`."""
        parts = Path(name).parts
        path = folder / name
        if not parts or ".." in parts or Path(name).is_absolute() or not _is_file(path):
            raise self.trouble(column, f"a file {name[:200]!r} in {folder.name}")
        return path

    def trouble(self, column: str, expected: str) -> DataSetError:
        """An error of this cell."""
        return DataSetError(
            f"Line {self.line} of {self.table.name} says {self[column][:200]!r} under {column!r}; "
            f"expected {expected}. Give the data set as its authors published it."
        )


def read_rows(
    table: Path, columns: Sequence[str], sheet: str = "", *, fewest: int = 1
) -> tuple[SetRow, ...]:
    """Every row that holds anything; .csv in UTF-8, or `sheet` of an .xlsx.

    DataSetError where it cannot be read, has less than `fewest` rows or lacks one of `columns`.
    """
    lines = _xlsx(table, sheet) if table.suffix.lower() == ".xlsx" else _csv(table)
    filled = [(line, cells) for line, cells in lines if any(map(str.strip, cells.values()))]
    names = {place: name.strip() for place, name in filled[0][1].items()} if filled else {}
    lacking = [column for column in columns if column not in names.values()]
    if lacking or len(filled) <= fewest:
        raise DataSetError(
            f"{table.name} has {len(filled)} lines and the columns "
            f"{', '.join(names.values())[:300] or 'none'}; expected {', '.join(columns)} and a row "
            "for each image. Give the table as its authors published it."
        )
    return tuple(
        SetRow(table, line, {name: cells.get(place, "").strip() for place, name in names.items()})
        for line, cells in filled[1:]
    )


def _xlsx(table: Path, sheet: str) -> Iterable[tuple[int, Mapping[int, str]]]:
    return enumerate(read_xlsx(table, sheet), 1)


def _csv(table: Path) -> Iterable[tuple[int, Mapping[int, str]]]:
    try:
        if table.stat().st_size > LARGEST:
            raise DataSetError(
                f"{table.name} has {table.stat().st_size} bytes; expected a table of {LARGEST} at "
                "most. Give the table as its authors published it."
            )
        with table.open(newline="", encoding="utf-8-sig") as file:
            head = file.readline()
            apart = max(",;\t", key=head.count)
            file.seek(0)
            reader = csv.reader(file, delimiter=apart)
            # A row begins after the last one's end: a cell may hold line breaks.
            before, rows = 0, []
            for cells in reader:
                rows.append((before + 1, dict(enumerate(cells))))
                before = reader.line_num
            return rows
    except OSError as error:
        raise DataSetError(
            f"{table.name} cannot be read in {table.parent} ({error.strerror}). Give the folder "
            "that holds it."
        ) from error
    except (ValueError, csv.Error) as error:
        raise DataSetError(
            f"{table.name} is no table in UTF-8 ({error}). Save it again as .csv in UTF-8."
        ) from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, or holds a zero
        return False
