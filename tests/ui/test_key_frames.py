"""The filmstrip keeps each lesion's best frame, and what was said of it stays with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading, Suspicion
from senoscope.realtime.exam import ExamName
from senoscope.realtime.published import ReadFrame
from senoscope.ui.key_frames import MOST, KeyFrames, Remark, Side, Verdict
from tests import builders
from tests.ui.opened import Page


def read(
    index: int, *, noise: int = 40, number: int = 1, exam: ExamName = builders.EXAM
) -> ReadFrame:
    """One lesion on a frame that is the sharper the more `noise` it has."""
    pixels = (
        np.random.default_rng(1).integers(100 - noise, 101 + noise, (120, 160)).astype(np.uint8)
    )
    finding = builders.finding(0.8, Suspicion.HIGH)
    tracks = tuple(replace(each, number=number) for each in builders.tracks((finding,)))
    frame = Frame(pixels, index, index * 10**7)
    return ReadFrame(frame, Reading(index, (finding,), 0.9), tracks, "fake", exam)


def kept_index(key_frames: KeyFrames) -> int:
    (kept,) = key_frames.all()
    return kept.shown.frame.index


def test_the_sharpest_frame_of_a_lesion_that_holds_still_is_kept() -> None:
    key_frames = KeyFrames()
    for index, noise in enumerate((20, 20, 80, 30)):
        key_frames.look(read(index, noise=noise))
    assert kept_index(key_frames) == 2
    version = key_frames.version
    key_frames.look(read(4, noise=82))
    assert (kept_index(key_frames), key_frames.version) == (2, version)


def test_a_lesion_that_is_not_steady_or_not_on_the_frame_has_no_key_frame() -> None:
    key_frames = KeyFrames()
    shown = read(0)
    (track,) = shown.tracks
    key_frames.look(replace(shown, tracks=(replace(track, suspicion=None, number=0),)))
    key_frames.look(replace(shown, tracks=(replace(track, finding=None),)))
    assert key_frames.all() == ()


def test_what_was_judged_is_not_replaced() -> None:
    key_frames = KeyFrames()
    key_frames.look(read(0, noise=10))
    said = Remark(Side.LEFT, 10, 3.5, "soft edge", Verdict.ACCEPTED)
    key_frames.remark(1, said)
    for index in (1, 2, 3):
        key_frames.look(read(index, noise=90))
    assert kept_index(key_frames) == 0
    assert key_frames.all()[0].remark == said


def test_another_exam_clears_the_strip() -> None:
    key_frames = KeyFrames()
    key_frames.look(read(0))
    key_frames.look(read(1, exam=replace(builders.EXAM, number=2), number=5))
    assert [each.track.number for each in key_frames.all()] == [5]


def test_a_late_frame_of_an_ended_exam_does_not_bring_it_back() -> None:
    key_frames = KeyFrames()
    key_frames.look(read(0))
    following = replace(builders.EXAM, number=2)
    key_frames.begin(following)
    assert key_frames.all() == ()
    key_frames.look(read(1))
    assert key_frames.all() == ()
    key_frames.look(read(2, exam=following))
    assert kept_index(key_frames) == 2


def test_no_more_lesions_are_kept_than_fit() -> None:
    key_frames = KeyFrames()
    for number in range(1, MOST + 5):
        key_frames.look(read(number, number=number))
    assert len(key_frames.all()) == MOST


@pytest.mark.parametrize(
    "wrong", [{"clock": 13}, {"clock": 0}, {"from_nipple_cm": -1.0}, {"note": "x" * 501}]
)
def test_what_cannot_be_said_of_a_lesion_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="expected"):
        Remark(**wrong)


def test_the_strip_is_served_judged_and_told_anew_only_when_it_changed(opened: Page) -> None:
    opened.asked.key_frames.look(read(7))
    client = opened.client
    strip = client.get("/live/key_frames").json()
    (frame,) = strip["frames"]
    assert (frame["number"], frame["frame"], frame["verdict"]) == (1, 7, "open")
    assert client.get(f"/live/key_frames?since={strip['version']}").json()["frames"] is None
    picture = client.get("/live/key_frames/1")
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content[:2] == b"\xff\xd8"
    said = {"side": "R", "clock": 4, "from_nipple_cm": 2, "note": "cyst?", "verdict": "rejected"}
    (frame,) = client.post("/live/key_frames/1", json=said).json()["frames"]
    assert {key: frame[key] for key in said} == said
    assert client.post("/live/key_frames/2", json=said).status_code == 409
    assert "expected 1 to 12" in client.post("/live/key_frames/1", json={"clock": 99}).text
