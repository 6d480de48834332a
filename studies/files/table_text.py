"""A CSV that a person gives: its columns by name, and complaints that name line and column."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from senoscope.domain.errors import DataSetError


@dataclass(frozen=True, slots=True)
class TableText:
    """`name` of the file, `head` its columns; rows have a cell for each. UTF-8, commas between."""

    name: str
    head: tuple[str, ...]
    body: tuple[tuple[int, tuple[str, ...]], ...] = field(repr=False)

    @classmethod
    def read(cls, path: Path, what: str, largest: int) -> TableText:
        """`what` it is to be. DataSetError names the line that is none of a CSV."""
        rows = csv.reader(StringIO(_text(path, what, largest), newline=""), strict=True)
        found: list[tuple[int, tuple[str, ...]]] = []
        try:
            # A row begins after the last one's end: a cell may hold line breaks.
            before = 0
            for row in rows:
                if any(cell.strip() for cell in row):
                    found.append((before + 1, tuple(row)))
                before = rows.line_num
        except csv.Error as error:
            raise DataSetError(
                f"Line {rows.line_num} of {path.name} is no line of a CSV ({error}); expected "
                "commas between cells and quotes in pairs. Mend that line."
            ) from None
        if not found:
            raise DataSetError(f"{path.name} is empty; expected {what}. Give another file.")
        head = tuple(cell.strip().lower() for cell in found[0][1])
        return cls(path.name, head, tuple(found[1:]))

    def require_columns(self, needed: Collection[str], known: Collection[str]) -> None:
        """DataSetError where one lacks, is there twice, or is none that is known.

        What stands in the first line is not said: it may be a patient.
        """
        for name in known:
            count = self.head.count(name)
            if count > 1 or (name in needed and not count):
                raise DataSetError(
                    f"Column {name!r} of {self.name} is there {count} times; expected it once. "
                    f"Give the columns {', '.join(needed)}, in any order."
                )
        strange = [place for place, name in enumerate(self.head, 1) if name not in known]
        if strange:
            raise DataSetError(
                f"Column {strange[0]} of {self.name} has a name that is not known; expected one of "
                f"{', '.join(known)}. Rename it, or leave it out."
            )

    def require_one_of(self, wanted: Sequence[str]) -> None:
        """DataSetError where none of these columns is there."""
        if not set(wanted) & set(self.head):
            raise DataSetError(
                f"{self.name} has none of the columns {', '.join(wanted)}; expected one at least. "
                "Add it."
            )

    def has_all(self, wanted: Sequence[str]) -> bool:
        """Whether all of these columns are there, not none. DataSetError where some are."""
        there = [name for name in wanted if name in self.head]
        if there and len(there) < len(wanted):
            raise DataSetError(
                f"{self.name} has the column {there[0]!r} alone; expected all or none of "
                f"{', '.join(wanted)}. Give the file as it was written."
            )
        return bool(there)

    def rows(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """The line of each, and its cells as they are. DataSetError where their number is wrong."""
        for line, cells in self.body:
            if len(cells) != len(self.head):
                raise DataSetError(
                    f"Line {line} of {self.name} has {len(cells)} cells; expected "
                    f"{len(self.head)}, as the first line has. Mend that line."
                )
            yield line, dict(zip(self.head, cells, strict=True))

    def trouble(self, line: int, column: str, found: str, expected: str) -> DataSetError:
        """Of one cell; `found` quotes no text that may be a name."""
        return DataSetError(
            f"Line {line} of {self.name}, column {column!r}: {found}; expected {expected}. Mend "
            "that row."
        )


def _text(path: Path, what: str, largest: int) -> str:
    try:
        if not path.is_file() or path.stat().st_size > largest:
            raise DataSetError(
                f"{path.name} is no file of up to {largest // 2**20} MB; expected {what} as a "
                "CSV. Give another."
            )
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise DataSetError(
            f"{path.name} cannot be read ({error.strerror}). Check that you may open it."
        ) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataSetError(
            f"Line {line} of {path.name} is not UTF-8 text; expected a file saved as CSV UTF-8. "
            "Save it again."
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataSetError(
            f"Line {line} of {path.name} holds a zero byte; expected text. Save it again."
        )
    return text
