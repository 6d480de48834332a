"""A calibration page's server before a screen that is shown by hand, without loop or AI."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from fastapi import FastAPI
from fastapi.testclient import TestClient

from senoscope.calibration.phantoms.screens import made_screen
from senoscope.domain.frame import Frame, Gray
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.realtime.screen import LOOK_SELDOM, Screen
from senoscope.realtime.sources.framing import Cut, Framing
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.calibration.calibration_session import CalibrationSession
from senoscope.ui.calibration.screen_templates import ScreenTemplates
from tests import builders
from tests.fakes import FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.opened import Asked, Served, unpacked

NUMBERED = made_screen(8)
"""Dashes each centimetre with numbers beside them: its ruler is read by itself."""
DOTS = made_screen(7)
"""Dots that may stand for anything."""


@dataclass
class ShownSource:
    """What a camera would be, with the picture it was last given."""

    latest: Frame | None = None
    name: str = "camera 0"
    usual_cut: Cut = Cut.FOUND
    comes_back: bool = True


class ScreenLoop(FakeLiveLoop):
    """A loop that shows nothing; its screen has seen what `show` was given."""

    def __init__(self, framing: Framing = Cut.FOUND) -> None:
        super().__init__([], status(source_name="camera 0"))
        self.source = ShownSource()
        self.templates: list[Any] = []
        self.frame(framing)

    def frame(self, framing: Framing) -> None:
        """As another start of the source does."""
        self.screen = Screen(framing, self.templates, in_line=True)

    def show(self, pixels: Gray, spacing: CalibratedSpacing | None = None) -> None:
        """Until it was looked at."""
        shown = replace(builders.frame(), pixels=pixels, spacing=spacing, simulated=False)
        self.source.latest = shown
        for _ in range(LOOK_SELDOM + 1):
            self.screen.take(shown)


@dataclass
class Calibrating(Served):
    loop: ScreenLoop
    templates: ScreenTemplates
    report: Path
    folder: Path

    def state(self) -> Any:
        return self.asked("/screen")

    def picture(self) -> tuple[dict[str, Any], Gray]:
        """The header and the pixels of the newest whole picture."""
        answer = self.client.get("/screen/picture")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        header, jpeg = unpacked(answer.content)
        pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
        return header, np.asarray(pixels, np.uint8)


def calibration_app(loop: ScreenLoop, folder: Path) -> tuple[FastAPI, CalibrationSession]:
    """What it keeps is below `folder`."""
    templates = ScreenTemplates(folder / "templates")
    loop.templates = templates.known
    loop.frame(loop.screen.framing)
    session = CalibrationSession(loop, lambda: loop.source, templates, folder / "latency.json")
    actions = replace(Asked().actions, calibration=session)
    return build_app(loop, actions, PageSettings(folder, OPERATING_POINT)), session


@contextmanager
def calibrating(folder: Path) -> Iterator[Calibrating]:
    """Serve a calibration page."""
    loop = ScreenLoop()
    app, session = calibration_app(loop, folder)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        report = folder / "latency.json"
        yield Calibrating(client, loop, session.templates, report, folder / "templates")


def two_marks(apart: float = 300) -> tuple[Gray, tuple[float, float], tuple[float, float]]:
    """A screen with two crosses `apart` pixels from each other, and tissue that is not found."""
    pixels = np.zeros((480, 640), np.uint8)
    a, b = (500.0, 60.0), (500.0, 60.0 + apart)
    for x, y in (a, b):
        cv2.drawMarker(pixels, (int(x), int(y)), 255, cv2.MARKER_CROSS, 15)
    return pixels, a, b
