"""Secondary Capture of mammograms, and key slices, with marks: a viewer without CAD shows it."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from pydicom import Dataset

from senoscope import __version__
from senoscope.domain.reading import Suspicion
from senoscope.studies.results.finding_said import chance_said, finding_name, outline_on
from senoscope.studies.results.identity import NOTICE
from senoscope.studies.results.key_images import (
    LINE,
    SERIES_NUMBER,
    Colours,
    capture,
    draw_lines,
    write_line,
)
from senoscope.studies.results.made_object import NewSeries
from senoscope.studies.results.report_picture import COLOURS
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import FramePlace, ImageReading, StudyFinding, StudyReading

LONGEST_SIDE = 1400
"""Pixels: enough to find the place; what is looked at is the mammogram itself."""


def mark_images_of(reading: StudyReading, sources: SourceImages) -> list[Dataset]:
    """One for each mammogram that was read, marked or not; of tomosynthesis one for each key slice.

    A key slice is the one that shows a finding best. Errors as of `SourceImages.picture`.
    """
    series = NewSeries("OT", SERIES_NUMBER, "Senoscope marks on pictures (suggestion)")
    places = [
        (image, frame)
        for image in reading.images
        if image.read
        for frame in ((None,) if image.frames == 1 else _key_frames(image, reading))
    ]
    return [
        _mark_image(image, frame, reading, sources, series, number)
        for number, (image, frame) in enumerate(places, start=1)
    ]


def _key_frames(image: ImageReading, reading: StudyReading) -> list[int]:
    """Each once, in the order of the findings."""
    best = (outline_on(each, image.instance_uid) for each in reading.findings)
    return list(dict.fromkeys(each.at.frame for each in best if each is not None))


def _mark_image(
    image: ImageReading,
    frame: int | None,
    reading: StudyReading,
    sources: SourceImages,
    series: NewSeries,
    number: int,
) -> Dataset:
    """`frame` None: all of an image of one frame."""
    at = FramePlace(image.series_uid, image.instance_uid, image.sop_class, frame or 1)
    here = [
        (finding, outlined.contour)
        for finding in reading.findings
        for outlined in finding.outlines
        if outlined.at == at
    ]
    picture = sources.picture(at)
    scale = min(1.0, LONGEST_SIDE / max(picture.shape))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lines = [*_slice_line(image, frame), *_lines_of([finding for finding, _ in here])]
    rows, columns = small.shape
    drawn: Colours = np.zeros((rows + LINE * len(lines) + 8, columns, 3), np.uint8)
    drawn[:rows] = small[:, :, None]
    for finding, contour in here:
        placed = (contour + np.float32(0.5)) * np.float32(scale) - np.float32(0.5)
        draw_lines(drawn, placed, closed=True, colour=COLOURS[Suspicion.UNCERTAIN])
        x, y = placed[placed[:, 1].argmin()]
        left, top = int(np.clip(x - 6, 2, columns - 30)), int(np.clip(y - 8, 16, rows - 2))
        write_line(drawn, str(finding.number), (left, top))
    for place, line in enumerate(lines):
        write_line(drawn, line, (8, rows + LINE * (place + 1)))
    return capture(
        sources.header(image.instance_uid),
        frame,
        drawn,
        series,
        number,
        f"Made smaller, with marks of programmed CADe burnt in by software. {NOTICE}",
    )


def _slice_line(image: ImageReading, frame: int | None) -> Iterator[str]:
    if frame is not None:
        height_mm = image.height_mm(frame)
        at = "" if height_mm is None else f", {height_mm:.1f} mm above the lowest slice"
        yield f"Slice {frame} of {image.frames}{at}"


def _lines_of(findings: list[StudyFinding]) -> list[str]:
    """ASCII, since no other letter can be drawn."""
    said = [f"{finding_name(each)}: {chance_said(each)}" for each in findings]
    return [
        *(said or ["Nothing was marked: that does not mean that there is nothing"]),
        f"Senoscope {__version__}: suggestion, not a diagnosis. Not for diagnosis",
    ]
