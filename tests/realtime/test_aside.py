"""Work beside: the newest only, and a fault of it does not stop who offers."""

from __future__ import annotations

from threading import Event

from senoscope.realtime.aside import Aside
from tests.realtime.running import HANG_LIMIT_S, until


def test_what_is_newer_takes_the_place_of_what_waits() -> None:
    begun, may_end, done = Event(), Event(), list[int]()

    def work(item: int) -> None:
        begun.set()
        assert may_end.wait(HANG_LIMIT_S)
        done.append(item)

    aside = Aside(work)
    aside.offer(0)
    assert begun.wait(HANG_LIMIT_S)
    for item in (1, 2, 3):
        aside.offer(item)
    may_end.set()
    until(lambda: done == [0, 3])
    aside.close()
    aside.offer(4)
    assert done == [0, 3]


def test_a_fault_is_kept_and_the_next_is_worked_on() -> None:
    done = list[int]()

    def work(item: int) -> None:
        if not item:
            raise ValueError("none")
        done.append(item)

    aside = Aside(work)
    aside.offer(0)
    until(lambda: "none" in aside.error)
    aside.offer(1)
    until(lambda: done == [1])
    aside.close()


def test_in_line_it_is_done_when_offer_returns() -> None:
    done = list[int]()
    aside = Aside(done.append, in_line=True)
    aside.offer(1)
    assert done == [1]
    aside.close()
