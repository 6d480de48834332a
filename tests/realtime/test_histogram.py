from senoscope.realtime.histogram import BOUNDS_MS, Histogram


def test_a_sample_is_in_the_bucket_that_it_does_not_exceed_and_none_is_forgotten() -> None:
    histogram = Histogram()
    for milliseconds in (0.0, 1.0, 1.01, 33.0, 5000.0, 5000.1):
        histogram.add(milliseconds)
    spread = histogram.spread()
    told = dict(zip((*BOUNDS_MS, None), spread.counts, strict=True))
    assert {bound: count for bound, count in told.items() if count} == {
        1.0: 2,
        2.5: 1,
        33.0: 1,
        5000.0: 1,
        None: 1,
    }
    assert spread.count == 6
    assert spread.sum_ms == 10_035.11


def test_a_look_at_a_histogram_does_not_change_with_it() -> None:
    histogram = Histogram()
    before = histogram.spread()
    histogram.add(3.0)
    assert (before.count, histogram.spread().count) == (0, 1)
