"""The store's log says what was said, by whom and when, and never of whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import StorageError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import LogEntry, Outcome, Said
from senoscope.models.evaluation.readers.read_log import read_log
from senoscope.studies.deidentification.pseudonyms import PseudonymKey
from senoscope.studies.exams.exam_records import NewReading, StudyFacts
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.proof.reader_log import (
    WITHHELD,
    exam_score,
    log_of_store,
    read_log_csv,
    write_log_csv,
)
from senoscope.studies.sign_off import Assessment
from senoscope.studies.study_reading import EXAM_SCORE, NETWORK, ReadingFact
from tests.studies.exams.exam_builders import Clock, Place, pathology
from tests.studies.logged_exams import KEY, OTHER, READER, read_exam, say_alone, scan, sign

DAY = date(2026, 11, 30)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "store"
    return Place(f"sqlite:///{folder / 'exams.sqlite'}", folder, tmp_path)


@pytest.fixture
def store(place: Place) -> Iterator[ExamStore]:
    clock = Clock()
    clock.at = clock.at.replace(month=12)
    with place.opened(now=clock) as opened:
        yield opened


def became(**given: Any) -> Any:
    return pathology(**{"found_on": DAY, "source": "", **given})


def log(store: ExamStore, *kinds: Said) -> list[LogEntry]:
    return [each for each in log_of_store(store, KEY) if not kinds or each.said in kinds]


def test_a_whole_exam_is_logged_in_the_order_in_which_it_was_said(
    store: ExamStore, tmp_path: Path
) -> None:
    kept = read_exam(store, tmp_path / "a", scan())
    say_alone(store, kept[0])
    sign(store, kept)
    store.add_pathology(kept[0], became(), OTHER)
    entries = log(store)
    assert [each.said for each in entries] == [
        Said.AI, Said.AI, Said.AI, Said.ALONE, Said.WITH_AI, Said.OVERRIDE, Said.PATHOLOGY,
    ]  # fmt: skip
    assert [each.at for each in entries] == sorted(each.at for each in entries)
    assert {each.at.utcoffset() for each in entries} == {entries[0].at.utcoffset()}
    assert {each.laterality for each in entries} == {Laterality.LEFT}
    assert {each.modality for each in entries if each.said is not Said.PATHOLOGY} == {"US"}
    assert len({(each.patient, each.exam, each.scanner) for each in entries}) == 1
    whole, first, second, alone, with_ai, override, told = entries
    findings = [each.probability for each in kept[2].findings]
    assert [first.probability, second.probability] == findings
    assert whole.probability == max(findings)
    assert [each.finding for each in entries] == [None, 1, 2, None, None, 2, None]
    assert whole.by == "segmenter 3.1 + classifier 2.0 (OpenVINO int8, senoscope 0.1.0)"
    assert (alone.assessment, with_ai.assessment) == ("3", "4A")
    assert override.reason == "A rib's shadow, no mass."
    assert (told.outcome, told.found_on) == (Outcome.MALIGNANT, DAY)
    assert alone.by == with_ai.by == override.by != told.by


def test_nothing_says_whose_it_is(store: ExamStore, tmp_path: Path) -> None:
    kept = read_exam(store, tmp_path / "a", scan())
    say_alone(store, kept[0])
    sign(store, kept, reason="As Mrs XIAODONG said, a rib.")
    store.add_pathology(kept[0], became(source="laboratory 4"), OTHER)
    entries = log(store)
    told = repr(entries)
    for word in (
        "Wang", "XIAODONG", "小东", "77-1234", "1.2.9", "ACC1", "ROOM4", "DOE", "SERIAL", READER,
        OTHER, "laboratory",
    ):  # fmt: skip
        assert word not in told
    assert next(each.reason for each in entries if each.reason) == WITHHELD
    assert entries[0].scanner.startswith("Sonic Wave 9 S")


def test_pseudonyms_are_alike_between_exports_and_others_under_another_key(
    store: ExamStore, tmp_path: Path
) -> None:
    read_exam(store, tmp_path / "a", scan())
    first = log(store)
    read_exam(store, tmp_path / "b", scan(2))
    read_exam(store, tmp_path / "c", scan(3, "88", StationName="ROOM5"))
    entries = log(store, Said.AI)
    assert entries[:3] == first
    whole = [each for each in entries if each.finding is None]
    assert whole[0].patient == whole[1].patient != whole[2].patient
    assert len({each.exam for each in whole}) == 3
    assert whole[0].scanner == whole[1].scanner != whole[2].scanner
    other = log_of_store(store, PseudonymKey(bytes(32)))[0]
    assert (other.patient != first[0].patient, other.exam != first[0].exam) == (True, True)


def test_exams_without_a_patients_number_are_many_patients(
    store: ExamStore, tmp_path: Path
) -> None:
    for number in (1, 2):
        read_exam(store, tmp_path / f"{number}", scan(number, ""))
    assert len({each.patient for each in log(store)}) == 2


def test_a_readers_own_probability_is_logged_where_it_was_given(
    store: ExamStore, tmp_path: Path
) -> None:
    kept = read_exam(store, tmp_path / "a", scan())
    say_alone(store, kept[0])
    say_alone(store, kept[0], probability=0.015)
    sign(store, kept, probability=0.75)
    said = log(store, Said.ALONE, Said.WITH_AI)
    assert [each.probability for each in said] == [None, 0.015, 0.75]


def test_a_side_is_said_only_where_all_images_show_it(store: ExamStore, tmp_path: Path) -> None:
    right = {"SOPInstanceUID": "1.2.9.1.1.2", "ImageLaterality": "R"}
    read_exam(store, tmp_path / "a", scan(), scan(**right))
    read_exam(store, tmp_path / "b", scan(2, ImageLaterality=None))
    read_exam(store, tmp_path / "c", scan(3, ImageLaterality="R"))
    sides = [each.laterality for each in log(store, Said.AI) if each.finding is None]
    assert sides == [None, None, Laterality.RIGHT]


def test_what_could_not_be_read_has_no_probability(store: ExamStore, tmp_path: Path) -> None:
    read_exam(store, tmp_path / "a", scan(), abstains=True)
    (entry,) = log(store)
    assert (entry.said, entry.probability) == (Said.AI, None)


def test_a_score_of_the_whole_exam(store: ExamStore, tmp_path: Path) -> None:
    _, _, found = read_exam(store, tmp_path / "a", scan())
    nothing = replace(found, findings=())
    assert exam_score(nothing) == 0
    marks = replace(nothing, below=found.findings)
    assert exam_score(marks) == max(each.probability for each in found.findings)
    scored = replace(found, facts=(ReadingFact(EXAM_SCORE, 0.125),))
    assert exam_score(scored) == 0.125
    opinions = [ReadingFact(NETWORK, number) for number in (0.25, 0.0625)]
    images = (replace(found.images[0], facts=tuple(opinions)),)
    assert exam_score(replace(scored, images=images)) == 0.25


def test_a_later_sign_off_stands_after_the_earlier(store: ExamStore, tmp_path: Path) -> None:
    kept = read_exam(store, tmp_path / "a", scan())
    sign(store, kept)
    first = store.sign_offs_of(kept[0])[0].number
    sign(store, kept, Assessment.BENIGN, who=OTHER, replaces=first)
    said = log(store, Said.WITH_AI)
    assert [each.assessment for each in said] == ["4A", "2"]
    assert said[0].by != said[1].by


def test_pathology_that_holds_and_what_it_corrected_in_its_place(
    store: ExamStore, tmp_path: Path
) -> None:
    exam, _, _ = read_exam(store, tmp_path / "a", scan())
    wrong = store.add_pathology(exam, became(outcome=Outcome.BENIGN), OTHER)
    store.add_pathology(exam, became(corrects=wrong), OTHER)
    assert [each.outcome for each in log(store, Said.PATHOLOGY)] == ["benign", "malignant"]


def test_pathology_that_was_never_true_is_left_out(store: ExamStore, tmp_path: Path) -> None:
    exam, _, _ = read_exam(store, tmp_path / "a", scan())
    wrong = store.add_pathology(exam, became(), OTHER)
    moved = store.add_pathology(exam, became(laterality=Laterality.RIGHT, corrects=wrong), OTHER)
    (entry,) = log(store, Said.PATHOLOGY)
    assert entry.laterality is Laterality.RIGHT
    store.add_pathology(exam, became(outcome=None, corrects=moved), OTHER)
    assert log(store, Said.PATHOLOGY) == []


def test_exams_without_files_and_damaged_ones(store: ExamStore, place: Place) -> None:
    exam = store.keep_study(StudyFacts("1.2.9.9", "P9", "Doe", modality="US"), [], READER).exam
    say_alone(store, exam)
    (entry,) = log(store)
    assert (entry.scanner, entry.modality, entry.laterality) == ("", "", None)
    store.add_reading(exam, NewReading("x", {"findings": []}, (), "", {}, {}), READER)
    with pytest.raises(StorageError, match=f"Exam {exam} cannot be logged"):
        log(store)


def test_the_log_is_what_a_study_is_made_of(store: ExamStore, tmp_path: Path) -> None:
    both = {"SOPInstanceUID": "1.2.9.9", "ImageLaterality": "R"}
    for number in range(1, 7):
        headers = [scan(number, str(number)), scan(number, str(number), **both)][: 1 + number % 2]
        kept = read_exam(store, tmp_path / f"{number}", *headers)
        say_alone(store, kept[0], str(1 + number % 3))
        sign(store, kept, Assessment.HIGH_SUSPICION if number > 3 else Assessment.BENIGN)
        if number < 6:
            outcome = Outcome.MALIGNANT if number > 3 else Outcome.BENIGN
            store.add_pathology(kept[0], became(outcome=outcome), OTHER)
    path = tmp_path / "log.csv"
    write_log_csv(log(store), path)
    study = read_log(read_log_csv(path))
    counted = study.counted
    assert (counted.exams, counted.cases, counted.with_outcome, counted.cancers) == (6, 6, 5, 2)
    assert {each.reason: each.count for each in counted.left_out if each.count} == {"no_outcome": 1}
    assert {each.said: each.n for each in study.figures} == {
        Said.ALONE: 5, Said.WITH_AI: 5, Said.AI: 5,
    }  # fmt: skip
    (with_ai,) = [each for each in study.figures if each.said is Said.WITH_AI]
    assert (with_ai.sensitivity.value, with_ai.specificity.value) == (1, 1)
    assert [(each.reason, each.count) for each in study.overrides] == [
        ("A rib's shadow, no mass.", 6)
    ]
