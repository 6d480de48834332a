"""The page's pattern, filmed by the browser's own camera: a picture of its screen."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from senoscope.calibration.time_code import read_code
from senoscope.ui.commands.pattern_server import PatternServer
from tests import builders
from tests.browser.opened import needs_browser, playwright

pytestmark = [pytest.mark.browser, needs_browser]

SLACK_MS = 50
"""By which the page's clock may be off on a busy machine."""


def test_the_page_shows_the_program_s_time_and_tells_when_it_drew_a_picture(
    chromium: playwright.Browser,
) -> None:
    complaints: list[str] = []
    with PatternServer() as server:
        page = chromium.new_page(viewport={"width": 800, "height": 600})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        begun_ms = time.monotonic_ns() / 1e6
        page.goto(server.address)
        page.wait_for_function("quickest < Infinity")
        seen = []
        while len(seen) < 5:
            picture = page.screenshot(type="jpeg", quality=70)
            taken_ms = time.monotonic_ns() / 1e6
            code = read_code(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE))
            if code is not None:
                seen.append((code, taken_ms))
            assert taken_ms - begun_ms < 60_000
        for code, taken_ms in seen:
            assert -SLACK_MS <= code.age_ms(taken_ms) <= taken_ms - begun_ms + SLACK_MS
        assert len({code for code, _ in seen}) > 1

        jpeg = cv2.imencode(".jpg", builders.pixels(100))[1].tobytes()
        told: list[float] = []
        while not told:
            server.publish(jpeg, time.monotonic_ns())
            time.sleep(0.2)
            told, clock_ms = server.told_by_page()
            assert time.monotonic_ns() / 1e6 - begun_ms < 120_000
        assert all(-SLACK_MS < each < 60_000 for each in told)
        assert 0 < clock_ms < 1000
        page.close()
    assert complaints == []
