"""Tasks of an archive: begun and cut off, put off, set aside, and read once whoever comes."""

from __future__ import annotations

import pytest

from senoscope.domain.errors import StorageError
from senoscope.studies.exams.archive_tasks import MOST_STOPS, ArchiveTasks, TaskState
from senoscope.studies.exams.exam_store import ExamStore
from tests.studies.exams.exam_builders import READING, WHO, Place, facts, file, result, signed_exam

KEY, OTHER = "a" * 64, "b" * 64
PATH = "/archive/Doe^Jane/1"


def states(store: ExamStore) -> list[tuple[str, TaskState]]:
    return sorted(
        (each.key[0], state) for state in TaskState for each in store.archive.listed(state)
    )


def exam_of(store: ExamStore, place: Place) -> int:
    return store.keep_study(facts(), [file(place)], WHO).exam


def test_what_was_begun_is_begun_again_and_then_set_aside(store: ExamStore) -> None:
    for tries in range(1, MOST_STOPS + 1):
        task, _ = store.archive.begin(KEY, PATH)
        assert (task.state, task.tries, task.place) == (TaskState.READING, tries, PATH)
    task, before = store.archive.begin(KEY, PATH)
    assert (task.state, before) == (TaskState.SET_ASIDE, TaskState.READING)
    assert "stopped or died 3 times" in task.why
    assert store.archive.begin(KEY, PATH).before is TaskState.SET_ASIDE


def test_a_word_of_how_it_ended_counts_tries_anew(store: ExamStore) -> None:
    for _ in range(2 * MOST_STOPS):
        assert store.archive.begin(KEY, PATH).task.state is TaskState.READING
        store.archive.put_off(KEY, "The disk is full.")
    [task] = store.archive.listed(TaskState.WAITING)
    assert (task.tries, task.why) == (0, "The disk is full.")


def test_what_is_set_aside_after_stops_says_what_was_last_said(store: ExamStore) -> None:
    store.archive.begin(KEY, PATH)
    store.archive.stumbled(KEY, "Unexpected ValueError.")
    for _ in range(MOST_STOPS):
        task, _ = store.archive.begin(KEY, PATH)
    assert (task.state, task.why[-31:]) == (TaskState.SET_ASIDE, "--again. Unexpected ValueError.")
    store.archive.begin(KEY, PATH, again=True)
    store.archive.put_off(KEY, "The disk is full.")
    for _ in range(MOST_STOPS + 1):
        task, _ = store.archive.begin(KEY, PATH)
    assert task.why.endswith("--again.")


def test_what_is_not_under_way_is_neither_given_up_nor_put_off(
    store: ExamStore, place: Place
) -> None:
    assert not store.archive.give_up(KEY, "No mode.")
    assert states(store) == []
    store.archive.begin(KEY, PATH)
    store.archive.kept(KEY, exam_of(store, place))
    store.archive.finish(KEY, None)
    assert not store.archive.give_up(KEY, "No mode.")
    store.archive.put_off(KEY, "The disk is full.")
    assert states(store) == [("a", "read")]
    store.archive.begin(OTHER, PATH)
    assert store.archive.give_up(OTHER, "No mode.")
    assert states(store) == [("a", "read"), ("b", "set aside")]


def test_a_place_is_where_the_study_lay_last(store: ExamStore) -> None:
    store.archive.begin(KEY, PATH)
    assert store.archive.begin(KEY, f"{PATH}/moved").task.place == f"{PATH}/moved"
    store.archive.give_up(KEY, "No mode.")
    assert store.archive.begin(KEY, PATH).task.place == PATH
    store.archive.set_aside(OTHER, "/letter", "Cut off.")
    assert not store.archive.set_aside(OTHER, "/moved", "Cut off.")
    assert {each.place for each in store.archive.listed(TaskState.SET_ASIDE)} == {PATH, "/moved"}


def test_another_key_at_a_place_is_what_lies_there_now(store: ExamStore, place: Place) -> None:
    store.archive.set_aside(KEY, PATH, "No mode.")
    store.archive.begin(OTHER, PATH)
    assert states(store) == [("b", "reading")]
    store.archive.kept(OTHER, exam_of(store, place))
    store.archive.finish(OTHER, None)
    store.archive.set_aside(KEY, PATH, "No mode.")
    assert states(store) == [("a", "set aside"), ("b", "read")]


def test_what_no_exam_is_made_of_can_be_forgotten(store: ExamStore, place: Place) -> None:
    store.archive.set_aside(KEY, PATH, "No mode.")
    store.archive.begin(OTHER, "/other")
    store.archive.begin("c" * 64, "/read")
    store.archive.kept("c" * 64, exam_of(store, place))
    assert store.archive.forget() == 2
    assert states(store) == [("c", "reading")]
    assert store.check().complaints == ()


def test_nothing_is_added_to_a_signed_exam(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    head = store.head()
    assert store.archive.add_reading(KEY, exam, READING, [result(5)], WHO) == (None, False)
    new = file(place, content=b"more", instance_uid="1.2.1.7.9")
    assert store.keep_study(facts(), [new], WHO, spares_signed=True).added == 0
    assert (store.head(), store.exam(exam).state) == (head, "signed")
    assert store.check().complaints == ()


def test_what_was_set_aside_is_begun_again_only_when_asked_for(store: ExamStore) -> None:
    assert store.archive.set_aside(KEY, PATH, "No mode.")
    assert not store.archive.set_aside(KEY, PATH, "No mode.")
    assert store.archive.begin(KEY, PATH).task.state is TaskState.SET_ASIDE
    task, _ = store.archive.begin(KEY, PATH, again=True)
    assert (task.state, task.tries, task.why) == (TaskState.READING, 1, "")


def test_a_second_reading_of_a_key_adds_nothing(store: ExamStore, place: Place) -> None:
    exam = exam_of(store, place)
    first = store.archive.add_reading(KEY, exam, READING, [result()], WHO)
    head, files = store.head(), store.check().files
    late = store.archive.add_reading(KEY, exam, READING, [result(2)], WHO)
    assert (first.is_new, late) == (True, (first.reading, False))
    assert store.archive.reading_of(KEY) == first.reading
    assert len(store.readings_of(exam)) == len(store.results_of(exam)) == 1
    assert (store.head(), store.check().files) == (head, files)
    assert store.archive.add_reading(OTHER, exam, READING, [result(3)], WHO).is_new
    assert store.check().complaints == ()


def test_a_reading_and_its_key_are_kept_together_or_not_at_all(
    store: ExamStore, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = exam_of(store, place)

    def full(*_: object, **_given: object) -> None:
        raise StorageError("full")

    with monkeypatch.context() as patched:
        patched.setattr(ArchiveTasks, "_put", full)
        with pytest.raises(StorageError):
            store.archive.add_reading(KEY, exam, READING, [result()], WHO)
    assert store.readings_of(exam) == ()
    assert store.check().complaints == ()


def test_where_a_study_lay_is_deleted_with_its_exam(store: ExamStore, place: Place) -> None:
    exam = exam_of(store, place)
    for key, lies in ((KEY, PATH), (OTHER, "/other")):
        store.archive.begin(key, lies)
    store.archive.kept(KEY, exam)
    store.archive.kept(KEY, exam)
    [task] = [each for each in store.archive.listed(TaskState.READING) if each.key == KEY]
    assert (task.place, task.exam) == (PATH, exam)
    store.archive.add_reading("c" * 64, exam, READING, [], WHO)
    store.archive.finish(KEY, store.archive.reading_of("c" * 64))
    assert states(store) == [("a", "read"), ("b", "reading"), ("c", "read")]
    store.delete_patient("P1", WHO, really=True)
    assert states(store) == [("b", "reading")]
    assert store.check().complaints == ()


def test_all_are_listed_however_many(store: ExamStore) -> None:
    keys = [f"{number:064}" for number in range(1100)]
    for key in keys[:1001]:
        store.archive.set_aside(key, f"{PATH} {key}", "No mode.")
    assert [each.key for each in store.archive.listed(TaskState.SET_ASIDE)] == keys[:1001]
