"""What is kept is given back, once, whole, and to nobody else."""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from senoscope.domain.errors import SettingsError, SourceUnavailable, StorageError
from senoscope.studies.exams import audit_trail
from senoscope.studies.exams.exam_records import ExamState, NewFile, StudyFacts
from senoscope.studies.exams.exam_store import ExamStore
from tests.studies.dicom_files import write
from tests.studies.exams.exam_builders import (
    NAME,
    READING,
    SIGNED,
    WHO,
    Place,
    facts,
    file,
    kept_files,
    read_exam,
    result,
    signed_exam,
)
from tests.studies.study_builders import ultrasound


def test_a_study_is_given_back_as_it_came(store: ExamStore, place: Place) -> None:
    second = file(place, 2, b"more", series_uid="1.2.1.8", modality="SR", series_number=None)
    kept = store.keep_study(facts(), [second, file(place)], WHO)
    assert (kept.added, kept.same, kept.contradictions) == (2, 0, ())
    exam = store.exam(kept.exam)
    assert (exam.patient_name, exam.patient_id, exam.modality) == (NAME, "P1", "SR,US")
    assert (exam.study_date, exam.state, exam.images) == (facts().study_date, "received", 2)
    images = store.images_of(kept.exam)
    assert [(each.series_number, each.size) for each in images] == [(1, 6), (None, 4)]
    with store.open_file(images[0].content) as opened:
        assert opened.read() == b"pixels"


def test_the_same_study_again_adds_nothing(store: ExamStore, place: Place) -> None:
    first = store.keep_study(facts(), [file(place)], WHO)
    again = store.keep_study(facts(), [file(place)], WHO)
    assert (again.exam, again.added, again.same) == (first.exam, 0, 1)
    assert len(store.search()) == 1
    assert len(kept_files(place)) == 1


def test_the_same_content_of_two_studies_is_one_file(store: ExamStore, place: Place) -> None:
    for number in (1, 2):
        store.keep_study(facts(number), [file(place, number)], WHO)
    assert len(kept_files(place)) == 1


def test_other_content_of_a_known_image_is_said_and_not_kept(
    store: ExamStore, place: Place
) -> None:
    store.keep_study(facts(), [file(place)], WHO)
    kept = store.keep_study(facts(), [file(place, content=b"other")], WHO)
    assert (kept.added, kept.contradictions) == (0, ("1.2.1.7.1",))
    assert [path.read_bytes() for path in kept_files(place)] == [b"pixels"]


def test_only_another_meta_group_is_no_contradiction(store: ExamStore, place: Place) -> None:
    header = ultrasound()
    one = write(place.beside / "one", header)
    header.file_meta.ImplementationVersionName = "ANOTHER"
    other = write(place.beside / "other", header)
    assert one.read_bytes() != other.read_bytes()
    given = [file(place, path=path) for path in (one, other)]
    assert store.keep_study(facts(), given, WHO).same == 1


def test_another_patients_study_is_refused(store: ExamStore, place: Place) -> None:
    store.keep_study(facts(), [file(place)], WHO)
    with pytest.raises(SourceUnavailable, match="another number") as raised:
        store.keep_study(facts(patient_id="P9"), [file(place, 2, b"new")], WHO)
    assert "P9" not in str(raised.value)
    assert len(kept_files(place)) == 1


def test_a_file_that_cannot_be_read_leaves_nothing(store: ExamStore, place: Place) -> None:
    gone = file(place, 2, path=place.beside / "gone")
    with pytest.raises(SourceUnavailable) as raised:
        store.keep_study(facts(), [file(place), gone], WHO)
    assert "gone" not in str(raised.value)
    assert (store.search(), kept_files(place), store.head().count) == ((), [], 0)


def test_readings_impressions_and_sign_offs_are_given_back(store: ExamStore, place: Place) -> None:
    exam, reading = read_exam(store, place)
    store.keep_impression(exam, {"assessment": "2"}, WHO)
    assert store.exam(exam).state is ExamState.READ
    first = store.sign(reading, SIGNED, [result(2)], WHO)
    assert store.exam(exam).state is ExamState.SIGNED
    made = store.readings_of(exam)[0]
    assert (made.reading, made.models) == (READING.reading, READING.models)
    assert (made.engine, made.versions) == (READING.engine, READING.versions)
    assert made.ledger == READING.ledger
    assert store.impressions_of(exam)[0].impression == {"assessment": "2"}
    assert [(each.number, each.signed) for each in store.sign_offs_of(exam)] == [(first, SIGNED)]
    machine, person = store.results_of(exam)
    assert (machine.sign_off, person.sign_off, person.reading) == (None, first, reading)


def test_a_result_supersedes_one_of_its_exam_only(store: ExamStore, place: Place) -> None:
    signed = signed_exam(store, place)
    old, new = store.results_of(signed)
    assert new.supersedes == old.number
    other, reading = read_exam(store, place, 2)
    with pytest.raises(SettingsError, match="none of that exam"):
        store.sign(reading, SIGNED, [result(3, supersedes=old.number)], WHO)
    assert store.sign_offs_of(other) == ()


def test_nothing_is_signed_twice(store: ExamStore, place: Place) -> None:
    exam, reading = read_exam(store, place)
    first = store.sign(reading, SIGNED, [result(2)], WHO)
    with pytest.raises(SettingsError, match=f"last sign-off is {first}"):
        store.sign(reading, SIGNED, [result(3)], WHO)
    second = store.sign(reading, SIGNED, [result(3)], WHO, replaces=first)
    assert [each.replaces for each in store.sign_offs_of(exam)] == [None, first]
    assert second > first


def test_a_doubled_result_takes_its_sign_off_with_it(store: ExamStore, place: Place) -> None:
    exam, reading = read_exam(store, place)
    before, head = kept_files(place), store.head()
    with pytest.raises(SettingsError, match="SOPInstanceUID"):
        store.sign(reading, SIGNED, [result(2), result(2, content=b"other")], WHO)
    assert (store.sign_offs_of(exam), kept_files(place), store.head()) == ((), before, head)


def test_new_images_want_a_new_reading(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    store.keep_study(facts(), [file(place, 1, b"pixels of 1")], WHO)
    assert store.exam(exam).state is ExamState.SIGNED
    store.keep_study(facts(), [file(place, 1, b"late", instance_uid="1.2.1.7.2")], WHO)
    assert store.exam(exam).state is ExamState.RECEIVED


def test_our_own_result_that_comes_back_is_no_new_image(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    ours = store.results_of(exam)[1]
    back = file(place, instance_uid=ours.instance_uid, path=store.path_of(ours.content))
    assert store.keep_study(facts(), [back], WHO).same == 1
    assert store.exam(exam).state is ExamState.SIGNED


def test_the_work_list_is_found_by_words_state_modality_and_time(
    store: ExamStore, place: Place
) -> None:
    names = ["Doe^Anna", "Dörfler^Anna Maria", "100%_sure"]
    for number, name in enumerate(names, 1):
        given = facts(number, patient_name=name, modality="MG" if number == 3 else "")
        store.keep_study(given, [file(place, number)] if number < 3 else [], WHO)
    assert [each.number for each in store.search()] == [3, 2, 1]
    assert [each.number for each in store.search("anna")] == [2, 1]
    assert [each.number for each in store.search("ANNA DÖRF")] == [2]
    assert [each.number for each in store.search("p1")] == [1]
    assert [each.number for each in store.search("%_")] == [3]
    assert [each.number for each in store.search(modality="MG")] == [3]
    assert store.search(modality="M") == ()
    assert store.search(state=ExamState.READ) == ()
    assert [each.number for each in store.search(limit=1, after=3)] == [2]
    assert [each.number for each in store.search(since=store.exam(2).received_at)] == [3, 2]
    with pytest.raises(SettingsError, match="1 to 1000"):
        store.search(limit=0)


def test_many_threads_may_keep_and_sign_at_once(store: ExamStore, place: Place) -> None:
    with ThreadPoolExecutor(8) as threads:
        exams = list(threads.map(lambda number: signed_exam(store, place, number), range(1, 25)))
    assert len(set(exams)) == 24
    assert store.check().complaints == ()
    assert {each.state for each in store.search()} == {ExamState.SIGNED}


def test_a_file_that_is_about_to_be_named_is_not_swept(
    store: ExamStore, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = audit_trail.append
    digest = sha256(b"pixels").hexdigest()
    sweeper = Thread(target=lambda: store.parts.drop_unnamed([digest]))

    def append_late(*given: Any) -> None:
        sweeper.start()
        sweeper.join(0.5)  # it waits for this act to end
        kept(*given)

    with monkeypatch.context() as patched:
        patched.setattr(audit_trail, "append", append_late)
        store.keep_study(facts(), [file(place)], WHO)
    sweeper.join()
    assert store.check().complaints == ()


def test_several_programs_may_open_a_new_store_at_once(place: Place) -> None:
    def keep(number: int) -> int:
        with place.opened() as store:
            return store.keep_study(facts(number), [], WHO).exam

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(keep, range(1, 9))) == list(range(1, 9))


def test_two_threads_that_sign_one_reading_sign_it_once(store: ExamStore, place: Place) -> None:
    exam, reading = read_exam(store, place)

    def sign(number: int) -> bool:
        try:
            store.sign(reading, SIGNED, [result(number)], WHO)
        except SettingsError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(sign, range(100, 108))) == 1
    assert len(store.sign_offs_of(exam)) == 1
    assert len(kept_files(place)) == 3


def test_what_is_not_there_is_said(store: ExamStore, place: Place) -> None:
    for asked in (
        lambda: store.exam(7),
        lambda: store.add_reading(7, READING, WHO),
        lambda: store.sign(7, SIGNED, [], WHO),
        lambda: store.keep_impression(7, {}, WHO),
        lambda: store.path_of("../../etc/passwd"),
    ):
        with pytest.raises(SettingsError):
            asked()
    with pytest.raises(StorageError):
        store.open_file("0" * 64)
    with pytest.raises(SettingsError):
        store.keep_study(facts(), [], " ")


def test_no_error_of_the_database_holds_a_name(place: Place) -> None:
    with place.opened() as store:
        store.keep_study(facts(), [file(place)], WHO)
        place.change("DROP TABLE outbox", "DROP TABLE instance", "DROP TABLE series")
        with pytest.raises(StorageError) as raised:
            store.keep_study(facts(2), [file(place, 2)], WHO)
    told = "".join(traceback.format_exception(raised.value))
    assert NAME not in told
    assert "P2" not in told
    assert NAME not in repr((facts(), store))


@pytest.mark.parametrize(
    "given",
    [
        lambda: StudyFacts("", "P1", "Doe"),
        lambda: StudyFacts("1.2", "P\0", "Doe"),
        lambda: StudyFacts("1.2", "P1", "Doe\ud800"),
        lambda: StudyFacts("1.2", "P1", "Doe", modality="US,MG"),
        lambda: NewFile("1.2", "US", 1, "one", "1.2", Path("x")),
    ],
)
def test_what_cannot_be_kept_is_refused_at_birth(given: object) -> None:
    with pytest.raises(SourceUnavailable):
        given()  # type: ignore[operator]


def test_a_result_without_a_class_is_refused_at_birth() -> None:
    with pytest.raises(SettingsError, match="both"):
        result(sop_class=None)


def test_all_that_is_kept_is_private_to_its_user(store: ExamStore, place: Place) -> None:
    signed_exam(store, place)
    for path in [place.folder, *place.folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_low_space_is_a_state_that_a_page_can_show(place: Place) -> None:
    with place.opened(least_free=0) as store:
        assert not store.room().is_low
    with place.opened(least_free=2**80) as store:
        assert store.room().is_low
        assert store.room().free > 0


def test_times_are_given_back_with_their_zone(store: ExamStore, place: Place) -> None:
    exam = store.exam(signed_exam(store, place))
    assert exam.received_at.utcoffset() == timedelta(0)
    assert exam.changed_at > exam.received_at
