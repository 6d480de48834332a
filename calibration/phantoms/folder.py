"""Phantoms written to disk as trainers and tests read any data set."""

from __future__ import annotations

import csv
import shutil
import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.bmode import BModePhantom, PhantomFrame
from senoscope.domain.errors import StorageError

COLUMNS = ("file", "seed", "frame", "kinds", "rows", "columns")
"""Of `phantom.csv`; `kinds` are joined by "+", empty where the tissue is bare."""


def write_phantom(folder: Path, seed: int, frames: int, size: tuple[int, int] = (512, 384)) -> None:
    """Write one phantom's sweep to `folder`, which must not exist yet.

    `size` is (columns, rows). `Images/` and `Masks/` hold 8-bit grey PNG files of the same names,
    `seed0007_f000.png`; a mask is 255 inside any lesion and 0 elsewhere. `phantom.csv` has a row
    of `COLUMNS` for each. StorageError where it cannot be written, and then nothing is left.
    """
    pictures = BModePhantom(seed, *size).sweep(frames)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            raise FileExistsError("it exists already")
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            rows = [_write(unfinished, seed, index, each) for index, each in enumerate(pictures)]
            with (unfinished / "phantom.csv").open("w", newline="", encoding="utf-8") as table:
                csv.writer(table).writerows([COLUMNS, *rows])
            unfinished.chmod(0o755)
            unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            f"The phantom of seed {seed} could not be written to {folder}: {error}. Expected a new "
            "folder on a disk with room; name another one or remove this one."
        ) from error


def _write(folder: Path, seed: int, index: int, frame: PhantomFrame) -> tuple[str | int, ...]:
    name = f"seed{seed:04d}_f{index:03d}.png"
    union = np.zeros(frame.pixels.shape, np.uint8)
    for lesion in frame.truth:
        union[lesion.mask] = 255
    for part, image in (("Images", frame.pixels), ("Masks", union)):
        (folder / part).mkdir(exist_ok=True)
        (folder / part / name).write_bytes(_png(image))
    kinds = "+".join(lesion.kind for lesion in frame.truth)
    return (name, seed, index, kinds, *frame.pixels.shape)


def _png(image: NDArray[np.uint8]) -> bytes:
    written, encoded = cv2.imencode(".png", image)
    if not written:
        raise OSError("the picture could not be encoded as PNG")
    return encoded.tobytes()
