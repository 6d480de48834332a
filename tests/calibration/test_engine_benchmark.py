"""A row says how long a network takes, or why it does not run."""

from __future__ import annotations

import time
from dataclasses import replace

from senoscope.calibration.engine_benchmark import WARM_UP, engine_row, timed
from senoscope.models.engines.ways import USUAL
from senoscope.models.package import SHIPPED, Precision, load_package

PEAKS = dict.fromkeys(Precision, 1e11)
PACKAGE = load_package(SHIPPED / "googlenet")


def test_a_network_s_rate_is_its_operations_over_its_median_time() -> None:
    row = engine_row(PACKAGE, USUAL, PEAKS, runs=5)
    assert (row.network, row.way, row.refused) == (PACKAGE.title, "OpenVINO int8", None)
    assert 0 < row.median_ms <= row.p95_ms
    assert row.cpu_ms > 0
    # GoogLeNet at 112 pixels: 1.45 thousand million operations for two crops.
    assert 1.4 < row.gflop_per_s * row.median_ms / 1e3 < 1.5
    assert row.share_of_peak == row.gflop_per_s * 1e9 / 1e11


def test_one_that_does_not_run_says_why() -> None:
    row = engine_row(replace(PACKAGE, card={}), USUAL, PEAKS, runs=5)
    assert "names no int8 weights" in str(row.refused)
    assert row.median_ms == 0


def test_waiting_takes_time_and_no_processor() -> None:
    calls: list[int] = []
    took, used = timed(lambda: (calls.append(1), time.sleep(0.02)), 4)
    assert len(calls) == WARM_UP + 4
    assert min(took) >= 20
    assert max(used) < min(took)
