"""Frames to browsers over a WebSocket: the newest wins, and no viewer slows another."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection

from senoscope.realtime.published import LoopStatus, PublishedFrame
from senoscope.ui.overlay import Header, frame_header, status_header

LIVE_PATH = "/live/ws"
WINDOW = 2
"""Frames on their way to one browser. Two hide the network's delay; more only add lag."""
MOST_VIEWERS = 8
STATUS_AFTER_S = 0.5
"""Without a frame for this long a viewer gets the loop's status alone, so it can say why."""
HELD_FRAMES = 200
HELD_BYTES = 256 * 2**20
"""A little over three seconds at 60 frames per second can still be frozen or saved."""

LOGIN_NEEDED, FOREIGN_ORIGIN, TOO_MANY_VIEWERS = 4401, 4403, 4429
"""Close codes the page tells apart."""

GONE = "gone"
"""The answer to a browser that freezes a frame which is no longer held."""

UserOf = Callable[[HTTPConnection], str | None]
"""Who asks, None for a stranger."""


def same_origin(connection: HTTPConnection) -> bool:
    """Whether the page that asks came from this server.

    Browsers send cookies along from any page, so the cookie alone proves nothing. A caller
    without Origin is no browser and carries nobody's cookie.
    """
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


def packed(header: Header, jpeg: bytes = b"") -> bytes:
    """One message: header length (4 bytes, little endian), header (JSON, UTF-8), JPEG."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return struct.pack("<I", len(text)) + text + jpeg


@dataclass(frozen=True, slots=True)
class HeldFrame:
    """A frame that can still be saved, and how the loop was doing when it came."""

    sequence: int
    published: PublishedFrame
    status: LoopStatus

    @property
    def nbytes(self) -> int:
        """Memory it keeps, in bytes."""
        return self.published.frame.pixels.nbytes + len(self.published.jpeg)


class Viewer:
    """One browser: a bell that rings when there is something newer, and its frozen frame."""

    def __init__(self, bell: asyncio.Event) -> None:
        self.bell = bell
        self.frozen: HeldFrame | None = None


class FrameHub:
    """Hands the loop's frames to any number of viewers.

    `publish` is called by the loop's thread, the rest by the server's event loop or threads.
    """

    def __init__(self, status: Callable[[], LoopStatus]) -> None:
        self.status = status
        # From the clock, so that after a restart no number means another frame than before.
        self.sequence = time.time_ns() // 1000
        self.message = b""
        self._held: deque[HeldFrame] = deque()
        self._held_bytes = 0
        self._viewers: set[Viewer] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def publish(self, published: PublishedFrame) -> None:
        """Keep the frame for a snapshot and, if anybody watches, send it: serialised once."""
        status = self.status()
        with self._lock:
            self.sequence += 1
            sequence = self.sequence
            self._hold(HeldFrame(sequence, published, status))
            watched = bool(self._viewers)
        if not watched or self._loop is None:
            return
        message = packed(frame_header(published, sequence, status), published.jpeg)
        # The server may be closing its loop at this very moment; then nobody watches any more.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ring, message)

    @property
    def viewers(self) -> int:
        """How many browsers watch."""
        return len(self._viewers)

    @contextlib.contextmanager
    def viewer(self) -> Iterator[Viewer]:
        """Register one browser for as long as the context lasts; on the event loop only."""
        viewer = Viewer(asyncio.Event())
        self._loop = asyncio.get_running_loop()
        with self._lock:
            self._viewers.add(viewer)
        try:
            yield viewer
        finally:
            with self._lock:
                self._viewers.discard(viewer)

    def freeze(self, viewer: Viewer, sequence: int) -> bool:
        """Hold this frame for as long as the viewer looks at it; False when it is gone already."""
        held = self.held(sequence)
        with self._lock:
            viewer.frozen = held
        return held is not None

    def resume(self, viewer: Viewer) -> None:
        """Let go of the viewer's frozen frame."""
        with self._lock:
            viewer.frozen = None

    def held(self, sequence: int) -> HeldFrame | None:
        """The frame of that sequence number, None when it is no longer held."""
        with self._lock:
            frozen = [viewer.frozen for viewer in self._viewers if viewer.frozen is not None]
            matching = (held for held in (*self._held, *frozen) if held.sequence == sequence)
            return next(matching, None)

    def _hold(self, frame: HeldFrame) -> None:
        self._held.append(frame)
        self._held_bytes += frame.nbytes
        while len(self._held) > HELD_FRAMES or self._held_bytes > HELD_BYTES:
            self._held_bytes -= self._held.popleft().nbytes

    def _ring(self, message: bytes) -> None:
        self.message = message
        for viewer in self._viewers:
            viewer.bell.set()


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
        self._is_gone = False

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
        if self._is_gone:
            self._is_gone = False
            await self._socket.send_text(GONE)
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
        elif words.startswith("freeze:") and words[7:].isdecimal():
            # Told by the task that sends, so that only one ever does.
            self._is_gone = not self._hub.freeze(self._viewer, int(words[7:]))
            self._viewer.bell.set()
