"""Accounts: who may log in, with which role, in a file that holds no password."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from senoscope.domain.errors import SettingsError
from senoscope.ui.access.roles import LOCAL, SHARED, Person, Role
from senoscope.ui.written import write_text

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1024
"""Characters. A shorter one is guessed in time, however few guesses a minute are let through."""
LONGEST_ACCOUNT_NAME = 32
_VERSION = 1
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one guess, as scrypt counts it (RFC 7914): 128 * n * r bytes, n * r * p steps."""

    n: int
    r: int
    p: int

    def __post_init__(self) -> None:
        if not (self.n.bit_count() == 1 and 2 <= self.n <= 2**18 and 1 <= self.r <= 16):
            raise ValueError(f"scrypt n {self.n} and r {self.r}")
        if not 1 <= self.p <= 16:
            raise ValueError(f"scrypt p {self.p}")


USUAL_COST = Cost(2**15, 8, 3)
"""32 MB and a quarter of a second, as OWASP asks of passwords that are kept."""
UNKEPT_COST = Cost(2**10, 8, 1)
"""Of the one password: its hash stays in memory, beside the password."""


@dataclass(frozen=True, slots=True)
class Account:
    """`name` as it was given; two names that differ in case alone are one."""

    name: str
    role: Role
    cost: Cost
    salt: bytes = field(repr=False)
    hash: bytes = field(repr=False)

    @property
    def person(self) -> Person:
        """Who this is, for the audit trail."""
        return Person(self.name, self.role)

    def knows(self, password: str) -> bool:
        """Whether that is the password. Every password takes equally long."""
        return hmac.compare_digest(_hashed(password, self.salt, self.cost), self.hash)


Accounts = Mapping[str, Account]
"""By `key_of` their names."""


def key_of(name: str) -> str:
    """What an account is found by."""
    return name.strip().casefold()


def check_name(name: str) -> None:
    """SettingsError for one that no account may have."""
    if not re.fullmatch(rf"[\w.@-]{{1,{LONGEST_ACCOUNT_NAME}}}", name):
        raise SettingsError(
            f"A name of {len(name)} characters was given; expected 1 to {LONGEST_ACCOUNT_NAME} "
            "letters, digits, or any of . @ _ - without spaces. Choose such a name."
        )
    if key_of(name) in (LOCAL.name, SHARED.name):
        raise SettingsError(
            f"The name {name} was given; the audit trail means by it whoever has no account. "
            "Choose another."
        )


def new_account(name: str, role: Role, password: str, cost: Cost = USUAL_COST) -> Account:
    """An account with a salt of its own. SettingsError for a name or password not accepted."""
    check_name(name)
    check_password(password)
    return _account(name, role, password, cost)


def shared_accounts(password: str) -> Callable[[], Accounts]:
    """The one account of everybody who knows the one password."""
    accounts = {SHARED.name: _account(SHARED.name, SHARED.role, password, UNKEPT_COST)}
    return lambda: accounts


def _account(name: str, role: Role, password: str, cost: Cost) -> Account:
    salt = secrets.token_bytes(16)
    return Account(name, role, cost, salt, _hashed(password, salt, cost))


def decoy() -> Account:
    """One that nobody knows, to be asked where a name is unknown: both then cost the same."""
    return Account("", Role.READER, USUAL_COST, secrets.token_bytes(16), secrets.token_bytes(32))


def check_password(password: str) -> None:
    """SettingsError for one that is soon guessed, or longer than a login takes."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise SettingsError(
            f"A password of {len(password)} characters was given; expected at least "
            f"{SHORTEST_PASSWORD} and at most {LONGEST_PASSWORD}. Choose another."
        )


def accounts_file() -> Path:
    """Where this user's accounts are kept."""
    return user_config_path("senoscope", appauthor=False) / "accounts.json"


def load_accounts(path: Path) -> dict[str, Account]:
    """All accounts of that file, none where there is no file.

    SettingsError when it is not understood: it is never silently replaced.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["version"] != _VERSION:
            raise ValueError(f"version is {stored['version']!r}")
        read = [_read(each) for each in stored["accounts"]]
        accounts = {key_of(each.name): each for each in read}
        if len(accounts) < len(read):
            raise ValueError("a name stands there twice")
        return accounts
    except FileNotFoundError:
        return {}
    except (OSError, KeyError, TypeError, AttributeError, ValueError) as error:
        # What is wrong, never what stands there: a hash must not reach a screen or a log.
        raise SettingsError(
            f"The accounts in {path} are not understood ({type(error).__name__}). Mend the file "
            "from a backup, or remove it and add the accounts again."
        ) from None


def save_accounts(accounts: Iterable[Account], path: Path) -> None:
    """Keep them whole or not at all, for this user's eyes. StorageError says why not."""
    kept = [
        {
            "name": each.name,
            "role": each.role.value,
            "scrypt": {"n": each.cost.n, "r": each.cost.r, "p": each.cost.p},
            "salt": each.salt.hex(),
            "hash": each.hash.hex(),
        }
        for each in accounts
    ]
    text = json.dumps({"version": _VERSION, "accounts": kept}, indent=2, ensure_ascii=False)
    write_text(path, text + "\n", private=True)


def accounts_now(path: Path) -> AccountsNow | None:
    """The accounts of that file, None where there are none. SettingsError as `load_accounts`."""
    return AccountsNow(path) if load_accounts(path) else None


class AccountsNow:
    """The accounts of a file as it stands now, so that a removed one ends at once.

    A file that went bad while Senoscope runs admits nobody, and the log says why.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._accounts = load_accounts(path)
        self._seen = self._state()

    def __call__(self) -> Accounts:
        """Read again when the file is another."""
        seen = self._state()
        if seen != self._seen:
            try:
                self._accounts = load_accounts(self._path)
            except SettingsError as error:
                _log.error("nobody can log in: %s", error)
                self._accounts = {}
            self._seen = seen
        return self._accounts

    def _state(self) -> tuple[int, ...]:
        """Changes with every writing, since each makes a new file."""
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_mtime_ns, found.st_size


def _read(stored: Any) -> Account:
    cost = stored["scrypt"]
    account = Account(
        str(stored["name"]),
        Role(stored["role"]),
        Cost(int(cost["n"]), int(cost["r"]), int(cost["p"])),
        bytes.fromhex(stored["salt"]),
        bytes.fromhex(stored["hash"]),
    )
    if len(account.salt) < 16 or len(account.hash) != 32 or not account.name:
        raise ValueError("an account is not whole")
    return account


def _hashed(password: str, salt: bytes, cost: Cost) -> bytes:
    memory = 2 * 128 * cost.r * (cost.n + cost.p)
    return hashlib.scrypt(
        # What a terminal or browser sent that is no text is a wrong password, not a failure.
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=memory,
        dklen=32,
    )
