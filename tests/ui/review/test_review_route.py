"""The review page's server, asked as a browser asks it; the AI is a process of its own."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from senoscope.domain.frame import ScanArea
from tests.fakes import FakeReader
from tests.ui.opened import unpacked
from tests.ui.reviewing import FRAMES, Reviewing, recorded_clip, reviewing

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Reviewing]:
    with reviewing(tmp_path) as served:
        yield served


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Reviewing]:
    """A recording that was read to its end."""
    name = recorded_clip(tmp_path / "recordings").name
    with reviewing(tmp_path) as served:
        served.asked("/clip/recording", {"name": name})
        assert served.read()["state"] == "read"
        yield served


def frame_of(served: Reviewing, place: int) -> tuple[Any, np.ndarray]:
    answer = served.client.get(f"/clip/frames/{place}")
    assert answer.status_code == 200, answer.text
    header, jpeg = unpacked(answer.content)
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    return header, np.asarray(picture)


def test_nothing_is_open_at_first(empty: Reviewing) -> None:
    assert empty.asked("/clip")["state"] == "empty"
    assert empty.asked("/clip/recordings") == []
    for path in ("/clip/lanes", "/clip/frames/0", "/clip/export/frames.csv"):
        assert "No clip is open" in empty.refused(path)
    assert empty.asked("/clip/close", {})["state"] == "empty"


def test_recordings_are_listed_and_one_is_read_whole(opened: Reviewing) -> None:
    (listed,) = opened.asked("/clip/recordings")
    assert listed["name"].endswith(".senoscope")
    state = opened.asked("/clip")
    assert state["frames"] == FRAMES
    assert (state["size"], state["rate_hz"]) == ([96, 64], 25.0)
    assert (state["simulated"], state["calibrated"]) == (True, True)
    assert state["same"] == {"compared": FRAMES, "same": FRAMES}
    (lesion,) = state["lesions"]
    assert (lesion["number"], lesion["first"], lesion["last"]) == (1, 7, FRAMES - 1)
    # 30 x 20 pixels of 0.2 x 0.1 mm; the largest diameter is the diagonal.
    assert lesion["measured"]["long_axis"]["value"] == pytest.approx(6.3, abs=0.15)
    assert lesion["measured"]["outline"] == "AI"
    assert lesion["measured"]["scale"] == {"origin": "phantom", "percent": 0.0}
    assert 7 <= lesion["key_frame"] < FRAMES


@pytest.mark.parametrize("top", [0, 40])
def test_what_was_cut_off_before_it_was_recorded_counts_to_the_depth(
    tmp_path: Path, top: int
) -> None:
    cut = ScanArea(0, top, 96, 64)
    name = recorded_clip(tmp_path / "recordings", cut=cut).name
    with reviewing(tmp_path) as served:
        served.asked("/clip/recording", {"name": name})
        (lesion,) = served.read()["lesions"]
    # Rows of 0.1 mm: 26 to its middle, a half to the probe's face.
    assert lesion["measured"]["depth"]["value"] == pytest.approx(2.65 + top / 10, abs=0.15)


def test_readings_that_differ_from_those_made_live_are_counted(tmp_path: Path) -> None:
    name = recorded_clip(tmp_path / "recordings", presence=0.5).name
    with reviewing(tmp_path) as served:
        served.asked("/clip/recording", {"name": name})
        assert served.read()["same"] == {"compared": FRAMES, "same": 0}


def test_the_timeline_comes_from_where_it_was_left(opened: Reviewing) -> None:
    lanes = opened.asked("/clip/lanes?since=6")
    assert lanes["from"] == 6
    assert len(lanes["frames"]) == FRAMES - 6
    before, first = lanes["frames"][:2]
    assert before["lesions"] == []
    number, probability, own, quality = first["lesions"][0]
    assert (number, own) == (1, 0.7)
    assert 0 <= quality <= 1
    assert probability == pytest.approx(0.7)
    assert (first["time_ms"], first["read"], first["why"]) == (280.0, True, None)


def test_a_frame_comes_with_what_is_drawn_over_it(opened: Reviewing) -> None:
    header, picture = frame_of(opened, 10)
    assert (header["place"], header["size"], header["read"]) == (10, [96, 64], True)
    (found,) = header["findings"]
    assert (found["number"], found["suspicion"], found["edited"]) == (1, "uncertain", False)
    assert picture.shape == (64, 96)
    assert abs(int(picture[5, 5]) - 10) <= 2
    assert "24 were read" in opened.refused("/clip/frames/24")


def test_an_outline_is_drawn_brushed_taken_back_and_reset(opened: Reviewing) -> None:
    path = "/clip/frames/10/lesions/1"
    drawn = opened.asked(path, {"outline": [20, 20, 60, 20, 60, 50]})
    assert drawn["findings"][0]["outline"] == [20, 20, 60, 20, 60, 50]
    assert drawn["findings"][0]["edited"]
    brushed = opened.asked(path, {"stroke": [60, 20], "radius": 6, "adds": True})
    assert max(brushed["findings"][0]["outline"][::2]) == pytest.approx(66, abs=0.5)
    assert opened.asked("/clip")["lesions"][0]["edited"] == [10]
    assert opened.asked(path, {"undo": True})["findings"] == drawn["findings"]
    assert not opened.asked(path, {"reset": True})["findings"][0]["edited"]
    assert opened.asked("/clip")["lesions"][0]["edited"] == []


def test_what_cannot_be_drawn_changes_nothing(opened: Reviewing) -> None:
    path, before = "/clip/frames/10/lesions/1", opened.asked("/clip")["version"]
    assert "x, y" in opened.refused(path, {"outline": [1, 2, 3]})
    assert "next to nothing" in opened.refused(path, {"outline": [1, 1, 1, 1, 1, 1]})
    assert "Nothing was drawn" in opened.refused(path, {})
    assert "not marked" in opened.refused("/clip/frames/10/lesions/2", {"undo": True})
    assert "not marked" in opened.refused("/clip/frames/2/lesions/0", {"undo": True})
    too_many = {"outline": [1.0] * 4002}
    assert opened.client.post(path, json=too_many).status_code == 422
    assert opened.asked("/clip")["version"] == before


def test_points_outside_the_picture_are_brought_to_its_edge(opened: Reviewing) -> None:
    path = "/clip/frames/10/lesions/1"
    drawn = opened.asked(path, {"outline": [-50, 20, 600, 20, 60, 500]})
    assert drawn["findings"][0]["outline"] == [0, 20, 95, 20, 60, 63]


def test_a_lesion_is_judged_and_the_version_tells(opened: Reviewing) -> None:
    before = opened.asked("/clip")["version"]
    said = {"verdict": "rejected", "side": "L", "clock": 10, "from_nipple_cm": 3.5, "note": "rib"}
    state = opened.asked("/clip/lesions/1", said)
    assert said.items() <= state["lesions"][0].items()
    assert state["version"] > before
    assert "Lesion 5 was named" in opened.refused("/clip/lesions/5", said)
    assert "1 to 12" in opened.refused("/clip/lesions/1", said | {"clock": 13})


def test_the_tables_hold_every_frame_and_what_the_reader_made_of_it(opened: Reviewing) -> None:
    opened.asked("/clip/frames/10/lesions/1", {"outline": [20, 20, 60, 20, 60, 50]})
    opened.asked("/clip/lesions/1", {"verdict": "accepted", "note": "=1+1"})
    answer = opened.client.get("/clip/export/frames.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(row["frame"]) for row in rows] == list(range(FRAMES))
    assert (rows[3]["lesion"], rows[9]["outline"], rows[10]["outline"]) == ("", "AI", "reader")
    assert float(rows[10]["area_px"]) == 600
    assert float(rows[9]["long_axis_mm"]) == pytest.approx(6.32, abs=0.15)
    assert float(rows[9]["depth_mm_lower"]) < float(rows[9]["depth_mm"])
    assert (rows[9]["scale_origin"], rows[9]["scale_percent"]) == ("phantom", "0.0")
    # A reader's outline has a reader's interval: a factor of 1.35.
    ratio = float(rows[10]["long_axis_mm_upper"]) / float(rows[10]["long_axis_mm"])
    assert ratio == pytest.approx(1.35, abs=0.02)
    assert ".csv" in answer.headers["content-disposition"]
    whole = opened.client.get("/clip/export/readings.json").json()
    assert len(whole["frames"]) == FRAMES
    assert whole["lesions"][0]["reader"]["verdict"] == "accepted"
    assert whole["lesions"][0]["edited_frames"] == [10]
    assert whole["frames"][10]["lesions"][0]["edited"]
    assert whole["frames"][10]["lesions"][0]["measured"]["outline"] == "reader"
    assert whole["lesions"][0]["measured"]["area"]["unit"] == "mm²"


def test_key_images_are_as_read_and_with_outlines(opened: Reviewing) -> None:
    opened.asked("/clip/frames/10/lesions/1", {"outline": [20, 20, 60, 20, 60, 50]})
    place = opened.asked("/clip")["lesions"][0]["key_frame"]
    archive = zipfile.ZipFile(io.BytesIO(opened.client.get("/clip/export/key_images.zip").content))
    expected = {f"frame_{each:06d}{kind}.png" for each in {place, 10} for kind in ("", "_overlay")}
    assert set(archive.namelist()) == expected
    plain = cv2.imdecode(np.frombuffer(archive.read("frame_000010.png"), np.uint8), -1)
    assert np.all(plain == 10)
    drawn = cv2.imdecode(np.frombuffer(archive.read("frame_000010_overlay.png"), np.uint8), -1)
    assert drawn[20, 40].min() > 200  # a reader's outline is white
    assert drawn.shape == (64 + 28, 96, 3)


def test_a_video_is_made_with_its_progress_and_then_fetched(
    opened: Reviewing, tmp_path: Path
) -> None:
    assert "not made yet" in opened.refused("/clip/export/video.mp4")
    told = opened.client.post("/clip/export/video").text.splitlines()
    assert json.loads(told[-1]) == {"done": 1.0}
    (tmp_path / "made.mp4").write_bytes(opened.client.get("/clip/export/video.mp4").content)
    made = cv2.VideoCapture(str(tmp_path / "made.mp4"))
    assert made.get(cv2.CAP_PROP_FRAME_COUNT) == FRAMES
    assert made.get(cv2.CAP_PROP_FPS) == 25
    made.release()


def test_closed_what_was_judged_is_kept_and_nothing_else(opened: Reviewing) -> None:
    opened.client.post("/clip/export/video")
    opened.asked("/clip/lesions/1", {"verdict": "accepted", "note": "seen before"})
    assert opened.asked("/clip/close", {})["state"] == "empty"
    (file,) = (opened.kept / "reviews").iterdir()
    assert json.loads(file.read_text("utf-8"))["lesions"][0]["reader"]["note"] == "seen before"
    assert file.stat().st_mode & 0o077 == 0
    assert list((opened.kept / "reviewed").iterdir()) == []
    assert [path.suffix for path in (opened.kept / "recordings").iterdir()] == [".senoscope"]


def test_what_cannot_be_kept_stays_open(opened: Reviewing, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.asked("/clip/lesions/1", {"verdict": "accepted"})
    (opened.kept / "reviews").write_text("a file where the folder should be")
    refused = opened.client.post("/clip/close", json={})
    assert refused.json()["kind"] == "StorageError"
    still = opened.client.get("/clip").json()
    assert (still["state"], still["lesions"][0]["verdict"]) == ("read", "accepted")
    (opened.kept / "reviews").unlink()
    assert opened.asked("/clip/close", {})["state"] == "empty"


def test_closed_untouched_nothing_is_kept(opened: Reviewing) -> None:
    opened.asked("/clip/close", {})
    assert not (opened.kept / "reviews").exists()


def test_a_clip_is_read_again_within_an_area_of_it(opened: Reviewing) -> None:
    opened.asked("/clip/framing", {"framing": [10, 0, 80, 64]})
    state = opened.read()
    assert (state["size"], state["framing"]) == ([80, 64], [10, 0, 80, 64])
    opened.asked("/clip/framing", {"framing": [6, 0, 70, 64]})
    assert opened.read()["framing"] == [16, 0, 70, 64]
    opened.asked("/clip/framing", {"framing": "whole"})
    assert opened.read()["size"] == [96, 64]
    assert "at least 64" in opened.refused("/clip/framing", {"framing": [0, 0, 5, 5]})


def test_reading_is_cancelled_and_what_came_stays(tmp_path: Path) -> None:
    name = recorded_clip(tmp_path / "recordings", 120).name
    with reviewing(tmp_path, FakeReader(delay_s=0.05)) as served:
        served.asked("/clip/recording", {"name": name})
        while served.asked("/clip")["frames"] < 3:
            pass
        state = served.asked("/clip")
        assert state["state"] == "reading"
        assert state["progress"]["of"] is None or state["progress"]["of"] >= 3
        state = served.asked("/clip/cancel", {})
        assert state["state"] == "cancelled"
        assert 3 <= state["frames"] < 120
        frame_of(served, 2)


def test_only_a_listed_recording_is_opened(empty: Reviewing) -> None:
    for name in ("../../secret.senoscope", "/etc/passwd", "none.senoscope"):
        assert "No recording" in empty.refused("/clip/recording", {"name": name})


def test_the_page_is_served_beside_the_live_one(empty: Reviewing) -> None:
    page = empty.client.get("/review")
    assert page.status_code == 200
    assert "senoscope-review" in page.text
    assert "senoscope-review" not in empty.client.get("/").text


def test_no_page_takes_files_in_the_way_of_its_framework(empty: Reviewing) -> None:
    for path in ("/gradio_api/upload", "/review/gradio_api/upload"):
        assert empty.client.post(path, files={"files": b"x"}).status_code == 403
