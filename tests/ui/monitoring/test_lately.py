"""Whoever asks waits a bounded time, and what takes long is done seldom."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from senoscope.domain.errors import StorageError
from senoscope.ui.monitoring.lately import LONGEST_REST_S, Lately
from tests.realtime.running import HANG_LIMIT_S, until


class Work:
    """Counts how often it is done; waits while `held`, and fails while `failing`."""

    def __init__(self) -> None:
        self.done = self.begun = 0
        self.failing = False
        self.free = threading.Event()
        self.free.set()

    def __call__(self) -> int:
        self.begun += 1
        assert self.free.wait(HANG_LIMIT_S)
        if self.failing:
            raise StorageError("The disk is gone. Put it back.")
        self.done += 1
        return self.done


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    yield made
    made.free.set()


def test_what_is_fresh_is_not_done_again(work: Work) -> None:
    lately = Lately(work, fresh_s=3600, wait_s=HANG_LIMIT_S)
    first, second = lately.known(), lately.known()
    assert (first.value, first.answers, second.value, work.begun) == (1, True, 1, 1)
    assert 0 <= first.age_s <= second.age_s < HANG_LIMIT_S


def test_what_is_old_is_done_again(work: Work) -> None:
    lately = Lately(work, fresh_s=0, wait_s=HANG_LIMIT_S)
    until(lambda: lately.known().value == 3)


def test_what_hangs_holds_up_nobody_for_longer_than_its_bound_and_is_begun_once(
    work: Work,
) -> None:
    lately = Lately(work, fresh_s=0, wait_s=0.1)
    work.free.clear()
    before = time.monotonic()
    asked = [lately.known() for _ in range(50)]
    # Fifty askers one after another wait for the same attempt, not for one each.
    assert time.monotonic() - before < 50 * 0.1 / 3
    assert {(each.value, each.answers) for each in asked} == {(None, False)}
    assert work.begun == 1
    work.free.set()
    until(lambda: lately.known().answers)


def test_what_was_known_is_still_told_while_nothing_answers(work: Work) -> None:
    lately = Lately(work, fresh_s=0, wait_s=0.05)
    until(lambda: lately.known().value)
    work.free.clear()
    until(lambda: not lately.known().answers)
    silent = lately.known()
    assert silent.value == work.done
    assert silent.age_s > 0


def test_what_failed_does_not_answer_until_it_succeeds(
    work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    lately = Lately(work, fresh_s=0, wait_s=HANG_LIMIT_S)
    work.failing = True
    assert not lately.known().answers
    until(lambda: work.begun > 3 or lately.known().answers)
    assert len(caplog.records) == 1, "told once, not at every look"
    work.failing = False
    until(lambda: lately.known().answers)


class SlowWork(Work):
    """Takes `took_s` of a clock of its own."""

    def __init__(self, took_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.now, self.took_s = 1000.0, took_s
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def __call__(self) -> int:
        self.now += self.took_s
        return super().__call__()


@pytest.mark.parametrize(
    ("took_s", "failing", "share", "rest_s"),
    [
        (0.5, False, 1 / 200, 100),
        (0.5, False, None, 15),
        (30, True, 1 / 200, 15),
        (30, True, None, 15),
        (30, False, 1 / 200, LONGEST_REST_S),
    ],
)
def test_what_took_long_rests_by_its_share_and_what_failed_is_tried_soon(
    took_s: float,
    failing: bool,
    share: float | None,
    rest_s: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = SlowWork(took_s, monkeypatch)
    work.failing = failing
    lately = Lately(work, 15, HANG_LIMIT_S, share)
    assert lately.known().answers is not failing
    work.now += rest_s - 1
    lately.known()
    assert work.begun == 1
    work.now += 1
    lately.known()
    assert work.begun == 2
