"""Tomosynthesis views that the tests write, and what else may come with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid

from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_tomosynthesis import StoredTomosynthesis, read_tomosynthesis
from senoscope.studies.wrapping.frames_written import write_frames
from senoscope.studies.wrapping.mammogram_object import WrappedExam
from senoscope.studies.wrapping.tomosynthesis_object import SlicesToWrap, tomosynthesis_header
from tests.studies.mammograms import COLUMNS, MOST, ROWS, breast, mammogram
from tests.studies.study_builders import image, read

COUNT = 5
STEP_MM = 1.5
EXAM = WrappedExam("drawn slices", "SIM1", "Simulated^Slices", "Drawn slices", "20260101", True)


HEIGHTS = tuple(STEP_MM * place for place in range(COUNT))


def slice_frames(side: str = "L", count: int = COUNT) -> list[NDArray[np.uint16]]:
    """(ROWS, COLUMNS) each, from the first height on: a mark of each lies further from the chest.

    As they are stored: a right breast with its chest wall at the right.
    """
    frames = []
    for place in range(count):
        frame = breast(label=False)
        frame[240:260, mark_column(place) : mark_column(place) + 12] = 3900
        frames.append(frame if side == "L" else np.ascontiguousarray(frame[:, ::-1]))
    return frames


def mark_column(place: int) -> int:
    """The first of the mark's, of a left breast."""
    return 20 + 20 * place


def place_of(hung: NDArray[np.float32]) -> int:
    """Which slice it is, by its mark; it is hung."""
    bright = np.flatnonzero((hung[245:255] > 0.9).all(axis=0))
    return round((bright[0] - 20) / 20)


def facts(side: str = "L", view: str = "CC", count: int = COUNT, **changed: Any) -> SlicesToWrap:
    """Of `slice_frames`, which lie as they are stored."""
    given: dict[str, Any] = {
        "shape": (ROWS, COLUMNS),
        "bits": 12,
        "heights_mm": tuple(STEP_MM * place for place in range(count)),
        "slice_mm": STEP_MM,
        "laterality": Laterality(side),
        "view": view,
        "spacing": PixelSpacing(0.1, 0.1),
        "windows": ((2048.0, 4096.0),),
    }
    return SlicesToWrap(**given | changed)


def write_view(
    path: Path,
    side: str = "L",
    view: str = "CC",
    frames: list[NDArray[np.uint16]] | None = None,
    syntax: uid.UID = uid.ExplicitVRLittleEndian,
    change: Callable[[Dataset], object] | None = None,
    number: int = 1,
    **changed: Any,
) -> Path:
    """One object in the folder `path`; `change` is made to its header."""
    path.mkdir(exist_ok=True)
    frames = slice_frames(side) if frames is None else frames
    header = tomosynthesis_header(EXAM, facts(side, view, len(frames), **changed), number)
    if change is not None:
        change(header)
    file = path / f"{number}.dcm"
    write_frames(file, header, frames, syntax)
    return file


def only_image(path: Path) -> StoredImage:
    """Of the one file there."""
    ((study,), left_out) = read(path)
    assert not left_out
    (image_,) = study.images
    return image_


def projections(**changed: Any) -> Dataset:
    """For processing, as the detector saw them."""
    given: dict[str, Any] = {
        "SOPClassUID": uid.BreastProjectionXRayImageStorageForProcessing,
        "PresentationIntentType": "FOR PROCESSING",
        "ImageType": ["ORIGINAL", "PRIMARY", "TOMO_PROJ", "LEFT"],
        "NumberOfFrames": 3,
        "PixelData": (MOST - breast()).tobytes() * 3,
    }
    return mammogram(**given | changed)


def synthetic(number: int = 1, **changed: Any) -> Dataset:
    """A 2-D picture made from slices, as a mammogram for presentation."""
    types = ["DERIVED", "PRIMARY", "TOMO", "GENERATED_2D"]
    return mammogram(
        number=number, **{"ImageType": types, "ImagerPixelSpacing": [0.1, 0.1]} | changed
    )


def hologic_private(number: int = 1, frames: int = 1, frame_bytes: int = 5000) -> Dataset:
    """A Secondary Capture with one small picture, its slices in private elements."""
    made = image(
        number,
        SOPClassUID=uid.SecondaryCaptureImageStorage,
        Modality="MG",
        Rows=64,
        Columns=64,
        PixelData=bytes(64 * 64),
    )
    slices = [Dataset() for _ in range(frames)]
    for each in slices:
        block = each.private_block(0x7E01, "HOLOGIC, Inc.", create=True)
        block.add_new(0x12, "OB", bytes(frame_bytes))
    made.private_block(0x7E01, "HOLOGIC, Inc.", create=True).add_new(0x10, "SQ", slices)
    made[0x7E011010].is_undefined_length = True
    return made


def ct_slices(count: int = 3, **changed: Any) -> list[Dataset]:
    """Each slice as a CT image."""
    picture = breast(label=False)
    return [
        mammogram(
            number=place + 1,
            **{
                "SOPClassUID": uid.CTImageStorage,
                "Modality": "CT",
                "BodyPartExamined": "BREAST",
                "PixelSpacing": [0.1, 0.1],
                "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
                "ImagePositionPatient": [0, 0, place],
                "PixelData": picture.tobytes(),
            }
            | changed,
        )
        for place in range(count)
    ]


def view(path: Path, *given: Any, **changed: Any) -> StoredTomosynthesis:
    """Written and read again."""
    write_view(path, *given, **changed)
    return read_tomosynthesis(only_image(path))


def seen_places(stored: StoredTomosynthesis) -> list[int]:
    """Which slice each is, in the order in which they are seen."""
    return [place_of(each) for each in stored.seen.slices]


def frame_groups(header: Dataset) -> list[Dataset]:
    """Of each frame, to be changed."""
    return list(header.PerFrameFunctionalGroupsSequence)
