"""The pattern tells the time it is drawn at, to this machine alone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import cv2
import httpx
import numpy as np
import pytest

from senoscope.calibration.time_code import read_code
from senoscope.realtime.sources.stream import StreamSource
from senoscope.ui.commands.pattern_server import PatternServer
from tests.builders import pixels

HANG_LIMIT_S = 30


@pytest.fixture
def server() -> Iterator[PatternServer]:
    with PatternServer(rate_hz=50, size=(320, 240)) as opened:
        yield opened


def url(server: PatternServer, path: str) -> str:
    return server.address + path


@pytest.mark.parametrize("delay_ms", [0, 150])
def test_the_stream_shows_when_each_picture_was_drawn_and_holds_it_back(
    server: PatternServer, delay_ms: float
) -> None:
    source = StreamSource(server.stream(delay_ms))
    begun_ms = time.monotonic_ns() / 1e6
    source.open()
    frames = [frame for _ in range(20) if (frame := source.grab()) is not None]
    source.close()
    held_ms = server.held()
    codes = [read_code(frame.pixels) for frame in frames]
    assert len(codes) == 20
    assert None not in codes
    assert len(set(codes)) == 20
    for frame, code in zip(frames, codes, strict=True):
        age_ms = code.age_ms(frame.captured_at_ns / 1e6)
        # Not before it was asked for, and not sooner than it was to be held back.
        assert delay_ms - 1 <= age_ms <= frame.captured_at_ns / 1e6 - begun_ms + 1
    assert len(held_ms) >= 20
    assert min(held_ms) >= delay_ms


def test_a_stream_that_nobody_watches_any_more_ends() -> None:
    with PatternServer(rate_hz=100, size=(320, 240)) as server:
        with httpx.stream("GET", server.stream()) as answer:
            next(answer.iter_bytes())
        server.held()
        deadline = time.monotonic() + HANG_LIMIT_S
        while True:
            time.sleep(0.5)
            if not server.held():
                break
            assert time.monotonic() < deadline


def test_the_page_gets_the_newest_picture_with_its_number_and_time(server: PatternServer) -> None:
    jpeg = cv2.imencode(".jpg", pixels(90))[1].tobytes()
    assert httpx.get(url(server, "newest?after=-1")).status_code == 204
    server.publish(b"older", 1_000_000)
    server.publish(jpeg, 2_500_000)
    answer = httpx.get(url(server, "newest?after=0"))
    assert answer.content == jpeg
    assert (answer.headers["X-Number"], answer.headers["X-Published-Ms"]) == ("1", "2.500")
    assert httpx.get(url(server, "newest?after=1")).status_code == 204


def test_the_clock_is_that_of_captured_frames(server: PatternServer) -> None:
    before = time.monotonic_ns() / 1e6
    told = float(httpx.get(url(server, "clock")).text)
    assert before - 0.01 <= told <= time.monotonic_ns() / 1e6 + 0.01


def test_what_the_page_tells_is_kept_once_and_what_is_no_time_is_not(
    server: PatternServer,
) -> None:
    def say(body: str) -> int:
        return httpx.post(url(server, "drawn"), content=body).status_code

    for display_ms, clock_ms in ((12.5, 0.4), (20.0, 0.2), (1e9, 0.1), (5.0, -1)):
        assert say(json.dumps({"display_ms": display_ms, "clock_ms": clock_ms})) == 200
    assert say('{"display_ms": NaN, "clock_ms": 0}') == 200
    for nonsense in ("", "[]", '{"display_ms": "soon", "clock_ms": 1}', '{"display_ms": 1}'):
        assert say(nonsense) == 400
    assert say(" " * 5000) == 403
    assert server.told_by_page() == ([12.5, 20.0], 0.4)
    assert server.told_by_page()[0] == []


@pytest.mark.parametrize("fields", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_a_foreign_page_gets_nothing(server: PatternServer, fields: dict[str, str]) -> None:
    for path in ("", "newest?after=-1", "clock", "pattern.mjpg"):
        assert httpx.get(url(server, path), headers=fields).status_code == 403
    body = json.dumps({"display_ms": 1, "clock_ms": 0})
    assert httpx.post(url(server, "drawn"), content=body, headers=fields).status_code == 403
    assert server.told_by_page() == ([], 0.0)


def test_nonsense_in_an_address_is_no_fault(server: PatternServer) -> None:
    server.publish(b"picture", 0)
    assert httpx.get(url(server, "newest?after=soon")).content == b"picture"
    assert httpx.get(url(server, "newest?after=nan")).content == b"picture"
    assert httpx.get(url(server, "elsewhere")).status_code == 404


def test_the_page_names_no_other_site(server: PatternServer) -> None:
    page = httpx.get(server.address).text
    assert "<canvas" in page
    assert "http" not in page.replace("<!doctype html>", "")


def test_a_taken_port_is_told(server: PatternServer) -> None:
    port = int(server.address.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(OSError, match="in use"):
        PatternServer(port=port)


def test_the_stream_s_pictures_are_of_the_size_asked_for(server: PatternServer) -> None:
    source = StreamSource(server.stream())
    source.open()
    frame = source.grab()
    source.close()
    assert frame is not None
    assert frame.size == (320, 240)
    assert np.ptp(frame.pixels) > 200
