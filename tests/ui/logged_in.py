"""A page with an account of each role, every route of the house in it, and nothing behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from senoscope.ui.access.accounts import Account, Cost, new_account
from senoscope.ui.access.roles import Role
from senoscope.ui.app import PageSettings, build_app
from tests.fakes import FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.opened import Asked

CHEAP = Cost(16, 8, 1)
"""A guess costs nothing where there is nothing to guess."""


def password_of(name: str) -> str:
    return f"the word of {name}"


def accounts() -> dict[str, Account]:
    """One of each role, called by it."""
    return {role.value: new_account(role.value, role, password_of(role), CHEAP) for role in Role}


def whole_app(folder: Path, known: dict[str, Account] | None) -> FastAPI:
    """All pages' routes; what is behind review, calibration and studies is an empty shell."""
    shell: Any = SimpleNamespace(templates=None, hanging=None, seen=None, correct_phases=None)
    actions = replace(Asked().actions, review=shell, calibration=shell, studies=shell)
    asks = None if known is None else lambda: known
    settings = PageSettings(folder, OPERATING_POINT, accounts=asks)
    return build_app(FakeLiveLoop([], status()), actions, settings)


@contextmanager
def whole_page(folder: Path, known: dict[str, Account] | None) -> Iterator[TestClient]:
    app = whole_app(folder, known)
    with TestClient(
        app, "http://localhost", raise_server_exceptions=False, follow_redirects=False
    ) as client:
        yield client


def log_in(client: Any, name: str) -> Any:
    """By a real client, or starlette's, which is of another class; gives its answer."""
    return client.post("/login", data={"name": name, "password": password_of(name)})
