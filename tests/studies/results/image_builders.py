"""Studies of ultrasound images, and readings of them, for the tests of what they become."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid

from senoscope.studies.images.series import Study
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import (
    FramePlace,
    ImageReading,
    Outlined,
    StudyFinding,
    StudyReading,
)
from tests.studies.dicom_files import compressed, grey_frames, jpegs
from tests.studies.results.report_builders import SPACING, ellipse, finding, measurements, reading
from tests.studies.study_builders import folder_of, read, ultrasound

CHINESE = "Wang^XiaoDong=王^小东"
ROWS, COLUMNS = 115, 133
"""Their product is no multiple of eight: frames of one bit a pixel do not end at a byte."""
PUBLIC = (
    "OBXXXX1A_rle_2frame.dcm",
    "US-YBR_FULL_422-EVRLE.dcm",
    "US1_UNCR.dcm",
    "YBR_FULL-RLE.dcm",
    "examples_ybr_color.dcm",
    "jpeg-ls-Palette.dcm",
)


def grey_cine(number: int = 1, **changed: object) -> Dataset:
    """Three frames, of a patient with a Chinese name and a scanner with a private element."""
    frames = np.ascontiguousarray(grey_frames(3)[:, :ROWS, :COLUMNS])
    given: dict[str, object] = {
        "Rows": ROWS,
        "Columns": COLUMNS,
        "PixelData": frames.tobytes() + b"\0" * (frames.size % 2),
        "SequenceOfUltrasoundRegions": None,
        "SpecificCharacterSet": "GB18030",
        "PatientName": CHINESE,
        "PatientID": "77-1234",
        "StudyDate": "20261128",
        "WindowCenter": "127",
        "WindowWidth": "254",
    }
    header = ultrasound(number, **(given | changed))
    header.private_block(0x0011, "A SCANNER", create=True).add_new(0x01, "LO", "SECRET")
    return header


def still(number: int = 1, **changed: object) -> Dataset:
    """One single-frame grey image."""
    header = grey_cine(number, **changed)
    header.SOPClassUID = uid.UltrasoundImageStorage
    del header.NumberOfFrames, header.FrameTime
    header.PixelData = header.PixelData[: ROWS * COLUMNS] + b"\0" * (ROWS * COLUMNS % 2)
    return header


def colours(count: int = 3) -> NDArray[np.uint8]:
    """(count, ROWS, COLUMNS, 3)."""
    ramp = np.linspace(0, 255, COLUMNS).astype(np.uint8)
    frames = np.zeros((count, ROWS, COLUMNS, 3), np.uint8)
    frames[..., 0], frames[..., 1], frames[..., 2] = ramp, 90, ramp[::-1]
    return frames


def colour_cine(number: int = 1, **changed: object) -> Dataset:
    """Three frames in red, green, blue."""
    pixels = colours().tobytes()
    given: dict[str, object] = {
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": "RGB",
        "PlanarConfiguration": 0,
        "PixelData": pixels + b"\0" * (len(pixels) % 2),
        "WindowCenter": None,
        "WindowWidth": None,
    }
    return grey_cine(number, **(given | changed))


def jpeg_cine(number: int = 1) -> Dataset:
    """The same as JPEG, YBR_FULL_422."""
    header = colour_cine(number, PhotometricInterpretation="YBR_FULL_422")
    return compressed(header, jpegs(list(colours())), uid.JPEGBaseline8Bit)


def inverted(number: int = 1) -> Dataset:
    """Stored white for black."""
    return grey_cine(number, PhotometricInterpretation="MONOCHROME1")


KINDS = {
    "grey cine": grey_cine,
    "grey still": still,
    "colour cine": colour_cine,
    "JPEG cine": jpeg_cine,
    "inverted cine": inverted,
}


def study_of(folder: Path, *headers: Dataset) -> tuple[Study, SourceImages]:
    """One study of these files, which lie in `folder`."""
    [study], _ = read(folder_of(folder, *headers))
    return study, SourceImages(study)


def public_study(data: Path, name: str) -> tuple[Study, SourceImages]:
    """Of that file of the public ultrasound samples alone."""
    [study], _ = read(data / "ultrasound-dicom" / name)
    return study, SourceImages(study)


def places_of(study: Study) -> list[FramePlace]:
    """Of all frames of all images, as they come."""
    return [each.frame_place(frame) for each in study.images for frame in range(1, each.frames + 1)]


def outline(at: FramePlace, size: tuple[int, int], shift: float = 0.0) -> Outlined:
    """An uneven ellipse in the middle of a picture of (columns, rows)."""
    columns, rows = size
    return Outlined(at, ellipse(columns / 2 + shift, rows / 2, columns / 5, rows / 6))


def reading_of(study: Study) -> StudyReading:
    """Lesion 1 on the first three frames of each image, with millimetres; lesion 2 on one frame."""
    outlines: list[Outlined] = []
    for image in study.images:
        size = (image.columns or 0, image.rows or 0)
        for frame in range(1, min(image.frames, 3) + 1):
            outlines.append(outline(image.frame_place(frame), size, frame / 3))
    first = outlined_finding(1, tuple(outlines))
    last = replace(outlines[-1], contour=outlines[-1].contour + np.float32(9.25))
    second = replace(outlined_finding(2, (last,)), measured=None)
    images = tuple(
        ImageReading(
            each.place,
            each.series_uid,
            each.instance_uid,
            each.sop_class,
            each.frames,
            each.frames,
            spacing=SPACING,
        )
        for each in study.images
    )
    return replace(reading(first, second, images=images), study_uid=study.uid)


def outlined_finding(number: int, outlines: tuple[Outlined, ...]) -> StudyFinding:
    """With that number and these outlines, the first of them its key."""
    made = finding(number, measured=measurements())
    return replace(made, key=outlines[0], outlines=outlines)
