"""What the trainers learn from: images in memory, split by patient, lesion-free parts cut out."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.ultrasound_sets import (
    Diagnosis,
    UltrasoundImage,
    read_bus_bra,
    read_busi,
)
from senoscope.models.training.calipers import without_calipers

INNER_SHARE = 0.1
"""Of patients, kept from fitting where no configuration says otherwise."""
TRIES = 12
"""Windows tried before an image is said to have no lesion-free part."""
LONGEST_SIDE = 512
"""Training images are reduced to this: no network reads more than half of it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One training image: `pixels` and `mask` (0 or 255) are (rows, columns) uint8.

    `unmarked` is `pixels` without the calipers an operator left on the lesion.
    """

    name: str
    pixels: Gray
    unmarked: Gray
    mask: Gray
    diagnosis: Diagnosis
    group: str

    @property
    def has_lesion(self) -> bool:
        """True where the mask holds anything."""
        return bool(self.mask.any())

    def drawn(self, rng: np.random.Generator) -> Gray:
        """The picture to learn from this time, with calipers or without."""
        return self.unmarked if rng.random() < UNMARKED_SHARE else self.pixels


UNMARKED_SHARE = 0.6
"""Of draws of a lesion that show it without calipers: live frames carry none."""


@dataclass(frozen=True, slots=True)
class DataFolders:
    """Where the data sets lie, and which parts of them may be learnt from."""

    bus_bra: Path
    busi: Path
    phantoms: tuple[Path, ...]
    folds: tuple[str, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """`fitted` is learnt from; `inner` stops, compares and sets thresholds. No shared patient."""

    fitted: tuple[Sample, ...]
    inner: tuple[Sample, ...]
    phantoms: tuple[Sample, ...]


def load_samples(folders: DataFolders, inner_share: float, say: Callable[[str], None]) -> Samples:
    """Read the parts of both data sets that may be learnt from."""
    chosen = [image for image in read_bus_bra(folders.bus_bra) if image.part in folders.folds]
    chosen += [image for image in read_busi(folders.busi) if image.part in folders.parts]
    if not chosen:
        raise DataSetError(
            f"No image belongs to folds {folders.folds} or parts {folders.parts}. Check the "
            "configuration against bus_data.csv and split.csv."
        )
    inner = [image for image in chosen if is_inner(image, inner_share)]
    fitted = [image for image in chosen if not is_inner(image, inner_share)]
    phantoms = [image for folder in folders.phantoms for image in read_phantoms(folder)]
    say(f"{len(fitted)} images to fit, {len(inner)} in the inner split, {len(phantoms)} simulated")
    return Samples(_load(fitted), _load(inner), _load(phantoms))


def read_phantoms(folder: Path) -> tuple[UltrasoundImage, ...]:
    """Simulated frames as `calibration.phantoms.folder` writes them; their diagnosis is made up."""
    images = []
    for listing in sorted(folder.rglob("phantom.csv")):
        with listing.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                images.append(
                    UltrasoundImage(
                        name=row["file"],
                        image_path=listing.parent / "Images" / row["file"],
                        mask_paths=(listing.parent / "Masks" / row["file"],),
                        diagnosis=Diagnosis.BENIGN if row["kinds"] else Diagnosis.NORMAL,
                        group=f"phantom {row['seed']}",
                        part="phantom",
                    )
                )
    return tuple(images)


def lesion_free_window(sample: Sample, rng: np.random.Generator) -> tuple[slice, slice] | None:
    """A part of the image at least 0.35 of each side without any lesion pixel, or None."""
    rows, columns = sample.mask.shape
    for _ in range(TRIES):
        high = int(rows * rng.uniform(0.5, 1.0))
        wide = int(columns * rng.uniform(0.35, 0.8))
        top, left = rng.integers(0, rows - high + 1), rng.integers(0, columns - wide + 1)
        window = slice(int(top), int(top) + high), slice(int(left), int(left) + wide)
        if not sample.mask[window].any():
            return window
    return None


def is_inner(image: UltrasoundImage, inner_share: float) -> bool:
    """Whether the image is kept from fitting. Hangs on its group's name alone: runs split alike."""
    drawn = int.from_bytes(hashlib.sha256(image.group.encode()).digest()[:4], "big") / 2**32
    return drawn < inner_share


def _load(images: Sequence[UltrasoundImage]) -> tuple[Sample, ...]:
    samples = []
    for image in images:
        pixels = image.pixels()
        mask = image.mask().astype(np.uint8) * 255
        scale = LONGEST_SIDE / max(pixels.shape)
        if scale < 1:
            size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
            pixels, mask = (
                np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
                for part in (pixels, mask)
            )
            mask = np.where(mask > 127, 255, 0).astype(np.uint8)
        samples.append(
            Sample(
                name=image.name,
                pixels=pixels,
                unmarked=without_calipers(pixels, mask) if mask.any() else pixels,
                mask=mask,
                diagnosis=image.diagnosis,
                group=image.group,
            )
        )
    return tuple(samples)
