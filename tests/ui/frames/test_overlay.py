from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from importlib.resources import files

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.published import AiState
from senoscope.ui.frames.overlay import (
    FAINT_AFTER_MS,
    HIDDEN_AFTER_MS,
    LONGEST_SHOWN_MS,
    MaskAges,
    frame_header,
    shown_reading,
    status_header,
)
from tests.ui.built_frames import finding, published, status

HALF_MM = PixelSpacing(0.5, 0.5)


def test_a_finding_carries_its_number_word_probability_size_and_outline() -> None:
    header = frame_header(published(7, finding(0.374), spacing=HALF_MM), 9, status())
    assert header["sequence"] == 9
    assert header["frame"] == 7
    assert header["size"] == [160, 120]
    (described,) = header["findings"]
    assert described["number"] == 1
    assert described["suspicion"] == "uncertain"
    assert described["probability"] == 0.37
    assert described["outline"] == [10.0, 10.0, 50.0, 10.0, 50.0, 30.0, 10.0, 30.0]
    axes = [described["measured"][name]["value"] for name in ("long_axis", "short_axis")]
    assert axes == pytest.approx([22.36, 17.89])
    # The phantom's picture begins at its probe: from there 20 rows of 0.5 mm and a half.
    assert described["measured"]["depth"]["value"] == 10.25


def test_without_pixel_spacing_there_is_no_size() -> None:
    header = frame_header(published(0, finding(0.1)), 1, status())
    assert header["findings"][0]["measured"] is None
    assert [banner["key"] for banner in header["banners"]] == ["uncalibrated"]


def test_what_was_cut_off_above_counts_to_the_depth() -> None:
    frame = replace(published(0, finding(0.1), spacing=HALF_MM), scan_area=ScanArea(0, 8, 160, 120))
    (described,) = frame_header(frame, 1, status())["findings"]
    assert described["measured"]["depth"]["value"] == 14.25


def test_findings_are_numbered_in_the_reading_s_order() -> None:
    header = frame_header(published(0, finding(0.9), finding(0.2)), 1, status())
    assert [(f["number"], f["suspicion"]) for f in header["findings"]] == [(1, "high"), (2, "low")]


@pytest.mark.parametrize(
    ("age_ms", "read", "faint"),
    [
        (0.0, True, False),
        (FAINT_AFTER_MS, True, False),
        (FAINT_AFTER_MS + 1, True, True),
        (HIDDEN_AFTER_MS, True, True),
        (HIDDEN_AFTER_MS + 1, False, False),
        (None, False, False),
    ],
)
def test_an_old_reading_is_faint_and_then_gone(
    age_ms: float | None, read: bool, faint: bool
) -> None:
    frame = published(0, finding(0.9), age_ms=age_ms)
    header = frame_header(frame, 1, status())
    assert (header["read"], header["faint"]) == (read, faint)
    assert len(header["findings"]) == int(read)
    assert shown_reading(frame) is (frame.reading if read else None)


@pytest.mark.parametrize(
    ("age_ms", "read", "faint"),
    [(80.0, True, False), (81.0, True, True), (200.0, True, True), (201.0, False, False)],
)
def test_a_site_has_its_own_ages(age_ms: float, read: bool, faint: bool) -> None:
    ages, frame = MaskAges(80, 200), published(0, finding(0.9), age_ms=age_ms)
    header = frame_header(frame, 1, status(), ages=ages)
    assert (header["read"], header["faint"]) == (read, faint)
    assert shown_reading(frame, ages) is (frame.reading if read else None)


@pytest.mark.parametrize(
    ("hatched", "gone"), [(-1, 400), (401, 400), (150, LONGEST_SHOWN_MS + 1), (150, math.nan)]
)
def test_ages_that_no_site_may_have_are_refused(hatched: float, gone: float) -> None:
    with pytest.raises(SettingsError, match="expected 0 <= hatched <= gone <= 1000"):
        MaskAges(hatched, gone)


def test_a_reading_of_another_frame_is_never_taken_for_this_one_s() -> None:
    assert frame_header(published(0, age_ms=0.2), 1, status())["age_ms"] == 1
    assert frame_header(published(0, age_ms=0.0), 1, status())["age_ms"] == 0


def test_the_source_is_the_one_the_frame_came_from() -> None:
    header = frame_header(published(0, source_name="camera 0"), 1, status())
    assert header["source"] == "camera 0"
    assert status_header(status())["source"] == "phantom"


def test_who_reads_is_said() -> None:
    header = status_header(status())
    assert header["engine"] == "OpenVINO int8"
    assert header["models"] == ["unet 1", "googlenet 1"]


def test_every_state_is_told() -> None:
    condition = status(error="Gone.", ended=True, lost=True, ai_state=AiState.OFF, ai_restarts=2)
    header = frame_header(published(0, simulated=True), 1, condition)
    keys = [banner["key"] for banner in header["banners"]]
    assert keys == ["lost", "ai_off_again", "simulated", "uncalibrated"]
    assert header["banners"][1]["count"] == 2
    assert header["trouble"] == {"kind": "SourceError", "message": "Gone."}


def test_a_clip_s_end_is_no_loss_and_a_passing_error_neither() -> None:
    assert status_header(status(ended=True))["banners"] == [{"key": "ended", "count": 0}]
    passing = status_header(status(error="One picture could not be used."))
    assert passing["banners"] == []
    assert passing["trouble"]["message"] == "One picture could not be used."


def test_the_ai_s_own_words_are_told_when_the_source_is_well() -> None:
    header = status_header(status(ai_state=AiState.OFF, ai_message="No model is installed."))
    assert header["trouble"] == {"kind": "AiError", "message": "No model is installed."}
    assert header["banners"] == [{"key": "ai_off", "count": 0}]
    assert header["sequence"] is None
    assert status_header(status())["trouble"] is None


def test_simulated_is_said_of_the_frame_and_not_of_the_next_source() -> None:
    header = frame_header(published(0, spacing=HALF_MM, simulated=True), 1, status())
    assert [banner["key"] for banner in header["banners"]] == ["simulated"]


def test_the_header_is_json() -> None:
    header = frame_header(published(0, finding(0.5), spacing=HALF_MM), 1, status())
    assert json.loads(json.dumps(header)) == header


def test_a_latency_that_is_not_known_is_not_zero() -> None:
    assert status_header(status(latency_p95_ms=0.0))["latency_ms"] is None
    assert status_header(status(latency_p95_ms=18.4))["latency_ms"] == 18


def test_nothing_is_sent_that_the_page_does_not_read() -> None:
    scripts = [item for item in files("senoscope.ui.pages").iterdir() if item.name.endswith(".js")]
    code = "\n".join(script.read_text(encoding="utf-8") for script in scripts)
    header = frame_header(published(0, finding(0.5)), 1, status())
    for name in (*header, *header["findings"][0]):
        assert re.search(rf"\b{name}\b", code), name


def test_a_server_is_told_with_what_stands_in_for_it_and_how_often() -> None:
    assert status_header(status())["server"] is None
    told = status(
        engine="Server int8", server="triton:8001", fallback="OpenVINO int8", fell_back=True,
        engine_falls=12,
    )  # fmt: skip
    header = status_header(told)
    assert header["engine"] == "Server int8"
    assert header["server"] == {
        "address": "triton:8001", "here": "OpenVINO int8", "fell": True, "falls": 12,
    }  # fmt: skip
