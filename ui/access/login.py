"""The login page, and the guard that asks who may do what."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Annotated, cast

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from senoscope.ui.access.login_sessions import LoginSessions
from senoscope.ui.access.request_guard import LOGIN_NEEDED
from senoscope.ui.access.roles import DUTIES, LOCAL, Duty, Person, Role, duty_of
from senoscope.ui.words.catalogue import LANGUAGES, following, texts

LOGIN_PATH, LOGOUT_PATH = "/login", "/logout"
COOKIE = "senoscope_session"
ASKED_BY_HAND = re.compile(r"/clip/frames/.*|/study/exams/.*|/live/key_frames/.*")
"""Looks that a person's hand asks for; the other ones, pages ask by themselves."""
ACKNOWLEDGED = "seen"
"""What the live view says of each picture that came, by itself."""
_ROLE_WORDS = {
    Role.READER: "role_reader",
    Role.OPERATOR: "role_operator",
    Role.STAFF: "role_staff",
    Role.ADMIN: "role_admin",
}


_TAGS = {"zh": "zh-CN"}
"""What a page says of its language, where that is more than the code."""


class Login:
    """Who a request's cookie belongs to."""

    def __init__(self, sessions: LoginSessions) -> None:
        self.sessions = sessions

    def person_of(self, connection: HTTPConnection, uses: bool = False) -> Person | None:
        """Who holds a running session, None for a stranger. `uses`: it is not idle."""
        token = connection.cookies.get(COOKIE)
        return self.sessions.person(token, uses) if token else None

    def user_of(self, connection: HTTPConnection) -> str | None:
        """The name of `person_of`."""
        person = self.person_of(connection)
        return None if person is None else person.name


class LoginGuard:
    """Lets strangers see the login page and nothing else, others do what their role may.

    What `needs_none` says of a request passes too: that is asked by programs.
    WebSockets pass: their route asks the same login and can tell the browser why it refuses. One
    whose session ends is closed.
    """

    def __init__(
        self, app: ASGIApp, login: Login, needs_none: Callable[[HTTPConnection], bool]
    ) -> None:
        self._app, self._login, self._needs_none = app, login, needs_none

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, send to the login page, or refuse with 401 or 403."""
        if scope["type"] == "websocket":
            await self._watched(scope, receive, send)
            return
        if scope["type"] != "http" or scope["path"] == LOGIN_PATH:
            await self._app(scope, receive, send)
            return
        app = self._app
        connection = HTTPConnection(scope)
        if self._needs_none(connection):
            await app(scope, receive, send)
            return
        is_page = "text/html" in connection.headers.get("accept", "")
        by_hand = scope["method"] != "GET" or ASKED_BY_HAND.fullmatch(scope["path"]) is not None
        person = self._login.person_of(connection, uses=by_hand or is_page)
        if person is None:
            app = RedirectResponse(LOGIN_PATH, 303) if is_page else Response(status_code=401)
        elif not person.may(duty := duty_of(scope["method"], scope["path"])):
            app = JSONResponse(_refusal(person, duty), 403)
        await app(scope, receive, send)

    async def _watched(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)

        async def receive_used() -> Message:
            message = await receive()
            if message.get("text") not in (None, ACKNOWLEDGED):
                self._login.person_of(connection, uses=True)
            return message

        async def send_to_known(message: Message) -> None:
            if message["type"] == "websocket.send" and self._login.person_of(connection) is None:
                await send({"type": "websocket.close", "code": LOGIN_NEEDED})
                # As a server does that has lost its browser: the route then ends.
                raise OSError("the session has ended")
            await send(message)

        await self._app(scope, receive_used, send_to_known)


def person_of(connection: HTTPConnection) -> Person | None:
    """Who asks, for a route that keeps who did something; None for a stranger.

    `app.state.person_of` was set by the application; it is `anyone` where nobody logs in.
    """
    return cast("Person | None", connection.app.state.person_of(connection))


def anyone(_connection: HTTPConnection) -> Person:
    """Who asks where nobody logs in, on this machine."""
    return LOCAL


def nothing_passes(_connection: HTTPConnection) -> bool:
    """Whoever asks for whatever logs in."""
    return False


def add_login(
    app: FastAPI, login: Login, needs_none: Callable[[HTTPConnection], bool] = nothing_passes
) -> None:
    """Put the guard before everything; serve the login page and the way out."""
    app.add_middleware(LoginGuard, login=login, needs_none=needs_none)
    sessions = login.sessions
    # One guess at a time, on a thread of its own: guessing must not hold up what else is served.
    one_by_one = CapacityLimiter(1)

    def opened(name: str, password: str, address: str) -> str | int:
        """The token, or the status of a refusal."""
        if sessions.must_wait(name, address):
            return 429
        return sessions.open_session(name, password, address) or 401

    @app.get(LOGIN_PATH)
    def show(request: Request) -> Response:
        return _page(request, sessions.named, login.person_of(request))

    @app.post(LOGIN_PATH)
    async def enter(
        request: Request,
        # Unbounded here, where a refusal would repeat what was typed; the body is bounded before.
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
    ) -> Response:
        address = request.client.host if request.client else ""
        token = await to_thread.run_sync(opened, name, password, address, limiter=one_by_one)
        if isinstance(token, int):
            wrong = "login_wrong_name" if sessions.named else "login_wrong"
            trouble = "login_wait" if token == 429 else wrong
            return _page(request, sessions.named, None, trouble, token)
        sessions.close_session(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/", status_code=303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure)
        return response

    @app.post(LOGOUT_PATH)
    def leave(request: Request) -> Response:
        sessions.close_session(request.cookies.get(COOKIE, ""))
        response = RedirectResponse(LOGIN_PATH, status_code=303)
        response.delete_cookie(COOKIE)
        return response


def _refusal(person: Person, duty: Duty) -> dict[str, str]:
    """What a page is told of a request that the role does not hold, as `actions_route.said`."""
    able = " or ".join(role for role in Role if duty in DUTIES[role])
    return {
        "kind": "NotAllowed",
        "message": f"You are logged in as {person.role}, which may not do this; expected {able}. "
        "Log in with another account, or ask who administers Senoscope.",
    }


def _page(
    request: Request,
    named: bool,
    person: Person | None,
    trouble: str | None = None,
    code: int = 200,
) -> HTMLResponse:
    language = _language(request)
    words = {key: escape(text) for key, text in texts(language).items()}
    if person is None:
        form = _asking(words, named) + f'<p role="alert">{words[trouble] if trouble else ""}</p>'
        form = f'<form method="post"><h1>{words["brand"]}</h1>{form}</form>'
    else:
        form = _leaving(words, person)
    other = following(language)
    form += f'''<p><a href="{LOGIN_PATH}?language={other}" lang="{_TAGS.get(other, other)}"
hreflang="{_TAGS.get(other, other)}">{words["other_language"]}</a></p>'''
    return HTMLResponse(
        f"""<!doctype html><html lang="{_TAGS.get(language, language)}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{words["brand"]}</title>
<style>
body {{ margin: 0; min-height: 100vh; display: grid; place-content: center;
  background: #141414; color: #ededed; font: 18px system-ui, sans-serif; }}
form {{ display: grid; gap: 16px; width: 320px; }}
h1 {{ margin: 0; font-size: 28px; font-weight: 600; }}
input, button {{ font: inherit; min-height: 48px; border-radius: 6px; padding: 0 14px;
  color: inherit; background: #222; border: 1px solid #777; }}
button {{ background: #4cc2a5; border-color: #4cc2a5; color: #08150f; font-weight: 600; }}
a {{ color: #4cc2a5; }}
:focus-visible {{ outline: 3px solid #4cc2a5; outline-offset: 2px; }}
p {{ margin: 0; min-height: 3em; }}
</style>
<main>{form}</main></html>""",
        status_code=code,
        headers={"cache-control": "no-store"},
    )


def _language(request: Request) -> str:
    """As chosen on this page, whose forms keep its address; else as the browser prefers."""
    preferred = request.headers.get("accept-language", "")[:2].lower()
    asked = request.query_params.get("language", preferred)
    return asked if asked in LANGUAGES else "en"


def _asking(words: dict[str, str], named: bool) -> str:
    name = f"""<label for="name">{words["login_name"]}</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" autofocus>"""
    return f"""{name if named else ""}<label for="password">{words["login_password"]}</label>
<input id="password" name="password" type="password" autocomplete="current-password"
{"" if named else "autofocus"}><button>{words["login_enter"]}</button>"""


def _leaving(words: dict[str, str], person: Person) -> str:
    role = words[_ROLE_WORDS[person.role]]
    return f"""<form method="post" action="{LOGOUT_PATH}"><h1>{words["brand"]}</h1>
<p>{words["login_as"].format(name=escape(person.name), role=role)}</p>
<a href="/">{words["login_back"]}</a><button>{words["log_out"]}</button></form>"""
