"""The run's books hold every frame of every exam once, whenever exams begin."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import fields

import pytest

from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.ledger import DropCause, LedgerSnapshot
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.run_books import RunBooks, RunLedger
from tests.fakes import BuildFakeReader, FakeReader, FakeSource
from tests.realtime.running import until

EXAMS = 12


def added(books: list[LedgerSnapshot]) -> LedgerSnapshot:
    dropped: Counter[DropCause] = Counter()
    for each in books:
        dropped.update(each.dropped)
    return LedgerSnapshot(
        sum(each.captured for each in books),
        sum(each.read for each in books),
        sum(each.duplicates for each in books),
        {cause: dropped[cause] for cause in DropCause},
        sum(each.in_flight for each in books),
    )


def ledger_of(books: RunBooks) -> LedgerSnapshot:
    return LedgerSnapshot(*(getattr(books, each.name) for each in fields(LedgerSnapshot)))


def test_a_frame_of_an_exam_that_has_ended_settles_in_the_runs_books() -> None:
    run = RunLedger()
    first = run.present
    first.capture()
    first.capture()
    first.settle_read()
    second = run.next_exam()
    assert run.present is second
    assert run.snapshot() == first.snapshot()
    first.settle_dropped(DropCause.AI_LOST)
    books = run.snapshot()
    assert (books.captured, books.read, books.dropped[DropCause.AI_LOST]) == (2, 1, 1)
    assert (books.in_flight, books.balanced) == (0, True)
    assert first.snapshot() == books


def test_a_frame_captured_into_an_exam_as_it_ends_is_counted_once() -> None:
    run = RunLedger()
    first = run.present
    run.next_exam()
    first.capture()
    run.next_exam()
    first.settle_duplicate()
    run.next_exam()
    assert run.snapshot() == first.snapshot()
    assert run.snapshot().captured == 1


def test_at_every_moment_the_run_balances_and_grows_while_exams_begin_under_four_threads() -> None:
    run, done, wrong = RunLedger(), threading.Event(), list[LedgerSnapshot]()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(2000):
            # As the capture thread does: the exam may end between this line and the next.
            ledger = run.present
            ledger.capture()
            if chance.random() < 0.01:
                run.next_exam()
            ledger.settle_read() if chance.random() < 0.5 else ledger.settle_duplicate()

    def watch() -> None:
        before = run.snapshot()
        while not done.is_set():
            now = run.snapshot()
            shrank = now.captured < before.captured or now.read < before.read
            if not now.balanced or shrank or not 0 <= now.in_flight <= 4:
                wrong.append(now)
            before = now

    watcher = threading.Thread(target=watch)
    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in (watcher, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    watcher.join()
    assert not wrong
    books = run.snapshot()
    assert (books.captured, books.in_flight, books.balanced) == (8000, 0, True)


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_the_runs_books_are_those_of_its_exams_to_the_frame_though_they_begin_in_mid_flow() -> None:
    ended: list[ExamSummary] = []
    reader = FakeReader(delay_s=0.012, error_at=40)
    source = FakeSource(period_s=0.003, repeats=2)
    with LiveLoop(source, BuildFakeReader(reader)) as loop:
        until(lambda: loop.books().read)
        for _ in range(EXAMS):
            before = loop.books()
            until(lambda before=before: loop.books().captured > before.captured + 8)
            ended.append(loop.begin_exam())
            assert loop.books().balanced
    books, last = loop.books(), loop.exam()
    assert [each.name.number for each in (*ended, last)] == list(range(1, EXAMS + 2))
    assert all(each.books.in_flight == 0 for each in ended)
    total = added([each.books for each in (*ended, last)])
    assert ledger_of(books) == total
    assert (books.balanced, books.in_flight) == (True, 0)
    # Every kind of frame was there, so that each was carried over.
    assert books.read and books.duplicates and books.dropped[DropCause.SUPERSEDED]
    assert books.captured > last.books.captured
    # A reading that the frame before one lesion had: told for each that was read.
    assert books.lesion_frames == books.read
    assert books.until_read.count == books.read
    assert books.stages["segment"].count == books.read
    assert books.stages["encode"].count <= books.captured - books.unshown
