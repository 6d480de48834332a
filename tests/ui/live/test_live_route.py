from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from senoscope.ui.frames import cine
from senoscope.ui.frames.cine import CINE_S
from senoscope.ui.live import live_route
from senoscope.ui.live.frame_hub import FrameHub
from senoscope.ui.live.live_route import (
    FOREIGN_ORIGIN,
    LIVE_PATH,
    LOGIN_NEEDED,
    MOST_VIEWERS,
    TOO_MANY_VIEWERS,
    WINDOW,
    add_live_route,
)
from tests.ui.built_frames import FRAME_MS, finding, published, status
from tests.ui.opened import FOREIGN, unpacked


@pytest.fixture
def hub() -> FrameHub:
    return FrameHub(status)


@pytest.fixture
def client(hub: FrameHub) -> Iterator[TestClient]:
    app = FastAPI()
    add_live_route(app, hub, lambda connection: connection.headers.get("user", "reader") or None)
    with TestClient(app) as client:
        yield client


def next_frame(socket: WebSocketTestSession) -> tuple[dict[str, Any], bytes]:
    """The next message with a picture; status alone comes in between when frames are rare."""
    while True:
        header, jpeg = unpacked(socket.receive_bytes())
        if header["sequence"] is not None:
            return header, jpeg


def wait_until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < ends, "It never came true."
        time.sleep(0.005)


def test_a_message_is_header_length_header_and_jpeg(client: TestClient, hub: FrameHub) -> None:
    with client.websocket_connect(LIVE_PATH) as socket:
        wait_until(lambda: hub.viewers)
        frame = published(3, finding(0.5))
        hub.publish(frame)
        header, jpeg = next_frame(socket)
    assert header["frame"] == 3
    assert jpeg == frame.jpeg


def test_a_stalled_viewer_gets_two_frames_and_then_the_newest(
    client: TestClient, hub: FrameHub
) -> None:
    with client.websocket_connect(LIVE_PATH) as socket:
        wait_until(lambda: hub.viewers)
        for index in range(WINDOW):
            hub.publish(published(index))
            assert next_frame(socket)[0]["frame"] == index
        for index in range(WINDOW, 20):
            hub.publish(published(index))
        header, _ = unpacked(socket.receive_bytes())
        assert header["sequence"] is None, "No frame may come before one is acknowledged."
        socket.send_text("seen")
        assert next_frame(socket)[0]["frame"] == 19


def test_a_stalled_viewer_does_not_slow_another(client: TestClient, hub: FrameHub) -> None:
    with client.websocket_connect(LIVE_PATH), client.websocket_connect(LIVE_PATH) as quick:
        wait_until(lambda: hub.viewers == 2)
        for index in range(10):
            hub.publish(published(index))
            assert next_frame(quick)[0]["frame"] == index
            quick.send_text("seen")


def test_without_frames_the_status_comes_alone(client: TestClient) -> None:
    with client.websocket_connect(LIVE_PATH) as socket:
        header, jpeg = unpacked(socket.receive_bytes())
    assert header["sequence"] is None
    assert jpeg == b""


def test_a_frame_is_serialised_once_for_all_and_not_at_all_for_nobody(
    client: TestClient, hub: FrameHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    real = cine.packed

    def counted(header: dict[str, Any], jpeg: bytes = b"") -> bytes:
        made.extend([1] if jpeg else [])
        return real(header, jpeg)

    monkeypatch.setattr(cine, "packed", counted)
    hub.publish(published(0))
    assert made == []
    with client.websocket_connect(LIVE_PATH) as one, client.websocket_connect(LIVE_PATH) as other:
        wait_until(lambda: hub.viewers == 2)
        hub.publish(published(1))
        assert next_frame(one)[0]["frame"] == next_frame(other)[0]["frame"] == 1
    assert made == [1]


def test_the_ninth_viewer_is_refused_and_a_leaver_makes_room(
    client: TestClient, hub: FrameHub
) -> None:
    with ExitStack() as viewers:
        for _ in range(MOST_VIEWERS):
            viewers.enter_context(client.websocket_connect(LIVE_PATH))
        wait_until(lambda: hub.viewers == MOST_VIEWERS)
        assert refusal(client) == TOO_MANY_VIEWERS
    wait_until(lambda: hub.viewers == 0)


def test_a_foreign_page_is_refused(client: TestClient) -> None:
    assert refusal(client, **FOREIGN) == FOREIGN_ORIGIN


def test_the_own_page_is_let_in(client: TestClient, hub: FrameHub) -> None:
    with client.websocket_connect(LIVE_PATH, headers={"origin": "http://testserver"}):
        wait_until(lambda: hub.viewers)


def test_a_stranger_is_refused(client: TestClient) -> None:
    assert refusal(client, user="") == LOGIN_NEEDED


def refusal(client: TestClient, **headers: str) -> int:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect(LIVE_PATH, headers=headers) as socket,
    ):
        socket.receive_bytes()
    return refused.value.code


def test_a_frozen_frame_is_held_until_resume(client: TestClient, hub: FrameHub) -> None:
    with client.websocket_connect(LIVE_PATH) as socket:
        wait_until(lambda: hub.viewers)
        hub.publish(published(0))
        sequence = next_frame(socket)[0]["sequence"]
        socket.send_text(f"freeze:{sequence}")
        header, _ = next_frame(socket)
        assert (header["frozen"], header["frame"]) == (True, 0)
        for index in range(2, round(CINE_S * 1e3 / FRAME_MS) + 5):
            hub.publish(published(index))
        held = hub.held(sequence)
        assert held is not None
        assert held.published.frame.index == 0
        socket.send_text("resume")
        wait_until(lambda: hub.held(sequence) is None)


def test_a_browser_is_told_when_the_frame_it_freezes_is_gone(
    client: TestClient, hub: FrameHub
) -> None:
    with client.websocket_connect(LIVE_PATH) as socket:
        wait_until(lambda: hub.viewers)
        hub.publish(published(0))
        held = next_frame(socket)[0]["sequence"]
        for sequence, answer in ((held - 1, "gone"), (held, None), (99**9, "gone")):
            socket.send_text(f"freeze:{sequence}")
            message = socket.receive()
            assert message.get("text") == answer


def test_words_a_browser_never_sends_are_ignored(client: TestClient, hub: FrameHub) -> None:
    with client.websocket_connect(LIVE_PATH) as socket:
        wait_until(lambda: hub.viewers)
        for words in ("", "freeze:", "freeze:-1", "freeze:x", "?"):
            socket.send_text(words)
        hub.publish(published(5))
        assert next_frame(socket)[0]["frame"] == 5


def test_same_origin_allows_callers_that_are_no_browser() -> None:
    assert live_route.same_origin(HTTPConnection({"type": "http", "headers": []}))


def test_two_hundred_hostile_openings_change_nothing_for_who_watches(
    client: TestClient, hub: FrameHub
) -> None:
    with client.websocket_connect(LIVE_PATH) as watching:
        wait_until(lambda: hub.viewers == 1)
        for attempt in range(200):
            if attempt % 2:
                assert refusal(client, **FOREIGN) == FOREIGN_ORIGIN
                continue
            with client.websocket_connect(LIVE_PATH) as hostile:
                for words in ("freeze:" + "9" * 5000, "cine:-1", "freeze:", "\x00" * 100, "resume"):
                    hostile.send_text(words)
        wait_until(lambda: hub.viewers == 1)
        hub.publish(published(7))
        assert next_frame(watching)[0]["frame"] == 7
