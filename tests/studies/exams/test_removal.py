"""What is deleted is gone from the disk; that it happened is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams.exam_store import ExamStore
from tests.studies.exams.exam_builders import (
    WHO,
    Clock,
    Place,
    facts,
    file,
    kept_files,
    pathology,
    signed_exam,
)


def contents(store: ExamStore, exam: int) -> list[str]:
    return [each.content for each in store.results_of(exam)]


def test_a_patient_goes_for_good_and_the_trail_says_so(store: ExamStore, place: Place) -> None:
    gone, stays = signed_exam(store, place), signed_exam(store, place, 2)
    wrong = store.add_pathology(gone, pathology(), WHO)
    store.add_pathology(gone, pathology(corrects=wrong), WHO)
    store.add_pathology(stays, pathology(), WHO)
    store.outbox.put(contents(store, gone) + contents(store, stays), "pacs", WHO)
    assert store.delete_patient("P1", WHO) == (gone,)
    assert len(store.search()) == 2
    assert store.delete_patient("P1", WHO, really=True) == (gone,)
    assert [each.number for each in store.search()] == [stays]
    assert len(kept_files(place)) == 3
    assert {each.exam for each in store.outbox.listed()} == {stays}
    assert (store.pathology_of(gone), len(store.pathology_of(stays))) == ((), 1)
    assert store.audit_of(gone)[-1].act == "exam deleted"
    assert (store.readings_of(gone), store.sign_offs_of(gone), store.results_of(gone)) == (
        (), (), (),
    )  # fmt: skip
    assert store.check().complaints == ()


def test_an_exam_number_is_never_given_again(store: ExamStore, place: Place) -> None:
    gone = signed_exam(store, place)
    store.delete_patient("P1", WHO, really=True)
    assert signed_exam(store, place) > gone


def test_a_file_that_another_exam_holds_stays(store: ExamStore, place: Place) -> None:
    for number in (1, 2):
        store.keep_study(facts(number), [file(place, number)], WHO)
    store.delete_patient("P1", WHO, really=True)
    (image,) = store.images_of(2)
    with store.open_file(image.content) as opened:
        assert opened.read() == b"pixels"


def test_no_byte_of_the_patient_is_left_in_the_folder(sqlite_place: Place) -> None:
    name, number = "Zzyzx^Quilla", "QQ-4711"
    with sqlite_place.opened() as store:
        given = facts(patient_name=name, patient_id=number, study_uid="1.2.4711.4711")
        store.keep_study(given, [file(sqlite_place, content=b"Zzyzx pixels")], WHO)
        copies = sqlite_place.folder / "before-migration"
        copies.mkdir()
        (copies / "0000.sqlite").write_bytes(b"Zzyzx")
        assert holding(sqlite_place.folder, b"Zzyzx")
        store.delete_patient(number, WHO, really=True)
        for said in (b"Zzyzx", b"zzyzx", b"QQ-4711", b"1.2.4711.4711"):
            assert holding(sqlite_place.folder, said) == []


def holding(folder: Path, said: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and said in path.read_bytes()]


def test_a_deletion_that_was_cut_off_ends_at_the_next_opening(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, missing_ok: bool = False) -> None:
        raise OSError(5, "input/output error")

    with place.opened() as store:
        store.outbox.put(contents(store, signed_exam(store, place)), "pacs", WHO)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", fail)
            with pytest.raises(StorageError):
                store.delete_patient("P1", WHO, really=True)
        assert store.search() == ()
        assert store.outbox.due(datetime.max.replace(tzinfo=UTC)) == []
        assert kept_files(place)
    with place.opened() as store:
        assert kept_files(place) == []
        assert store.check().complaints == ()


def test_no_number_is_no_patient(store: ExamStore) -> None:
    with pytest.raises(SettingsError, match="PatientID"):
        store.delete_patient(" ", WHO, really=True)


def test_exams_go_after_their_period_from_the_last_act(place: Place) -> None:
    clock = Clock()
    with place.opened(now=clock) as store:
        old, read_again = signed_exam(store, place), signed_exam(store, place, 2)
        clock.at += timedelta(days=100)
        store.keep_study(facts(2), [file(place, 2, b"late", instance_uid="1.2.2.9")], WHO)
        assert store.retain(timedelta(days=90), WHO) == (old,)
        assert len(store.search()) == 2
        assert store.retain(timedelta(days=90), WHO, really=True) == (old,)
        assert [each.number for each in store.search()] == [read_again]
        assert store.audit_of(old)[-1].detail == {"why": "retention period over"}
        with pytest.raises(SettingsError, match="1 day"):
            store.retain(timedelta(0), WHO)


def test_pathology_is_an_act_from_which_the_period_counts(place: Place) -> None:
    clock = Clock()
    with place.opened(now=clock) as store:
        exam = signed_exam(store, place)
        clock.at += timedelta(days=100)
        store.add_pathology(exam, pathology(), WHO)
        clock.at += timedelta(days=80)
        assert store.retain(timedelta(days=90), WHO) == ()
        clock.at += timedelta(days=20)
        assert store.retain(timedelta(days=90), WHO, really=True) == (exam,)
        assert store.check().complaints == ()


def test_what_waits_to_be_sent_outlasts_its_period(place: Place) -> None:
    clock = Clock()
    with place.opened(now=clock) as store:
        exam = signed_exam(store, place)
        (number,) = store.outbox.put(contents(store, exam)[1:], "pacs", WHO)
        clock.at += timedelta(days=100)
        assert store.retain(timedelta(days=90), WHO, really=True) == ()
        store.outbox.sent(number, datetime.now(UTC))
        assert store.retain(timedelta(days=90), WHO, really=True) == (exam,)
