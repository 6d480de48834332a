from __future__ import annotations

import socket
from pathlib import Path

import pytest

from senoscope.domain.errors import PortInUse, SettingsError
from senoscope.ui.app import PageSettings, build_app, serve
from senoscope.ui.listening import page_address
from tests.fakes import FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.logged_in import accounts, log_in, whole_page
from tests.ui.opened import PASSWORD, Asked, Page


def test_the_page_is_served(opened: Page) -> None:
    answer = opened.client.get("/")
    assert answer.status_code == 200
    assert "<title>" in answer.text or "Senoscope" in answer.text


def test_a_name_that_only_points_here_is_refused(opened: Page) -> None:
    answer = opened.client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400


def test_a_port_in_use_is_said_with_a_way_out(tmp_path: Path) -> None:
    app = build_app(
        FakeLiveLoop([], status()), Asked().actions, PageSettings(tmp_path, OPERATING_POINT)
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"Port {port} is in use.*--port"):
            serve(app, "127.0.0.1", port, print)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "clinic.example"])
def test_other_machines_need_a_password(tmp_path: Path, host: str) -> None:
    app = build_app(
        FakeLiveLoop([], status()), Asked().actions, PageSettings(tmp_path, OPERATING_POINT)
    )
    with pytest.raises(SettingsError, match="password"):
        serve(app, host, 0, print)


def test_an_address_of_another_machine_is_said(tmp_path: Path) -> None:
    settings = PageSettings(tmp_path, OPERATING_POINT, PASSWORD)
    app = build_app(FakeLiveLoop([], status()), Asked().actions, settings)
    with pytest.raises(SettingsError, match="address of this machine"):
        serve(app, "192.0.2.1", 8000, print)


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_password_that_is_soon_guessed_is_none(tmp_path: Path, password: str) -> None:
    with pytest.raises(SettingsError, match="expected at least 8"):
        PageSettings(tmp_path, OPERATING_POINT, password)


def test_the_address_that_is_told_can_be_opened() -> None:
    assert page_address("127.0.0.1", 7860) == "http://127.0.0.1:7860"
    assert page_address("::1", 7860) == "http://[::1]:7860"
    assert page_address("127.0.0.1", 7860, tls=True) == "https://127.0.0.1:7860"
    assert page_address("::1", 7860, tls=True) == "https://[::1]:7860"
    for every in ("0.0.0.0", "::", ""):
        told = page_address(every, 7860)
        assert told.endswith(":7860")
        assert told not in {"http://0.0.0.0:7860", "http://[::]:7860", "http://:7860"}


def test_every_page_travels_compressed(tmp_path: Path) -> None:
    with whole_page(tmp_path, None) as client:
        for path in ("/", "/review/", "/studies/", "/calibration/"):
            answer = client.get(path)
            assert answer.headers["content-encoding"] == "gzip", path
            assert int(answer.headers["content-length"]) < len(answer.content) / 2


def test_a_page_is_told_who_asks_and_what_that_role_may_do(tmp_path: Path) -> None:
    with whole_page(tmp_path, accounts()) as client:
        assert client.get("/person").status_code == 401
        log_in(client, "operator")
        told = client.get("/person").json()
    assert told["name"] == told["role"] == "operator"
    assert "scan" in told["duties"]
    assert "sign" not in told["duties"]
