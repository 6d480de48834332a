"""A clip that is sent: bounded, private, and gone again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from senoscope.ui import streamed_body
from senoscope.ui.review import clip_upload
from tests.ui.reviewing import FRAMES, Reviewing, recorded_clip, reviewing

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Reviewing]:
    with reviewing(tmp_path) as served:
        yield served


def video_sent(served: Reviewing, file: Path, size: tuple[int, int], shades: Iterable[int]) -> Any:
    """Even pictures of these shades; the state once they are read."""
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 20, size)
    for shade in shades:
        writer.write(np.full((*size[::-1], 3), shade, np.uint8))
    writer.release()
    served.client.post("/clip/upload", content=file.read_bytes(), headers={"X-File-Name": "a.avi"})
    return served.read()


def test_an_upload_is_read_and_gone_once_it_is_closed(empty: Reviewing, tmp_path: Path) -> None:
    sent = recorded_clip(tmp_path / "elsewhere").read_bytes()
    headers = {"X-File-Name": "Doe%20Jane%2C%20links.mov"}
    answer = empty.client.post("/clip/upload", content=sent, headers=headers)
    assert answer.json()["name"] == "Doe Jane, links.mov"
    state = empty.read()
    assert (state["state"], state["frames"]) == ("read", FRAMES)
    assert state["same"]["same"] == FRAMES
    (file,) = (empty.kept / "uploads").iterdir()
    assert "Doe" not in file.name
    assert file.stat().st_mode & 0o077 == 0
    whole = empty.client.get("/clip/export/readings.json").text
    assert "Doe" not in whole
    empty.asked("/clip/close", {})
    assert list((empty.kept / "uploads").iterdir()) == []


def test_a_video_that_was_sent_is_read(empty: Reviewing, tmp_path: Path) -> None:
    state = video_sent(empty, tmp_path / "clip.avi", (96, 64), range(0, 240, 20))
    assert (state["state"], state["frames"], state["same"]) == ("read", 12, None)
    assert state["rate_hz"] == 20
    assert not state["calibrated"]


@pytest.mark.parametrize("sent", [b"no clip at all", b"\0" * 5000, b"\x93SEN" + b"\1" * 999])
def test_what_is_no_clip_is_a_sentence_with_its_own_name(empty: Reviewing, sent: bytes) -> None:
    headers = {"X-File-Name": "../../etc/evil.mp4"}
    answer = empty.client.post("/clip/upload", content=sent, headers=headers)
    said = answer.json()["message"] if answer.status_code == 409 else empty.read()["message"]
    assert "evil.mp4" in said
    assert str(empty.kept) not in said
    empty.asked("/clip/close", {})
    assert list((empty.kept / "uploads").iterdir()) == []


def test_what_only_begins_like_dicom_is_refused_and_gone(empty: Reviewing) -> None:
    answer = empty.client.post("/clip/upload", content=b"\0" * 128 + b"DICM" + b"\0" * 500)
    assert (answer.status_code, answer.json()["kind"]) == (409, "SourceUnavailable")
    assert list((empty.kept / "uploads").iterdir()) == []


def test_an_upload_is_bounded(empty: Reviewing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_upload, "LARGEST_CLIP", 2000)
    answer = empty.client.post("/clip/upload", content=b"x" * 2001)
    assert (answer.status_code, answer.json()["kind"]) == (409, "SettingsError")
    assert "empty file" in empty.client.post("/clip/upload", content=b"").json()["message"]
    assert list((empty.kept / "uploads").iterdir()) == []


def test_an_upload_leaves_the_disk_some_room(
    empty: Reviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamed_body, "KEPT_FREE", 2**62)
    answer = empty.client.post("/clip/upload", content=b"x" * 2001)
    assert (answer.status_code, answer.json()["kind"]) == (409, "StorageError")
    assert list((empty.kept / "uploads").iterdir()) == []


def test_what_a_killed_program_left_behind_is_gone_a_day_later(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    old, new = tmp_path / "uploads" / "old", tmp_path / "uploads" / "new"
    for path in (old, new):
        path.write_bytes(b"a patient's clip")
    os.utime(old, (0, 0))
    with reviewing(tmp_path):
        assert not old.exists()
        assert new.exists()


def test_of_a_screen_without_a_field_no_picture_is_exported_before_one_is_drawn(
    empty: Reviewing, tmp_path: Path
) -> None:
    state = video_sent(empty, tmp_path / "clip.avi", (320, 240), [90] * 6)
    assert (state["state"], state["framing"], state["size"]) == ("read", "whole", [320, 240])
    assert state["no_field"] in state["message"]
    refused = empty.client.get("/clip/export/key_images.zip")
    assert (refused.status_code, refused.json()["kind"]) == (409, "SettingsError")
    video = empty.client.post("/clip/export/video").text
    assert "Nothing is exported of this clip yet" in video
    assert empty.client.get("/clip/export/frames.csv").status_code == 200
    empty.asked("/clip/framing", {"framing": "whole"})
    state = empty.read()
    assert (state["no_field"], state["message"]) == (None, "")
    assert empty.client.get("/clip/export/key_images.zip").status_code == 200
