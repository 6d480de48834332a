"""Each file goes once to each destination, and what is not said to be sent is due again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.exams.exam_records import SendState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.outbox import Outbox
from tests.studies.exams.exam_builders import (
    READING,
    WHO,
    Place,
    facts,
    file,
    result,
    signed_exam,
)

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def contents(store: ExamStore, exam: int) -> list[str]:
    return [each.content for each in store.results_of(exam)]


def test_what_is_put_is_due_with_its_file_the_oldest_first(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    outbox: Outbox = store.outbox
    numbers = store.outbox.put(contents(store, exam), "pacs", WHO)
    due = outbox.due(LATER)
    assert [each.number for each in due] == list(numbers)
    assert [each.path.read_bytes() for each in due] == [b"report 10", b"report 11"]
    assert [(each.destination, each.tries) for each in due] == [("pacs", 0)] * 2
    assert [each.act for each in store.audit_of(exam)][-2:] == ["put in the outbox"] * 2


def test_nothing_goes_twice_to_a_destination_unless_asked(store: ExamStore, place: Place) -> None:
    given = contents(store, signed_exam(store, place))
    (number, _) = store.outbox.put([*given, *given], "pacs", WHO)
    assert store.outbox.put(given, "pacs", WHO) == ()
    assert len(store.outbox.put(given, "archive", WHO)) == 2
    store.outbox.sent(number, LATER)
    assert store.outbox.put(given, "pacs", WHO) == ()
    assert store.outbox.put(given[:1], "pacs", WHO, again=True) == (number,)
    assert number in [each.number for each in store.outbox.due(LATER)]
    assert len(store.outbox.listed()) == 4


def test_what_was_sent_or_refused_is_due_no_more(store: ExamStore, place: Place) -> None:
    exam = signed_exam(store, place)
    first, second = store.outbox.put(contents(store, exam), "pacs", WHO)
    store.outbox.sent(first, LATER)
    store.outbox.sent(first, LATER)
    store.outbox.give_up(second, "no such class")
    store.outbox.put_off(second, "late", LATER)
    assert store.outbox.due(LATER) == []
    (refused,) = store.outbox.listed(SendState.REFUSED)
    assert (refused.why, refused.exam, refused.tries) == ("no such class", exam, 0)
    assert [each.number for each in store.outbox.listed(exam=exam)] == [second, first]
    assert store.outbox.listed(exam=exam + 1) == ()
    assert [each.act for each in store.audit_of(exam)][-2:] == ["sent", "refused"]


def test_what_was_put_off_waits_until_then_over_a_restart(place: Place) -> None:
    with place.opened() as store:
        (number, _) = store.outbox.put(contents(store, signed_exam(store, place)), "pacs", WHO)
        store.outbox.put_off(number, "no answer", LATER)
    with place.opened() as store:
        soon = LATER - timedelta(seconds=1)
        assert number not in [each.number for each in store.outbox.due(soon)]
        (again,) = [each for each in store.outbox.due(LATER) if each.number == number]
        assert again.tries == 1
        assert store.outbox.listed()[1].why == "no answer"


def test_only_dicom_of_the_store_is_sent(store: ExamStore, place: Place) -> None:
    exam = store.keep_study(facts(), [file(place)], WHO).exam
    page = result(content=b"<p>", instance_uid=None, sop_class=None)
    store.add_reading(exam, READING, WHO, [page])
    for content in (*contents(store, exam), "0" * 64):
        with pytest.raises(SettingsError, match="no DICOM file"):
            store.outbox.put([store.images_of(exam)[0].content, content], "pacs", WHO)
    assert store.outbox.listed() == ()
    with pytest.raises(SettingsError, match="destination"):
        store.outbox.put(contents(store, exam), "", WHO)
