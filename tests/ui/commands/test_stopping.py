"""Ctrl-C and SIGTERM: a line, an exit status that says so, and nothing that stays behind."""

from __future__ import annotations

import signal

import pytest
from typer.testing import CliRunner

from senoscope.ui.commands.every_command import app
from senoscope.ui.commands.stopping import STOPPED, TERMINATED, ended_by_sigterm


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


def test_sigterm_ends_what_is_within_and_nothing_after() -> None:
    before = signal.getsignal(signal.SIGTERM)
    let_go = []
    with pytest.raises(SystemExit) as ended, ended_by_sigterm(TERMINATED):
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            let_go.append("AI process")
    assert (ended.value.code, let_go) == (TERMINATED, ["AI process"])
    # What stayed made a later SIGTERM, to whatever ran then in this process, an exit in success.
    assert signal.getsignal(signal.SIGTERM) is before
