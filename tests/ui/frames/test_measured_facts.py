from __future__ import annotations

import json
from dataclasses import replace

import pytest

from senoscope.calibration.measurement import measured
from senoscope.calibration.outline_error import DRAWN, network_error
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import ScanArea
from senoscope.domain.lesion import Lesion
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.models.package import SEGMENTER
from senoscope.ui.frames.measured_facts import (
    MEASURES,
    MeasuredFrame,
    distance_facts,
    measured_facts,
    network_grid,
)
from tests import builders

SPACING = PixelSpacing(0.2, 0.1)
SIZE = (640, 480)
PHANTOM = CalibratedSpacing(SPACING, SpacingOrigin.PHANTOM)
RULER = CalibratedSpacing(SPACING, SpacingOrigin.RULER, 0.6)
LESION = builders.lesion(left=100, top=80, width=90, height=40, presence=0.97)
FLAT = (100.0, 80.0), (200.0, 80.0)


def facts(on: MeasuredFrame, drawn: bool = False, lesion: Lesion = LESION) -> dict[str, object]:
    told = measured_facts(lesion, on, drawn)
    assert told is not None
    return told


def test_without_millimetres_nothing_is_measured() -> None:
    assert measured_facts(LESION, MeasuredFrame.of(None, SIZE, "phantom")) is None


def test_each_measure_has_its_interval_and_the_scale_is_named() -> None:
    told = facts(MeasuredFrame.of(PHANTOM, SIZE, "phantom"))
    for name in MEASURES:
        one = told[name]
        assert isinstance(one, dict), name
        assert one["lower"] <= one["value"] <= one["upper"], name
    units = [told[name]["unit"] for name in MEASURES]  # type: ignore[index]
    assert units == ["mm", "mm", "°", "mm²", "mm", "mm"]
    assert told["scale"] == {"origin": "phantom", "percent": 0.0}
    assert told["outline"] == "AI"
    assert json.loads(json.dumps(told)) == told


def test_the_network_s_interval_is_of_its_presence_and_its_own_grid() -> None:
    card = json.loads((SEGMENTER / "card.json").read_text(encoding="utf-8"))
    assert network_grid() == card["input"]["size"]
    for presence in (0.97, 0.5):
        lesion = replace(LESION, presence=presence)
        error = network_error(presence, SIZE, card["input"]["size"])
        whole = measured(lesion, RULER, error, None)
        long_axis = facts(MeasuredFrame(RULER, SIZE), lesion=lesion)["long_axis"]
        assert long_axis == {
            "value": round(whole.long_axis.value, 2),
            "lower": round(whole.long_axis.lower, 2),
            "upper": round(whole.long_axis.upper, 2),
            "unit": "mm",
        }


def test_a_reader_s_outline_has_a_reader_s_interval() -> None:
    told = facts(MeasuredFrame(RULER, SIZE), drawn=True)
    whole = measured(LESION, RULER, DRAWN, None)
    assert told["area"]["upper"] == round(whole.area.upper, 2)  # type: ignore[index]
    assert told["outline"] == "reader"
    assert told["scale"] == {"origin": "ruler", "percent": 2.1}


def depth(on: MeasuredFrame) -> float | None:
    told = facts(on)
    assert (told["depth"] is None) == (told["skin_distance"] is None)
    one = told["depth"]
    assert one is None or isinstance(one, dict)
    return None if one is None else float(one["value"])


def test_depths_are_of_the_phantom_alone_whose_picture_begins_at_its_probe() -> None:
    assert depth(MeasuredFrame.of(PHANTOM, SIZE, "phantom 3")) == pytest.approx(20.1)
    assert depth(MeasuredFrame.of(PHANTOM, SIZE, "recording")) is None
    for origin in set(SpacingOrigin) - {SpacingOrigin.PHANTOM}:
        spacing = replace(PHANTOM, origin=origin)
        assert depth(MeasuredFrame.of(spacing, SIZE, "phantom")) is None, origin


def test_what_was_cut_off_above_counts_to_the_depth() -> None:
    cuts = ScanArea(0, 40, 640, 400), None, ScanArea(10, 5, 600, 300)
    assert depth(MeasuredFrame.of(PHANTOM, SIZE, "phantom", *cuts)) == pytest.approx(29.1)


def test_between_calipers_there_are_millimetres_or_pixels() -> None:
    assert distance_facts(*FLAT, None) == {"pixels": 100.0, "distance": None, "scale": None}
    told = distance_facts(*FLAT, RULER)
    assert told["pixels"] == 100.0
    assert told["distance"]["value"] == 10.0
    assert 9.7 < told["distance"]["lower"] < 9.8
    assert 10.2 < told["distance"]["upper"] < 10.3
    assert told["scale"]["origin"] == "ruler"


def test_a_caliper_that_is_no_number_is_refused() -> None:
    with pytest.raises(SettingsError, match="expected two points"):
        distance_facts((float("nan"), 1.0), (2.0, 3.0), None)
