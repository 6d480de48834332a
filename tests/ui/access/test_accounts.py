"""Accounts are kept without their passwords, whole, and for one user's eyes."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.ui.access import accounts
from senoscope.ui.access.accounts import (
    USUAL_COST,
    Account,
    AccountsNow,
    Cost,
    accounts_now,
    load_accounts,
    new_account,
    save_accounts,
)
from senoscope.ui.access.login_sessions import LoginSessions
from senoscope.ui.access.roles import Person, Role
from tests.ui.logged_in import CHEAP

WORD = "correct horse"


def account(name: str = "Ng", role: Role = Role.READER, word: str = WORD) -> Account:
    return new_account(name, role, word, CHEAP)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "accounts.json"


def test_what_was_kept_comes_back(file: Path) -> None:
    kept = [account(), account("李医生", Role.ADMIN), account("op@room-2", Role.OPERATOR)]
    save_accounts(kept, file)
    read = load_accounts(file)
    assert list(read.values()) == kept
    assert read["ng"].person == Person("Ng", Role.READER)
    assert read["ng"].knows(WORD)
    assert not read["ng"].knows(WORD + " ")
    assert not read["ng"].knows("\udcff no text")


def test_the_file_holds_no_password_and_is_this_user_s_alone(file: Path) -> None:
    save_accounts([account()], file)
    assert WORD not in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_equal_passwords_do_not_look_equal() -> None:
    one, other = account("a"), account("b")
    assert one.salt != other.salt and one.hash != other.hash
    for secret in (one.hash, one.salt):
        assert repr(secret) not in repr(one) and secret.hex() not in repr(one)


def test_a_kept_password_is_slow_to_guess() -> None:
    made = new_account("a", Role.READER, WORD)
    assert made.cost == USUAL_COST
    assert 128 * USUAL_COST.n * USUAL_COST.r >= 32 * 2**20


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "a\n", "x" * 33, "<b>", "local", "Shared"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="name"):
        new_account(name, Role.READER, WORD, CHEAP)


@pytest.mark.parametrize("word", ["", "1234567", "x" * 1025])
def test_a_password_that_cannot_be_kept_is_refused_without_being_repeated(word: str) -> None:
    with pytest.raises(SettingsError, match="at least 8") as refused:
        new_account("a", Role.READER, word, CHEAP)
    assert not word or word not in str(refused.value)


DAMAGES: dict[str, Callable[[str], str]] = {
    "not json": lambda text: text[:-9],
    "another version": lambda text: text.replace('"version": 1', '"version": 2'),
    "unheard role": lambda text: text.replace("reader", "owner"),
    "half a hash": lambda text: text.replace(json.loads(text)["accounts"][0]["hash"][2:], ""),
    "a cost that fills the memory": lambda text: text.replace('"n": 16', '"n": 1073741824'),
    "a cost that is none": lambda text: text.replace('"n": 16', '"n": 17'),
    "a name twice": lambda text: text.replace('"Sato"', '"NG"'),
    "a list": lambda text: "[]",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_not_understood_is_never_replaced(file: Path, damage: str) -> None:
    save_accounts([account(), account("Sato")], file)
    whole = file.read_text(encoding="utf-8")
    damaged = DAMAGES[damage](whole)
    assert damaged != whole
    file.write_text(damaged, encoding="utf-8")
    with pytest.raises(SettingsError, match="not understood") as refused:
        load_accounts(file)
    for secret in json.loads(whole)["accounts"]:
        assert secret["hash"] not in str(refused.value)


def test_no_file_and_an_empty_one_are_no_accounts(file: Path) -> None:
    assert accounts_now(file) is None
    save_accounts([], file)
    assert accounts_now(file) is None


def test_a_change_of_the_file_is_seen_at_once(file: Path) -> None:
    save_accounts([account()], file)
    now = AccountsNow(file)
    assert list(now()) == ["ng"]
    save_accounts([account("Sato")], file)
    assert list(now()) == ["sato"]
    file.unlink()
    assert now() == {}


def test_a_file_that_went_bad_admits_nobody_and_says_so_once(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_accounts([account()], file)
    now = AccountsNow(file)
    file.write_text("{}", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert now() == now() == {}
    assert len(caplog.records) == 1
    assert "nobody can log in" in caplog.text


def test_an_unknown_name_costs_as_much_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    known = new_account("Ng", Role.READER, WORD)
    hashed = accounts._hashed
    asked: list[Cost] = []

    def counted(password: str, salt: bytes, cost: Cost) -> bytes:
        asked.append(cost)
        return hashed(password, salt, cost)

    monkeypatch.setattr(accounts, "_hashed", counted)
    sessions = LoginSessions(lambda: {"ng": known}, named=True)
    for name in ("Ng", "nobody", ""):
        assert sessions.open_session(name, "a guess", "10.0.0.1") is None
    assert asked == [USUAL_COST] * 3
