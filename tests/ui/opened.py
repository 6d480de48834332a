"""The application opened without a loop, an AI or a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


class Page:
    def __init__(self, client: TestClient, loop: FakeLiveLoop, asked: Asked, folder: Path) -> None:
        self.client, self.loop, self.asked, self.folder = client, loop, asked, folder


@contextmanager
def page(
    folder: Path, password: str | None = None, explain: Explain | None = None
) -> Iterator[Page]:
    loop, asked = FakeLiveLoop([], status()), Asked(explain)
    app = build_app(loop, asked.actions, PageSettings(folder, OPERATING_POINT, password))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield Page(client, loop, asked, folder)
