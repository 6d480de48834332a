"""Tiny data sets in the layouts of the public ones: a white lesion on a dark picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

SHAPE = (160, 160)
LESION = (slice(40, 80), slice(60, 110))
SECOND = (slice(100, 120), slice(10, 40))


def draw(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written, encoded = cv2.imencode(".png", pixels)
    assert written
    path.write_bytes(encoded.tobytes())


def lesion(gray: int = 255, where: tuple[slice, slice] = LESION) -> np.ndarray:
    pixels = np.zeros(SHAPE, np.uint8)
    pixels[where] = gray
    return pixels


def table(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [header, *(",".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def bus_bra(
    folder: Path, header: str = "ID,Case,Pathology,kFold", published: str | None = None
) -> Path:
    """Three patients in three folds, the first with both sides; cases are 1, 1, 2, 3.

    With `published`, that is the header of `5-fold-cv.csv`, whose folds are 5, 5, 4, 4.
    """
    images = [("bus_0001-l", 1, "malignant", 1), ("bus_0001-r", 1, "malignant", 1),
              ("bus_0002-l", 2, "benign", 2), ("bus_0003-l", 3, "benign", 3)]  # fmt: skip
    table(folder / "bus_data.csv", header, images)
    if published is not None:
        rows = [(name, 4 + (case == 1)) for name, case, _, _ in images]
        table(folder / "5-fold-cv.csv", published, rows)
    for name, _, pathology, _ in images:
        gray = 255 if pathology == "malignant" else 180
        draw(folder / "Images" / f"{name}.png", lesion(gray))
        draw(folder / "Masks" / f"{name.replace('bus', 'mask')}.png", lesion())
    return folder


def busi(folder: Path, *, split: bool = True, duplicates: bool = True) -> Path:
    """Two benign, two malignant, two normal; "benign (2)" has two masks, the first are alike."""
    parts = []
    for diagnosis, gray in (("benign", 180), ("malignant", 255), ("normal", 0)):
        for number in (1, 2):
            name = f"{diagnosis} ({number})"
            second = (diagnosis, number) == ("benign", 2)
            pixels = np.maximum(lesion(gray), lesion(gray * second, SECOND))
            draw(folder / diagnosis / f"{name}.png", pixels)
            draw(folder / diagnosis / f"{name}_mask.png", lesion(255 if gray else 0))
            parts.append((f"{name}.png", diagnosis, "val" if number == 2 else "train"))
    draw(folder / "benign" / "benign (2)_mask_1.png", lesion(255, SECOND))
    if split:
        table(folder / "split.csv", "filename,class,split", parts)
    if duplicates:
        alike = [(1, "benign (1).png"), (1, "malignant (1).png")]
        table(folder / "duplicates.csv", "group,filename", alike)
    return folder
