"""Peers that do what they should not: by hand, on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pynetdicom import AE, evt

from senoscope.studies.network.dimse_link import Deadlines
from senoscope.studies.network.storage_classes import STORAGE_CLASSES, TRANSFER_SYNTAXES
from tests.studies.network.orthanc import HOST, free_port

SHORT = Deadlines(connect=5.0, answer=3.0)


@dataclass
class Listener:
    """`requests`: what each connection sent, as far as it was read."""

    port: int
    requests: list[bytes] = field(default_factory=list)


@contextmanager
def listening(answer: Callable[[socket.socket, Listener], None]) -> Iterator[Listener]:
    """Accepts connections, one at a time, and leaves each to `answer`."""
    with socket.create_server((HOST, 0)) as server:
        listener = Listener(server.getsockname()[1])
        ending = threading.Event()

        def serve() -> None:
            while not ending.is_set():
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    try:
                        answer(peer, listener)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            ending.set()
            with socket.socket() as last:
                last.connect_ex((HOST, listener.port))
            thread.join(10)


@contextmanager
def silent() -> Iterator[Listener]:
    """Takes the connection and what is sent, and says nothing until the other side hangs up."""

    def hold(peer: socket.socket, listener: Listener) -> None:
        while piece := peer.recv(65536):
            listener.requests.append(piece)

    with listening(hold) as listener:
        yield listener


@contextmanager
def http(*answers: bytes) -> Iterator[Listener]:
    """Reads each request whole and gives the next answer, the last one again and again."""
    left = list(answers)

    def reply(peer: socket.socket, listener: Listener) -> None:
        request = _whole_request(peer)
        if request:
            listener.requests.append(request)
            peer.sendall(left.pop(0) if len(left) > 1 else left[0])

    with listening(reply) as listener:
        yield listener


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP answer; `_` in a header's name is a hyphen."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextmanager
def store_peer(*statuses: int, only: str | None = None) -> Iterator[int]:
    """A C-STORE SCP on the port given, whose answers are `statuses`, the last one for ever.

    `only`: the one SOP class it takes, in all transfer syntaxes.
    """
    left = list(statuses)

    def stored(_event: evt.Event) -> int:
        return left.pop(0) if len(left) > 1 else left[0]

    entity = AE(ae_title="PEER")
    for each in [only] if only else STORAGE_CLASSES:
        entity.add_supported_context(each, list(TRANSFER_SYNTAXES))
    port = free_port()
    server = entity.start_server(
        (HOST, port), block=False, evt_handlers=[(evt.EVT_C_STORE, stored)]
    )
    try:
        yield port
    finally:
        assert server is not None
        server.shutdown()


def _whole_request(peer: socket.socket) -> bytes:
    peer.settimeout(10)
    gathered = b""
    while b"\r\n\r\n" not in gathered:
        piece = peer.recv(65536)
        if not piece:
            return gathered
        gathered += piece
    head, _, body = gathered.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        piece = peer.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body
