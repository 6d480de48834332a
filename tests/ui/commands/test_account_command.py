"""`senoscope account`: passwords are never arguments and never shown."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import SettingsError
from senoscope.ui.access.accounts import accounts_file, load_accounts
from senoscope.ui.access.roles import Person, Role
from senoscope.ui.commands.account_command import account

HANGS_AFTER_S = 60
WORD, OTHER = "correct horse", "battery staple"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def run(*arguments: str, piped: str = "") -> Result:
    return CliRunner().invoke(account, arguments, input=piped)


def told(*arguments: str, piped: str = "") -> str:
    result = run(*arguments, piped=piped)
    assert result.exit_code == 0, result.output
    assert WORD not in result.output and OTHER not in result.output
    return str(result.output)


def refused(*arguments: str, piped: str = "") -> str:
    error = run(*arguments, piped=piped).exception
    assert isinstance(error, SettingsError), error
    return str(error)


def test_an_account_is_added_listed_changed_and_removed() -> None:
    assert "No accounts" in told("list")
    assert "Added Ng, reader" in told("add", "Ng", "--role", "reader", piped=f"{WORD}\n")
    told("add", "Sato", "--role", "operator", piped=f"{WORD}\r\n")
    assert [line.split() for line in told("list").splitlines()] == [
        ["reader", "Ng"],
        ["operator", "Sato"],
    ]
    assert load_accounts(accounts_file())["sato"].knows(WORD)
    told("password", "ng", piped=f"{OTHER}\n")
    changed = load_accounts(accounts_file())["ng"]
    assert changed.person == Person("Ng", Role.READER)
    assert changed.knows(OTHER) and not changed.knows(WORD)
    assert told("remove", "NG") == "Removed Ng.\n"
    assert "this machine alone" in told("remove", "sato")
    assert load_accounts(accounts_file()) == {}


def test_a_password_is_no_argument() -> None:
    for given in (["add", "Ng", WORD, "--role", "admin"], ["add", "Ng", "--password", WORD]):
        result = run(*given)
        assert result.exit_code == 2
    assert not accounts_file().exists()


def test_a_role_is_one_of_those_there_are() -> None:
    assert run("add", "Ng", "--role", "owner", piped=f"{WORD}\n").exit_code == 2
    assert run("add", "Ng", piped=f"{WORD}\n").exit_code == 2


def test_what_cannot_be_is_refused_and_nothing_is_changed() -> None:
    told("add", "Ng", "--role", "reader", piped=f"{WORD}\n")
    before = accounts_file().read_bytes()
    assert "already" in refused("add", "NG", "--role", "admin", piped=f"{WORD}\n")
    assert "at least 8" in refused("add", "Sato", "--role", "admin", piped="short\n")
    assert "at least 8" in refused("password", "Ng", piped="")
    assert "no account Sato" in refused("password", "Sato", piped=f"{WORD}\n")
    assert "no account Sato" in refused("remove", "Sato")
    assert accounts_file().read_bytes() == before


def test_a_terminal_is_asked_twice_and_shows_nothing() -> None:
    code = "from senoscope.ui.commands.account_command import account; account()"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", code, "add", "Ng", "--role", "admin"]
    program = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    try:
        shown = ""
        for prompt in ("Password:", "confirmation:"):
            shown += _until(ours, prompt)
            # The terminal is told to be silent just after the prompt, and then forgets what came.
            _await(lambda: not termios.tcgetattr(ours)[3] & termios.ECHO)
            os.write(ours, f"{WORD}\n".encode())
        shown += _until(ours, "Added Ng")
        assert program.wait(HANGS_AFTER_S) == 0
    finally:
        program.kill()
        os.close(theirs)
        os.close(ours)
    assert WORD not in shown
    assert load_accounts(accounts_file())["ng"].knows(WORD)


def _await(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + HANGS_AFTER_S
    while not holds():
        assert time.monotonic() < ends, "It never came true."
        time.sleep(0.05)


def _until(terminal: int, words: str) -> str:
    """What the terminal shows, as far as these words."""
    shown = ""

    def came() -> bool:
        nonlocal shown
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 4096).decode()
        return words in shown

    _await(came)
    return shown


def test_a_name_that_cannot_be_is_refused_before_a_password_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asked() -> str:
        raise AssertionError("It asked for the password of an account that cannot be.")

    monkeypatch.setattr("senoscope.ui.commands.account_command._asked", asked)
    assert "A name of 3 characters" in refused("add", "a/b", "--role", "reader")
    assert not accounts_file().exists()
