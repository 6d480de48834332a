"""/live/distance and /clip/frames/N/distance: what lies between two calipers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.spacing import PixelSpacing
from tests.ui.built_frames import finding, published
from tests.ui.opened import Page
from tests.ui.reviewing import recorded_clip, reviewing

PAIR = {"a": [10, 10], "b": [50, 40]}
TENTH = PixelSpacing(0.1, 0.1)


def shown_sequence(opened: Page, spacing: PixelSpacing | None) -> int:
    return opened.shown(published(7, finding(0.37), spacing=spacing))


def asked(opened: Page, spacing: PixelSpacing | None) -> Any:
    body = PAIR | {"sequence": shown_sequence(opened, spacing)}
    answer = opened.client.post("/live/distance", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_on_a_frame_of_known_scale_it_is_millimetres_with_their_interval(opened: Page) -> None:
    said = asked(opened, TENTH)
    assert (said["pixels"], said["distance"]["value"]) == (50.0, 5.0)
    assert said["distance"]["lower"] < 5 < said["distance"]["upper"]
    assert said["scale"] == {"origin": "phantom", "percent": 0.0}


def test_without_a_scale_it_is_pixels(opened: Page) -> None:
    assert asked(opened, None) == {"pixels": 50.0, "distance": None, "scale": None}


def test_a_frame_that_is_gone_is_said(opened: Page) -> None:
    answer = opened.client.post("/live/distance", json=PAIR | {"sequence": 1})
    assert answer.status_code == 409
    assert answer.json()["kind"] == "ImageError"
    assert "freeze again" in answer.json()["message"]


@pytest.mark.parametrize("place", ["NaN", "Infinity", "1e300", "-5"])
def test_points_that_lie_on_no_picture_are_refused(opened: Page, place: str) -> None:
    sequence = shown_sequence(opened, None)
    body = f'{{"sequence": {sequence}, "a": [1, 2], "b": [3, {place}]}}'
    answer = opened.client.post(
        "/live/distance", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 409
    assert "on the picture" in answer.json()["message"]


def test_a_snapshot_holds_the_calipers_that_were_on(opened: Page) -> None:
    sequence = shown_sequence(opened, TENTH)
    pairs = [[PAIR["a"], PAIR["b"]]]
    answer = opened.client.post("/live/snapshot", json={"sequence": sequence, "calipers": pairs})
    file = (opened.folder / answer.json()["file"]).with_suffix(".json")
    (saved,) = json.loads(file.read_text(encoding="utf-8"))["calipers"]
    assert saved["points_px"] == pairs[0]
    assert saved["distance"]["value"] == 5.0
    many = {"sequence": sequence, "calipers": pairs * 3}
    assert opened.client.post("/live/snapshot", json=many).status_code == 422


def test_on_a_clip_s_frame(tmp_path: Path) -> None:
    name = recorded_clip(tmp_path / "recordings").name
    with reviewing(tmp_path) as served:
        assert "No clip is open" in served.refused("/clip/frames/3/distance", PAIR)
        served.asked("/clip/recording", {"name": name})
        served.read()
        # Of 0.2 x 0.1 mm a pixel: 8 mm across and 3 mm down.
        said = served.asked("/clip/frames/3/distance", PAIR)
        assert said["distance"]["value"] == pytest.approx(8.54, abs=0.01)
        assert "Frame 999" in served.refused("/clip/frames/999/distance", PAIR)
