"""Rooms as programs of their own, over one store, and what their live pages are sent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import psutil
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from senoscope.ui.live.live_route import LIVE_PATH
from tests.studies.network.orthanc import free_ports
from tests.ui.opened import unpacked

START_S = 240
"""Several programs start at once, each with its networks."""
RATE_HZ = 4


class LiveRoom:
    """One that runs. `frames_at` is when each frame came to a viewer, seconds of this machine."""

    def __init__(self, name: str, port: int, program: subprocess.Popen[bytes], home: Path) -> None:
        self.name, self.port, self.program, self.home = name, port, program, home
        self.frames_at: list[float] = []
        self._viewer = threading.Thread(target=self._watch, daemon=True)

    @property
    def output(self) -> str:
        return (self.home / "output").read_text(encoding="utf-8")

    def asked(self, path: str, body: Any = None) -> Any:
        address = f"http://127.0.0.1:{self.port}{path}"
        answer = httpx.request("GET" if body is None else "POST", address, json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def await_start(self) -> None:
        deadline = time.monotonic() + START_S
        while "Senoscope" not in self.output:
            assert self.program.poll() is None, self.output
            assert time.monotonic() < deadline, "it did not start"
            time.sleep(0.1)
        self._viewer.start()

    def kill(self) -> float:
        """As the system does that has no memory left; when it was."""
        children = psutil.Process(self.program.pid).children(recursive=True)
        self.program.send_signal(signal.SIGKILL)
        at = time.monotonic()
        self.program.wait(START_S)
        _, alive = psutil.wait_procs(children, START_S)
        assert alive == [], "what it had started goes on without it"
        return at

    def end(self) -> int:
        """As a service manager does; its exit status."""
        self.program.send_signal(signal.SIGTERM)
        return self.program.wait(START_S)

    def largest_gap_s(self, since: float, until: float) -> float:
        """Between frames; also from the last one on."""
        times = [at for at in self.frames_at if since <= at <= until]
        edges = [since, *times, until]
        return max(after - before for before, after in pairwise(edges))

    def _watch(self) -> None:
        try:
            with connect(f"ws://127.0.0.1:{self.port}{LIVE_PATH}", max_size=None) as socket:
                for message in socket:
                    assert isinstance(message, bytes)
                    if unpacked(message)[1]:
                        self.frames_at.append(time.monotonic())
                        socket.send("seen")
        except ConnectionClosed:
            pass  # the room has ended, or was killed


@contextmanager
def live_rooms(names: tuple[str, ...], folder: Path, url: str) -> Iterator[list[LiveRoom]]:
    """Each with folders of its own, as on a machine of its own; the store alone is shared."""
    ports = free_ports(len(names))
    with ExitStack() as ending:
        rooms = []
        for name, port in zip(names, ports, strict=True):
            room = _started(name, port, folder / f"of {port}", folder, url)
            ending.callback(_stopped, room)
            rooms.append(room)
        for room in rooms:
            room.await_start()
        yield rooms


def _started(name: str, port: int, home: Path, folder: Path, url: str) -> LiveRoom:
    kinds = ("config", "data", "cache", "state")
    places = {f"XDG_{kind.upper()}_HOME": str(home / kind) for kind in kinds}
    settings: dict[str, str | dict[str, str] | None] = {
        "source": None,
        "scan_areas": {},
        "store": url,
        "store_folder": str(folder / "store"),
        "room": name,
    }
    file = home / "config" / "senoscope" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "tests.ui.rooms.live_room", "--source", "phantom"]
    command += ["--rate", str(RATE_HZ), "--size", "320x240", "--port", str(port)]
    with (home / "output").open("wb") as output:
        program = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            env={**os.environ, **places},
            start_new_session=True,  # what ends the tests by Ctrl-C does not end it twice
        )
    return LiveRoom(name, port, program, home)


def _stopped(room: LiveRoom) -> None:
    if room.program.poll() is None:
        room.program.terminate()
        try:
            room.program.wait(START_S)
        finally:
            room.program.kill()
