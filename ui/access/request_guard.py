"""What a request must pass before anything looks into it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024
"""Bytes. The page asks in a few words."""
UPLOADS = "/gradio_api/upload"
"""Gradio serves it on every page; clips have a way of their own."""
STREAMED = "/clip/upload"
"""Its body is a clip: the route itself bounds it and writes it to the disk as it comes."""
_STREAMED = (STREAMED, r"/study/uploads/[^/]+/file", "/facts/file", "/log/file")
"""Every way whose body is bounded and written so; patterns."""
NOT_IN_A_FRAME = (
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
)
"""Another site must not show this page as part of its own and borrow the reader's clicks."""
LOGIN_NEEDED = 4401
"""How a WebSocket is closed to a stranger."""

UserOf = Callable[[HTTPConnection], str | None]
"""Who asks, None for a stranger."""


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks came from this server.

    Browsers send cookies along from any page, so the cookie alone proves nothing. A caller
    without Origin is no browser and carries nobody's cookie.
    """
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


class RequestGuard:
    """Refuses foreign pages that ask for more than a look, uploads, and bodies that are too large.

    WebSockets pass: their route asks for the origin itself and can tell the browser why it refuses.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse with 403 or 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_unframed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *NOT_IN_A_FRAME]
            await send(message)

        app = self._app
        body = b""
        if UPLOADS in scope["path"] or not _may_ask(scope):
            app = PlainTextResponse("Refused.", 403)
        elif any(re.fullmatch(each, scope["path"]) for each in _STREAMED):
            await app(scope, receive, send_unframed)
            return
        elif (whole := await _body(receive)) is None:
            app = PlainTextResponse(f"Expected at most {LARGEST_BODY} bytes.", 413)
        else:
            body = whole
        await app(scope, _after(body, receive), send_unframed)


def _may_ask(scope: Scope) -> bool:
    return scope["method"] in ("GET", "HEAD") or same_origin(HTTPConnection(scope))


async def _body(receive: Receive) -> bytes | None:
    """The whole body, None as soon as it is too large. Its announced length proves nothing."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return body


def _after(body: bytes, receive: Receive) -> Receive:
    """What receives the body that was read already, and then what still comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
