"""A row says how long a network takes, or why it does not run."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import NoReturn

import pytest

from senoscope.calibration import engine_benchmark
from senoscope.calibration.engine_benchmark import WARM_UP, engine_rows, peak_kind, timed
from senoscope.models.engines import ways
from senoscope.models.engines.ways import USUAL, WAYS, Way
from senoscope.models.package import SHIPPED, Precision, load_package

PEAKS = {"int8": 2e11, "fp32": 1e11, "bf16": 4e11}
PACKAGE = load_package(SHIPPED / "googlenet")


def test_a_network_s_rate_is_its_operations_over_its_processor_time() -> None:
    (row,) = engine_rows(USUAL, [PACKAGE], PEAKS, runs=5)
    assert (row.network, row.way, row.refused) == (PACKAGE.title, "OpenVINO int8", None)
    found = row.figures
    assert found is not None
    assert 0 < found.median_ms <= found.p95_ms
    assert found.gflop_per_s is not None
    # GoogLeNet at 112 pixels: 1.45 thousand million operations for two crops.
    assert 1.4 < found.gflop_per_s * found.cpu_ms / 1e3 < 1.5
    assert found.share_of_peak == pytest.approx(found.gflop_per_s * 1e9 / 2e11)


def test_what_else_runs_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_benchmark, "timed", lambda run, runs: ([30.0, 10.0, 20.0], 8.0))
    (row,) = engine_rows(USUAL, [PACKAGE], PEAKS, runs=3)
    found = row.figures
    assert found is not None
    assert (found.median_ms, found.p95_ms, found.cpu_ms) == (20, pytest.approx(29), 8)
    assert found.gflop_per_s == pytest.approx(1.45 / 8e-3, rel=0.03)


def test_one_that_does_not_run_says_why_and_the_next_is_measured() -> None:
    broken, whole = engine_rows(USUAL, [replace(PACKAGE, card={}), PACKAGE], PEAKS, runs=1)
    assert "names no int8 weights" in str(broken.refused)
    assert broken.figures is None
    assert whole.figures is not None


class OddLibrary:
    NAME = "Odd"

    def is_available(self) -> None:
        return None

    def load(self, onnx: bytes) -> NoReturn:
        raise ZeroDivisionError("no\n  cards")


def test_whatever_a_library_throws_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "BACK_ENDS", {"odd": OddLibrary()})
    (row,) = engine_rows(Way("odd", Precision.INT8), [PACKAGE], PEAKS, runs=1)
    assert (row.way, row.refused) == ("Odd int8", "ZeroDivisionError: no cards")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.key)
def test_each_way_is_held_against_what_it_multiplies_in(way: Way) -> None:
    expected = {
        "openvino-fp32": "fp32", "openvino-int8": "int8", "openvino-bf16-int8": "int8",
        "openvino-bf16-fp32": "bf16", "onnxruntime-int8": "int8", "onnxruntime-fp32": "fp32",
    }  # fmt: skip
    assert peak_kind(way) == expected.get(way.key)


def test_waiting_takes_time_and_no_processor() -> None:
    calls: list[int] = []
    took, cpu_ms = timed(lambda: (calls.append(1), time.sleep(0.02)), 4)
    assert (len(calls), len(took)) == (WARM_UP + 4, 4)
    assert min(took) >= 20
    assert cpu_ms < min(took)
