"""Templates of screens, saved, sent and deleted from the calibration page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.calibration.screen.screen_template import LARGEST_FILE, ScreenTemplate
from senoscope.domain.frame import ScanArea
from senoscope.realtime.sources.framing import Cut
from tests.ui.calibrating import NUMBERED, Calibrating, two_marks


def test_a_template_saved_here_is_kept_downloaded_and_known_at_the_next_start(
    calibrated: Calibrating,
) -> None:
    calibrated.loop.show(NUMBERED.pixels)
    state = calibrated.asked("/screen/templates", {"name": "Probe, 9L (breast)"})
    assert [each["name"] for each in state["templates"]] == ["Probe, 9L (breast)"]
    assert state["field"]["templates"] == ["Probe, 9L (breast)"]
    (file,) = calibrated.folder.iterdir()
    answer = calibrated.client.get("/screen/templates/file", params={"name": "Probe, 9L (breast)"})
    assert answer.text == file.read_text(encoding="utf-8")
    assert file.name in answer.headers["content-disposition"]
    assert ScreenTemplate.parse(answer.text).matches(NUMBERED.pixels)
    calibrated.loop.frame(Cut.FOUND)
    calibrated.loop.screen.take(replace(calibrated.loop.source.latest))  # type: ignore[type-var]
    assert calibrated.loop.screen.field == calibrated.templates.known[0].field
    state = calibrated.asked("/screen/templates/delete", {"name": "Probe, 9L (breast)"})
    assert state["templates"] == []
    assert list(calibrated.folder.iterdir()) == []


def test_an_area_drawn_by_hand_becomes_a_template_too(calibrated: Calibrating) -> None:
    area = ScanArea(200, 60, 880, 620)
    calibrated.loop.frame(area)
    calibrated.loop.show(NUMBERED.pixels)
    assert calibrated.state()["field"]["how"] == "hand"
    calibrated.asked("/screen/templates", {"name": "By hand"})
    assert calibrated.templates.known[0].field.area == replace(area, picture=(1280, 720))


@pytest.mark.parametrize("framing", [Cut.WHOLE, Cut.FOUND])
def test_without_a_field_there_is_nothing_to_save(calibrated: Calibrating, framing: Cut) -> None:
    calibrated.loop.frame(framing)
    calibrated.loop.show(two_marks()[0])
    state = calibrated.state()
    assert state["steps"]["field"] == "to_do"
    assert state["field"]["why_not"] == ("no_field" if framing is Cut.FOUND else None)
    assert "no field of view to save" in calibrated.refused("/screen/templates", {"name": "None"})


def test_a_name_that_no_template_may_have_is_refused(calibrated: Calibrating) -> None:
    calibrated.loop.show(NUMBERED.pixels)
    for name in ("", "../../etc/passwd", "DOE\nJANE", "x" * 81, "<b>"):
        assert "never a patient" in calibrated.refused("/screen/templates", {"name": name})
    assert not calibrated.folder.exists()


def test_a_template_file_is_added(calibrated: Calibrating) -> None:
    calibrated.loop.show(NUMBERED.pixels)
    calibrated.asked("/screen/templates", {"name": "Shared"})
    text = calibrated.client.get("/screen/templates/file", params={"name": "Shared"}).text
    assert "kept already" in calibrated.refused("/screen/templates/upload", {"text": text})
    calibrated.asked("/screen/templates/delete", {"name": "Shared"})
    state = calibrated.asked("/screen/templates/upload", {"text": text})
    assert [each["name"] for each in state["templates"]] == ["Shared"]


HOSTILE = (
    "",
    "a: &a [x, x]\nb: [*a, *a, *a]",
    "[" * 9000,
    "!!python/object/apply:os.system ['true']",
    "#" * (LARGEST_FILE + 1),
    "version: 1\nname: ../../x\narea: 0,0,99,99 of 200x200\noutline: null\ndual: false\ndrawn: []",
)


def test_a_hostile_template_is_refused_with_a_sentence(calibrated: Calibrating) -> None:
    for text in HOSTILE:
        assert len(calibrated.refused("/screen/templates/upload", {"text": text})) > 40
    assert calibrated.templates.known == []
    assert not calibrated.folder.exists()


def test_a_file_too_large_for_a_request_is_not_looked_into(calibrated: Calibrating) -> None:
    answer = calibrated.client.post("/screen/templates/upload", json={"text": "#" * 70_000})
    assert answer.status_code == 413


def test_a_screen_on_which_nothing_stands_still_makes_no_template(calibrated: Calibrating) -> None:
    bare = np.zeros_like(NUMBERED.pixels)
    calibrated.loop.frame(ScanArea(100, 100, 400, 400))
    calibrated.loop.show(bare)
    assert "Too little stands still" in calibrated.refused("/screen/templates", {"name": "Bare"})
