from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.exam import ExamName, ExamSummary
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.timing import Rhythm
from senoscope.realtime.tracking.same_lesion import Offer, Seen
from senoscope.ui.frames.key_frames import KeyFrame
from senoscope.ui.live.exam_record import save_exam
from tests import builders


def test_an_exam_is_kept_with_its_books_and_no_name_in_its_file_name(tmp_path: Path) -> None:
    usual = builders.exam_summary()
    name = ExamName(3, "Rosa", usual.name.began_at)
    exam = ExamSummary(name, usual.ended_at, usual.books, usual.fps, usual.lesions)
    file = save_exam(exam, (), tmp_path / "exams")
    other = save_exam(exam, (), tmp_path / "exams")  # of a room started in the same second
    assert other.read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
    assert other != file
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert "Rosa" not in str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept["exam"] == {
        "number": 3,
        "patient": "Rosa",
        "began_at": "2026-01-02T08:30:00+00:00",
    }
    settled = kept["read"] + kept["duplicates"] + sum(kept["dropped"].values())
    assert kept["captured"] == settled + kept["in_flight"] == 120


def test_how_regularly_frames_came_is_kept(tmp_path: Path) -> None:
    exam = replace(builders.exam_summary(), rhythm=Rhythm(30.0, 24.3, 2, 0.71))
    kept = json.loads(save_exam(exam, (), tmp_path).read_text(encoding="utf-8"))
    assert kept["frames_per_second_ideal"] == 30.0
    assert kept["frames_per_second_actual"] == 24.3
    assert (kept["stalls"], kept["longest_stall_s"]) == (2, 0.71)


def test_what_was_said_of_two_numbers_is_kept(tmp_path: Path) -> None:
    finding = builders.finding()
    (track,) = builders.tracks((finding,))
    shown = ReadFrame(builders.frame(3), builders.reading(3), (track,), "fake", builders.EXAM)
    first = KeyFrame(track, shown, 1.0)
    across = Offer(2, 1, Seen.ACROSS)
    joined = replace(
        first, track=replace(track, number=2), joined=across, diameters_mm=(9.0, 8.004, 7.0)
    )
    asked = replace(first, track=replace(track, number=3), offer=Offer(3, 1, Seen.AGAIN))
    parted = replace(first, track=replace(track, number=4), parted=(1, 2))
    file = save_exam(builders.exam_summary(), (first, joined, asked, parted), tmp_path)
    kept = json.loads(file.read_text(encoding="utf-8"))["key_frames"]
    said = [each["operator"]["same_lesion"] for each in kept]
    assert [each["is"] for each in said] == [None, {"number": 1, "seen": "across"}, None, None]
    assert [each["diameters_mm"] for each in said] == [None, [9.0, 8.0, 7.0], None, None]
    assert [each["not_answered"] for each in said][2] == {"number": 1, "seen": "again"}
    assert [each["is_not"] for each in said] == [[], [], [], [1, 2]]


def test_a_key_frame_is_measured_with_its_interval_and_scale(tmp_path: Path) -> None:
    (track,) = builders.tracks((builders.finding(),))
    frame = builders.frame(3, pixel_spacing=PixelSpacing(0.1, 0.1))
    whole = ReadFrame(frame, builders.reading(3), (track,), "phantom", builders.EXAM)
    cut = replace(whole, scan_area=ScanArea(0, 10, 96, 64))
    depths = []
    for number, shown in enumerate((whole, cut)):
        exam = builders.exam_summary()
        file = save_exam(exam, (KeyFrame(track, shown, 1.0),), tmp_path / str(number))
        (kept,) = json.loads(file.read_text(encoding="utf-8"))["key_frames"]
        measured = kept["measured"]
        assert measured["long_axis"]["lower"] < measured["long_axis"]["value"] == 3.61
        assert measured["scale"]["origin"] == "phantom"
        depths.append(measured["depth"]["value"])
    assert depths[1] - depths[0] == pytest.approx(10 * 0.1), "what was cut off above it counts"
