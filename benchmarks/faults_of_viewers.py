"""A slow viewer, and WebSocket openings that no page of ours makes, beside a good one."""

from __future__ import annotations

import contextlib
import multiprocessing
import secrets
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.synchronize import Event
from urllib.parse import urlsplit

from bedside import PATIENCE_S, Run, Stage, Viewer, at_bedside
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

OPENINGS = 200
ANSWER_LIMIT_S = 5.0
HUGE = 2**20
"""Bytes in one message: sixteen times what the server takes."""


def open_hostile(address: str, count: int, begins: Event) -> None:
    """So many in turn; the half-open and the deaf stay until the last was made."""
    ways = (foreign, garbage, half_open, huge, deaf)
    begins.set()
    with ExitStack() as stay:
        for nth in range(count):
            # Refused or cut off is what should become of them.
            with contextlib.suppress(OSError, WebSocketException):
                ways[nth * len(ways) // count](address, stay.callback)


Stay = Callable[[Callable[[], None]], object]
"""Told what ends a connection that stays open."""


def foreign(address: str, stay: Stay) -> None:
    """From another site's page."""
    del stay
    with connect(address, origin=Origin("http://elsewhere.example")) as socket_:
        socket_.recv(ANSWER_LIMIT_S)


def garbage(address: str, stay: Stay) -> None:
    """Bytes that are no request."""
    del stay
    with _plain(address) as wire:
        wire.sendall(secrets.token_bytes(4096) + b"\r\n\r\n")
        wire.recv(4096)


def half_open(address: str, stay: Stay) -> None:
    """A handshake that is never ended."""
    wire = _plain(address)
    path = urlsplit(address).path
    wire.sendall(f"GET {path} HTTP/1.1\r\nUpgrade: websocket\r\n".encode())
    stay(wire.close)


def huge(address: str, stay: Stay) -> None:
    """A message far beyond what a page says."""
    del stay
    with connect(address, compression=None) as socket_:
        socket_.send("seen" * (HUGE // 4))
        while True:
            socket_.recv(ANSWER_LIMIT_S)


def deaf(address: str, stay: Stay) -> None:
    """A viewer that never says it has seen a frame, nor reads what comes."""
    stay(connect(address, max_queue=1, close_timeout=0.1).close)


def _plain(address: str) -> socket.socket:
    place = urlsplit(address)
    return socket.create_connection((place.hostname or "", place.port or 0), ANSWER_LIMIT_S)


def undisturbed(stage: Stage, times: int) -> list[Run]:
    """Nothing goes wrong: what the others are to be compared with."""
    with at_bedside(stage.phantom(), stage.build) as bed:
        bed.settle()
        return [bed.watched_for(stage.watch_s) for _ in range(times)]


def slow_beside_fast(stage: Stage, times: int) -> list[Run]:
    """A viewer at one frame a second beside one at full rate."""
    with at_bedside(stage.phantom(), stage.build) as bed:
        bed.settle()
        before = bed.watched_for(stage.watch_s)
        slow = Viewer(bed.address, seen_after_s=1.0)
        try:
            beside = [bed.watched_for(stage.watch_s) for _ in range(times)]
            return [replace(run, fps_before=before.fps) for run in beside]
        finally:
            slow.close()


def hostile(stage: Stage, times: int) -> list[Run]:
    """Two hundred openings that no page makes, one after the other."""
    runs, context = [], multiprocessing.get_context("spawn")
    with at_bedside(stage.phantom(), stage.build) as bed:
        for _ in range(times):
            bed.settle()
            before = bed.watched_for(stage.watch_s)
            begins = context.Event()
            attack = context.Process(target=open_hostile, args=(bed.address, OPENINGS, begins))
            attack.start()
            begins.wait(PATIENCE_S)
            during = bed.watched(attack.is_alive)
            runs.append(replace(during, fps_before=before.fps))
    return runs
