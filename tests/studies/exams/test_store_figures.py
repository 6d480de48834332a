from __future__ import annotations

import pytest

from senoscope.domain.errors import StorageError
from senoscope.studies.exams.archive_tasks import TaskState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.store_figures import (
    StoreFigures,
    free_if_it_answers,
    store_figures,
)
from senoscope.studies.exams.tables import HASH
from tests.studies.exams.exam_builders import (
    READING,
    WHO,
    Place,
    facts,
    file,
    read_exam,
    signed_exam,
)


def test_an_empty_store_names_every_state_and_holds_nothing(store: ExamStore) -> None:
    assert store_figures(store.parts) == StoreFigures(
        {"received": 0, "read": 0, "signed": 0},
        {"waiting": 0, "sent": 0, "refused": 0},
        dict.fromkeys(TaskState, 0),
        0,
        0,
    )


def test_it_counts_exams_files_and_what_waits(store: ExamStore, place: Place) -> None:
    signed = signed_exam(store, place)
    read_exam(store, place, 2)
    store.keep_study(facts(3), [file(place, 3, b"ten bytes!")], WHO)
    results = [each.content for each in store.results_of(signed)]
    first, *_ = store.outbox.put(results, "pacs", WHO)
    store.outbox.give_up(first, "no such class")
    store.archive.begin("0" * HASH, "/archive/1")
    store.archive.add_reading("1" * HASH, 2, READING, [], WHO)
    store.archive.finish("0" * HASH, store.archive.reading_of("1" * HASH))
    store.archive.set_aside("2" * HASH, "/archive/2", "No mode.")
    figures = store_figures(store.parts)
    assert figures.exams == {"received": 1, "read": 1, "signed": 1}
    assert figures.outbox == {"waiting": len(results) - 1, "sent": 0, "refused": 1}
    assert figures.archive == {"waiting": 0, "reading": 0, "read": 1, "set aside": 1}
    kept = [store.path_of(each) for each in store.parts.files]
    assert (figures.files, figures.size) == (len(kept), sum(each.stat().st_size for each in kept))


def test_a_store_that_answers_says_what_is_free(store: ExamStore) -> None:
    free = free_if_it_answers(store.parts)
    assert 0 < free <= store.room().free * 1.1 + 10**9


def test_a_store_whose_files_are_gone_does_not_answer(sqlite_place: Place) -> None:
    with sqlite_place.opened() as store:
        store.parts.files.partials.rmdir()
        store.parts.files.folder.rmdir()
        sqlite_place.folder.rename(sqlite_place.folder.with_name("unplugged"))
        with pytest.raises(StorageError):
            free_if_it_answers(store.parts)
