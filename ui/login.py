"""The password page, for when the page is reachable from other machines."""

from __future__ import annotations

import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable
from html import escape
from typing import Annotated

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from senoscope.ui.catalogue import texts

LOGIN_PATH = "/login"
COOKIE = "senoscope_session"
SESSION_S = 12 * 3600
"""A long clinic day; the next morning asks again."""
MOST_TRIES, MOST_TRIES_OF_ALL, TRIES_WITHIN_S = 5, 50, 60.0
"""Wrong passwords from one address, so that one who guesses shuts out nobody else, and from all
together, so that guessing from many addresses is hardly faster."""


class Login:
    """Sessions of those who knew the password. They end with the program."""

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = password.encode()
        self._clock = clock
        self._ends: dict[str, float] = {}
        self._wrong: deque[tuple[float, str]] = deque()

    def user_of(self, connection: HTTPConnection) -> str | None:
        """Who holds a running session, always "reader"; None for a stranger."""
        ends = self._ends.get(connection.cookies.get(COOKIE, ""))
        return "reader" if ends is not None and ends > self._clock() else None

    def open_session(self, password: str, address: str) -> str | None:
        """A new session's token, None for a wrong password. `address` is the caller's."""
        now = self._clock()
        if not hmac.compare_digest(password.encode(), self._password):
            self._wrong.append((now, address))
            return None
        self._ends = {token: ends for token, ends in self._ends.items() if ends > now}
        token = secrets.token_urlsafe(32)
        self._ends[token] = now + SESSION_S
        return token

    def must_wait(self, address: str) -> bool:
        """Whether too many wrong passwords came from there, or from all, within the last minute."""
        while self._wrong and self._wrong[0][0] < self._clock() - TRIES_WITHIN_S:
            self._wrong.popleft()
        own = sum(each == address for _, each in tuple(self._wrong))
        return own >= MOST_TRIES or len(self._wrong) >= MOST_TRIES_OF_ALL


class LoginGuard:
    """Lets strangers see the login page and nothing else of what HTTP serves.

    WebSockets pass: their route asks the same login and can tell the browser why it refuses.
    """

    def __init__(self, app: ASGIApp, login: Login) -> None:
        self._app, self._login = app, login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, send to the login page, or refuse with 401."""
        if (
            scope["type"] != "http"
            or scope["path"] == LOGIN_PATH
            or self._login.user_of(HTTPConnection(scope)) is not None
        ):
            await self._app(scope, receive, send)
        elif "text/html" in HTTPConnection(scope).headers.get("accept", ""):
            await RedirectResponse(LOGIN_PATH, status_code=303)(scope, receive, send)
        else:
            await Response(status_code=401)(scope, receive, send)


def add_login(app: FastAPI, login: Login) -> None:
    """Put the guard before everything and serve the login page."""
    app.add_middleware(LoginGuard, login=login)

    @app.get(LOGIN_PATH)
    def show(request: Request) -> Response:
        return _page(request)

    @app.post(LOGIN_PATH)
    def enter(request: Request, password: Annotated[str, Form(max_length=1024)] = "") -> Response:
        address = request.client.host if request.client else ""
        if login.must_wait(address):
            return _page(request, "login_wait", 429)
        token = login.open_session(password, address)
        if token is None:
            return _page(request, "login_wrong", 401)
        response = RedirectResponse("/", status_code=303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure)
        return response


def _page(request: Request, trouble: str | None = None, code: int = 200) -> HTMLResponse:
    chinese = request.headers.get("accept-language", "").lower().startswith("zh")
    words = {key: escape(text) for key, text in texts("zh" if chinese else "en").items()}
    message = words[trouble] if trouble else ""
    return HTMLResponse(
        f"""<!doctype html><html lang="{"zh-CN" if chinese else "en"}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{words["brand"]}</title>
<style>
body {{ margin: 0; min-height: 100vh; display: grid; place-content: center;
  background: #141414; color: #ededed; font: 18px system-ui, sans-serif; }}
form {{ display: grid; gap: 16px; width: 320px; }}
h1 {{ margin: 0; font-size: 28px; font-weight: 600; }}
input, button {{ font: inherit; min-height: 48px; border-radius: 6px; padding: 0 14px;
  color: inherit; background: #222; border: 1px solid #777; }}
button {{ background: #4cc2a5; border-color: #4cc2a5; color: #08150f; font-weight: 600; }}
:focus-visible {{ outline: 3px solid #4cc2a5; outline-offset: 2px; }}
p {{ margin: 0; min-height: 3em; }}
</style>
<form method="post"><h1>{words["brand"]}</h1>
<label for="password">{words["login_password"]}</label>
<input id="password" name="password" type="password" autocomplete="current-password" autofocus>
<button>{words["login_enter"]}</button><p role="alert">{message}</p></form></html>""",
        status_code=code,
    )
