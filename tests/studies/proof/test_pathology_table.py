"""Each row of a table of pathology is added, there already, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.reader_log import Outcome
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.pathology_records import present
from senoscope.studies.proof.pathology_table import Fate, RowFate, keep_pathology, read_pathology
from tests.studies.exams.exam_builders import WHO, Clock, Place, pathology
from tests.studies.logged_exams import read_exam, scan

HEAD = "exam,study_uid,accession,laterality,outcome,date,finding,source,corrects\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    """Exams 1 to 3 of 28 November; 2 and 3 have one accession number."""
    folder = tmp_path / "store"
    clock = Clock()
    clock.at = clock.at.replace(month=12, day=20)
    place = Place(f"sqlite:///{folder / 'exams.sqlite'}", folder, tmp_path)
    with place.opened(now=clock) as opened:
        for number in (1, 2, 3):
            accession = f"ACC{min(number, 2)}"
            read_exam(opened, tmp_path / f"{number}", scan(number, AccessionNumber=accession))
        yield opened


def imported(store: ExamStore, *rows: str, head: str = HEAD) -> tuple[RowFate, ...]:
    path = store.parts.folder.parent / "pathology.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows))
    return keep_pathology(store, read_pathology(path), WHO)


def fates(found: tuple[RowFate, ...]) -> list[str]:
    return [each.fate.name for each in found]


def test_an_exam_is_named_by_number_uid_or_accession(store: ExamStore) -> None:
    found = imported(
        store,
        "2,,,L,malignant,2026-12-01,1,core biopsy,",
        ",1.2.9.3,,,no cancer in follow-up,2026-12-19,,,",
        ",,ACC1,R,benign,2026-11-28,,,",
    )
    assert fates(found) == ["ADDED"] * 3
    assert str(found[0]) == "line 2: added: exam 2, row 1"
    kept = [store.pathology_of(exam)[0] for exam in (1, 2, 3)]
    assert [each.outcome for each in kept] == [Outcome.BENIGN, Outcome.MALIGNANT, Outcome.NO_CANCER]
    assert (kept[1].finding, kept[1].source, kept[1].who) == (1, "core biopsy", WHO)
    assert kept[2].found_on == date(2026, 12, 19)


def test_a_second_import_adds_nothing(store: ExamStore) -> None:
    rows = ("1,,,L,malignant,2026-12-01,,core,", "2,,,,benign,2026-12-01,,,")
    imported(store, *rows)
    head = store.head()
    again = imported(store, *rows)
    assert fates(again) == ["THERE"] * 2
    assert str(again[0]) == "line 2: there already: exam 1, row 1"
    assert store.head() == head


def test_what_was_corrected_since_does_not_come_back(store: ExamStore) -> None:
    row = "1,,,L,malignant,2026-12-01,,,"
    imported(store, row)
    store.add_pathology(
        1, pathology(outcome=Outcome.BENIGN, found_on=date(2026, 12, 2), corrects=1), WHO
    )
    (again,) = imported(store, row)
    assert (again.fate, again.why) == (Fate.THERE, "exam 1, row 1, corrected since")
    assert [each.outcome for each in present(store.pathology_of(1))] == [Outcome.BENIGN]


def test_a_correction_may_stand_below_what_it_corrects(store: ExamStore) -> None:
    first = "1,,,L,malignant,2026-12-01,,,"
    imported(store, first)
    rows = (first, "1,,,R,malignant,2026-12-01,,,1")
    assert fates(imported(store, *rows)) == ["THERE", "ADDED"]
    assert fates(imported(store, *rows)) == ["THERE", "THERE"]
    taken_back = (*rows, "1,,,R,withdrawn,2026-12-01,,,2")
    assert fates(imported(store, *taken_back)) == ["THERE", "THERE", "ADDED"]
    assert fates(imported(store, *taken_back)) == ["THERE", "THERE", "THERE"]
    assert present(store.pathology_of(1)) == ()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("9,,,L,malignant,2026-12-01,,,", "0 exams of the store have that exam"),
        (",1.2.Doe,,L,malignant,2026-12-01,,,", "0 exams of the store have that study_uid"),
        (",,Doe,L,malignant,2026-12-01,,,", "0 exams of the store have that accession"),
        (",,ACC2,L,malignant,2026-12-01,,,", "2 exams of the store have that accession"),
        (",,,L,malignant,2026-12-01,,,", "in 0 columns"),
        ("1,1.2.9.1,,L,malignant,2026-12-01,,,", "in 2 columns"),
        ("1,,,L,,2026-12-01,,,", "An outcome of ''"),
        ("1,,,L,cancer,2026-12-01,,,", "An outcome of 'cancer'"),
        ("1,,,left,malignant,2026-12-01,,,", "side of 'left'"),
        ("1,,,L,malignant,01/12/2026,,,", "date of '01/12/2026'"),
        ("1,,,L,malignant,2026-11-27,,,", "of 2026-11-28; expected a day from then on"),
        ("1,,,L,malignant,2027-01-01,,,", "still to come"),
        ("1,,,L,malignant,2026-12-01,9,,", "expected one of"),
        ("1,,,L,malignant,2026-12-01,,Xiaodong,", "patient's name"),
        ("1,,,L,malignant,2026-12-01,,,x", "no number"),
        ("1,,,L,malignant,2026-12-01,,,4", "expected one of none"),
    ],
)
def test_a_row_that_cannot_be_is_refused_and_the_others_are_kept(
    store: ExamStore, row: str, why: str
) -> None:
    found = imported(store, row, "3,,,R,benign,2026-12-01,,,")
    assert fates(found) == ["REFUSED", "ADDED"]
    assert why in found[0].why
    assert "Doe" not in found[0].why
    assert store.pathology_of(1) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1,,,L,malignant,2026-12-01,,,", "1,,,L,benign,2026-12-01,,,"),
        ("1,,,L,malignant,2026-12-01,,,", ",1.2.9.1,,L,malignant,2026-12-02,,,"),
        ("1,,,,no cancer in follow-up,2026-12-01,,,", ",,ACC1,L,malignant,2026-12-02,,,"),
    ],
)
def test_rows_that_contradict_each_other_are_all_refused(
    store: ExamStore, first: str, second: str
) -> None:
    found = imported(store, first, "3,,,R,benign,2026-12-01,,,", second)
    assert fates(found) == ["REFUSED", "ADDED", "REFUSED"]
    assert found[0].why.startswith("Line 4 says something else of exam 1")
    assert store.pathology_of(1) == ()


def test_a_row_that_contradicts_the_store_is_refused(store: ExamStore) -> None:
    imported(store, "1,,,L,malignant,2026-12-01,,,")
    (found,) = imported(store, "1,,,L,benign,2026-12-01,,,")
    assert (found.fate, "correct row 1" in found.why) == (Fate.REFUSED, True)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("laterality,outcome,date\n", "none of the columns exam, study_uid, accession"),
        ("exam,outcome,date\n", "'laterality'"),
        ("exam,laterality,outcome,date,name\n", "not known"),
    ],
)
def test_a_table_without_its_columns_is_refused(store: ExamStore, head: str, why: str) -> None:
    with pytest.raises(DataSetError, match=why):
        imported(store, "1,L,malignant,2026-12-01", head=head)


def test_a_row_cut_off_keeps_nothing_of_the_file(store: ExamStore) -> None:
    with pytest.raises(DataSetError, match="Line 3"):
        imported(store, "1,,,L,malignant,2026-12-01,,,", "3,,")
    assert store.pathology_of(1) == ()
