"""What an extra brings and is not installed: the message names the line that installs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import sys
sys.modules.update(dict.fromkeys({hidden!r}))
sys.argv = ["senoscope", *{line!r}]
from senoscope.ui.command_line import main
main()
"""


def run_without(hidden: list[str], *line: str) -> subprocess.CompletedProcess[str]:
    """A program of its own, in which `hidden` cannot be imported."""
    code = WITHOUT.format(hidden=hidden, line=line)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("network", ["unet", "googlenet", "int8"])
def test_training_without_torch_names_the_extra(network: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    ended = run_without(["torch"], "train", network, "--data", str(data))
    assert ended.returncode == 2
    assert ended.stderr.startswith("senoscope: ") and ended.stderr.count("\n") == 1
    assert "pip install 'senoscope[train]'" in ended.stderr
    assert not list(data.iterdir())


def test_the_doctor_without_tensorrt_names_both_extras(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path))
    told = run_without(["tensorrt", "tensorrt_rtx"], "doctor").stdout
    assert "pip install 'senoscope[rtx]' for an RTX card, 'senoscope[tensorrt]'" in told
