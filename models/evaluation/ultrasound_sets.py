"""The public breast-ultrasound data sets, read in the layouts their authors published.

BUS-BRA: Gomez-Flores et al., Med Phys 2024, 10.1002/mp.16812.
BUSI: Al-Dhabyani et al., Data in Brief 2020, 10.1016/j.dib.2019.104863.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray

STRIP_SHARE = 0.45


class Diagnosis(StrEnum):
    """What pathology or follow-up said of the image's lesion; NORMAL shows none."""

    NORMAL = "normal"
    BENIGN = "benign"
    MALIGNANT = "malignant"


@dataclass(frozen=True, slots=True)
class UltrasoundImage:
    """One image of a data set with its truth.

    `group` names what must stay on one side of a split: the patient, or the images known to
    be near-duplicates. `part` is the fold ("3") or split ("val") its authors put it in.
    """

    name: str
    image_path: Path
    mask_paths: tuple[Path, ...]
    diagnosis: Diagnosis
    group: str
    part: str

    def pixels(self) -> Gray:
        """(rows, columns) uint8, grey."""
        return _read_gray(self.image_path)

    def mask(self) -> NDArray[np.bool_]:
        """(rows, columns), the union of the image's lesion masks."""
        union: NDArray[np.bool_] | None = None
        for path in self.mask_paths:
            mask = _read_gray(path) > 127
            if union is not None and union.shape != mask.shape:
                raise DataSetError(f"The masks of {self.name} differ in size. Unpack it again.")
            union = mask if union is None else union | mask
        if union is None:
            raise DataSetError(f"{self.name} has no mask. Was the data set unpacked whole?")
        return union


def read_bus_bra(folder: Path) -> tuple[UltrasoundImage, ...]:
    """Every image of BUS-BRA; folds come from `5-fold-cv.csv` or `kFold` in `bus_data.csv`."""
    rows = list(_rows(folder / "bus_data.csv", "id", "case", "pathology"))
    published = folder / "5-fold-cv.csv"
    fold_rows = _rows(published, "id", "kfold") if published.exists() else iter(rows)
    folds = {row["id"]: row.get("kfold", "") for row in fold_rows}
    return tuple(
        UltrasoundImage(
            name=row["id"],
            image_path=folder / "Images" / f"{row['id']}.png",
            mask_paths=(folder / "Masks" / f"{row['id'].replace('bus', 'mask', 1)}.png",),
            diagnosis=_diagnosis(row["pathology"], row["id"]),
            group=f"bus-bra {row['case']}",
            part=folds.get(row["id"], ""),
        )
        for row in rows
    )


def read_bi_rads(folder: Path) -> dict[str, int]:
    """The radiologist's BI-RADS category, 2 to 5, of every image of BUS-BRA by its name."""
    rows = _rows(folder / "bus_data.csv", "id", "birads")
    try:
        return {row["id"]: int(row["birads"]) for row in rows}
    except ValueError as error:
        raise DataSetError(
            f"bus_data.csv has a BI-RADS category that is no number ({error}). "
            "Unpack the data set again."
        ) from None


def read_scanners(folder: Path) -> dict[str, str]:
    """The scanner of every image of BUS-BRA by its name, without the probe's frequencies."""
    rows = _rows(folder / "bus_data.csv", "id", "device")
    return {row["id"]: row["device"].partition("@")[0].strip() for row in rows}


def read_busi(folder: Path) -> tuple[UltrasoundImage, ...]:
    """Every image of BUSI; parts from `split.csv`, groups from `duplicates.csv`, where present."""
    parts = {row["filename"]: row["split"] for row in _optional_rows(folder / "split.csv", "split")}
    groups = {
        row["filename"]: row["group"] for row in _optional_rows(folder / "duplicates.csv", "group")
    }
    images = []
    for diagnosis in Diagnosis:
        for path in sorted((folder / diagnosis).glob("*.png")):
            if "_mask" in path.stem:
                continue
            group = groups.get(path.name)
            images.append(
                UltrasoundImage(
                    name=path.stem,
                    image_path=path,
                    mask_paths=tuple(sorted(path.parent.glob(f"{path.stem}_mask*.png"))),
                    diagnosis=diagnosis,
                    group=f"busi group {group}" if group else f"busi {path.stem}",
                    part=parts.get(path.name, ""),
                )
            )
    if not images:
        raise DataSetError(
            f"No BUSI images under {folder}; expected the folders benign, malignant and normal "
            "with files like 'benign (1).png'. Give the folder that holds these three."
        )
    return tuple(images)


def read_busi_flags(folder: Path) -> list[dict[str, str]]:
    """Rows of BUSI's `quality.csv` (filename, colour_pixels, axilla_text), none without it."""
    return list(_optional_rows(folder / "quality.csv", "colour_pixels", "axilla_text"))


def side_strip(mask: NDArray[np.generic]) -> slice | None:
    """Columns of the wider lesion-free side strip, if it has at least STRIP_SHARE of the width."""
    occupied = np.flatnonzero(mask.any(axis=0))
    columns = mask.shape[1]
    if not len(occupied):
        return None
    left, right = int(occupied[0]), int(columns - 1 - occupied[-1])
    if max(left, right) < STRIP_SHARE * columns:
        return None
    return slice(0, left) if left >= right else slice(columns - right, columns)


def _read_gray(path: Path) -> Gray:
    pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise DataSetError(f"{path.name} cannot be read as an image. Unpack the data set again.")
    return np.asarray(pixels, dtype=np.uint8)


def _diagnosis(pathology: str, name: str) -> Diagnosis:
    try:
        return Diagnosis(pathology.lower())
    except ValueError:
        raise DataSetError(
            f"bus_data.csv calls the pathology of {name} {pathology!r}; expected benign or "
            "malignant. Unpack the data set again."
        ) from None


def _rows(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    """Rows by column name in lower case: the authors' files do not agree on the case."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header = [name.strip().lower() for name in next(csv.reader(file), [])]
            if lacking := set(columns) - set(header):
                raise DataSetError(
                    f"{path.name} in {path.parent} has no column {sorted(lacking)}; expected what "
                    "its authors published. Unpack the data set again."
                )
            for row in csv.DictReader(file, header, restkey="", restval=""):
                yield {name: value.strip() for name, value in row.items() if name}
    except OSError as error:
        raise DataSetError(
            f"{path.name} cannot be read in {path.parent} ({error.strerror}). "
            "Give the folder the data set was unpacked to."
        ) from error
    except ValueError as error:
        raise DataSetError(
            f"{path.name} in {path.parent} is no table in UTF-8 ({error}). Unpack it again."
        ) from error


def _optional_rows(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    return _rows(path, "filename", *columns) if path.exists() else iter(())
