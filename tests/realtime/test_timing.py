import time

import numpy as np

from senoscope.realtime.timing import RING_LENGTH, FrameRate, Percentiles, StageTimes


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
