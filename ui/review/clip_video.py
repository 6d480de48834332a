"""A reviewed clip as a video with its outlines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2

from senoscope.domain.errors import StorageError
from senoscope.ui.review.clip_export import overlaid
from senoscope.ui.review.open_clip import OpenClip

CODEC = "mp4v"
"""MPEG-4 Visual: what OpenCV writes everywhere without a library whose licence forbids it."""
SLOWEST_HZ, FASTEST_HZ = 1.0, 120.0
TOLD_EVERY = 10


def write_video(clip: OpenClip, file: Path) -> Iterator[float]:
    """Write every frame, at the clip's own rate; gives how much is done, 0..1, as it goes on.

    The file is there once the last was taken. Whoever stops asking has cancelled: nothing stays.
    StorageError says why it cannot be written.
    """
    frames = clip.review.frames()
    if not frames:
        raise StorageError("The clip has no frame yet that could be exported. Wait for the first.")
    partial = file.with_name(f".{file.name}")
    file.parent.mkdir(parents=True, exist_ok=True)
    rate_hz = min(max(clip.rate_hz(), SLOWEST_HZ), FASTEST_HZ)
    # The codec wants even sides.
    rows, columns = (side // 2 * 2 for side in overlaid(clip, 0).shape[:2])
    code = cv2.VideoWriter.fourcc(*CODEC)
    writer = cv2.VideoWriter(str(partial), cv2.CAP_FFMPEG, code, rate_hz, (columns, rows))
    try:
        if not writer.isOpened():
            raise StorageError(
                f"A video cannot be written to {file.parent}. Free space, or allow writing there."
            )
        for done, frame in enumerate(frames, 1):
            writer.write(overlaid(clip, frame.place)[:rows, :columns])
            if done % TOLD_EVERY == 0:
                yield done / len(frames)
        writer.release()
        _require_whole(partial, len(frames))
        partial.replace(file)
        yield 1.0
    finally:
        writer.release()
        partial.unlink(missing_ok=True)


def _require_whole(file: Path, frames: int) -> None:
    """OpenCV does not say that a disk was full."""
    written = cv2.VideoCapture(str(file), cv2.CAP_FFMPEG)
    count = int(written.get(cv2.CAP_PROP_FRAME_COUNT)) if written.isOpened() else 0
    written.release()
    if count < frames:
        raise StorageError(
            f"Only {count} of {frames} frames could be written to {file.parent}. Free space there, "
            "then export again."
        )
