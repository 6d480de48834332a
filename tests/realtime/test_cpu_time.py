import time

from senoscope.realtime.cpu_time import CpuMeter


def _work(milliseconds: int) -> None:
    until_ns = time.process_time_ns() + milliseconds * 1_000_000
    while time.process_time_ns() < until_ns:
        pass


def test_nothing_is_known_before_the_second_frame() -> None:
    meter = CpuMeter()
    meter.count_frame()
    assert meter.per_frame() is None


def test_only_what_is_used_between_first_and_last_frame_counts() -> None:
    meter = CpuMeter()
    meter.add_worker(9_000_000_000)
    meter.add_source(9_000_000_000)
    for _ in range(3):
        meter.count_frame()
        _work(20)
        meter.add_worker(5_000_000)
        meter.add_source(10_000_000)
    used = meter.per_frame()
    assert used is not None
    assert used.source_ms == 10
    assert used.loop_ms >= 15  # 20 here and 5 in the worker, less 10 for the source
