"""Ctrl-C and SIGTERM: a line, an exit status that says so, and nothing that stays behind."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from senoscope.ui.commands.every_command import app
from senoscope.ui.commands.stopping import STOPPED, TERMINATED


@pytest.mark.parametrize("line", ["doctor", "study quality here", "train cade --data ."])
def test_ctrl_c_is_told_in_a_line(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("senoscope.ui.commands.doctor_command._machine", stopped)
    monkeypatch.setattr("senoscope.studies.files.study_files.StudyFiles", stopped)
    monkeypatch.setattr("senoscope.ui.commands.train_command.train_cade", stopped)
    ended = CliRunner().invoke(app, line.split())
    assert ended.exit_code == STOPPED
    assert ended.stderr == "\nsenoscope: stopped by Ctrl-C.\n"


WITHIN = """
import signal
from senoscope.ui.commands.stopping import TERMINATED, ended_by_sigterm
with ended_by_sigterm(TERMINATED):
    try:
        signal.raise_signal(signal.SIGTERM)
    finally:
        print("the AI process goes too")
"""
AFTER = """
import signal
from senoscope.ui.commands.stopping import TERMINATED, ended_by_sigterm
with ended_by_sigterm(TERMINATED):
    pass
signal.raise_signal(signal.SIGTERM)
"""


def test_sigterm_ends_what_is_within_as_an_exit_does() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHIN], check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stdout) == (TERMINATED, "the AI process goes too\n")


def test_after_it_sigterm_does_what_it_did_before() -> None:
    """What stayed made a later SIGTERM, to whatever ran then, an exit in success."""
    assert subprocess.run([sys.executable, "-c", AFTER], check=False).returncode == -signal.SIGTERM
