import time
from collections.abc import Iterable

import numpy as np
import pytest

from senoscope.realtime.timing import (
    NO_RHYTHM,
    RING_LENGTH,
    SPREAD_FRAMES,
    FrameRate,
    Percentiles,
    StageTimes,
)


def test_percentiles_are_those_of_the_samples() -> None:
    times = StageTimes()
    for milliseconds in range(101):
        times.add("encode", milliseconds)
    assert times.all() == {"encode": Percentiles(50, 95, 99)}


def test_a_stage_never_seen_has_no_percentiles() -> None:
    assert StageTimes().all() == {}


def test_only_the_last_samples_count_however_many_came() -> None:
    times = StageTimes()
    for _ in range(RING_LENGTH):
        times.add("encode", 1000)
    for milliseconds in np.linspace(0, 1, RING_LENGTH):
        times.add("encode", float(milliseconds))
    assert times.all()["encode"].p99 < 1


def test_the_frame_rate_is_intervals_over_time() -> None:
    rate = FrameRate()
    now_ns = time.monotonic_ns()
    for frame in range(11):
        rate.add(now_ns - (10 - frame) * 50_000_000)
    assert rate.overall() == 20
    assert rate.recent() == 20


def test_the_recent_rate_is_zero_when_nothing_comes_any_more() -> None:
    rate = FrameRate()
    long_ago_ns = time.monotonic_ns() - 60_000_000_000
    for frame in range(11):
        rate.add(long_ago_ns + frame * 50_000_000)
    assert rate.recent() == 0
    assert rate.overall() == 20


def test_the_rate_is_zero_before_the_second_frame() -> None:
    rate = FrameRate()
    assert rate.overall() == rate.recent() == 0
    rate.add(time.monotonic_ns())
    assert rate.overall() == rate.recent() == 0


def after(intervals_ms: Iterable[float]) -> FrameRate:
    """Of frames at 0 and after each of these."""
    rate, at_ns = FrameRate(), 5 * 10**9
    rate.add(at_ns)
    for interval in intervals_ms:
        at_ns += round(interval * 1e6)
        rate.add(at_ns)
    return rate


def test_a_source_that_holds_still_has_one_rate() -> None:
    rhythm = after([40] * 500).rhythm()
    assert (rhythm.actual_hz, rhythm.ideal_hz) == (pytest.approx(25), pytest.approx(25))
    assert (rhythm.stalls, rhythm.longest_stall_s) == (0, 0)


def test_lost_frames_lower_the_actual_rate_and_not_the_ideal_one() -> None:
    rhythm = after([40, 40, 40, 80] * 200).rhythm()
    assert rhythm.ideal_hz == pytest.approx(25)
    assert rhythm.actual_hz == pytest.approx(20, rel=0.01)
    assert rhythm.stalls == 0


def test_a_computer_that_falls_behind_and_catches_up_moves_no_rate() -> None:
    behind = [*[40] * 8, 190, 2, 2, 2, 4]
    rhythm = after([40] * 65 + behind * 5).rhythm()
    assert rhythm.actual_hz == pytest.approx(25, rel=0.002)


def test_frames_that_come_in_pairs_have_the_rate_of_all() -> None:
    rhythm = after([5, 61] * 400).rhythm()
    assert rhythm.actual_hz == pytest.approx(1000 / 33, rel=0.01)
    assert rhythm.stalls == 0


def test_stalls_are_counted_and_leave_the_rates_alone() -> None:
    rate = after([40] * 100 + [700] + [40] * 100 + [3000] + [40] * 100)
    rhythm = rate.rhythm()
    assert (rhythm.stalls, rhythm.longest_stall_s) == (2, pytest.approx(3))
    assert (rhythm.actual_hz, rhythm.ideal_hz) == (pytest.approx(25), pytest.approx(25))
    assert rate.overall() == pytest.approx(302 / 15.7)


def test_late_gaps_that_follow_each_other_are_one_stall() -> None:
    assert after([40] * 50 + [500, 600, 500] + [40] * 50).rhythm().stalls == 1


def test_a_source_that_is_slow_by_nature_or_becomes_so_does_not_stall_on() -> None:
    assert after([1500] * 50).rhythm().stalls == 0
    assert after([33] * 50 + [1500] * 200).rhythm().stalls == 1


def test_a_gap_that_no_eye_sees_is_no_stall() -> None:
    assert after([10] * 50 + [150] + [10] * 50).rhythm().stalls == 0


def test_a_machine_that_slept_for_hours_has_the_rate_it_had() -> None:
    rhythm = after([40] * 200 + [7_200_000] + [40] * 200).rhythm()
    assert (rhythm.actual_hz, rhythm.ideal_hz) == (pytest.approx(25), pytest.approx(25))
    assert (rhythm.stalls, rhythm.longest_stall_s) == (1, pytest.approx(7200))


def test_frames_of_one_moment_or_out_of_order_are_counted_and_change_no_rhythm() -> None:
    rate = after([40, 0, 0, -80, 80] * 200)
    assert rate.rhythm().actual_hz == pytest.approx(25)
    assert rate.rhythm().ideal_hz == pytest.approx(25)
    assert rate.overall() == pytest.approx(25 * 5, rel=0.01)


def test_memory_is_bounded_and_the_whole_exam_counts() -> None:
    slow_first = after([50] * 20_000 + [40] * 20_000)
    assert len(slow_first._spread) < SPREAD_FRAMES
    assert 20 <= slow_first.rhythm().actual_hz <= 25
    # A window of the last frames would say 40 ms alone.
    assert after([40] * 30_000 + [50] * 5_000).rhythm().ideal_hz == pytest.approx(25)


def test_few_frames_have_no_rhythm() -> None:
    assert after([40] * 5).rhythm() == NO_RHYTHM
