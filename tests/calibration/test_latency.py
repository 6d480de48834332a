"""A delay that was put in is found again; what cannot be told is not told."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.latency import (
    LONGEST_MS,
    TOLERANCE_MS,
    Glimpse,
    Held,
    Stage,
    found_delays,
    latency,
)
from senoscope.calibration.time_code import WRAP_MS, TimeCode, drawn, read_code
from senoscope.domain.errors import SettingsError
from tests.calibration.filmed import filmed

OWN_MS = 12.0
"""What the simulated grabber takes without a delay."""
DELAYS_MS = tuple(float(each) for each in range(0, 201, 20))
SCREEN_HZ, CAMERA_MS = 60, 33.4


def simulated(delay_ms: float, pictures: int, seed: int) -> Held:
    """A camera that films a screen: exposures mix refreshes, and the grabber jitters by 2 ms."""
    random = np.random.default_rng(seed)
    glimpses = []
    for index in range(pictures):
        exposed_ms = WRAP_MS - 500 + index * CAMERA_MS + random.uniform(0, 3)
        refresh = int(exposed_ms * SCREEN_HZ / 1000)
        now, before = (
            drawn(round(number * 1000 / SCREEN_HZ), (640, 480)) for number in (refresh, refresh - 1)
        )
        share = random.uniform(0.5, 1)
        screen = np.rint(now * share + before * (1 - share)).astype(np.uint8)
        in_memory_ms = exposed_ms + OWN_MS + delay_ms + random.uniform(-2, 2)
        code = read_code(filmed(screen, random, (640, 480)))
        glimpses.append(Glimpse(code, round(in_memory_ms * 1e6)))
    return Held(glimpses, [delay_ms] * pictures)


def test_delays_of_0_to_200_ms_are_found_within_5_ms() -> None:
    found = found_delays(
        {delay: simulated(delay, 30, seed) for seed, delay in enumerate(DELAYS_MS)}
    )
    assert [each.asked_ms for each in found] == list(DELAYS_MS)
    assert max(each.error_ms for each in found) <= TOLERANCE_MS
    assert min(each.n for each in found) >= 25


def test_a_delay_that_came_out_longer_than_asked_is_judged_by_what_it_was() -> None:
    none = Held([Glimpse(TimeCode(0, 0), 10_000_000)], [1.0])
    late = Held([Glimpse(TimeCode(0, 0), 43_000_000)], [31.0])
    (_, found) = found_delays({0.0: none, 20.0: late})
    assert (found.held_ms, found.found_ms, found.error_ms) == (30.0, 33.0, 3.0)


@pytest.mark.parametrize("missing", [0.0, 20.0])
def test_a_delay_of_which_nothing_could_be_read_is_refused(missing: float) -> None:
    some = Held([Glimpse(TimeCode(0, 0), 10_000_000)], [0.0])
    unread = Held([Glimpse(None, 10_000_000)], [0.0])
    with pytest.raises(SettingsError, match=f"delay of {missing:g} ms"):
        found_delays({0.0: some, 20.0: some} | {missing: unread})
    with pytest.raises(SettingsError, match="delay of 0 ms"):
        found_delays({20.0: some})


def glimpse(
    age_ms: float, published_ms: float | None = 7.0, read_ms: float | None = 20.0
) -> Glimpse:
    captured_ns = round((5000 + age_ms) * 1e6)
    published, read = (
        None if later is None else captured_ns + round(later * 1e6)
        for later in (published_ms, read_ms)
    )
    return Glimpse(TimeCode(5000, 0), captured_ns, published, read)


def test_each_part_of_the_way_is_told_apart() -> None:
    report = latency([glimpse(age_ms) for age_ms in range(1, 201)], [3.0] * 30)
    assert (report.pictures, report.unread, report.span_p95_ms) == (200, 0, 0.0)
    assert report.grabber == Stage(
        200, pytest.approx(100.5), pytest.approx(190.05), pytest.approx(198.01)
    )
    assert report.software == Stage(200, pytest.approx(7), pytest.approx(7), pytest.approx(7))
    assert report.reading.p50 == pytest.approx(20)
    assert report.until_published.p50 == pytest.approx(107.5)
    assert report.display == Stage(30, 3.0, 3.0, None)


def test_of_how_surely_moments_were_told_the_95th_percentile_is_given() -> None:
    told = [Glimpse(TimeCode(5000, span_ms), 5_100_000_000) for span_ms in range(101)]
    assert latency(told, []).span_p95_ms == pytest.approx(95)


def test_what_could_not_be_read_counts_as_unread_and_still_tells_of_the_software() -> None:
    unread = Glimpse(None, 10, 10 + 9_000_000)
    too_old = Glimpse(TimeCode(0, 0), round((LONGEST_MS + 1) * 1e6), None)
    report = latency([unread, too_old, glimpse(30, published_ms=None, read_ms=None)], [])
    assert (report.pictures, report.unread) == (3, 2)
    assert (report.grabber.n, report.grabber.p50) == (1, pytest.approx(30))
    assert (report.software.n, report.software.p50) == (1, pytest.approx(9))
    assert report.until_published == report.reading == report.display == Stage(0, None, None, None)


def test_a_percentile_needs_samples_enough() -> None:
    assert Stage.of([1.0] * 19).p95 is None
    assert Stage.of([1.0] * 20) == Stage(20, 1.0, 1.0, None)
    assert Stage.of([1.0] * 100) == Stage(100, 1.0, 1.0, 1.0)
