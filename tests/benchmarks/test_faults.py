"""Each fault of `benchmarks/faults.py` once, small and without networks, on real processes."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pytest

# The AI process must find the benchmark's readers, too.
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
bedside, faults = import_module("bedside"), import_module("faults")

STAGE = bedside.Stage(
    bedside.NoReader, (512, 384), 20.0, pictures=12, between_s=0.0, fails_s=1.0, watch_s=2.0
)
SLACK = 3
"""The promises are kept by a machine that does nothing else; this one may be busy."""
SAID_S = 0.5 * SLACK
BACK_S = 2.0 * SLACK
AI_BACK_S = 10.0 * SLACK
"""Given up after five seconds, started again half a second later, a Python process to load."""
PICTURE_S = 0.3 * SLACK
"""However the AI fares, a picture comes at least so often."""

# No gate: it often takes so short a sweep for a probe moved too fast, and until the next frame is
# read nobody can know that the AI is gone.


def once(fault: str) -> bedside.Run:
    (run,) = faults.FAULTS[fault](STAGE, 1)
    return run


@pytest.mark.parametrize("fault", ["killed", "hung", "out_of_memory"])
def test_the_ai_goes_and_is_said_to_be_off_and_comes_back_and_the_picture_goes_on(
    fault: str,
) -> None:
    run = once(fault)
    assert run.banner_s < SAID_S
    assert run.recovery_s < AI_BACK_S
    assert run.gap_s < PICTURE_S


def test_an_ai_that_was_only_stopped_for_a_while_goes_on() -> None:
    run = once("paused")
    assert run.banner_s < SAID_S
    assert run.recovery_s < BACK_S
    assert run.gap_s < PICTURE_S


@pytest.mark.parametrize("fault", ["unplugged", "resized"])
def test_a_stream_that_fails_is_said_to_be_lost_and_comes_back_with_its_sender(fault: str) -> None:
    run = once(fault)
    assert run.banner_s < SAID_S
    assert run.recovery_s < BACK_S


def test_a_stream_that_stalls_goes_on_with_its_sender() -> None:
    assert once("stalled").recovery_s < BACK_S


@pytest.mark.parametrize("fault", ["disordered", "slow_beside_fast", "hostile"])
def test_a_good_viewer_gets_nearly_every_frame(fault: str) -> None:
    run = once(fault)
    assert run.gap_s < PICTURE_S
    # Where a machine is busy the newest frame wins, so a few may be passed over.
    assert run.lost <= 5 * STAGE.rate_hz / 10
    assert run.fps > STAGE.rate_hz / SLACK


def test_a_full_disk_ends_the_recording_and_nothing_else() -> None:
    try:
        run = once("disk_full")
    except PermissionError as refused:
        pytest.skip(str(refused))
    assert run.banner_s < SAID_S
    assert run.recovery_s < BACK_S
    assert run.gap_s < PICTURE_S


def test_a_row_holds_medians_and_the_worst() -> None:
    runs = [bedside.Run(gap, banner_s=10 * gap, fps=30 - gap) for gap in (0.1, 0.3, 0.2)]
    assert faults.row("name", runs) == (
        "| name | 2.00, worst 3.00 |  | 0.20, worst 0.30 | 29.80, worst 29.70 |  |  | 3 |"
    )
