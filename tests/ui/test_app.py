from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from senoscope.domain.errors import PortInUse, SettingsError, SourceUnavailable, StorageError
from senoscope.domain.frame import PixelSpacing, ScanArea
from senoscope.ui.app import PageSettings, build_app, serve
from senoscope.ui.live_route import LIVE_PATH, LOGIN_NEEDED
from senoscope.ui.login import COOKIE, Login
from senoscope.ui.pages.live import LiveActions, Preview
from senoscope.ui.snapshot import save_snapshot
from tests.fakes import FakeLiveLoop
from tests.ui.frames import OPERATING_POINT, finding, published, status

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


class Asked:
    """The actions the page asked for; a source called "unplugged" cannot be opened."""

    def __init__(self) -> None:
        self.started: list[tuple[str, ScanArea | None]] = []
        self.actions = LiveActions(
            known_sources=lambda: ("phantom", "camera 0"),
            preview=self.preview,
            start_source=lambda source, area: self.started.append((source, area)),
            first_run=lambda: not self.started,
        )

    def preview(self, source: str) -> Preview:
        if source == "unplugged":
            raise SourceUnavailable("Nothing is plugged in. Plug it in.")
        return Preview(source, (160, 120), 30.0, True, False, b"jpeg")


class Page:
    def __init__(self, client: TestClient, loop: FakeLiveLoop, asked: Asked, folder: Path) -> None:
        self.client, self.loop, self.asked, self.folder = client, loop, asked, folder


@contextmanager
def page(folder: Path, password: str | None = None) -> Iterator[Page]:
    loop, asked = FakeLiveLoop([], status()), Asked()
    app = build_app(loop, asked.actions, PageSettings(folder, OPERATING_POINT, password))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield Page(client, loop, asked, folder)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Page]:
    with page(tmp_path / "snapshots") as made:
        yield made


def shown_sequence(opened: Page) -> int:
    """Publish a frame as the loop does; the number a browser would know it by."""
    with opened.client.websocket_connect(f"ws://localhost{LIVE_PATH}") as watching:
        message = watching.receive_bytes()  # the status: the server knows its viewer
        opened.loop.emit(published(7, finding(0.37), spacing=PixelSpacing(0.5, 0.5)))
        message = watching.receive_bytes()
    header = json.loads(message[4 : 4 + int.from_bytes(message[:4], "little")])
    return int(header["sequence"])


def test_the_page_is_served(opened: Page) -> None:
    answer = opened.client.get("/")
    assert answer.status_code == 200
    assert "<title>" in answer.text or "Senoscope" in answer.text


def test_a_snapshot_is_the_clean_frame_and_its_reading(opened: Page) -> None:
    answer = opened.client.post("/live/snapshot", json={"sequence": shown_sequence(opened)})
    assert answer.status_code == 200
    picture = opened.folder / answer.json()["file"]
    assert picture.name.startswith("senoscope_")
    assert picture.name.endswith("_frame0007.png")
    saved = cv2.imread(str(picture), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(saved, np.full((120, 160), 7, np.uint8))
    facts = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))
    assert facts["note"].endswith("Suggestion, not a diagnosis.")
    assert facts["models"] == ["unet 1", "googlenet 1"]
    assert facts["reading"]["findings"][0]["suspicion"] == "uncertain"
    assert facts["reading"]["findings"][0]["axes_mm"] == [22.36, 17.89]
    assert len(list(opened.folder.iterdir())) == 2


def test_a_frame_that_is_gone_is_refused_in_words(opened: Page) -> None:
    answer = opened.client.post("/live/snapshot", json={"sequence": 1})
    assert answer.status_code == 409
    assert "no longer in memory" in answer.json()["message"]
    assert not opened.folder.exists()


def test_a_foreign_page_cannot_ask_for_anything(opened: Page) -> None:
    foreign = {"origin": "http://elsewhere.example"}
    for path, body in (("snapshot", {"sequence": 1}), ("start", {"source": "phantom"})):
        assert opened.client.post(f"/live/{path}", json=body, headers=foreign).status_code == 403
    assert opened.asked.started == []


def test_a_name_that_only_points_here_is_refused(opened: Page) -> None:
    answer = opened.client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; run as another user")
def test_a_read_only_folder_is_said_and_left_as_it_was(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(StorageError, match="Free some space or choose another"):
            save_snapshot(published(0), status(), tmp_path, NOON)
    finally:
        tmp_path.chmod(0o755)
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("mine")
    with pytest.raises(StorageError):
        save_snapshot(published(0), status(), in_the_way, NOON)
    assert in_the_way.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [in_the_way]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        save_snapshot(published(0), status(), tmp_path, NOON)
    assert list(tmp_path.iterdir()) == []


def test_facts_without_their_picture_are_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real = os.fsync

    def full_at_the_second(file: int) -> None:
        written.append(file)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file)

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(StorageError):
        save_snapshot(published(0), status(), tmp_path, NOON)
    assert list(tmp_path.iterdir()) == []


def test_sources_are_offered_tried_and_started(opened: Page) -> None:
    client = opened.client
    offered = client.get("/live/sources").json()
    assert offered == {"sources": ["phantom", "camera 0"], "first_run": True}
    found = client.post("/live/preview", json={"source": "phantom"}).json()
    assert found["size"] == [160, 120]
    assert found["picture"] == "data:image/jpeg;base64,anBlZw=="
    area = [10, 20, 100, 80]
    client.post("/live/start", json={"source": "phantom", "scan_area": area})
    assert opened.asked.started == [("phantom", ScanArea(10, 20, 100, 80))]
    assert client.get("/live/sources").json()["first_run"] is False


def test_what_went_wrong_is_one_sentence_for_the_page(opened: Page) -> None:
    answer = opened.client.post("/live/preview", json={"source": "unplugged"})
    assert answer.status_code == 409
    assert answer.json() == {"message": "Nothing is plugged in. Plug it in."}
    small = {"source": "phantom", "scan_area": [0, 0, 1, 1]}
    assert "Scan area" in opened.client.post("/live/start", json=small).json()["message"]


def test_with_a_password_strangers_see_the_login_page_only(tmp_path: Path) -> None:
    with page(tmp_path, "secret") as locked:
        asks_for_a_page = {"accept": "text/html"}
        answer = locked.client.get("/", headers=asks_for_a_page)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        for path in ("/", "/config", "/live/sources"):
            assert locked.client.get(path).status_code == 401
        assert locked.client.post("/live/snapshot", json={"sequence": 1}).status_code == 401
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            locked.client.websocket_connect(LIVE_PATH) as watching,
        ):
            watching.receive_bytes()
        assert refused.value.code == LOGIN_NEEDED


def test_the_password_opens_page_and_live_view(tmp_path: Path) -> None:
    with page(tmp_path, "secret") as locked:
        wrong = locked.client.post("/login", data={"password": "guess"})
        assert wrong.status_code == 401
        assert COOKIE not in wrong.cookies
        right = locked.client.post("/login", data={"password": "secret"})
        assert (right.status_code, right.headers["location"]) == (303, "/")
        cookie = right.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie
        assert locked.client.get("/").status_code == 200
        with locked.client.websocket_connect(f"ws://localhost{LIVE_PATH}") as watching:
            assert watching.receive_bytes()


def test_the_login_page_speaks_the_browser_s_language(tmp_path: Path) -> None:
    with page(tmp_path, "secret") as locked:
        chinese = locked.client.get("/login", headers={"accept-language": "zh-CN,zh;q=0.9"})
        assert "密码" in chinese.text
        assert "Password" in locked.client.get("/login").text


def test_a_foreign_page_cannot_log_in(tmp_path: Path) -> None:
    with page(tmp_path, "secret") as locked:
        foreign = {"origin": "http://elsewhere.example"}
        answer = locked.client.post("/login", data={"password": "secret"}, headers=foreign)
        assert answer.status_code == 403


def test_guessing_has_to_wait(tmp_path: Path) -> None:
    with page(tmp_path, "secret") as locked:
        for _ in range(5):
            assert locked.client.post("/login", data={"password": "guess"}).status_code == 401
        assert locked.client.post("/login", data={"password": "secret"}).status_code == 429


def test_the_wait_and_the_session_end() -> None:
    now = 0.0
    login = Login("secret", clock=lambda: now)
    for _ in range(5):
        assert login.open_session("guess") is None
    assert login.must_wait()
    now = 61.0
    assert not login.must_wait()


def test_a_port_in_use_is_said_with_a_way_out(tmp_path: Path) -> None:
    app = build_app(
        FakeLiveLoop([], status()), Asked().actions, PageSettings(tmp_path, OPERATING_POINT)
    )
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"Port {port} is in use.*--port"):
            serve(app, "127.0.0.1", port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "clinic.example"])
def test_other_machines_need_a_password(tmp_path: Path, host: str) -> None:
    app = build_app(
        FakeLiveLoop([], status()), Asked().actions, PageSettings(tmp_path, OPERATING_POINT)
    )
    with pytest.raises(SettingsError, match="password"):
        serve(app, host, 0)


def test_an_address_of_another_machine_is_said(tmp_path: Path) -> None:
    settings = PageSettings(tmp_path, OPERATING_POINT, "secret")
    app = build_app(FakeLiveLoop([], status()), Asked().actions, settings)
    with pytest.raises(SettingsError, match="address of this machine"):
        serve(app, "192.0.2.1", 8000)
