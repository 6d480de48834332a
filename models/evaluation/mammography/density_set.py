"""A folder of mammograms with a table of their density and, if there are, masks of their tissue.

FOLDER/*.csv            columns image, density (A to D), and if there are, mask and view
FOLDER/ or FOLDER/images/, FOLDER/masks/   what the columns name
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.models.evaluation.mammography.grey_picture import stored_grey
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.density_category import LETTERS

TISSUES = {64: "background", 128: "adipose", 192: "fibroglandular", 255: "pectoral"}
_NEAR = 24
"""How far from one of TISSUES a grey may lie: lossy masks, and 0 where a mask was padded."""
_ASTRAY = 0.1
"""Of a mask's pixels, how many may fit none: those along edges of lossy masks."""
_TABLES = ("images.csv", "labels.csv")
_VIEWS = ("CC", "MLO", "ML", "LM", "LMO")


@dataclass(frozen=True, slots=True)
class DensityImage:
    """A row of the table. `density` is of LETTERS; None: not said, as `view` and `mask`."""

    name: str
    image: Path
    density: str | None
    mask: Path | None
    view: str | None


def read_density_images(folder: Path) -> tuple[DensityImage, ...]:
    """The rows of its table. DataSetError where it is none, or names what is not there."""
    table = _table(folder)
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataSetError(f"{table} cannot be read ({error}). Save it as UTF-8 text.") from error
    lines = text.splitlines()
    apart = max(",;\t", key=lambda mark: lines[0].count(mark) if lines else 0)
    rows = [
        {(key or "").strip().lower(): (value or "").strip() for key, value in row.items()}
        for row in csv.DictReader(lines, delimiter=apart, restval="", restkey="rest")
        if any(isinstance(value, str) and value.strip() for value in row.values())
    ]
    if not rows or not {"image", "density"} <= rows[0].keys():
        given = ", ".join(rows[0]) if rows else "no row"
        raise DataSetError(
            f"{table.name} has {given}; expected the columns image, density (A to D) and, if there "
            "are, mask and view, and a row for each image. Name the columns so."
        )
    return tuple(_row(folder, table, place, row) for place, row in enumerate(rows, 2))


def _table(folder: Path) -> Path:
    found = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    named = [path for path in found if path.name.lower() in _TABLES]
    chosen = found if len(found) == 1 else named
    if len(chosen) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise DataSetError(
            f"{folder} has these tables: {names}; expected one *.csv, or one of several called "
            f"{' or '.join(_TABLES)}. Give the folder that holds the table and the images."
        )
    return chosen[0]


def _row(folder: Path, table: Path, line: int, row: Mapping[str, str]) -> DensityImage:
    letter = row["density"].upper().removeprefix("BI-RADS").strip(" -_")
    letter = dict(zip("1234", LETTERS, strict=True)).get(letter, letter)
    if letter and letter not in LETTERS:
        raise DataSetError(
            f"Line {line} of {table.name} says density {row['density']!r}; expected A, B, C or D. "
            "Correct it, or leave it empty."
        )
    view = row.get("view", "").upper()
    mask = row.get("mask", "")
    return DensityImage(
        row["image"],
        _file(folder, table, line, row["image"], "images"),
        letter or None,
        _file(folder, table, line, mask, "masks") if mask else None,
        view if view in _VIEWS else None,
    )


def _file(folder: Path, table: Path, line: int, name: str, under: str) -> Path:
    for path in (folder / name, folder / under / name, folder / "images" / name):
        if path.is_file():
            return path
    raise DataSetError(
        f"Line {line} of {table.name} names {name!r}, which is neither in {folder.name} nor in its "
        f"folder {under}. Put the file there or correct the name."
    )


def read_grey(path: Path) -> Grey:
    """(rows, columns) in 0..1, air dark: turned over where the edges of the picture are bright."""
    read = stored_grey(path)
    low, high = float(read.min()), float(np.iinfo(read.dtype).max)
    if read.dtype != np.uint8:
        high = float(np.percentile(read[::4, ::4], 99.95))
    pixels = (np.clip((read - low) / max(high - low, 1), 0, 1)).astype(np.float32)
    if min(pixels.shape) < 64:
        raise ImageError(
            f"{path.name} has {pixels.shape[1]} x {pixels.shape[0]} pixels; expected 64 at least "
            "either way. Give the image as it was digitised."
        )
    return np.asarray(1 - pixels if _has_bright_air(pixels) else pixels, np.float32)


def _has_bright_air(pixels: Grey) -> bool:
    """Whether most of the picture's edges are far brighter than half of what is between them."""
    rows, columns = pixels.shape[0] // 40 + 1, pixels.shape[1] // 40 + 1
    around = np.concatenate(
        [each.ravel() for each in (pixels[:rows], pixels[-rows:], pixels[:, -columns:])]
        + [pixels[:, :columns].ravel()]
    )
    between = pixels[2 * rows : -2 * rows, 2 * columns : -2 * columns]
    return bool(np.percentile(around, 40) > 0.7 and np.percentile(between, 40) < 0.7)


def read_tissues(path: Path, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """(rows, columns) of the image, each pixel the nearest of TISSUES. ImageError for others."""
    read = stored_grey(path)
    given = f"{read.shape[1]} x {read.shape[0]}"
    if abs(read.shape[0] * shape[1] / (read.shape[1] * shape[0]) - 1) > 0.02:
        raise ImageError(
            f"The mask {path.name} has {given} pixels, its image {shape[1]} x {shape[0]}; expected "
            "the same field. Check which mask belongs to it."
        )
    levels = np.array(list(TISSUES), np.int32)
    grey = np.arange(256, dtype=np.int32)
    apart = np.abs(grey[:, None] - levels[None, :])
    nearest = levels[np.argmin(apart, axis=1)].astype(np.uint8)
    fits = (apart.min(axis=1) <= _NEAR) | (grey <= _NEAR)
    counts = np.bincount(read.ravel(), minlength=256) if read.dtype == np.uint8 else np.ones(256)
    astray = float(counts[~fits].sum() / counts.sum())
    if read.dtype != np.uint8 or astray > _ASTRAY:
        most = ", ".join(str(each) for each in sorted(np.argsort(counts)[::-1][:4].tolist()))
        raise ImageError(
            f"The mask {path.name} ({read.dtype}) holds mostly the greys {most}; expected "
            + ", ".join(f"{level} {tissue}" for level, tissue in TISSUES.items())
            + ". Write it with these."
        )
    size = shape[1], shape[0]
    return np.asarray(cv2.resize(nearest[read], size, interpolation=cv2.INTER_NEAREST), np.uint8)


def tissue_masks(tissues: NDArray[np.uint8]) -> Iterator[NDArray[np.bool_]]:
    """Of a mask of TISSUES: the breast with its muscle, dense tissue, and muscle."""
    yield tissues > 64
    yield tissues == 192
    yield tissues == 255
