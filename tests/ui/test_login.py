from __future__ import annotations

from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from senoscope.ui.live_route import LIVE_PATH, LOGIN_NEEDED
from senoscope.ui.login import COOKIE, MOST_TRIES, MOST_TRIES_OF_ALL, Login
from tests.ui.opened import FOREIGN, PASSWORD, page


def test_with_a_password_strangers_see_the_login_page_only(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        asks_for_a_page = {"accept": "text/html"}
        answer = locked.client.get("/", headers=asks_for_a_page)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        for path in ("/", "/config", "/live/sources"):
            assert locked.client.get(path).status_code == 401
        assert locked.client.post("/live/snapshot", json={"sequence": 1}).status_code == 401
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            locked.client.websocket_connect(LIVE_PATH) as watching,
        ):
            watching.receive_bytes()
        assert refused.value.code == LOGIN_NEEDED


def test_the_password_opens_page_and_live_view(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        wrong = locked.client.post("/login", data={"password": "guess"})
        assert wrong.status_code == 401
        assert COOKIE not in wrong.cookies
        right = locked.client.post("/login", data={"password": PASSWORD})
        assert (right.status_code, right.headers["location"]) == (303, "/")
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie
        assert locked.client.get("/").status_code == 200
        with locked.client.websocket_connect(f"ws://localhost{LIVE_PATH}") as watching:
            assert watching.receive_bytes()


def test_the_login_page_speaks_the_browser_s_language(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        chinese = locked.client.get("/login", headers={"accept-language": "zh-CN,zh;q=0.9"})
        assert "密码" in chinese.text
        assert "Password" in locked.client.get("/login").text


def test_a_foreign_page_cannot_log_in(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        answer = locked.client.post("/login", data={"password": PASSWORD}, headers=FOREIGN)
        assert answer.status_code == 403


def test_guessing_has_to_wait(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        for _ in range(5):
            assert locked.client.post("/login", data={"password": "guess"}).status_code == 401
        assert locked.client.post("/login", data={"password": PASSWORD}).status_code == 429


def test_the_wait_ends() -> None:
    now = 0.0
    login = Login(PASSWORD, clock=lambda: now)
    for _ in range(MOST_TRIES):
        assert login.open_session("guess", "10.0.0.1") is None
    assert login.must_wait("10.0.0.1")
    now = 61.0
    assert not login.must_wait("10.0.0.1")


def test_one_who_guesses_shuts_out_nobody_else() -> None:
    login = Login(PASSWORD)
    for _ in range(MOST_TRIES):
        login.open_session("guess", "10.0.0.1")
    assert not login.must_wait("10.0.0.2")


def test_guessing_from_many_addresses_has_to_wait_too() -> None:
    login = Login(PASSWORD)
    for number in range(MOST_TRIES_OF_ALL):
        assert not login.must_wait(f"10.0.0.{number}")
        login.open_session("guess", f"10.0.0.{number}")
    assert login.must_wait("10.0.1.1")
