"""The calibration page's requests, before screens that are made."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.calibration import calibration_session
from tests.ui.calibrating import DOTS, NUMBERED, Calibrating, two_marks
from tests.ui.calibration.test_latency_report import measured

OWN = CalibratedSpacing(PixelSpacing(0.1, 0.1), SpacingOrigin.DICOM_REGION)


def ticks(calibrated: Calibrating) -> list[list[float]]:
    return list(calibrated.picture()[0]["ticks"])


def marked(calibrated: Calibrating) -> dict[str, Any]:
    """Two marks are shown; what says that they are 30 mm apart."""
    pixels, a, b = two_marks()
    calibrated.loop.show(pixels)
    return {"picture": calibrated.picture()[0]["number"], "a": a, "b": b, "mm": 30}


def test_before_a_picture_came_all_is_left_to_do(calibrated: Calibrating) -> None:
    state = calibrated.state()
    assert set(state["steps"].values()) == {"to_do"}
    assert state["source"]["size"] is None
    answer = calibrated.client.get("/screen/picture")
    assert answer.status_code == 409
    assert "No picture has come yet" in answer.json()["message"]


def test_a_screen_is_found_with_its_ruler_and_shown_whole(calibrated: Calibrating) -> None:
    calibrated.loop.show(NUMBERED.pixels)
    state = calibrated.state()
    assert state["steps"] == {
        "source": "done", "field": "done", "ruler": "done", "test": "to_do", "latency": "to_do",
    }  # fmt: skip
    assert state["scale"]["origin"] == "ruler"
    assert state["scale"]["row_mm"] == pytest.approx(NUMBERED.row_mm, rel=0.002)
    assert state["scale"]["percent"] == pytest.approx(2.0, abs=0.1)
    header, pixels = calibrated.picture()
    assert pixels.shape == NUMBERED.pixels.shape
    assert header["area"] == state["field"]["area"]
    rows = np.diff([y for _, y in header["ticks"]])
    assert rows * NUMBERED.row_mm == pytest.approx(10, rel=0.02)


def test_a_ruler_that_needs_a_depth_says_so_and_takes_it(calibrated: Calibrating) -> None:
    calibrated.loop.show(DOTS.pixels)
    assert calibrated.state()["scale"]["why_not"] == "step_unknown"
    assert ticks(calibrated) == []
    assert "expected 10 to 300" in calibrated.refused("/screen/depth", {"mm": 3})
    state = calibrated.asked("/screen/depth", {"mm": DOTS.depth_mm})
    assert state["steps"]["ruler"] == "done"
    assert state["scale"]["row_mm"] == pytest.approx(DOTS.row_mm, rel=0.005)
    assert len(ticks(calibrated)) >= 3
    state = calibrated.asked("/screen/forget", {})
    assert state["scale"]["origin"] is None


def test_two_points_give_the_scale_until_their_marks_move(calibrated: Calibrating) -> None:
    asked = marked(calibrated)
    state = calibrated.asked("/screen/points", asked)
    assert state["scale"]["origin"] == "two_points"
    assert state["scale"]["row_mm"] == pytest.approx(0.1)
    calibrated.loop.show(two_marks(200)[0])
    assert calibrated.state()["scale"]["origin"] is None


def test_points_set_on_a_picture_of_another_zoom_are_refused(calibrated: Calibrating) -> None:
    asked = marked(calibrated)
    calibrated.loop.show(two_marks(200)[0])
    assert "has moved or changed" in calibrated.refused("/screen/points", asked)
    assert calibrated.state()["scale"]["origin"] is None


NO_SCALES: list[tuple[dict[str, object], str]] = [
    ({"mm": 3000}, "expected 2 to 300"),
    ({"mm": math.nan}, "nan mm"),
    ({"b": [math.nan, 3]}, "nan pixels"),
    ({"b": [510, 62]}, "Set them further apart"),
    ({"b": [900, 62]}, "expected one on the picture"),
    ({"b": [100, 400]}, "no mark at"),
    ({"picture": 10**30}, "no longer held"),
]


def test_points_that_are_no_scale_are_refused(calibrated: Calibrating) -> None:
    asked = marked(calibrated)
    for changed, why in NO_SCALES:
        # The client itself would not send a nan.
        text, kind = json.dumps({**asked, **changed}), {"content-type": "application/json"}
        answer = calibrated.client.post("/screen/points", content=text, headers=kind)
        assert answer.status_code == 409, answer.text
        assert why in answer.json()["message"]
    assert calibrated.state()["scale"]["origin"] is None


def test_what_the_source_says_itself_is_not_overruled(calibrated: Calibrating) -> None:
    pixels, a, b = two_marks()
    calibrated.loop.show(pixels, OWN)
    state = calibrated.state()
    assert state["scale"]["own"] is True
    assert state["scale"]["origin"] == "dicom_region"
    number = calibrated.picture()[0]["number"]
    for path, asked in (
        ("/screen/points", {"picture": number, "a": a, "b": b, "mm": 3}),
        ("/screen/depth", {"mm": 40}),
    ):
        assert "says itself" in calibrated.refused(path, asked)


def test_a_test_measurement_is_done_when_the_interval_holds_what_is_expected(
    calibrated: Calibrating,
) -> None:
    calibrated.loop.show(NUMBERED.pixels)
    header, _ = calibrated.picture()
    (first, *_, last) = header["ticks"]
    asked = {"picture": header["number"], "a": first, "b": last}
    state = calibrated.asked("/screen/distance", {**asked, "expected": 40})
    assert state["test"]["holds"] is False
    assert state["steps"]["test"] == "to_do"
    state = calibrated.asked("/screen/distance", asked)
    assert state["test"]["holds"] is None
    state = calibrated.asked("/screen/distance", {**asked, "expected": 50})
    assert state["test"]["value"] == pytest.approx(50, rel=0.01)
    assert state["test"]["lower"] < 50 < state["test"]["upper"]
    assert state["steps"]["test"] == "done"
    calibrated.asked("/screen/forget", {})
    calibrated.loop.show(two_marks()[0])
    assert calibrated.state()["test"] is None, "It was of a scale that is gone."


def test_nothing_is_measured_without_a_scale_or_beyond_the_picture(calibrated: Calibrating) -> None:
    unscaled = marked(calibrated)
    assert "not known" in calibrated.refused("/screen/distance", unscaled)
    calibrated.asked("/screen/points", unscaled)
    assert "take a new picture" in calibrated.refused("/screen/distance", unscaled)
    scaled = {**unscaled, "picture": calibrated.picture()[0]["number"]}
    assert calibrated.asked("/screen/distance", scaled)["test"]["value"] == pytest.approx(30)
    beyond = {**scaled, "b": [640, 60]}
    assert "not on the picture" in calibrated.refused("/screen/distance", beyond)
    assert "more than 0" in calibrated.refused("/screen/distance", {**scaled, "expected": 0})


def test_a_source_that_shows_tissue_only_has_no_field_to_find(calibrated: Calibrating) -> None:
    calibrated.loop.source.usual_cut = Cut.WHOLE
    calibrated.loop.source.comes_back = False
    calibrated.loop.frame(Cut.WHOLE)
    calibrated.loop.show(NUMBERED.pixels)
    assert calibrated.state()["steps"]["field"] == "done"
    assert calibrated.state()["steps"]["latency"] == "not_here"


def test_the_latency_is_done_when_a_screen_was_filmed(calibrated: Calibrating) -> None:
    calibrated.loop.show(NUMBERED.pixels)
    calibrated.report.write_text(measured(loopback=True))
    state = calibrated.state()
    assert state["latency"]["report"]["loopback"] is True
    assert state["steps"]["latency"] == "to_do"
    calibrated.report.write_text(measured())
    assert calibrated.state()["steps"]["latency"] == "done"
    calibrated.report.write_text("{}")
    assert "no report" in calibrated.state()["latency"]["trouble"]
    assert str(calibrated.report) in calibrated.state()["latency"]["command"]


def test_only_the_last_pictures_are_held(calibrated: Calibrating) -> None:
    asked = marked(calibrated)
    for _ in range(calibration_session.HELD):
        calibrated.picture()
    assert "no longer held" in calibrated.refused("/screen/points", asked)


def test_the_page_itself_is_served_with_and_without_its_last_slash(calibrated: Calibrating) -> None:
    assert calibrated.client.get("/calibration").headers["location"] == "/calibration/"
    answer = calibrated.client.get("/calibration/")
    assert answer.status_code == 200
    assert answer.headers["x-frame-options"] == "DENY"
