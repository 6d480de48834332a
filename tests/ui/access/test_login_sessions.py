"""Sessions end in time, with their account, and guessing has to wait."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from senoscope.ui.access.accounts import Account, new_account
from senoscope.ui.access.login_sessions import (
    IDLE_S,
    MOST_TRIES,
    MOST_TRIES_OF_ACCOUNT,
    MOST_TRIES_OF_ALL,
    SESSION_S,
    LoginSessions,
)
from senoscope.ui.access.roles import Person, Role
from tests.ui.logged_in import CHEAP, accounts, password_of

HERE = "10.0.0.1"


@dataclass
class Opened:
    """Sessions of a clock and accounts that a test sets."""

    now: float = 0.0
    known: dict[str, Account] = field(default_factory=accounts)

    def __post_init__(self) -> None:
        self.sessions = LoginSessions(lambda: self.known, named=True, clock=lambda: self.now)

    def token(self, name: str = "reader") -> str:
        token = self.sessions.open_session(name, password_of(name.strip().lower()), HERE)
        assert token is not None
        return token

    def guess(self, name: str = "reader", address: str = HERE) -> None:
        assert self.sessions.open_session(name, "guess", address) is None


def test_a_session_is_its_person_s_whatever_the_case_of_the_name() -> None:
    opened = Opened()
    for name in ("reader", "READER", " Reader "):
        token = opened.token(name)
        assert opened.sessions.person(token) == Person("reader", Role.READER)
    assert opened.sessions.person(token[:-1]) is None
    assert opened.sessions.person("\udcff") is None


def test_each_login_has_a_token_of_its_own() -> None:
    opened = Opened()
    assert opened.token() != opened.token()


def test_no_token_is_kept() -> None:
    opened = Opened()
    token = opened.token()
    kept = repr(vars(opened.sessions))
    assert "Account(name='reader'" in kept
    assert token not in kept


def test_a_session_ends_unused() -> None:
    opened = Opened()
    token = opened.token()
    opened.now = IDLE_S - 1
    assert opened.sessions.person(token)
    opened.now = IDLE_S
    assert opened.sessions.person(token) is None


def test_use_prolongs_a_session_but_not_for_ever() -> None:
    opened = Opened()
    token = opened.token()
    while opened.now < SESSION_S - IDLE_S / 2 - 1:
        opened.now += IDLE_S / 2
        assert opened.sessions.person(token, uses=True)
    opened.now = SESSION_S - 1
    assert opened.sessions.person(token, uses=True)
    opened.now = SESSION_S
    assert opened.sessions.person(token, uses=True) is None


def test_a_session_that_was_closed_is_a_stranger_s() -> None:
    opened = Opened()
    token, other = opened.token(), opened.token()
    opened.sessions.close_session(token)
    assert opened.sessions.person(token) is None
    assert opened.sessions.person(other)


def test_a_session_ends_with_its_account_its_password_and_its_role() -> None:
    word = password_of("reader")
    for changed in (
        None,
        new_account("reader", Role.READER, word, CHEAP),
        new_account("reader", Role.ADMIN, word, CHEAP),
    ):
        opened = Opened()
        token, other = opened.token(), opened.token("operator")
        del opened.known["reader"]
        if changed is not None:
            opened.known["reader"] = changed
        assert opened.sessions.person(token) is None
        assert opened.sessions.person(other)


def test_an_account_s_password_opens_no_other() -> None:
    sessions = Opened().sessions
    assert sessions.open_session("admin", password_of("reader"), HERE) is None
    assert sessions.open_session("", password_of("reader"), HERE) is None


def test_guessing_waits_a_minute() -> None:
    opened = Opened()
    for _ in range(MOST_TRIES):
        assert not opened.sessions.must_wait("reader", HERE)
        opened.guess()
    assert opened.sessions.must_wait("reader", HERE)
    opened.now = 61.0
    assert not opened.sessions.must_wait("reader", HERE)


def test_one_who_guesses_shuts_out_nobody_else() -> None:
    opened = Opened()
    for _ in range(MOST_TRIES):
        opened.guess()
    assert opened.sessions.must_wait("operator", HERE)
    assert not opened.sessions.must_wait("operator", "10.0.0.2")


@pytest.mark.parametrize("name", ["reader", "nobody"])
def test_guessing_one_account_from_many_addresses_has_to_wait(name: str) -> None:
    opened = Opened()
    for number in range(MOST_TRIES_OF_ACCOUNT):
        assert not opened.sessions.must_wait(name, "10.0.1.1")
        opened.guess(name.upper(), f"10.0.0.{number}")
    assert opened.sessions.must_wait(name, "10.0.1.1")
    assert not opened.sessions.must_wait("operator", "10.0.1.1")


def test_guessing_from_many_addresses_has_to_wait_too() -> None:
    opened = Opened()
    for number in range(MOST_TRIES_OF_ALL):
        opened.known[f"also{number}"] = opened.known["reader"]
        assert not opened.sessions.must_wait("operator", f"10.0.0.{number}")
        opened.guess(f"also{number}", f"10.0.0.{number}")
    assert opened.sessions.must_wait("operator", "10.0.1.1")


def test_the_one_password_of_all_is_not_shut_by_one_limit_of_a_name() -> None:
    known = accounts()
    sessions = LoginSessions(lambda: {"shared": known["staff"]}, named=False)
    for number in range(MOST_TRIES_OF_ALL):
        assert not sessions.must_wait("", f"10.0.0.{number}")
        sessions.open_session("", "guess", f"10.0.0.{number}")
    assert sessions.must_wait("", "10.0.1.1")


def test_guessing_is_in_the_log_without_what_was_typed(caplog: pytest.LogCaptureFixture) -> None:
    opened = Opened()
    with caplog.at_level(logging.DEBUG):
        for _ in range(MOST_TRIES):
            opened.guess("typed-into-the-wrong-field")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "5 wrong passwords" in caplog.text
    assert "typed" not in caplog.text and "guess" not in caplog.text and HERE not in caplog.text
