"""Pictures that hang, and tables, for tiny sets in the published layouts."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.studies.wrapping import simulated_exam

SHAPE = (320, 240)


def film(is_right: bool = False, shape: tuple[int, int] = SHAPE) -> NDArray[np.uint8]:
    """(rows, columns): half a disc of tissue at the chest wall, the left or the right edge."""
    rows, columns = shape
    picture = np.zeros(shape, np.uint8)
    cv2.ellipse(
        picture, (0, rows // 2), (int(columns * 0.7), int(rows * 0.4)), 0, -90, 90, (120,), -1
    )
    rng = np.random.default_rng(0)
    picture[picture > 0] += rng.integers(0, 60, int((picture > 0).sum()), dtype=np.uint8)
    return np.ascontiguousarray(picture[:, ::-1]) if is_right else picture


def write_film(path: Path, is_right: bool = False, shape: tuple[int, int] = SHAPE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written, encoded = cv2.imencode(".png", film(is_right, shape))
    assert written
    path.write_bytes(encoded.tobytes())


def read_film(path: Path) -> NDArray[np.float32]:
    """Of whatever is called .dcm here."""
    read = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.asarray(read, np.float32) / np.float32(255)


def write_table(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_exam(folder: Path, *growths: str, suffix: str = "dcm") -> None:
    """One of `senoscope simulate mammograms`, with drawn pictures: R-CC and L-CC."""
    seed = int(folder.name.removeprefix("exam"))
    rows = []
    for side in "RL":
        image = f"{side}-CC.{suffix}"
        write_film(folder / image, is_right=side == "R")
        rows.append(f"{image},{seed},{side},CC,C,{side}-CC-mask.png,1,2")
    write_table(folder / "images.csv", ",".join(simulated_exam.IMAGES), *rows)
    write_table(folder / "growths.csv", ",".join(simulated_exam.GROWTHS), *growths)
