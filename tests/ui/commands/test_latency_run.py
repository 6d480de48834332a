"""The loop films the pattern; what it cannot see or lose is said."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from senoscope.calibration.time_code import drawn
from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame, Gray
from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.realtime.sources.stream import StreamSource
from senoscope.ui.commands import latency_run
from senoscope.ui.commands.latency_run import filmed, tried_delays
from senoscope.ui.commands.pattern_server import PatternServer
from tests import builders
from tests.fakes import BuildFakeReader, FakeSource

SIZE = (320, 240)


@dataclass(frozen=True)
class SeesNothing:
    """A reader of anything. Its own builder, and picklable."""

    @property
    def description(self) -> ReaderDescription:
        return ReaderDescription("Fake engine", ("fake model",))

    def __call__(self) -> SeesNothing:
        return self

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        return builders.reading(frame_index, findings=())


class Screen(FakeSource):
    """Films a screen whose pattern was drawn `late_ms` before each picture."""

    def __init__(self, late_ms: int, frames: int | None = None) -> None:
        super().__init__(frames, period_s=0.02)
        self.late_ms = late_ms

    def grab(self) -> Frame | None:
        frame = super().grab()
        if frame is None:
            return None
        shown = drawn(round(frame.captured_at_ns / 1e6) - self.late_ms, SIZE)
        return replace(frame, pixels=shown)


@pytest.fixture(autouse=True)
def _no_warming_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency_run, "WARM_UP_S", 0.1)


def test_a_known_lateness_is_measured_and_every_stage_told(nothing_is_left_behind: None) -> None:
    with PatternServer() as server:
        measured, clock_ms = filmed(Screen(80), SeesNothing(), server, 40, 60)
    assert (measured.pictures, measured.unread, clock_ms) == (40, 0, 0.0)
    assert measured.grabber.p50 == pytest.approx(80, abs=0.6)
    assert measured.grabber.p95 == pytest.approx(80, abs=0.6)
    assert measured.software.n == measured.until_published.n == 40
    assert measured.until_published.p50 > 80
    assert 0 < measured.reading.n <= 40
    assert measured.display.n == 0


def test_published_pictures_are_there_for_the_page() -> None:
    with PatternServer() as server:
        filmed(Screen(10), SeesNothing(), server, 20, 60)
        number, jpeg, at_ns = server.newest(-1) or (0, b"", 0)
    assert number >= 20
    assert jpeg.startswith(b"\xff\xd8")
    assert at_ns > 0


def test_a_source_without_the_pattern_is_told_what_to_show(nothing_is_left_behind: None) -> None:
    with PatternServer() as server, pytest.raises(SourceUnavailable, match="showed the pattern"):
        filmed(FakeSource(), BuildFakeReader(), server, 20, 1)


def test_a_source_that_does_not_open_says_why() -> None:
    broken = FakeSource(unavailable="The camera is not plugged in. Plug it in.")
    with PatternServer() as server, pytest.raises(SourceUnavailable, match="not plugged in"):
        filmed(broken, SeesNothing(), server, 20, 60)


def test_a_source_that_ends_early_is_a_loss(nothing_is_left_behind: None) -> None:
    with PatternServer() as server, pytest.raises(SourceLost, match="of 100000 pictures"):
        filmed(Screen(10, frames=150), SeesNothing(), server, 100_000, 60)


def test_without_an_ai_the_rest_is_measured() -> None:
    builder = BuildFakeReader(build_error="The model is missing. Install it.")
    with PatternServer() as server:
        measured, _ = filmed(Screen(30), builder, server, 20, 60)
    assert (measured.reading.n, measured.software.n) == (0, 20)


def test_delays_put_into_the_real_stream_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency_run, "DELAYS_MS", (0.0, 300.0))
    monkeypatch.setattr(latency_run, "ROUNDS", 1)
    said: list[str] = []
    with PatternServer(size=SIZE) as server:
        none, late = tried_delays(server, 20, said.append)
    assert (none.asked_ms, none.found_ms, none.error_ms) == (0.0, 0.0, 0.0)
    assert (late.asked_ms, late.n) == (300.0, 20)
    # Half of it: a busy machine may make the stream without a delay late by as much.
    assert late.held_ms > 150
    assert late.found_ms > 150
    assert said


def test_the_loopback_is_a_source_that_the_loop_films() -> None:
    with PatternServer(size=SIZE) as server:
        measured, _ = filmed(StreamSource(server.stream(50)), SeesNothing(), server, 20, 60)
    assert measured.unread == 0
    assert measured.grabber.p50 >= 49
