"""Who is logged in, until when, and how often a password may be guessed."""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from senoscope.ui.access.accounts import Account, Accounts, decoy, key_of
from senoscope.ui.access.roles import SHARED, Person

SESSION_S = 12 * 3600.0
"""A long clinic day; the next morning asks again."""
IDLE_S = 3600.0
"""Without use: what a page asks by itself, every second, is none."""
MOST_TRIES, MOST_TRIES_OF_ACCOUNT, MOST_TRIES_OF_ALL, TRIES_WITHIN_S = 5, 10, 50, 60.0
"""Wrong passwords from one address, so that one who guesses shuts out nobody else; for one name,
whether there is such an account or not; and from all together, so that guessing from many addresses
is hardly faster."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Session:
    account: Account
    ends: float
    used: float


class LoginSessions:
    """Sessions of those who knew a password. They end with the program.

    `accounts` tells those there are now: a session ends with its account, and where the account's
    password or role is another. With `named` a name is asked for, else there is one password.
    """

    def __init__(
        self,
        accounts: Callable[[], Accounts],
        named: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.named = named
        self._accounts, self._clock = accounts, clock
        self._sessions: dict[str, _Session] = {}
        self._wrong: deque[tuple[float, str, str]] = deque()
        self._decoy = decoy()
        # Requests are answered on several threads.
        self._lock = threading.Lock()

    def person(self, token: str, uses: bool = False) -> Person | None:
        """Who holds that running session, None for a stranger. `uses`: the person did something."""
        now, key = self._clock(), _hash(token)
        with self._lock:
            session = self._sessions.get(key)
            if session is None:
                return None
            known = self._accounts().get(key_of(session.account.name))
            if known != session.account or now >= session.ends or now >= session.used + IDLE_S:
                del self._sessions[key]
                return None
            if uses:
                session.used = now
            return session.account.person

    def open_session(self, name: str, password: str, address: str) -> str | None:
        """A new session's token, None for a wrong name or password. `address` is the caller's.

        To be asked by one thread at a time: a guess takes 32 MB and a quarter of a second.
        """
        key = key_of(name) if self.named else SHARED.name
        account = self._accounts().get(key)
        known = (account or self._decoy).knows(password)
        now = self._clock()
        if account is None or not known:
            self._note_wrong(now, key, address)
            return None
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._sessions = {
                each: session for each, session in self._sessions.items() if session.ends > now
            }
            self._sessions[_hash(token)] = _Session(account, now + SESSION_S, now)
        return token

    def close_session(self, token: str) -> None:
        """End the session of that token, if there is one."""
        with self._lock:
            self._sessions.pop(_hash(token), None)

    def must_wait(self, name: str, address: str) -> bool:
        """Whether too many wrong passwords came within the last minute: see `MOST_TRIES`."""
        while self._wrong and self._wrong[0][0] < self._clock() - TRIES_WITHIN_S:
            self._wrong.popleft()
        # With one password for all, the name is everybody's: its limit is that of all.
        most_of_name = MOST_TRIES_OF_ACCOUNT if self.named else MOST_TRIES_OF_ALL
        return (
            sum(each == address for _, _, each in self._wrong) >= MOST_TRIES
            or sum(each == key_of(name) for _, each, _ in self._wrong) >= most_of_name
            or len(self._wrong) >= MOST_TRIES_OF_ALL
        )

    def _note_wrong(self, now: float, key: str, address: str) -> None:
        self._wrong.append((now, key, address))
        if self.must_wait(key, address):
            # Neither name nor address: a password is typed into the name's field now and then.
            _log.warning(
                "logins wait: %d wrong passwords within %g s", len(self._wrong), TRIES_WITHIN_S
            )


def _hash(token: str) -> str:
    """What is kept of a token, so that a look into the memory opens nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
