"""A minute of the soak that `benchmarks/soak.py` runs for half an hour."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from senoscope.ui.assemble import build_reader

FILE = Path(__file__).parents[2] / "benchmarks" / "soak.py"
spec = importlib.util.spec_from_file_location("soak", FILE)
assert spec is not None
assert spec.loader is not None
soak = importlib.util.module_from_spec(spec)
sys.modules["soak"] = soak  # where its dataclasses look for it
spec.loader.exec_module(soak)

SECONDS = 60.0


def test_a_line_s_slope_is_found_with_its_error() -> None:
    minutes = np.arange(0, 5, 1 / 60)
    noise = np.random.default_rng(1).normal(0, 1, len(minutes))
    found = soak.slope(minutes, 3 * minutes + noise)
    assert found.per_minute == pytest.approx(3, abs=0.3)
    assert abs(found.per_minute - 3) < 1.5 * found.error


@pytest.mark.real_gate
def test_in_a_minute_neither_memory_nor_lag_grows_and_no_frame_is_unaccounted_for() -> None:
    found = soak.soak(build_reader, SECONDS, 10.0, (512, 384))
    settled = found["read"] + found["duplicates"] + sum(found["dropped"].values())
    assert found["closed"]
    assert found["captured"] == settled
    assert found["captured"] > 8 * SECONDS
    memory, lag = found["memory_mb_per_minute"], found["lag_ms_per_minute"]
    # A machine that does other things is noisy: what is refused is growth beyond the noise.
    assert memory["per_minute"] - memory["error"] < 1, memory
    assert lag["per_minute"] - lag["error"] < 5, lag
