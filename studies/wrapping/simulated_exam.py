"""Simulated exams, both breasts in both views, on the disk as DICOM with what is true of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.mammogram import PIXEL_MM, SimulatedMammogram
from senoscope.domain.mammogram import Intent, Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.wrapping.mammogram_object import (
    PictureToWrap,
    WrappedExam,
    mammogram_object,
)
from senoscope.studies.wrapping.whole_folder import whole_folder

IMAGES = ("image", "seed", "laterality", "view", "density", "mask", "nipple_x", "nipple_y")
GROWTHS = ("image", "seed", "kind", "malignant", "x", "y", "radius_px", "depth_mm")
BACKGROUND, ADIPOSE, FIBROGLANDULAR, PECTORAL = 64, 128, 192, 255
"""Of the masks."""
VIEWS = ("CC", "MLO")
SIDES = (Laterality.RIGHT, Laterality.LEFT)
DATE = "20260101"


@dataclass(frozen=True, slots=True)
class ExamToSimulate:
    """Of one woman, by her seed. `growths` are kinds of `growths.KINDS`, in `side`."""

    seed: int
    side: Laterality
    growths: tuple[str, ...] = ()
    density: str | None = None

    @property
    def folder(self) -> str:
        """Its name: "exam00042"."""
        return f"exam{self.seed:05d}"


def write_simulated_exam(
    folder: Path, exam: ExamToSimulate, intents: tuple[Intent, ...] = (Intent.PRESENTATION,)
) -> Path:
    """The exam's folder within `folder`: whole, or not there. StorageError where it cannot be.

    Images are DICOM for each of `intents`, `R-CC.dcm` or `R-CC-processing.dcm`, hung as they are
    stored, the chest wall of a left breast at the left edge. `R-CC-mask.png` has the values above;
    `images.csv` and `growths.csv` have the columns IMAGES and GROWTHS, pixels as stored.
    """
    with whole_folder(folder, exam.folder, "The simulated exam") as partial:
        _write(partial, exam, intents)
    return folder / exam.folder


def simulated_views(exam: ExamToSimulate) -> Iterator[SimulatedMammogram]:
    """Both sides in both views, in the order in which they hang."""
    for side in SIDES:
        kinds = exam.growths if side is exam.side else ()
        anatomy = BreastAnatomy.drawn(exam.seed, side, exam.density, kinds)
        for view in VIEWS:
            yield SimulatedMammogram.of(anatomy, view)


def _write(folder: Path, exam: ExamToSimulate, intents: tuple[Intent, ...]) -> None:
    images: list[tuple[object, ...]] = []
    growths: list[tuple[object, ...]] = []
    wrapped = WrappedExam(
        key=f"simulated mammograms 1/{exam.seed}/{exam.side}/{exam.growths}/{exam.density}",
        patient_id=f"SIM{exam.seed:05d}",
        name=f"Simulated^{exam.folder}",
        description="Simulated mammograms",
        date=DATE,
        is_simulated=True,
    )
    for number, view in enumerate(simulated_views(exam), 1):
        name = f"{view.laterality}-{view.view}"
        for intent in intents:
            picture = picture_of(view, intent)
            suffix = "" if intent is Intent.PRESENTATION else "-processing"
            made = mammogram_object(wrapped, picture, number)
            made.save_as(folder / f"{name}{suffix}.dcm", enforce_file_format=True)
        _write_png(folder / f"{name}-mask.png", as_stored(_mask(view), view.laterality))
        mask = f"{name}-mask.png"
        columns = view.breast.shape[1]
        x, y = stored_point(view.nipple, columns, view.laterality)
        image = f"{name}.dcm"
        of = (image, exam.seed, view.laterality.value, view.view, view.density, mask)
        images.append((*of, f"{x:.1f}", f"{y:.1f}"))
        for mark in view.marks:
            x, y = stored_point(mark.centre, columns, view.laterality)
            place = f"{x:.1f}", f"{y:.1f}", f"{mark.radius_px:.1f}", f"{mark.depth_mm:.1f}"
            growths.append((image, exam.seed, mark.kind, int(mark.is_malignant), *place))
    for file, columns, rows in (("images", IMAGES, images), ("growths", GROWTHS, growths)):
        with (folder / f"{file}.csv").open("w", newline="", encoding="utf-8") as table:
            csv.writer(table).writerows([columns, *rows])


def picture_of(view: SimulatedMammogram, intent: Intent) -> PictureToWrap:
    """Hung as its side is."""
    is_shown = intent is Intent.PRESENTATION
    return PictureToWrap(
        pixels=as_stored(view.presentation if is_shown else view.processing, view.laterality),
        bits=12 if is_shown else 14,
        laterality=view.laterality,
        view=view.view,
        intent=intent,
        spacing=PixelSpacing(PIXEL_MM, PIXEL_MM),
        thickness_mm=view.thickness_mm,
    )


def as_stored(picture: NDArray[np.uint16], side: Laterality) -> NDArray[np.uint16]:
    """(rows, columns) with the chest wall at column 0, as its side hangs."""
    return picture if side is Laterality.LEFT else np.ascontiguousarray(picture[:, ::-1])


def stored_point(point: tuple[float, float], columns: int, side: Laterality) -> tuple[float, float]:
    """[x, y] in a picture of `columns` as `as_stored` gives it."""
    return point if side is Laterality.LEFT else (columns - 1 - point[0], point[1])


def _mask(view: SimulatedMammogram) -> NDArray[np.uint16]:
    mask = np.full(view.breast.shape, BACKGROUND, np.uint16)
    mask[view.breast] = ADIPOSE
    mask[view.dense] = FIBROGLANDULAR
    mask[view.pectoral] = PECTORAL
    return mask


def _write_png(path: Path, picture: NDArray[np.uint16]) -> None:
    written, encoded = cv2.imencode(".png", picture.astype(np.uint8))
    if not written:
        raise OSError("the mask could not be encoded as PNG")
    path.write_bytes(encoded.tobytes())
