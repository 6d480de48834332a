"""Frames to browsers over a WebSocket: the newest wins, and no viewer slows another."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from senoscope.ui.access.request_guard import LOGIN_NEEDED, UserOf, same_origin
from senoscope.ui.frames.overlay import status_header
from senoscope.ui.frames.packed import packed
from senoscope.ui.live.frame_hub import FrameHub, Viewer

LIVE_PATH = "/live/ws"
WINDOW = 2
"""Frames on their way to one browser. Two hide the network's delay; more only add lag."""
MOST_VIEWERS = 8
STATUS_AFTER_S = 0.25
"""Without a frame for this long a viewer gets the loop's status alone, so it can say why: a loss
must be on the page within half a second."""
FOREIGN_ORIGIN, TOO_MANY_VIEWERS = 4403, 4429
"""Close codes the page tells apart from `LOGIN_NEEDED`."""

LONGEST_NUMBER = 20
"""Digits. Reading a number of thousands takes long."""
GONE = "gone"
"""The answer to a browser that freezes a frame which is no longer held."""


def add_live_route(app: FastAPI, hub: FrameHub, user_of: UserOf) -> None:
    """Serve `LIVE_PATH`. `user_of` is the same callable that guards the page."""

    @app.websocket(LIVE_PATH)
    async def live(socket: WebSocket) -> None:
        if not same_origin(socket):
            await socket.close(FOREIGN_ORIGIN)
            return
        # A browser only learns the close code of a connection that was accepted.
        await socket.accept()
        if user_of(socket) is None:
            await socket.close(LOGIN_NEEDED)
            return
        if hub.viewers >= MOST_VIEWERS:
            await socket.close(TOO_MANY_VIEWERS)
            return
        with hub.viewer() as viewer:
            await _Conversation(socket, hub, viewer).run()


class _Conversation:
    """One browser's connection: frames out, acknowledgements and freezes in."""

    def __init__(self, socket: WebSocket, hub: FrameHub, viewer: Viewer) -> None:
        self._socket, self._hub, self._viewer = socket, hub, viewer
        self._credit = WINDOW
        self._sent = hub.message
        self._answer: bytes | str | None = None

    async def run(self) -> None:
        """Until the browser leaves."""
        listening = asyncio.create_task(self._listen())
        try:
            while not listening.done():
                await self._wait()
                await self._send()
        except (WebSocketDisconnect, RuntimeError):
            pass  # starlette raises RuntimeError for a send that met a closed connection
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._viewer.bell.wait(), STATUS_AFTER_S)

    async def _send(self) -> None:
        if not self._viewer.bell.is_set():
            await self._socket.send_bytes(packed(status_header(self._hub.status())))
            return
        self._viewer.bell.clear()
        answer, self._answer = self._answer, None
        if isinstance(answer, bytes):
            await self._socket.send_bytes(answer)
        elif answer is not None:
            await self._socket.send_text(answer)
        message = self._hub.message
        if self._credit > 0 and message is not self._sent:
            self._sent = message
            self._credit -= 1
            await self._socket.send_bytes(message)

    async def _listen(self) -> None:
        try:
            while True:
                self._hear(await self._socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            self._viewer.bell.set()

    def _hear(self, words: str) -> None:
        if words == "seen":
            self._credit = min(self._credit + 1, WINDOW)
            self._viewer.bell.set()
        elif words == "resume":
            self._hub.resume(self._viewer)
            return
        verb, _, number = words.partition(":")
        if verb in ("freeze", "cine") and number.isdecimal() and len(number) < LONGEST_NUMBER:
            # Told by the task that sends, so that only one ever does.
            look = self._hub.freeze if verb == "freeze" else self._hub.scrub
            held = look(self._viewer, int(number))
            self._answer = GONE if held is None else held.message(self._viewer.span)
            self._viewer.bell.set()
