"""A name burned into a screen is in nothing that leaves: each output is read back and searched."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.field_screens import MadeScreen, made_screen
from senoscope.domain.frame import Gray
from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.realtime.clip_review import ReviewState
from senoscope.realtime.igtl_out import messages_of
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.picture import Picture
from senoscope.realtime.published import PublishedFrame
from senoscope.ui.frames.cine import HeldFrame
from senoscope.ui.frames.snapshot import save_snapshot
from senoscope.ui.live.live_session import LiveSession, WatchedSource
from senoscope.ui.review.clip_export import key_images
from senoscope.ui.review.clip_video import write_video
from senoscope.ui.review.review_session import ReviewSession
from senoscope.ui.settings import Settings
from tests import builders
from tests.realtime.pictures import Screens
from tests.realtime.recordings import everything_in
from tests.realtime.running import until

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")

ALIKE = 0.5
"""Correlation of a name with what is there. The name itself has 0.9 and more after JPEG."""
RECORDED = 40
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
SEEDS = (0, 4, 5, 9)
"""Linear and curved, none with a name on its tissue."""


@dataclass(frozen=True)
class FindsOne:
    """The same lesion on every frame, so that there are key frames and exports."""

    description = ReaderDescription("", ())

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        return builders.reading(frame_index)


def reader() -> FindsOne:
    return FindsOne()


def name_in(made: MadeScreen) -> Gray:
    """The name as it stands on the screen, with a little of what is round it."""
    rows, columns = np.nonzero(made.written)
    return made.pictures[0][rows.min() : rows.max() + 2, columns.min() : columns.max() + 2]


def likeness(picture: Gray, name: Gray) -> float:
    """The best correlation of the name anywhere on the picture, upright and at its own size."""
    if picture.shape[0] < name.shape[0] or picture.shape[1] < name.shape[1] or not np.ptp(picture):
        return 0.0
    found = cv2.matchTemplate(picture, name, cv2.TM_CCOEFF_NORMED)
    return float(np.nan_to_num(found, posinf=0, neginf=0).max())


def pictures_of(content: bytes, name: str) -> Iterator[Gray]:
    """Every picture in a file, by its ending."""
    if name.endswith((".png", ".jpg")):
        decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert decoded is not None, name
        yield np.asarray(decoded, np.uint8)


def written_below(folder: Path) -> Iterator[tuple[str, Gray]]:
    """Every picture in every file; a file of another kind is none of pixels."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        if path.suffix == ".senoscope":
            for frame in everything_in(path)[0]:
                yield path.name, frame.pixels
        elif path.suffix == ".json":
            json.loads(path.read_text("utf-8"))
        else:
            assert path.suffix == ".png", path.name
            for picture in pictures_of(path.read_bytes(), path.name):
                yield path.name, picture


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_live_screen_nothing_that_leaves_shows_the_name(seed: int, tmp_path: Path) -> None:
    made = made_screen(seed, 24)
    name = name_in(made)
    assert likeness(made.pictures[3], name) > 0.8, "else nothing could be found"
    source = WatchedSource("camera:0", Screens(made.pictures, rate_hz=40, repeat=True))
    loop = LiveLoop(source, reader, source.usual_cut)
    session = LiveSession(loop, source, Settings(), tmp_path / "settings.json", kept=tmp_path)
    captured: list[Picture] = []
    shown: list[PublishedFrame] = []
    loop.subscribe_captured(captured.append)
    loop.subscribe(shown.append)
    with loop:
        until(lambda: any(each.frame.pixels.any() for each in captured))
        session.actions.recording.start()
        until(lambda: session.actions.recording.state.frames > RECORDED)
        # The AI starts in its own time: on a busy machine later than all those frames.
        until(session.actions.key_frames.all)
        session.actions.recording.stop()
        session.end_exam()
        save_snapshot(HeldFrame(1, shown[-1], loop.status()), tmp_path / "snapshots", NOON)
    seen = [each for each in shown if each.frame.pixels.any()]
    assert len(seen) > RECORDED / 2
    for each in seen:
        assert likeness(each.frame.pixels, name) < ALIKE
        assert likeness(next(pictures_of(each.jpeg, "frame.jpg")), name) < ALIKE
    assert messages_of(seen[-1], 400.0).count(seen[-1].frame.pixels.tobytes()) == 1
    kept = list(written_below(tmp_path))
    assert {Path(file).suffix for file, _ in kept} == {".senoscope", ".png"}
    assert any(file.startswith("lesion_") for file, _ in kept), "a key frame"
    assert len(kept) > 20
    for file, picture in kept:
        assert likeness(picture, name) < ALIKE, file


def reviewed(path: Path, kept: Path) -> Iterator[tuple[str, Gray]]:
    """Every picture that a review of the clip shows, keeps or exports."""
    session = ReviewSession(reader, kept)
    try:
        session.open_upload(path, "clip")
        clip = session.clip
        until(lambda: clip.review.state is not ReviewState.READING)
        assert clip.review.state is ReviewState.READ, clip.review.message
        for frame in clip.review.frames():
            yield "spool", clip.review.frame(frame.place).pixels
            yield "page", next(pictures_of(clip.jpeg(frame.place), "frame.jpg"))
        with zipfile.ZipFile(io.BytesIO(key_images(session.exportable()))) as archive:
            for each in archive.namelist():
                yield each, next(pictures_of(archive.read(each), each))
        assert list(write_video(clip, clip.video))
        video = cv2.VideoCapture(str(clip.video))
        while (read := video.read())[0]:
            yield "video", np.asarray(cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY), np.uint8)
        video.release()
    finally:
        session.close()


def test_of_a_video_that_was_sent_no_frame_and_no_export_shows_the_name(tmp_path: Path) -> None:
    made = made_screen(0, 24)
    name = name_in(made)
    path = tmp_path / "uploads" / "sent.avi"
    path.parent.mkdir()
    rows, columns = made.pictures[0].shape
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, (columns, rows))
    for picture in made.pictures:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
    writer.release()
    _, first = cv2.VideoCapture(str(path)).read()
    assert likeness(np.asarray(first[..., 0]), name) > 0.8
    kinds = set()
    for kind, picture in reviewed(path, tmp_path):
        kinds.add(kind)
        assert likeness(picture, name) < ALIKE, kind
    assert {"spool", "page", "video"} < kinds
    assert any(kind.endswith("_overlay.png") for kind in kinds)


def test_of_the_dicom_sample_with_a_dummy_name_no_frame_and_no_export_shows_it(
    public_data: Path, tmp_path: Path
) -> None:
    sample = public_data / "ultrasound-dicom" / "YBR_FULL-RLE.dcm"
    path = tmp_path / "uploads" / "sent"
    path.parent.mkdir()
    path.write_bytes(sample.read_bytes())
    from pydicom import dcmread  # noqa: PLC0415 - only where there is something to read

    whole = cv2.cvtColor(dcmread(sample).pixel_array, cv2.COLOR_YCrCb2RGB)[..., 1]
    names = [whole[4:30, 30:112], whole[372:390, 114:150]]
    kinds = set()
    for kind, picture in reviewed(path, tmp_path):
        kinds.add(kind)
        for name in names:
            assert likeness(picture, np.ascontiguousarray(name)) < ALIKE, kind
    assert kinds == {"spool", "page", "video"}, "a single frame has no key frame"
