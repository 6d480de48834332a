"""The command line: help for everything, errors in one line with exit status 2."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer

from senoscope import __version__
from senoscope.ui.command_line import main
from senoscope.ui.commands.every_command import app


def commands() -> Iterator[tuple[str, Any]]:
    waiting: list[tuple[str, Any]] = [("senoscope", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        yield name, command
        waiting += [
            (f"{name} {each}", sub) for each, sub in getattr(command, "commands", {}).items()
        ]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["senoscope", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=str)
def test_every_command_and_option_has_help(name: str, command: Any) -> None:
    assert (command.help or "").strip()
    for option in command.params:
        assert (getattr(option, "help", None) or "").strip(), f"{name} {option.name}"


def test_all_commands_are_there() -> None:
    assert {
        "senoscope live", "senoscope doctor", "senoscope evaluate ultrasound",
        "senoscope train unet", "senoscope train googlenet",
    } <= {name for name, _ in commands()}  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        (
            "evaluate",
            "ultrasound",
            "--layout",
            "busi",
            "--data",
            "{tmp}",
            "--report",
            "{tmp}/r.json",
        ),
        ("evaluate", "ultrasound", "--layout", "bus-bra", "--data", "{tmp}", "--report", "r.json"),
        ("train", "unet", "--data", "{tmp}", "--config", "{tmp}/none.toml"),
        ("train", "unet", "--data", "{tmp}", "--config", "{tmp}"),
        ("live", "--headless", "--frames", "1", "--source", "{tmp}/none.mp4"),
        ("live", "--headless", "--frames", "1", "--size", "large"),
        ("live", "--headless", "--frames", "1", "--scan-area", "1,2,3"),
    ],
    ids=lambda given: " ".join(given[:2]) if isinstance(given, tuple) else None,
)
def test_an_error_is_one_line_on_stderr_and_exit_status_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("senoscope.ui.commands.live_command.start_log", lambda *_: None)
    assert run(monkeypatch, *(given.format(tmp=tmp_path) for given in arguments)) == 2
    said = capsys.readouterr().err
    assert said.startswith("senoscope: ")
    assert said.count("\n") == 1
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses_is_one_line_and_no_traceback(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused() -> None:
        raise OSError(number, os.strerror(number), "kept/report.json")

    monkeypatch.setattr("senoscope.ui.commands.every_command.app", refused)
    assert run(monkeypatch) == 2
    said = capsys.readouterr().err
    assert said.startswith(
        f"senoscope: kept/report.json cannot be read or written ({os.strerror(number)})"
    )
    assert said.count("\n") == 1


def test_what_no_disk_refused_is_not_passed_off_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ConnectionResetError(errno.ECONNRESET, "reset")

    monkeypatch.setattr("senoscope.ui.commands.every_command.app", broken)
    monkeypatch.setattr(sys, "argv", ["senoscope"])
    with pytest.raises(ConnectionResetError):
        main()


def test_a_full_disk_behind_the_output_is_told() -> None:
    module = [sys.executable, "-m", "senoscope.ui.command_line", "--version"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            module, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    assert ended.returncode == 2
    assert ended.stderr.startswith("senoscope: What is shown cannot be")
    assert ended.stderr.count("\n") == 1


def test_ctrl_c_before_there_is_a_command_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("senoscope.ui.command_line.opencv", stopped)
    assert run(monkeypatch) == 130
    assert capsys.readouterr().err == "\nsenoscope: stopped by Ctrl-C.\n"


def test_an_option_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "evaluate", "ultrasound") == 2
    assert "--data" in capsys.readouterr().err


def test_no_command_shows_the_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch)
    captured = capsys.readouterr()
    assert "Not a medical device" in captured.out + captured.err


def test_the_installed_command_is_this_one() -> None:
    (installed,) = (
        each for each in entry_points(group="console_scripts") if each.name == "senoscope"
    )
    assert installed.load() is main


def test_the_version_is_printed_by_a_program_of_its_own() -> None:
    module = [sys.executable, "-m", "senoscope.ui.command_line"]
    result = subprocess.run(
        [*module, "--version"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (result.returncode, result.stdout) == (0, f"{__version__}\n")
    assert result.stderr == ""
