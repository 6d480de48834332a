"""Secondary Capture of each mammogram with all its marks: a viewer that knows no CAD shows it."""

from __future__ import annotations

import cv2
import numpy as np
from pydicom import Dataset

from senoscope import __version__
from senoscope.domain.reading import Suspicion
from senoscope.studies.results.finding_said import chance_said, finding_name
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
    """One for each image that was read, marked or not. Errors as of `SourceImages.picture`."""
    series = NewSeries("OT", SERIES_NUMBER, "Senoscope marks on pictures (suggestion)")
    return [
        _mark_image(image, reading, sources, series, number)
        for number, image in enumerate((each for each in reading.images if each.read), start=1)
    ]


def _mark_image(
    image: ImageReading,
    reading: StudyReading,
    sources: SourceImages,
    series: NewSeries,
    number: int,
) -> Dataset:
    at = FramePlace(image.series_uid, image.instance_uid, image.sop_class)
    here = [
        (finding, outlined.contour)
        for finding in reading.findings
        for outlined in finding.outlines
        if outlined.at.instance_uid == image.instance_uid
    ]
    picture = sources.picture(at)
    scale = min(1.0, LONGEST_SIDE / max(picture.shape))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lines = _lines_of([finding for finding, _ in here])
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
        None,
        drawn,
        series,
        number,
        f"Made smaller, with marks of programmed CADe burnt in by software. {NOTICE}",
    )


def _lines_of(findings: list[StudyFinding]) -> list[str]:
    """ASCII, since no other letter can be drawn."""
    said = [f"{finding_name(each)}: {chance_said(each)}" for each in findings]
    return [
        *(said or ["Nothing was marked: that does not mean that there is nothing"]),
        f"Senoscope {__version__}: suggestion, not a diagnosis. Not for diagnosis",
    ]
