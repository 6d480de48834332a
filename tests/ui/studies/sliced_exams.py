"""An exam of drawn mammograms and tomosynthesis, read by a fake that marks what was drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid

from senoscope.domain.reading import OperatingPoint, ReaderDescription, Suspicion
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.series import Series, Study
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_tomosynthesis import is_tomosynthesis
from senoscope.studies.modes.mode import Say, say_nothing
from senoscope.studies.study_reading import (
    FindingKind,
    ImageReading,
    Outlined,
    ReadingFact,
    StudyFinding,
    StudyReading,
)
from tests.studies.dicom_files import write
from tests.studies.mammograms import breast, mammogram
from tests.studies.tomosynthesis import write_view
from tests.ui.reading_studies import FindsTwo
from tests.ui.studies.hung_exams import PERSON

COUNT = 21
STEP_MM = 2.0
BALLS = {8: (130, 320), 16: (90, 160)}
"""Slices, from 1, in whose middle a ball of BALL_PX lies, and where on a left breast."""
BALL_PX = 18
ONLY_FLAT = (60, 250)
"""What the 2-D picture alone is marked with."""
MM = PixelSpacing(0.5, 0.5)


def frame_of(slice_: int) -> int:
    """The stored number of a slice from 1: the highest was stored first."""
    return COUNT + 1 - slice_


@cache
def sliced_frames(side: str) -> list[NDArray[np.uint16]]:
    """As they are stored."""
    draw = np.random.default_rng(3)
    row, column = np.mgrid[:500, :400]
    frames = []
    for slice_ in range(1, COUNT + 1):
        frame = breast(label=False).astype(float) + draw.normal(0, 90, (500, 400))
        for middle, (x, y) in BALLS.items():
            away = np.hypot(column - x, row - y) + 8 * max(abs(slice_ - middle) - 1, 0)
            frame[away < BALL_PX] = 3700
        stored = np.asarray(np.clip(frame, 0, 4095), np.uint16)
        frames.append(stored if side == "L" else np.ascontiguousarray(stored[:, ::-1]))
    return frames[::-1]


def write_slices(
    folder: Path, side: str, number: int, frames: list[NDArray[np.uint16]] | None = None,
    syntax: uid.UID = uid.ExplicitVRLittleEndian, **changed: Any,
) -> Path:  # fmt: skip
    """One object in the study of `mammogram`."""
    plain = mammogram(side)

    def join(header: Dataset) -> None:
        for keyword, value in PERSON.items():
            if keyword not in ("PatientOrientation", "ImagerPixelSpacing"):
                setattr(header, keyword, value)
        del header.SpecificCharacterSet  # as of the mammograms: names are compared
        header.StudyInstanceUID = plain.StudyInstanceUID

    frames = sliced_frames(side) if frames is None else frames
    heights = tuple(STEP_MM * place for place in reversed(range(len(frames))))
    given = {"spacing": MM, "heights_mm": heights, "slice_mm": STEP_MM} | changed
    return write_view(
        folder, side, "CC", frames, syntax=syntax, change=join, number=number, **given
    )


def damaged_slices(folder: Path, *numbers: int) -> Path:
    """A view in JPEG 2000 with these stored frames spoilt."""
    path = write_slices(folder, "L", 1, syntax=uid.JPEG2000Lossless)
    content = bytearray(path.read_bytes())
    starts = [each.start() for each in re.finditer(b"\xff\x4f\xff\x51", content)]
    assert len(starts) == COUNT
    for number in numbers:
        content[starts[number - 1] : starts[number - 1] + 200] = bytes(200)
    path.write_bytes(content)
    return path


def flat(side: str, view: str, number: int) -> Dataset:
    """With the balls, of a left breast."""
    picture = breast(label=False)
    if side == "L":
        row, column = np.mgrid[:500, :400]
        for x, y in (*BALLS.values(), ONLY_FLAT):
            picture[np.hypot(column - x, row - y) < BALL_PX] = 3700
    else:
        picture = np.ascontiguousarray(picture[:, ::-1])
    along = ["A", "R"] if side == "L" else ["P", "L"]
    return mammogram(side, view, picture, number, **(PERSON | {"PatientOrientation": along}))


def sliced_files(folder: Path) -> list[Path]:
    """2-D of L CC, R MLO and L MLO; slices of L CC and R CC."""
    folder.mkdir()
    for number, (side, view) in enumerate((("L", "CC"), ("R", "MLO"), ("L", "MLO")), 1):
        write(folder / f"{number}.dcm", flat(side, view, number))
    write_slices(folder, "L", 11)
    write_slices(folder, "R", 12)
    return sorted(folder.iterdir())


def _round(x: float, y: float) -> NDArray[np.float32]:
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = BALL_PX + 4
    return np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], 1).astype(np.float32)


@dataclass
class MarksSlices(FindsTwo):
    """A ball in slices and on the 2-D picture, one in slices alone, and a place on 2-D alone."""

    name: str = "mammography"
    expects: str = "mammograms or tomosynthesis"

    def accepts(self, series: Series) -> bool:
        return series.modality == "MG"

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        images = tuple(
            ImageReading(
                each.place, each.series_uid, each.instance_uid, each.sop_class, each.frames,
                each.frames,
            )
            for each in study.images
        )  # fmt: skip
        deep, plain = _left(study, deep=True), _left(study, deep=False)
        flat_of = {
            place: [] if plain is None else [_on(plain, 1, place)]
            for place in (BALLS[8], ONLY_FLAT)
        }
        marked = (
            ([*_slices(deep, 8), *flat_of[BALLS[8]]], 0.9, FindingKind.MASS),
            (_slices(deep, 16), 0.8, FindingKind.DISTORTION),
            (flat_of[ONLY_FLAT], 0.7, FindingKind.CALCIFICATIONS),
        )
        found = [
            _finding(number, *each) for number, each in enumerate(filter(_is_drawn, marked), 1)
        ]
        facts = tuple(
            ReadingFact(f"shown_from_{kind}", 0.5)
            for kind in ("mass", "calcifications", "distortion")
        )
        reader = ReaderDescription("none", ("by hand",), OperatingPoint(0.1, 0.5))
        return StudyReading(
            study.uid, self.name, reader, images, tuple(found), datetime.now(UTC), facts
        )


def _left(study: Study, *, deep: bool) -> StoredImage | None:
    fits = (
        each
        for each in study.images
        if is_tomosynthesis(each) == deep and each.sides[0][1] == "L"
        and (each.mammogram is None or each.mammogram.view == "CC")
    )  # fmt: skip
    return next(fits, None)


def _on(image: StoredImage, frame: int, place: tuple[int, int]) -> Outlined:
    return Outlined(image.frame_place(frame), _round(*place))


def _slices(image: StoredImage | None, middle: int) -> list[Outlined]:
    if image is None or image.frames != COUNT:
        return []
    order = (middle, middle - 1, middle + 1)
    return [_on(image, frame_of(each), BALLS[middle]) for each in order]


def _is_drawn(marked: tuple[list[Outlined], float, FindingKind]) -> bool:
    return bool(marked[0])


def _finding(
    number: int, outlines: list[Outlined], score: float, kind: FindingKind
) -> StudyFinding:
    return StudyFinding(
        number, f"1.2.3.{number}", outlines[0], tuple(outlines), score, score, score,
        Suspicion.UNCERTAIN, None, kind=kind,
    )  # fmt: skip
