"""A reader log as a CSV and back: each row bound to the one before, a dictionary of columns beside.

Messages hold no text of a cell but codes, numbers and times: a wrong file may hold names.
"""

from __future__ import annotations

import csv
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.domain.reader_log import LogEntry
from senoscope.studies.exams.audit_trail import NOTHING, AuditHead
from senoscope.studies.exams.content_files import flush_folder, new_private
from senoscope.studies.exams.reading_keeping import row_digest
from senoscope.studies.files.table_text import TableText
from senoscope.studies.proof.reader_log_row import CHAIN, COLUMNS, NEEDED, cells_of, entry_of

LARGEST_FILE = 512 * 2**20
COLUMNS_FILE = "{stem}_columns.csv"
"""The dictionary's name, by that of the log."""


@dataclass(frozen=True, slots=True)
class WrittenLog:
    """How many rows were `added` to those that the file had; `head` to be written down."""

    rows: int
    added: int
    head: AuditHead


def write_log_csv(entries: Sequence[LogEntry], path: Path) -> WrittenLog:
    """Write a log, or add to the one that is there what it does not have yet.

    Rows that are there stay as they are, byte for byte. `path` and the dictionary of its columns
    beside it are private to this user, whole or not written at all. SettingsError where the file
    holds rows that are none of `entries`, DataSetError where it is no such log, StorageError.
    """
    kept = _kept(path) if path.exists() else ()
    added = _lacking(entries, [entry for entry, _ in kept])
    previous = kept[-1][1] if kept else NOTHING
    # Decoded as it lies: line breaks within cells are part of what the hashes bind.
    text = path.read_bytes().decode() if kept else _line((*COLUMNS, *CHAIN))
    lines = [text if text.endswith("\n") else f"{text}\n"]
    for entry in added:
        cells = [*cells_of(entry).values(), previous]
        previous = row_digest(cells)
        lines.append(_line((*cells, previous)))
    try:
        _write(path.with_name(COLUMNS_FILE.format(stem=path.stem)), _dictionary())
        if added or not kept:
            _write(path, "".join(lines))
    except OSError as error:
        raise StorageError(
            f"{path.name} cannot be written ({error.strerror}). Free space, allow this user to "
            "write there, or choose another place."
        ) from error
    rows = len(kept) + len(added)
    return WrittenLog(rows, len(added), AuditHead(rows, previous))


def read_log_csv(path: Path) -> tuple[LogEntry, ...]:
    """Every row of a log, in its order; the columns of the chain may lack, as may optional ones.

    DataSetError names row and column, what stands there and what is expected: of a time without a
    zone, a word that is none, pathology without an outcome, the same row twice, an exam of two
    patients, and a row that was changed after it was written.
    """
    return tuple(entry for entry, _ in _rows(path))


def _kept(path: Path) -> tuple[tuple[LogEntry, str], ...]:
    found = tuple(_rows(path))
    if not all(digest for _, digest in found):
        raise SettingsError(
            f"{path.name} is a log without the columns {', '.join(CHAIN)}; expected one that "
            "Senoscope wrote. Give a name that is free."
        )
    return found


def _lacking(entries: Sequence[LogEntry], kept: Sequence[LogEntry]) -> list[LogEntry]:
    """Those of `entries` that are not kept, in order. SettingsError where more is kept."""
    if len(set(entries)) < len(entries):
        raise SettingsError(
            f"{len(entries) - len(set(entries))} entries were given twice; expected each once: "
            "what was said again was said at another time."
        )
    there = set(kept)
    if strange := len(there.difference(entries)):
        raise SettingsError(
            f"The log that is there holds {strange} rows that are none of what was to be written: "
            "of an exam deleted since, of pathology taken back, or under another key. Give a name "
            "that is free, and delete the old log where a patient is to be forgotten."
        )
    return [each for each in entries if each not in there]


def _rows(path: Path) -> Iterator[tuple[LogEntry, str]]:
    """Each with its hash, "" where the file has none."""
    table = TableText.read(path, "a reader log", LARGEST_FILE)
    table.require_columns(NEEDED, (*COLUMNS, *CHAIN))
    chained = table.has_all(tuple(CHAIN))
    seen: dict[LogEntry, int] = {}
    patients: dict[str, tuple[str, int]] = {}
    previous = NOTHING
    for line, cells in table.rows():
        entry = entry_of(cells, table, line)
        if entry in seen:
            raise table.trouble(
                line, "exam", f"the row says what line {seen[entry]} said", "each row once"
            )
        seen[entry] = line
        patient, first = patients.setdefault(entry.exam, (entry.patient, line))
        if patient != entry.patient:
            raise table.trouble(
                line, "patient", f"line {first} gives the same exam to another", "one patient"
            )
        if chained:
            _require_chained(table, line, cells, previous)
            previous = cells["hash"]
        yield entry, cells["hash"] if chained else ""


def _require_chained(table: TableText, line: int, cells: Mapping[str, str], previous: str) -> None:
    if cells["previous"] != previous:
        raise table.trouble(
            line, "previous", "it does not follow the row before it",
            "that row's hash; a row was taken out, put in or moved",
        )  # fmt: skip
    if cells["hash"] != row_digest([*(cells.get(each, "") for each in COLUMNS), previous]):
        raise table.trouble(
            line, "hash", "the row is not as it was written",
            "what its hash says; export the log again",
        )  # fmt: skip


def _dictionary() -> str:
    head = _line(("column", "holds", "unit_or_values", "empty_means"))
    return (
        head
        + "".join(
            _line((name, each.holds, each.values, each.empty)) for name, each in COLUMNS.items()
        )
        + "".join(_line((name, *said)) for name, said in CHAIN.items())
    )


def _line(cells: Sequence[str]) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()


def _write(path: Path, text: str) -> None:
    """By way of a name beside it."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with new_private(partial) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        flush_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)
