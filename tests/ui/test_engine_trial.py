"""An optional library is tried in a process of its own, whose end is a reason and no crash."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import onnxruntime
from senoscope.models.engines.ways import USUAL, Way
from senoscope.models.package import Precision
from senoscope.ui import engine_trial
from senoscope.ui.engine_trial import attempt
from tests import builders

OTHER = Way("onnxruntime", Precision.INT8)
CLIP = [builders.pixels(value, 256, 192) for value in (10, 20, 30)]


class Deadly:
    """Ends the process that it is sent to."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


@pytest.fixture(autouse=True)
def _installed() -> None:
    if onnxruntime.is_available():
        pytest.skip(str(onnxruntime.is_available()))


@pytest.mark.parametrize("way", [USUAL, OTHER], ids=lambda way: way.key)
def test_the_clip_comes_back_read_frame_by_frame(way: Way) -> None:
    found = attempt(way, CLIP)
    assert [reading.frame_index for reading in found.readings] == [0, 1, 2]
    assert found.shapes == ((192, 256),) * 3
    assert found.median_ms > 0


def test_a_library_that_ends_its_process_is_a_reason() -> None:
    with pytest.raises(EngineUnavailable, match=r"ended the process.*exit code 3.*--again"):
        attempt(OTHER, [Deadly()])  # type: ignore[list-item]


def test_one_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_trial, "TRIAL_LIMIT_S", 0.0)
    with pytest.raises(EngineUnavailable, match="did not read the clip within 0 s"):
        attempt(OTHER, CLIP)


def test_whatever_it_throws_is_a_reason() -> None:
    with pytest.raises(EngineUnavailable, match="Overload resolution failed"):
        attempt(OTHER, ["no picture"])  # type: ignore[list-item]


def test_one_that_is_not_installed_is_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnxruntime, "_missing", "It cannot be imported. Run: pip install it")
    with pytest.raises(EngineUnavailable, match="pip install it"):
        attempt(OTHER, CLIP)


def test_a_program_that_tried_the_reference_still_ends_by_a_signal() -> None:
    """OpenVINO's alternate signal stack stays in the process that tried, see the module."""
    program = (
        "import signal\n"
        "from senoscope.models.engines.ways import REFERENCE\n"
        "from senoscope.ui.engine_trial import attempt\n"
        "from tests import builders\n"
        "if __name__ == '__main__':\n"
        "    attempt(REFERENCE, [builders.pixels(10, 256, 192)])\n"
        "    signal.signal(signal.SIGTERM, lambda *_: print('ended by its own will'))\n"
        "    signal.raise_signal(signal.SIGTERM)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "ended by its own will\n"), ended.stderr
