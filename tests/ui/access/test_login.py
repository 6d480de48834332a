from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, WebSocket
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from senoscope.domain.errors import SettingsError
from senoscope.ui.access.login import ACKNOWLEDGED, COOKIE, Login, add_login, anyone, person_of
from senoscope.ui.access.login_sessions import IDLE_S, LoginSessions
from senoscope.ui.access.request_guard import LOGIN_NEEDED
from senoscope.ui.app import PageSettings
from senoscope.ui.live.live_route import LIVE_PATH
from tests.ui.built_frames import OPERATING_POINT
from tests.ui.logged_in import accounts, log_in, password_of, whole_page
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
        english = locked.client.get("/login").text
        assert "Password" in english
        # One password is nobody's own.
        assert 'name="name"' not in english


def test_the_language_can_be_chosen_and_stays_when_the_password_is_wrong(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        english = locked.client.get("/login").text
        assert '<a href="/login?language=zh" lang="zh-CN"' in english and ">中文</a>" in english
        chinese = locked.client.get("/login?language=zh").text
        assert '<html lang="zh-CN">' in chinese and ">English</a>" in chinese
        wrong = locked.client.post("/login?language=zh", data={"password": "guess"}).text
        assert "密码不正确" in wrong
        # A form without an address is sent to the page's own.
        assert '<form method="post">' in chinese
        for unknown in ("fr", "", "<b>"):
            answer = locked.client.get("/login", params={"language": unknown})
            assert '<html lang="en">' in answer.text and "<b>" not in answer.text


def test_a_foreign_page_cannot_log_in(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        answer = locked.client.post("/login", data={"password": PASSWORD}, headers=FOREIGN)
        assert answer.status_code == 403


def test_guessing_has_to_wait(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        for _ in range(5):
            assert locked.client.post("/login", data={"password": "guess"}).status_code == 401
        assert locked.client.post("/login", data={"password": PASSWORD}).status_code == 429


def test_the_one_password_is_for_all_but_what_administers(tmp_path: Path) -> None:
    with page(tmp_path, PASSWORD) as locked:
        locked.client.post("/login", data={"password": PASSWORD})
        started = locked.client.post("/live/start", json={"source": "phantom"})
        assert started.status_code == 200
        assert locked.client.post("/screen/templates/delete", json={}).status_code == 403


def test_accounts_and_one_password_for_all_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nobody knows who signed"):
        PageSettings(tmp_path, OPERATING_POINT, PASSWORD, accounts=accounts)


def test_an_account_needs_its_own_password(tmp_path: Path) -> None:
    with whole_page(tmp_path, accounts()) as client:
        assert 'name="name"' in client.get("/login").text
        guess = client.post("/login", data={"name": "admin", "password": password_of("reader")})
        assert guess.status_code == 401
        assert "do not go together" in guess.text
        assert client.get("/live/sources").status_code == 401
        assert log_in(client, "admin").status_code == 303
        assert client.get("/live/sources").status_code == 200


def test_what_was_typed_is_never_answered(tmp_path: Path) -> None:
    with whole_page(tmp_path, accounts()) as client:
        for word in ("<script>guess", "x" * 2000):
            answer = client.post("/login", data={"name": word, "password": word})
            assert answer.status_code == 401
            assert word not in answer.text


def test_the_login_page_says_who_is_logged_in_and_lets_out(tmp_path: Path) -> None:
    with whole_page(tmp_path, accounts()) as client:
        log_in(client, "operator")
        token = client.cookies[COOKIE]
        assert "Logged in as operator, operator" in client.get("/login").text
        assert client.post("/logout", headers=FOREIGN).status_code == 403
        assert client.get("/live/sources").status_code == 200
        left = client.post("/logout")
        assert (left.status_code, left.headers["location"]) == (303, "/login")
        assert COOKIE not in client.cookies
        # A copy of the cookie opens nothing any more.
        again = client.get("/live/sources", headers={"cookie": f"{COOKIE}={token}"})
        assert again.status_code == 401


def test_another_login_has_another_token_and_ends_the_one_before(tmp_path: Path) -> None:
    with whole_page(tmp_path, accounts()) as client:
        log_in(client, "reader")
        first = client.cookies[COOKIE]
        log_in(client, "admin")
        assert client.cookies[COOKIE] != first
        client.cookies.clear()
        before = client.get("/live/sources", headers={"cookie": f"{COOKIE}={first}"})
        assert before.status_code == 401


def who(request: Request) -> dict[str, str]:
    person = person_of(request)
    assert person is not None
    return {"name": person.name, "role": person.role}


class Timed:
    """An app of two routes and a socket behind a login whose clock a test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.known = accounts()
        self.app = FastAPI()
        login = Login(LoginSessions(lambda: self.known, named=True, clock=lambda: self.now))
        add_login(self.app, login)
        self.app.state.person_of = login.person_of
        self.app.add_api_route("/who", who)
        self.app.add_api_route("/clip/frames/{number}", lambda number: number)
        self.app.add_api_websocket_route("/ws", self.talk)

    async def talk(self, socket: WebSocket) -> None:
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await socket.send_text(await socket.receive_text())


@pytest.fixture
def timed() -> Iterator[tuple[Timed, TestClient]]:
    made = Timed()
    with TestClient(made.app, "http://localhost", follow_redirects=False) as client:
        log_in(client, "admin")
        yield made, client


def test_a_route_can_ask_who_does_it(timed: tuple[Timed, TestClient]) -> None:
    _, client = timed
    assert client.get("/who").json() == {"name": "admin", "role": "admin"}


def test_who_does_it_without_a_login_is_this_machine_s_person() -> None:
    app = FastAPI()
    app.state.person_of = anyone
    app.add_api_route("/who", who)
    with TestClient(app) as client:
        assert client.get("/who").json() == {"name": "local", "role": "admin"}


@pytest.mark.parametrize(
    ("path", "accept", "keeps"),
    [
        ("/who", "application/json", False),
        ("/who", "text/html", True),
        ("/clip/frames/3", "*/*", True),
    ],
)
def test_what_a_page_asks_by_itself_keeps_no_session(
    timed: tuple[Timed, TestClient], path: str, accept: str, keeps: bool
) -> None:
    made, client = timed
    made.now = IDLE_S - 1
    assert client.get(path, headers={"accept": accept}).status_code == 200
    made.now = IDLE_S + 1
    assert client.get("/who").status_code == (200 if keeps else 401)


def test_a_live_view_is_used_by_words_not_by_pictures_that_came(
    timed: tuple[Timed, TestClient],
) -> None:
    made, client = timed
    with client.websocket_connect("ws://localhost/ws") as socket:
        for word, moment in (("freeze:1", IDLE_S - 1), ("seen", 2 * IDLE_S - 2)):
            made.now = moment
            socket.send_text(word)
            assert socket.receive_text() == word
        made.now = 2 * IDLE_S
        socket.send_text("seen")
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
    assert ended.value.code == LOGIN_NEEDED


def test_a_live_view_ends_with_its_account(timed: tuple[Timed, TestClient]) -> None:
    made, client = timed
    with client.websocket_connect("ws://localhost/ws") as socket:
        socket.send_text("seen")
        assert socket.receive_text() == "seen"
        del made.known["admin"]
        socket.send_text("seen")
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
    assert ended.value.code == LOGIN_NEEDED


def test_the_live_view_says_seen_of_each_picture() -> None:
    script = files("senoscope.ui.pages").joinpath("live_view.js").read_text(encoding="utf-8")
    assert f"'{ACKNOWLEDGED}'" in script
