"""The application opened without a loop, an AI or a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.frame import ScanArea
from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.published import PublishedFrame
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.frames.key_frames import KeyFrames
from senoscope.ui.live.live_actions import LiveActions, Preview
from senoscope.ui.live.live_route import LIVE_PATH
from tests import builders
from tests.fakes import FakeLiveLoop, FakeRecording
from tests.ui.built_frames import OPERATING_POINT, status

PASSWORD = "open sesame"
FOREIGN = {"origin": "http://elsewhere.example"}

Explain = Callable[[PublishedFrame, int], Iterator[dict[str, Any]]]


class Asked:
    """The actions the page asked for; a source called "unplugged" cannot be opened."""

    def __init__(self, explain: Explain | None = None) -> None:
        self.started: list[tuple[str, Cut | ScanArea | None]] = []
        self.exams: list[str] = []
        self.recording = FakeRecording()
        self.aligned: list[bool] = []
        self.key_frames = KeyFrames()
        self.actions = LiveActions(
            known_sources=lambda: ("phantom", "camera 0"),
            preview=self.preview,
            start_source=lambda source, area: self.started.append((source, area)),
            first_run=lambda: not self.started,
            exam=builders.exam_summary,
            end_exam=self.end_exam,
            align=self.aligned.append,
            recording=self.recording,
            key_frames=self.key_frames,
            explain=explain,
        )

    def end_exam(self, patient: str, who: str = "") -> ExamSummary:
        self.exams.append(patient)
        return builders.exam_summary()

    def preview(self, source: str) -> Preview:
        if source == "unplugged":
            raise SourceUnavailable("Nothing is plugged in. Plug it in.")
        return Preview(source, (160, 120), 30.0, True, False, b"jpeg")


@dataclass
class Page:
    client: TestClient
    loop: FakeLiveLoop
    asked: Asked
    folder: Path

    def shown(self, frame: PublishedFrame) -> int:
        """Publish it as the loop does; the number that a browser knows it by."""
        with self.client.websocket_connect(f"ws://localhost{LIVE_PATH}") as watching:
            watching.receive_bytes()  # the status: the server knows its viewer
            self.loop.emit(frame)
            header, _ = unpacked(watching.receive_bytes())
        return int(header["sequence"])


def unpacked(message: bytes) -> tuple[Any, bytes]:
    """The header and the JPEG."""
    length = int.from_bytes(message[:4], "little")
    return json.loads(message[4 : 4 + length]), message[4 + length :]


@dataclass
class Served:
    """An application, asked as a browser asks it."""

    client: TestClient

    def asked(self, path: str, body: Any = None) -> Any:
        answer = self.client.get(path) if body is None else self.client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, body: Any = None) -> str:
        answer = self.client.get(path) if body is None else self.client.post(path, json=body)
        assert answer.status_code == 409, answer.text
        return str(answer.json()["message"])


@contextmanager
def page(
    folder: Path, password: str | None = None, explain: Explain | None = None
) -> Iterator[Page]:
    loop, asked = FakeLiveLoop([], status()), Asked(explain)
    app = build_app(loop, asked.actions, PageSettings(folder, OPERATING_POINT, password))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield Page(client, loop, asked, folder)
