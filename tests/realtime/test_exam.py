"""Nothing of one exam reaches the next, and each closes its own books."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame
from senoscope.domain.reading import OperatingPoint, Suspicion
from senoscope.realtime.exam import LONGEST_NAME, Exam
from senoscope.realtime.intake import Intake
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.picture import Picture, View
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.run_books import RunLedger
from tests import builders
from tests.fakes import BuildFakeReader, FakeReader, FakeSource
from tests.realtime.running import HANG_LIMIT_S, until

POINT = OperatingPoint(0.3, 0.6)


def test_each_exam_closes_its_books_and_none_of_its_lesions_goes_on() -> None:
    shown: list[PublishedFrame] = []
    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        loop.subscribe(shown.append)
        until(lambda: shown and shown[-1].tracks and shown[-1].tracks[0].number == 1)
        ended = loop.begin_exam("B-7")
        until(lambda: shown[-1].exam.number == 2 and shown[-1].tracks)
        second = loop.exam()
        until(lambda: shown[-1].tracks[0].number == 1)
    assert ended.books.balanced
    assert ended.books.in_flight == 0
    assert (ended.name.number, ended.name.patient, ended.lesions) == (1, "", 1)
    assert (second.name.number, second.name.patient) == (2, "B-7")
    first_of_second = next(each for each in shown if each.exam.number == 2)
    assert [each.exam.number for each in shown] == sorted(each.exam.number for each in shown)
    assert first_of_second.reading_age_ms in (None, 0)
    later = [each for each in shown if each.exam.number == 2 and each.tracks]
    assert later[0].tracks[0].seen == 1
    total = ended.books.captured + loop.exam().books.captured
    assert total == shown[-1].frame.index + 1


def test_a_reading_that_was_under_way_is_not_shown_in_the_next_exam() -> None:
    shown: list[PublishedFrame] = []
    source = FakeSource(stepped=True)
    with LiveLoop(source, BuildFakeReader(FakeReader(delay_s=0.3))) as loop:
        loop.subscribe(shown.append)
        until(lambda: loop.status().engine)
        source.step()
        until(lambda: loop.exam().books.in_flight)
        ended = loop.begin_exam()
        source.step()
        until(lambda: loop.exam().books.read)
    assert (ended.books.read, ended.books.in_flight) == (1, 0)
    second = [each for each in shown if each.exam.number == 2]
    assert all(each.reading is None or each.reading.frame_index == 1 for each in second)


def test_a_frame_that_is_being_taken_in_is_of_the_exam_that_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taking, take = Event(), Intake.take

    def slowly(intake: Intake, frame: Frame, view: View) -> Picture:
        taking.set()
        time.sleep(0.2)
        return take(intake, frame, view)

    monkeypatch.setattr(Intake, "take", slowly)
    source = FakeSource(stepped=True)
    with LiveLoop(source, BuildFakeReader()) as loop:
        until(lambda: loop.status().engine)
        source.step()
        assert taking.wait(HANG_LIMIT_S)
        ended = loop.begin_exam()
    assert (ended.books.captured, ended.books.in_flight) == (1, 0)
    assert loop.exam().books.captured == 0


def test_a_clock_that_jumps_changes_no_age_and_ends_no_exam(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[PublishedFrame] = []
    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        loop.subscribe(shown.append)
        until(lambda: shown and shown[-1].reading is not None)
        monkeypatch.setattr(time, "time", lambda: 4e9)
        monkeypatch.setattr(time, "time_ns", lambda: int(4e18))
        count = len(shown)
        until(lambda: len(shown) > count + 20)
    assert {each.exam.number for each in shown} == {1}
    ages = [each.reading_age_ms for each in shown if each.reading_age_ms is not None]
    assert ages
    assert all(0 <= age < 5000 for age in ages)


def test_how_long_an_exam_has_been_open_hangs_on_no_clock_that_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    exam = Exam.first(RunLedger())
    now_s += 420
    assert exam.summary(datetime(1970, 1, 1, tzinfo=UTC)).open_s == 420


def test_lesions_are_not_followed_from_one_view_to_another() -> None:
    exam = Exam(builders.EXAM)
    findings = (builders.finding(0.9, Suspicion.HIGH),)
    for nth in range(10):
        frame = builders.frame(nth, captured_at_ns=10**9 + nth * 10**7)
        tracks = exam.follow(frame, (0, 0), builders.reading(nth, findings), POINT)
    assert (tracks[0].number, tracks[0].seen) == (1, 10)
    frame = builders.frame(11, captured_at_ns=2 * 10**9)
    (track,) = exam.follow(frame, (0, 1), builders.reading(11, findings), POINT)
    assert (track.number, track.seen) == (0, 1)


@pytest.mark.parametrize("patient", ["x" * (LONGEST_NAME + 1), "line\nbreak"])
def test_a_pseudonym_that_cannot_be_one_is_refused(patient: str) -> None:
    with pytest.raises(SettingsError, match="pseudonym"):
        replace(builders.EXAM, patient=patient)
