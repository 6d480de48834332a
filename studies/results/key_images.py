"""Secondary Capture (PS3.3 A.8): each finding's key frame as a picture that any viewer shows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import SecondaryCaptureImageStorage

from senoscope import __version__
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.results.codes import SOURCE_IMAGE
from senoscope.studies.results.identity import MANUFACTURER, MODEL_NAME, NOTICE
from senoscope.studies.results.made_object import (
    NewSeries,
    add_lossy_history,
    add_picture,
    code,
    new_object,
    reference,
    side_of,
)
from senoscope.studies.results.outline_mask import axes_of
from senoscope.studies.results.report_picture import COLOURS
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import StudyFinding, StudyReading

SERIES_NUMBER = 9102
NARROWEST = 400
"""Columns of a key image: what is written below needs them."""
LINE = 20
"""Rows of one line of text."""
FONT = cv2.FONT_HERSHEY_SIMPLEX

Colours = NDArray[np.uint8]
"""(rows, columns, 3) red, green, blue."""


def key_images_of(reading: StudyReading, sources: SourceImages) -> list[Dataset]:
    """One for each finding, in order of their numbers, all of one series.

    Errors as of `SourceImages.picture`.
    """
    series = NewSeries("OT", SERIES_NUMBER, "Senoscope key images (suggestion)")
    return [_key_image(finding, reading, sources, series) for finding in reading.findings]


def drawn_key_frame(
    picture: NDArray[np.uint8], finding: StudyFinding, spacing: PixelSpacing | None
) -> Colours:
    """The frame with the finding's outline, number and axes; below it, what they say.

    The frame's pixels keep their places: what is added is below it and, where it is narrow, to its
    right. Axes only where millimetres are known.
    """
    shown = picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
    rows, columns = shown.shape[:2]
    lines = lines_of(finding)
    canvas = np.zeros((rows + LINE * len(lines) + 8, max(columns, NARROWEST), 3), np.uint8)
    canvas[:rows, :columns] = shown
    _draw_outline(canvas[:rows, :columns], finding, spacing)
    for place, line in enumerate(lines):
        write_line(canvas, line, (8, rows + LINE * (place + 1)))
    return canvas


def lines_of(finding: StudyFinding) -> tuple[str, ...]:
    """What is written below the key frame; ASCII, since no other letter can be drawn."""
    chance, low, high = (
        f"{each:.0%}" for each in (finding.probability, finding.lowest, finding.highest)
    )
    return (
        f"Lesion {finding.number}, frame {finding.key.at.frame}: {size_of(finding)}",
        f"Malignancy {chance} (frames {low} to {high}): {finding.suspicion.value}",
        f"Senoscope {__version__}: suggestion, not a diagnosis",
        "Not for diagnosis",
    )


def size_of(finding: StudyFinding) -> str:
    """Long and short axis in millimetres, or that there are none."""
    if finding.measured is None:
        return "no millimetres known"
    long, short = finding.measured.long_axis.value, finding.measured.short_axis.value
    return f"{long:.1f} x {short:.1f} mm"


def _draw_outline(picture: Colours, finding: StudyFinding, spacing: PixelSpacing | None) -> None:
    """In place, on a part of a canvas: OpenCV wants one that lies together."""
    drawn = np.ascontiguousarray(picture)
    colour = COLOURS[finding.suspicion]
    contour = finding.key.contour
    draw_lines(drawn, contour, closed=True, colour=colour)
    if finding.measured is not None:
        for axis in axes_of(contour, spacing):
            draw_lines(drawn, axis, closed=False, colour=(255, 255, 255))
    rows, columns = drawn.shape[:2]
    x, y = contour[contour[:, 1].argmin()]
    left = int(np.clip(x - 6, 2, max(2, columns - 30)))
    write_line(drawn, str(finding.number), (left, int(np.clip(y - 8, 16, max(16, rows - 2)))))
    picture[:] = drawn


def draw_lines(
    picture: Colours,
    points: NDArray[np.floating],
    *,
    closed: bool,
    colour: tuple[int, int, int],
) -> None:
    """In place, [x, y] by pixel centres; with a black rim, so that it shows on white too."""
    sixteenths = np.rint(points * 16).astype(np.int32)[:, None]
    for width, each in ((4, (0, 0, 0)), (2, colour)):
        cv2.polylines(picture, [sixteenths], closed, each, width, cv2.LINE_AA, 4)


def write_line(picture: Colours, text: str, place: tuple[int, int]) -> None:
    """From `place`, [x, y] of the base line, on; smaller where it would not fit."""
    room = picture.shape[1] - place[0] - 4
    (width, _), _ = cv2.getTextSize(text, FONT, 0.5, 1)
    scale = min(0.5, 0.5 * room / max(width, 1))
    for thickness, colour in ((3, (0, 0, 0)), (1, (255, 255, 255))):
        cv2.putText(picture, text, place, FONT, scale, colour, thickness, cv2.LINE_AA)


def _key_image(
    finding: StudyFinding, reading: StudyReading, sources: SourceImages, series: NewSeries
) -> Dataset:
    at = finding.key.at
    source = sources.header(at.instance_uid)
    pixels = drawn_key_frame(
        sources.picture(at), finding, reading.pixel_spacing_of(at.instance_uid)
    )
    said = (
        f"Frame {at.frame} with the outline, size and probability of lesion {finding.number} "
        f"burnt in by software. {NOTICE}"
    )
    return capture(source, at.frame, pixels, series, finding.number, said)


def capture(
    source: Dataset,
    frame: int | None,
    pixels: Colours,
    series: NewSeries,
    number: int,
    derivation: str,
) -> Dataset:
    """A picture drawn on that frame of `source`; None: on all of an image of one frame."""
    made = new_object(source, SecondaryCaptureImageStorage, series, number)
    made.ConversionType = "WSD"
    made.SecondaryCaptureDeviceManufacturer = MANUFACTURER
    made.SecondaryCaptureDeviceManufacturerModelName = MODEL_NAME
    made.SecondaryCaptureDeviceSoftwareVersions = __version__
    made.DateOfSecondaryCapture, made.TimeOfSecondaryCapture = made.ContentDate, made.ContentTime
    made.ImageType = ["DERIVED", "SECONDARY"]
    made.PatientOrientation = made.Laterality = ""  # the series may be of both sides
    if (side := side_of(source)) is not None:
        made.ImageLaterality = side
        del made.Laterality
    made.DerivationDescription = derivation
    made.ImageComments = "Not for diagnosis"
    image = reference(source) if frame is None else reference(source, frame)
    image.PurposeOfReferenceCodeSequence = code(SOURCE_IMAGE)
    made.SourceImageSequence = Items([image])
    made.BurnedInAnnotation = "YES"
    add_lossy_history(source, made)
    add_picture(made, pixels)
    return made
