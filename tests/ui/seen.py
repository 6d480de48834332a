"""Frames that were read, with a steady lesion, for what the filmstrip keeps of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading, Suspicion
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.exam import ExamName
from senoscope.realtime.published import ReadFrame
from senoscope.ui.frames.key_frames import KeyFrames
from tests import builders


def read(
    index: int,
    *,
    noise: int = 40,
    number: int = 1,
    exam: ExamName = builders.EXAM,
    size: tuple[int, int] = (160, 120),
) -> ReadFrame:
    """One lesion on a frame that is the sharper the more `noise` it has."""
    pixels = (
        np.random.default_rng(1).integers(100 - noise, 101 + noise, size[::-1]).astype(np.uint8)
    )
    finding = builders.finding(0.8, Suspicion.HIGH)
    tracks = tuple(replace(each, number=number) for each in builders.tracks((finding,)))
    frame = Frame(pixels, index, index * 10**7)
    return ReadFrame(frame, Reading(index, (finding,), 0.9), tracks, "fake", exam)


def seen_twice(
    key_frames: KeyFrames,
    spacing: PixelSpacing | None = None,
    size: tuple[int, int] = (160, 120),
) -> None:
    """Lesion 1, 30 x 20 pixels, and after three seconds lesion 2, 18 x 20 at the same depth."""
    for index in range(400):
        number = 1 if index < 50 else 2
        if 50 <= index < 350:
            continue
        shown = read(index, number=number, size=size)
        (track,) = shown.tracks
        width = 30 if number == 1 else 18
        track = replace(track, lesion=builders.lesion(width=width))
        frame = replace(shown.frame, spacing=builders.spacing(spacing))
        key_frames.look(replace(shown, frame=frame, tracks=(track,)))
