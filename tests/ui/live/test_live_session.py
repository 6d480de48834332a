"""What the page may ask of the loop, and what is remembered of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from senoscope.domain.errors import (
    ImageError,
    SettingsError,
    SourceError,
    SourceUnavailable,
    StorageError,
)
from senoscope.domain.frame import ScanArea
from senoscope.realtime import capture
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.live import live_session
from senoscope.ui.live.live_session import LiveSession, SourceRules, WatchedSource
from senoscope.ui.settings import Settings, load_settings
from tests.fakes import BuildFakeReader, FakeSource
from tests.realtime.running import HANG_LIMIT_S, until

AREA = ScanArea(8, 0, 70, 64)
KEPT = ScanArea(8, 0, 70, 64, picture=(96, 64))
ELSEWHERE = ScanArea(0, 0, 500, 500)
FOR_OTHERS = SourceRules(any_source=False)

Running = Callable[..., LiveSession]


class Chosen:
    """Stands in for `named_source`: fake sources by their text, and what was asked of each."""

    def __init__(self) -> None:
        self.sources: dict[str, FakeSource] = {}
        self.options: dict[str, dict[str, object]] = {}

    def __call__(self, text: str, **options: object) -> FakeSource:
        self.options[text] = options
        return self.sources.setdefault(text, FakeSource(name=text))


class Stuck(FakeSource):
    """Opens never, as a device whose driver hangs."""

    def __init__(self) -> None:
        super().__init__(name="stuck")
        self.freed = threading.Event()

    def open(self) -> None:
        self.freed.wait(HANG_LIMIT_S)
        raise SourceUnavailable("at last")


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Chosen:
    made = Chosen()
    monkeypatch.setattr(live_session, "named_source", made)
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


@pytest.fixture
def running(file: Path) -> Iterator[Running]:
    loops: list[LiveLoop] = []

    def run(
        source: FakeSource | None = None,
        text: str = "phantom",
        settings: Settings | None = None,
        rules: SourceRules | None = None,
    ) -> LiveSession:
        watched = WatchedSource(text, source or FakeSource(name="phantom"))
        loop = LiveLoop(watched, BuildFakeReader())
        loops.append(loop)
        loop.start()
        until(lambda: watched.latest is not None)
        return LiveSession(
            loop, watched, settings or Settings(), file, rules or SourceRules(), kept=file.parent
        )

    yield run
    for loop in loops:
        loop.stop()


def test_a_source_chosen_again_comes_with_its_scan_area(
    running: Running, chosen: Chosen, file: Path
) -> None:
    session = running()
    session.start_source("/dev/video1", AREA)
    session.start_source("phantom", None)
    assert session.preview("camera:1").framing == KEPT
    assert session.preview("1").framing == KEPT
    assert session.preview("phantom").framing is Cut.WHOLE
    stored = load_settings(file)
    assert (stored.source, stored.framings) == (
        "phantom",
        {"camera:1": KEPT, "phantom": Cut.WHOLE},
    )


def test_a_scan_area_set_for_another_size_is_not_offered(running: Running, chosen: Chosen) -> None:
    settings = Settings().with_source("camera:1", ScanArea(8, 0, 70, 64, picture=(640, 480)))
    assert running(settings=settings).preview("camera:1").framing is Cut.WHOLE


@pytest.mark.parametrize("text", ["phantom", "camera:1"])
def test_a_scan_area_outside_the_picture_is_neither_started_nor_kept(
    running: Running, chosen: Chosen, file: Path, text: str
) -> None:
    session = running()
    with pytest.raises((SourceUnavailable, ImageError), match="reaches outside"):
        session.start_source(text, ELSEWHERE)
    assert session.preview("phantom").fps is not None, "The present source goes on."
    assert not file.exists()


def test_an_address_is_remembered_without_user_and_password(
    running: Running, chosen: Chosen, file: Path
) -> None:
    running().start_source("rtsp://ward:secret@host/live", None)
    assert load_settings(file).source == "rtsp://host/live"
    assert "secret" not in file.read_text(encoding="utf-8")
    assert "rtsp://ward:secret@host/live" in chosen.sources


def test_a_lost_source_is_tried_and_not_shown_from_memory(running: Running, chosen: Chosen) -> None:
    session = running(FakeSource(lost_at=5, name="camera 1"), "camera:1")
    chosen.sources["camera:1"] = FakeSource(unavailable="Nothing is plugged in.")
    until(lambda: session._loop.status().ended)
    with pytest.raises(SourceError, match="Nothing is plugged in"):
        session.preview("camera:1")


def test_a_few_spoilt_pictures_do_not_hide_a_source(running: Running, chosen: Chosen) -> None:
    session = running()
    chosen.sources["/clips"] = FakeSource(spoilt={0, 1, 2})
    assert session.preview("/clips").size == (96, 64)
    chosen.sources["/bad"] = FakeSource(spoilt=range(100))
    with pytest.raises(SourceUnavailable, match="is spoilt"):
        session.preview("/bad")
    chosen.sources["/none"] = FakeSource(0)
    with pytest.raises(SourceUnavailable, match="ended before its first picture"):
        session.preview("/none")


def test_a_stuck_source_is_given_up_and_another_can_be_tried(
    running: Running, chosen: Chosen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_session, "PREVIEW_LIMIT_S", 0.3)
    monkeypatch.setattr(capture, "STOP_LIMIT_S", 0.1)
    session = running()
    chosen.sources["/stuck"] = stuck = Stuck()
    with pytest.raises(SourceUnavailable, match=r"stuck did not open within 0\.3 s"):
        session.preview("/stuck")
    monkeypatch.setattr(live_session, "PREVIEW_LIMIT_S", HANG_LIMIT_S)
    assert session.preview("camera:1").name == "camera:1"
    stuck.freed.set()


def test_sources_are_tried_one_at_a_time(
    running: Running, chosen: Chosen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_session, "PREVIEW_LIMIT_S", 0.5)
    session = running()
    chosen.sources["/stuck"] = stuck = Stuck()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(session.preview, "/stuck")
        until(session._trying.locked)
        monkeypatch.setattr(live_session, "PREVIEW_LIMIT_S", 0.05)
        with pytest.raises(SourceUnavailable, match="still being tried"):
            session.preview("camera:1")
        stuck.freed.set()
        assert first.exception() is not None


def test_the_phantom_is_tried_with_one_frame_and_started_with_all(
    running: Running, chosen: Chosen
) -> None:
    session = running()
    session.preview("phantom:9")
    assert chosen.options["phantom:9"]["phantom_frames"] == 1
    session.start_source("phantom:9", None)
    assert chosen.options["phantom:9"]["phantom_frames"] == 150


def test_rate_and_size_of_the_command_line_hold_for_what_the_page_starts(
    running: Running, chosen: Chosen
) -> None:
    running(rules=SourceRules(12.5, (640, 480))).start_source("/clips", None)
    assert chosen.options["/clips"]["rate_hz"] == 12.5
    assert chosen.options["/clips"]["size"] == (640, 480)


def test_other_machines_start_no_file_and_no_address_of_their_own(
    running: Running, chosen: Chosen
) -> None:
    session = running(rules=FOR_OTHERS)
    for text in (
        "/etc",
        "~/clip.mp4",
        "http://10.0.0.1/admin",
        "/dev/video0/../../etc",
        "phantom/x",
    ):
        for ask in (session.preview, lambda source: session.start_source(source, None)):
            with pytest.raises(SettingsError, match="served to other machines"):
                ask(text)
    assert not chosen.sources
    for text in ("phantom:2", "camera:0", "/dev/video1"):
        assert session.preview(text).name == text


def test_other_machines_start_again_what_the_command_line_named(
    running: Running, chosen: Chosen
) -> None:
    address = "rtsp://ward:secret@host/live"
    session = running(text=address, rules=FOR_OTHERS)
    session.start_source("phantom", None)
    session.start_source("rtsp://else:where@host/live", None)
    assert list(chosen.sources) == ["phantom", address]


def test_two_that_start_at_once_leave_one_truth(
    running: Running, chosen: Chosen, file: Path
) -> None:
    session = running()
    with ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            list(pool.map(lambda text: session.start_source(text, None), ("camera:1", "camera:2")))
            assert load_settings(file).source == session._loop.status().source_name


def test_what_cannot_be_remembered_is_said(running: Running, chosen: Chosen, file: Path) -> None:
    file.mkdir()
    with pytest.raises(StorageError, match=r"settings\.json cannot be written"):
        running().start_source("camera:1", None)
