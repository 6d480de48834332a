import time
from threading import Timer

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.realtime.sources.pacing import LATE_NS, Pace, Timetable


def test_beats_are_not_faster_than_the_rate() -> None:
    pace = Pace(200.0)
    pace.wait()
    begun = time.monotonic()
    assert all(pace.wait() for _ in range(20))
    assert time.monotonic() - begun > 18 / 200


def test_no_burst_follows_a_stall() -> None:
    pace = Pace(50.0)
    pace.wait()
    time.sleep(0.2)
    begun = time.monotonic()
    for _ in range(6):
        pace.wait()
    assert time.monotonic() - begun > 3 / 50


def test_flat_out_does_not_wait_until_it_is_stopped() -> None:
    pace = Pace(None)
    assert all(pace.wait() for _ in range(10_000))
    pace.stop()
    assert not pace.wait()


def test_stopping_ends_a_wait() -> None:
    pace = Pace(0.01)
    pace.wait()
    Timer(0.05, pace.stop).start()
    assert not pace.wait()


@pytest.mark.parametrize("rate_hz", [0.0, -1.0, 5000.0, float("nan")])
def test_a_rate_that_cannot_be_is_refused(rate_hz: float) -> None:
    with pytest.raises(SettingsError, match="frames a second"):
        Pace(rate_hz)


def test_a_timetable_goes_on_from_who_is_late_but_for_those_who_do_not_wait() -> None:
    waiting, flat_out = Timetable(), Timetable(flat_out=True)
    began_ns = waiting.due_ns(0)
    same_ns = flat_out.due_ns(0)
    assert waiting.due_ns(5) == began_ns + 5
    time.sleep(LATE_NS / 1e9 + 0.05)
    late_ns = waiting.due_ns(10)
    assert late_ns > began_ns + LATE_NS
    assert waiting.due_ns(20) == late_ns + 10
    assert flat_out.due_ns(10) == same_ns + 10
