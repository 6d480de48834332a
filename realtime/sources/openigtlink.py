"""Pictures from an OpenIGTLink server: PLUS, 3D Slicer, a scanner."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import replace
from threading import Event, Lock
from urllib.parse import unquote, urlsplit

from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.realtime.sources.igtl_inbox import Inbox, Message, picture_of
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.sources.opencv import opencv

SCHEME = "igtl"
PORT = 18944
"""The one registered for OpenIGTLink."""
SILENCE_S = 5.0
"""For opening and for each picture: a dead server is noticed within this."""
SETTLE_S = 0.05
"""How long, at most, a picture at hand is held back for a newer one that is coming in."""
_PART = 2**18


class OpenIgtLinkSource:
    """The pictures of one device of an OpenIGTLink server, the newest only.

    `device` "" takes the first that sends one. The name says where, and not which device.
    """

    simulated = False
    comes_back = True

    def __init__(
        self, host: str, port: int = PORT, device: str = "", silence_s: float = SILENCE_S
    ) -> None:
        self._host, self._port, self._device = host, port, device
        self._silence_s = silence_s
        self._numbering = Numbering(self.name)
        self._connection: socket.socket | None = None
        self._inbox: Inbox | None = None
        self._closed = Event()
        self._receiving = Lock()

    @property
    def name(self) -> str:
        """What the page calls it."""
        return f"OpenIGTLink {self._host}:{self._port}"

    def open(self) -> None:
        """Connect. InstallationError where pyigtl is missing."""
        opencv()
        self._inbox = Inbox(self._device)
        try:
            self._connection = socket.create_connection((self._host, self._port), self._silence_s)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "no answer, or no such name"
            raise SourceUnavailable(
                f"{self.name} could not be opened ({why}). {_REMEDY}"
            ) from error
        self._closed.clear()

    def grab(self) -> Frame | None:
        """Wait for the next picture; None once closed. SourceLost when none came in time.

        ImageError where it is no 8-bit 2-D picture.
        """
        with self._receiving:
            if self._closed.is_set():
                return None
            message = self._newest()
        if message is None:
            return None
        picture, spacing = picture_of(message)
        return replace(self._numbering.frame(picture), spacing=spacing)

    def close(self) -> None:
        """Let go of the connection; also ends a waiting grab."""
        self._closed.set()
        if self._connection is None:
            return
        with contextlib.suppress(OSError):  # the server may have gone first
            self._connection.shutdown(socket.SHUT_RDWR)
        with self._receiving:
            self._connection.close()

    def _newest(self) -> Message | None:
        """The newest picture, as soon as there is one and no more is waiting to be received."""
        connection, inbox = self._connection, self._inbox
        if connection is None or inbox is None:
            raise SourceLost(f"{self.name} was not opened; open it before grabbing from it.")
        deadline = time.monotonic() + self._silence_s
        newest: Message | None = None
        while True:
            if (found := inbox.newest()) is not None:
                if newest is None:
                    deadline = time.monotonic() + SETTLE_S
                newest = found
            part = self._part(connection, deadline, wait=newest is None)
            if self._closed.is_set():
                return None
            if newest is not None and not part:
                return newest
            if not part:
                raise SourceLost(
                    f"{self.name} sent no whole picture within {self._silence_s:g} s, or ended the "
                    f"connection, after {self._numbering.count} frames. {_REMEDY}"
                )
            inbox.add(part)

    def _part(self, connection: socket.socket, deadline: float, wait: bool) -> bytes:
        """What came next; b"" where nothing did until the deadline, or the server is gone."""
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            return b""
        try:
            connection.settimeout(left_s if wait else 0)
            return connection.recv(_PART)
        except OSError:  # of a time-out, a reset, or a connection that was shut down here
            return b""


def igtl_source(text: str) -> OpenIgtLinkSource:
    """By igtl://HOST:PORT/DEVICE; port and device may be left out. SourceUnavailable."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise SourceUnavailable(
            "An OpenIGTLink address that cannot be read was given; expected "
            f"{SCHEME}://HOST:PORT/DEVICE, for example {SCHEME}://192.168.1.20:{PORT}/Image."
        )
    return OpenIgtLinkSource(host, port or PORT, unquote(parts.path.strip("/")))


_REMEDY = (
    "Check that the server runs and sends images, the address, the device's name and the firewall, "
    "then open it again."
)
