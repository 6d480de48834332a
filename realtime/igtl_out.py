"""What the page shows, for programs that take OpenIGTLink: 3D Slicer, PLUS."""

from __future__ import annotations

import json
import logging
import socket
import time
from threading import Condition, Event, Thread

import cv2
import numpy as np

from senoscope.domain.errors import PortInUse
from senoscope.domain.frame import Frame, Gray
from senoscope.domain.reading import Finding, Unsuitable
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.igtl_inbox import pyigtl_messages

log = logging.getLogger(__name__)

IMAGE, LABELS, STATUS = "Senoscope", "SenoscopeLabels", "SenoscopeStatus"
"""The names of the three devices."""
MOST_CLIENTS = 4
SEND_LIMIT_S = 2.0
"""A client that does not take a picture within this is let go."""
LISTEN_S = 0.2
STOP_LIMIT_S = 5.0


class IgtlOut:
    """A server of the newest published frame. `show` is a loop's subscriber and returns at once.

    Each client has a thread of its own and is sent the newest only, so that a slow one changes
    nothing for others.
    """

    def __init__(self, port: int, longest_age_ms: float, host: str = "127.0.0.1") -> None:
        """Listen. A reading of more than `longest_age_ms` is drawn on no picture.

        PortInUse where the port is taken, InstallationError without pyigtl.
        """
        pyigtl_messages()
        try:
            self._listening = socket.create_server((host, port))
        except OSError as error:
            raise PortInUse(
                f"OpenIGTLink cannot be served on port {port} ({error.strerror}); expected a port "
                "that no other program uses, such as 18944. Choose another."
            ) from error
        # Closing a socket wakes no waiting `accept` on some systems.
        self._listening.settimeout(LISTEN_S)
        self._newest = _Newest(longest_age_ms)
        self._stopping = Event()
        self._clients: list[Thread] = []
        self._accepting = Thread(target=self._accept, name="senoscope-igtl-out", daemon=True)

    @property
    def port(self) -> int:
        """The one it listens on; of port 0 the one that was free."""
        return int(self._listening.getsockname()[1])

    def start(self) -> None:
        """Take clients from now on."""
        self._accepting.start()

    def show(self, published: PublishedFrame) -> None:
        """Send this frame next."""
        self._newest.put(published)

    def stop(self) -> None:
        """Let go of the port and of every client."""
        self._stopping.set()
        self._newest.end()
        for thread in (self._accepting, *self._clients):
            if thread.ident is not None:
                thread.join(STOP_LIMIT_S)
        self._listening.close()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listening.accept()
            except TimeoutError:
                continue
            except OSError as error:
                log.warning("OpenIGTLink: a client could not be taken (%s)", error)
                self._stopping.wait(LISTEN_S)
                continue
            self._clients = [each for each in self._clients if each.is_alive()]
            if len(self._clients) == MOST_CLIENTS:
                log.warning("OpenIGTLink: a client beyond %d was refused", MOST_CLIENTS)
                connection.close()
                continue
            client = Thread(
                target=self._serve, args=(connection,), name="senoscope-igtl-client", daemon=True
            )
            self._clients.append(client)
            client.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(SEND_LIMIT_S)
        sent = 0
        with connection:
            while (found := self._newest.after(sent)) is not None:
                sent, messages = found
                try:
                    connection.sendall(messages)
                except OSError as error:
                    log.info("OpenIGTLink: a client went, or was too slow (%s)", error)
                    return


class _Newest:
    """One slot. A frame becomes messages when a client asks, and is kept so for the next."""

    def __init__(self, longest_age_ms: float) -> None:
        self._longest_age_ms = longest_age_ms
        self._changed = Condition()
        self._count = 0
        self._frame: PublishedFrame | None = None
        self._messages = b""
        self._ended = False

    def put(self, frame: PublishedFrame) -> None:
        with self._changed:
            self._count, self._frame, self._messages = self._count + 1, frame, b""
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def after(self, count: int) -> tuple[int, bytes] | None:
        """Wait for a frame newer than that count: its own count and messages. None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._count > count)
            if self._ended or self._frame is None:
                return None
            count, frame, messages = self._count, self._frame, self._messages
        # Not under the lock: `put` must not wait for the some milliseconds that this takes.
        messages = messages or messages_of(frame, self._longest_age_ms)
        with self._changed:
            if self._count == count:
                self._messages = messages
        return count, messages


def messages_of(published: PublishedFrame, longest_age_ms: float) -> bytes:
    """The frame, its label map and a status, packed one after the other."""
    pyigtl = pyigtl_messages()
    frame = published.frame
    findings = _drawn(published, longest_age_ms)
    matrix = _matrix(frame)
    age_s = (time.monotonic_ns() - frame.captured_at_ns) / 1e9
    at_s = time.time() - max(0.0, age_s)
    parts = (
        pyigtl.ImageMessage(frame.pixels[None], matrix, timestamp=at_s, device_name=IMAGE),
        pyigtl.ImageMessage(
            label_map(findings, frame.pixels.shape)[None],
            matrix,
            timestamp=at_s,
            device_name=LABELS,
        ),
        pyigtl.StringMessage(_status(published, findings), timestamp=at_s, device_name=STATUS),
    )
    return b"".join(part.pack() for part in parts)


def label_map(findings: tuple[Finding, ...], shape: tuple[int, ...]) -> Gray:
    """(rows, columns): 0 where nothing is outlined, else the finding's number from 1."""
    labels = np.zeros(shape, np.uint8)
    # The most suspicious comes first in a reading: drawn last, it is on top.
    for number, finding in reversed(list(enumerate(findings[:255], start=1))):
        cv2.fillPoly(labels, [np.rint(finding.lesion.contour).astype(np.int32)], (number,))
    return labels


def _drawn(published: PublishedFrame, longest_age_ms: float) -> tuple[Finding, ...]:
    """The findings that hold for this frame: none of a reading that is too old, or of none."""
    reading, age_ms = published.reading, published.reading_age_ms
    if reading is None or age_ms is None:
        return ()
    frozen = published.unsuitable is Unsuitable.FROZEN
    if not frozen and (published.unsuitable is not None or age_ms > longest_age_ms):
        return ()
    return reading.findings


def _status(published: PublishedFrame, findings: tuple[Finding, ...]) -> str:
    """JSON in ASCII, which is all that pyigtl packs."""
    return json.dumps(
        {
            "frame": published.frame.index,
            "simulated": published.frame.simulated,
            "calibrated": published.frame.pixel_spacing is not None,
            "reading_age_ms": published.reading_age_ms,
            "unsuitable": None if published.unsuitable is None else published.unsuitable.value,
            "findings": [
                {
                    "label": number,
                    "probability": round(each.probability, 2),
                    "suspicion": each.suspicion.value,
                }
                for number, each in enumerate(findings, start=1)
            ],
        }
    )


def _matrix(frame: Frame) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Millimetres along columns and rows; ones, as senders without a calibration do, if unknown."""
    spacing = frame.pixel_spacing
    sides = (1.0, 1.0) if spacing is None else (spacing.column_mm, spacing.row_mm)
    return np.diag([*sides, 1.0, 1.0])
