"""A log comes back from its file as it was; what is wrong in a file is said by row and column."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import DataSetError, SettingsError, StorageError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import LogEntry, Outcome, Said
from senoscope.studies.exams.audit_trail import NOTHING
from senoscope.studies.proof.reader_log import read_log_csv, write_log_csv
from senoscope.studies.proof.reader_log_row import CHAIN, COLUMNS, cells_of

AT = datetime(2026, 11, 28, 9, 15, 30, 123456, UTC)


def entry(**given: Any) -> LogEntry:
    said: dict[str, Any] = {"at": AT, "patient": "P1", "exam": "E1", "said": Said.AI, "by": "net 1"}
    return LogEntry(**(said | given))


ENTRIES = (
    entry(probability=0.1 + 0.2, scanner="Sonic, 9", modality="US", laterality=Laterality.LEFT),
    entry(finding=3, probability=1.0),
    entry(at=AT.astimezone(timezone(timedelta(hours=8))), said=Said.ALONE, by="R1", assessment="4"),
    entry(said=Said.OVERRIDE, by="R1", finding=3, reason='=1+1; "A\nrib", 肋骨'),
    entry(said=Said.WITH_AI, by="'R", reason="'=1"),
    entry(said=Said.PATHOLOGY, by="R2", outcome=Outcome.BENIGN, found_on=date(2026, 12, 1)),
    entry(exam="E2", probability=0.0),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def test_a_log_comes_back_as_it_was(path: Path) -> None:
    written = write_log_csv(ENTRIES, path)
    assert (written.rows, written.added, written.head.count) == (7, 7, 7)
    assert read_log_csv(path) == ENTRIES
    assert path.read_text("utf-8").splitlines()[-1].endswith(written.head.hash)


def test_both_files_are_private_and_nothing_else_is_left(path: Path) -> None:
    write_log_csv(ENTRIES, path)
    assert {each.name for each in path.parent.iterdir()} == {"log.csv", "log_columns.csv"}
    assert all(each.stat().st_mode & 0o077 == 0 for each in path.parent.iterdir())


def test_the_dictionary_says_every_column_and_its_words(path: Path) -> None:
    write_log_csv((), path)
    with (path.parent / "log_columns.csv").open(newline="") as file:
        rows = {row["column"]: row for row in csv.DictReader(file)}
    assert list(rows) == path.read_text().strip().split(",") == [*COLUMNS, *CHAIN]
    assert rows["outcome"]["unit_or_values"].split(" | ") == list(Outcome)
    assert all(all(row.values()) for row in rows.values())
    assert read_log_csv(path) == ()


def test_no_cell_begins_as_a_formula_does(path: Path) -> None:
    write_log_csv([entry(by=f"{sign}x", exam=f"E{sign}") for sign in "=+-@\t"], path)
    with path.open(newline="") as file:
        assert all(row["by"].startswith("'") for row in csv.DictReader(file))
    assert [each.by for each in read_log_csv(path)] == ["=x", "+x", "-x", "@x", "\tx"]


def test_rows_are_added_and_those_there_stay(path: Path) -> None:
    write_log_csv(ENTRIES[:3], path)
    before = path.read_bytes()
    written = write_log_csv(ENTRIES, path)
    assert (written.rows, written.added) == (7, 4)
    assert path.read_bytes().startswith(before)
    assert read_log_csv(path) == ENTRIES
    whole = path.read_bytes()
    assert write_log_csv(ENTRIES, path).added == 0
    assert path.read_bytes() == whole


def test_rows_that_are_none_of_the_log_stop_it(path: Path) -> None:
    write_log_csv(ENTRIES, path)
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="2 rows that are none"):
        write_log_csv([*ENTRIES[2:], entry(exam="E3")], path)
    assert path.read_bytes() == before


def test_what_is_said_twice_is_not_written(path: Path) -> None:
    with pytest.raises(SettingsError, match="1 entries were given twice"):
        write_log_csv([*ENTRIES, ENTRIES[0]], path)
    assert not path.exists()


def test_a_file_that_is_no_such_log_stays(path: Path) -> None:
    path.write_text("precious")
    with pytest.raises(DataSetError, match=r"'at' of log\.csv"):
        write_log_csv(ENTRIES, path)
    unchained(path, ENTRIES)
    before = path.read_bytes()
    with pytest.raises(SettingsError, match="previous, hash"):
        write_log_csv(ENTRIES, path)
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        write_log_csv(ENTRIES, tmp_path / "none" / "log.csv")
    assert list(tmp_path.iterdir()) == []


def unchained(path: Path, entries: tuple[LogEntry, ...], *without: str) -> None:
    """As a hand writes it: no hashes, and not the columns that nobody needs."""
    rows = [cells_of(each) for each in entries]
    names = [each for each in COLUMNS if each not in without]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def test_a_log_without_hashes_or_optional_columns_is_read(path: Path) -> None:
    unchained(path, ENTRIES)
    assert read_log_csv(path) == ENTRIES
    unchained(path, ENTRIES[:1], "reason", "finding", "outcome", "found_on", "assessment")
    assert read_log_csv(path) == ENTRIES[:1]


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines(keepends=True)


DAMAGES: list[tuple[Callable[[list[str]], list[str]], str]] = [
    (lambda all: [*all[:1], all[1].replace("Sonic", "Conic"), *all[2:]], "Line 2 .* 'hash'"),
    (lambda all: [*all[:2], *all[3:]], "Line 3 .* 'previous'"),
    (lambda all: [*all[:1], all[2], all[1], *all[3:]], "Line 2 .* 'previous'"),
    (lambda all: [all[0], all[1].replace(NOTHING, "1" * 64), *all[2:]], "Line 2 .* 'previous'"),
]


@pytest.mark.parametrize(("damage", "why"), DAMAGES)
def test_a_changed_row_is_told(
    path: Path, damage: Callable[[list[str]], list[str]], why: str
) -> None:
    write_log_csv(ENTRIES, path)
    path.write_text("".join(damage(lines(path))), "utf-8")
    with pytest.raises(DataSetError, match=why):
        read_log_csv(path)
    damaged = path.read_bytes()
    with pytest.raises(DataSetError, match=why):
        write_log_csv(ENTRIES, path)
    assert path.read_bytes() == damaged


ROW = {
    "at": "2026-11-28T09:15:30+00:00", "patient": "P1", "exam": "E1", "said": "pathology",
    "by": "R1", "laterality": "L", "outcome": "malignant", "found_on": "2026-12-01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"at": "28.11.2026"}, "'at': '28.11.2026' is no time"),
        ({"at": "2026-11-31T09:15:30+00:00"}, "'at': '2026-11-31"),
        ({"at": "2026-11-28T09:15:30"}, "'at': .* has no zone"),
        ({"at": ""}, "'at': '' is no time"),
        ({"patient": " "}, "'patient': it is empty"),
        ({"exam": ""}, "'exam': it is empty"),
        ({"by": ""}, "'by': it is empty"),
        ({"said": ""}, "'said': it is empty"),
        ({"said": "reader"}, "'said': 'reader' is none of its words"),
        ({"outcome": ""}, "'outcome': pathology without one"),
        ({"outcome": "cancer"}, "'outcome': 'cancer' is none of its words"),
        ({"said": "AI"}, "'outcome': an outcome of 'AI'"),
        ({"said": "AI", "outcome": ""}, "'found_on': a day without pathology"),
        ({"laterality": "left"}, "'laterality': 'left'"),
        ({"found_on": "2026-02-30"}, "'found_on': '2026-02-30' is no day"),
        ({"probability": "1.01"}, "'probability': '1.01'"),
        ({"probability": "nan"}, "'probability': 'nan'"),
        ({"probability": "50 %"}, "'probability': '50 %'"),
        ({"assessment": "4D"}, "'assessment': '4D' is no category"),
        ({"finding": "0"}, "'finding': '0'"),
        ({"finding": "1.5"}, "'finding': '1.5'"),
        ({"reason": "a" * 2001}, "'reason': a text of 2001 characters"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(
    path: Path, changed: dict[str, str], why: str
) -> None:
    good = {**ROW, "exam": "E0"}
    names = [*dict.fromkeys([*ROW, *changed])]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerow(good)
        writer.writerow(ROW | changed)
    with pytest.raises(DataSetError, match=f"Line 3 of log.csv, column {why}"):
        read_log_csv(path)


def test_the_same_row_twice_and_an_exam_of_two_patients_are_refused(path: Path) -> None:
    unchained(path, (ENTRIES[0], ENTRIES[1], ENTRIES[0]))
    with pytest.raises(DataSetError, match=r"Line 4 .* what line 2 said"):
        read_log_csv(path)
    unchained(path, (ENTRIES[0], replace(ENTRIES[1], patient="P2")))
    with pytest.raises(DataSetError, match=r"Line 3 .*'patient': line 2 gives the same exam"):
        read_log_csv(path)
