"""What became of an exam is added, corrected by rows of its own, and never contradicted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import Outcome
from senoscope.studies.exams.exam_records import ExamState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.pathology_records import WITHDRAWN, NewPathology, present
from tests.studies.exams.exam_builders import (
    WHO,
    Place,
    facts,
    file,
    pathology,
    read_exam,
    signed_exam,
)

BENIGN, CLEAR = Outcome.BENIGN, Outcome.NO_CANCER
RIGHT = Laterality.RIGHT


def test_pathology_is_given_back_as_it_was_given(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    before = store.exam(exam)
    number = store.add_pathology(exam, pathology(finding=1), WHO)
    (kept,) = store.pathology_of(exam)
    assert (kept.number, kept.exam, kept.corrects, kept.who) == (number, exam, None, WHO)
    assert (kept.outcome, kept.found_on) == (Outcome.MALIGNANT, date(2026, 10, 3))
    assert (kept.laterality, kept.finding) == (Laterality.LEFT, 1)
    assert kept.source == "core biopsy, laboratory 4"
    assert kept.of_what == "finding 1 of the left breast"
    assert store.audit_of(exam)[-1].act == "pathology kept"
    assert store.exam(exam).state is ExamState.SIGNED
    assert store.exam(exam).changed_at == kept.made_at > before.changed_at
    assert store.pathology_of(exam + 1) == ()


def test_a_correction_is_a_row_of_its_own(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    wrong = store.add_pathology(exam, pathology(), WHO)
    right = store.add_pathology(exam, pathology(laterality=RIGHT, corrects=wrong), WHO)
    rows = store.pathology_of(exam)
    assert [(each.laterality, each.corrects) for each in rows] == [("L", None), ("R", wrong)]
    assert [each.number for each in present(rows)] == [right]
    with pytest.raises(SettingsError, match=rf"Pathology {wrong} .* expected one of \[{right}\]"):
        store.add_pathology(exam, pathology(corrects=wrong), WHO)
    store.add_pathology(exam, pathology(outcome=None, corrects=right), WHO)
    assert present(store.pathology_of(exam)) == ()
    assert len(store.pathology_of(exam)) == 3
    store.add_pathology(exam, pathology(outcome=BENIGN), WHO)
    assert store.check().complaints == ()


def test_both_breasts_and_their_findings_may_differ(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    store.add_pathology(exam, pathology(), WHO)
    store.add_pathology(exam, pathology(outcome=BENIGN, finding=1), WHO)
    store.add_pathology(exam, pathology(outcome=CLEAR, laterality=RIGHT), WHO)
    assert len(present(store.pathology_of(exam))) == 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({}, {"outcome": BENIGN}),
        ({}, {"laterality": None, "outcome": CLEAR}),
        ({"laterality": None, "outcome": CLEAR}, {}),
        ({"outcome": BENIGN}, {"finding": 1}),
        ({"laterality": None, "outcome": BENIGN}, {"laterality": None, "finding": 1}),
    ],
)
def test_what_contradicts_what_holds_is_refused(
    store: ExamStore, place: Place, first: dict[str, Any], second: dict[str, Any]
) -> None:
    exam = signed_exam(store, place)
    number = store.add_pathology(exam, pathology(**first), WHO)
    head = store.head()
    with pytest.raises(SettingsError, match=f"correct row {number}"):
        store.add_pathology(exam, pathology(**second), WHO)
    assert (len(store.pathology_of(exam)), store.head()) == (1, head)
    store.add_pathology(exam, pathology(**second, corrects=number), WHO)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"found_on": date(2026, 9, 30)}, "a day from then on"),
        ({"found_on": date(2026, 11, 3)}, "still to come"),
        ({"finding": 2}, r"expected one of \[1\]"),
        ({"corrects": 7}, "expected one of none"),
        ({"source": "Core of Mrs MÜLLER"}, "patient's name"),
        ({"source": "core 2026, Jane."}, "patient's name"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(
    store: ExamStore, place: Place, given: dict[str, Any], why: str
) -> None:
    exam = signed_exam(store, place)
    head = store.head()
    with pytest.raises(SettingsError, match=why) as raised:
        store.add_pathology(exam, pathology(**given), WHO)
    assert "ller" not in str(raised.value)
    assert (store.pathology_of(exam), store.head()) == ((), head)


def test_the_day_of_the_exam_and_tomorrow_are_taken(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)  # on the first of October, and it is the first of November
    store.add_pathology(exam, pathology(found_on=date(2026, 10, 1)), WHO)
    late = pathology(laterality=RIGHT, outcome=CLEAR, found_on=date(2026, 11, 2))
    store.add_pathology(exam, late, WHO)


def test_a_name_of_two_signs_is_found_within_words(store: ExamStore, place: Place) -> None:
    given = facts(patient_name="Wang^XiaoDong=王^小东", patient_id="77")
    exam = store.keep_study(given, [file(place)], WHO).exam
    with pytest.raises(SettingsError, match="patient's name"):
        store.add_pathology(exam, pathology(source="王 小东的活检"), WHO)
    store.add_pathology(exam, pathology(source="biopsy 77/4"), WHO)


def test_findings_are_those_of_the_last_reading(store: ExamStore, place: Place) -> None:
    exam = store.keep_study(facts(), [file(place)], WHO).exam
    with pytest.raises(SettingsError, match="expected one of none"):
        store.add_pathology(exam, pathology(finding=1), WHO)
    read, _ = read_exam(store, place)
    assert read == exam
    store.add_pathology(exam, pathology(finding=1), WHO)


def test_pathology_wants_an_exam_and_who(store: ExamStore, place: Place) -> None:
    with pytest.raises(SettingsError, match="Exam 7"):
        store.add_pathology(7, pathology(), WHO)
    exam = signed_exam(store, place)
    with pytest.raises(SettingsError, match="Who acts"):
        store.add_pathology(exam, pathology(), " ")
    assert store.pathology_of(exam) == ()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (lambda: NewPathology.of_texts("", "2026-10-03"), "expected one of malignant, benign"),
        (lambda: NewPathology.of_texts("cancer", "2026-10-03"), "'cancer'"),
        (lambda: NewPathology.of_texts(WITHDRAWN, "2026-10-03"), "'withdrawn'"),
        (lambda: NewPathology.of_texts("benign", ""), "as 2026-11-28"),
        (lambda: NewPathology.of_texts("benign", "3.10.2026"), "'3.10.2026'"),
        (lambda: NewPathology.of_texts("benign", "2026-06-31"), "'2026-06-31'"),
        (lambda: NewPathology.of_texts("benign", "20261003"), "'20261003'"),
        (lambda: NewPathology.of_texts("benign", "2026-10-03", "left"), "side of 'left'"),
        (lambda: NewPathology.of_texts("benign", "2026-10-03", "L", "one"), "finding of 'one'"),
        (lambda: NewPathology.of_texts("benign", "2026-10-03", "L", "0"), "finding 0"),
        (lambda: pathology(source="a\nb"), "one line"),
        (lambda: pathology(source="a" * 201), "201 characters"),
        (lambda: pathology(outcome=None), "without an outcome"),
    ],
)
def test_what_is_no_pathology_is_refused_at_birth(given: Callable[[], object], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        given()


def test_texts_say_the_same_as_values() -> None:
    said = NewPathology.of_texts(" malignant ", "2026-10-03 ", "L", "", "core biopsy, laboratory 4")
    assert said == pathology()
    assert NewPathology.of_texts("benign", "2026-10-03", "", " 2 ").place == (None, 2)
    taken_back = NewPathology.of_texts(WITHDRAWN, "2026-10-03", "L", corrects=4)
    assert (taken_back.outcome, taken_back.corrects) == (None, 4)
