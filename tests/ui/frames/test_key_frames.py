"""The filmstrip keeps each lesion's best frame, and what was said of it stays with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.tracking.same_lesion import Offer, Seen
from senoscope.ui.frames.key_frames import MOST, KeyFrames, Remark, Side, Verdict
from tests import builders
from tests.ui.opened import Page
from tests.ui.seen import read, seen_twice


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


def test_a_lesion_seen_across_is_offered_and_as_one_has_three_diameters() -> None:
    key_frames = KeyFrames()
    seen_twice(key_frames, PixelSpacing(0.5, 0.5))
    first, second = key_frames.all()
    assert (first.offer, second.offer) == (None, Offer(2, 1, Seen.ACROSS))
    assert second.diameters_mm is None
    key_frames.join(2, 1, Seen.ACROSS)
    _, second = key_frames.all()
    long_mm, short_mm = builders.lesion(width=30).axes_mm(PixelSpacing(0.5, 0.5))
    assert second.diameters_mm == pytest.approx((long_mm, short_mm, 9))
    assert (second.offer, second.joined) == (None, Offer(2, 1, Seen.ACROSS))
    assert [each.track.number for each in key_frames.all()] == [1, 2]


def test_a_lesion_seen_again_or_without_a_scale_has_no_third_diameter() -> None:
    for spacing, seen in ((PixelSpacing(0.5, 0.5), Seen.AGAIN), (None, Seen.ACROSS)):
        key_frames = KeyFrames()
        seen_twice(key_frames, spacing)
        key_frames.join(2, 1, seen)
        assert key_frames.all()[1].diameters_mm is None


def test_answers_and_offers_end_with_their_exam() -> None:
    key_frames = KeyFrames()
    seen_twice(key_frames)
    key_frames.join(2, 1, Seen.AGAIN)
    following = replace(builders.EXAM, number=2)
    key_frames.look(read(400, exam=following, number=2))
    (kept,) = key_frames.all()
    assert (kept.joined, kept.offer) == (None, None)


def test_the_question_is_served_answered_and_taken_back(opened: Page) -> None:
    seen_twice(opened.asked.key_frames, PixelSpacing(0.5, 0.5))
    client, address = opened.client, "/live/key_frames/2/same"
    asked = client.get("/live/key_frames").json()["frames"][1]
    assert (asked["offer"], asked["joined"]) == ({"older": 1, "seen": "across"}, None)
    one = client.post(address, json={"older": 1, "answer": "across"}).json()["frames"][1]
    assert (one["offer"], one["joined"]) == (None, {"older": 1, "seen": "across"})
    assert one["diameters_mm"] == [18.0, 16.6, 9.0]
    two = client.post(address, json={"older": 1, "answer": "two"}).json()["frames"][1]
    assert (two["offer"], two["joined"], two["parted"]) == (None, None, [1])
    open_again = client.post(address, json={"older": 1, "answer": "undo"}).json()["frames"][1]
    assert open_again == asked
    assert client.post(address, json={"older": 1, "answer": "maybe"}).status_code == 422
    assert client.post(address, json={"older": 5, "answer": "two"}).status_code == 409
    assert client.post(address, json={"older": 2, "answer": "again"}).status_code == 409


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
