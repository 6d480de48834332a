"""A tomosynthesis view with its class, and the mammogram of the same breast, kept small.

Three classes: malignant, benign, normal. Slices are averaged to slabs and shrunk, so that a set of
views fits in memory; what is kept is written once and read again.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.domain.frame import Gray
from senoscope.domain.mammogram import Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

CLASSES = (Diagnosis.NORMAL, Diagnosis.BENIGN, Diagnosis.MALIGNANT)
"""In the order of every array of probabilities."""
GRID_MM = 0.5
"""A pixel of what is kept."""
SLAB_MM = 2.0
FORMAT = 1
KEPT = ".npz"
Greys = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ClassPlace:
    """Where a growth lies: [x, y] in mm from the slices' upper left corner, and its height.

    `mammogram_mm` likewise on the mammogram, None where there is none.
    """

    diagnosis: Diagnosis
    at_mm: tuple[float, float]
    height_mm: float
    radius_mm: float
    mammogram_mm: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class ClassView:
    """`slabs` is (n, rows, columns) of SLAB_MM and GRID_MM, hung; `mammogram` (rows, columns).

    `anatomy` must stay on one side of a split. `diagnosis` is the worst of the breast's, None for
    views to learn from whose growths are of several classes. `measures` are what baselines read.
    """

    anatomy: str
    laterality: Laterality
    view: str
    diagnosis: Diagnosis | None
    slabs: NDArray[np.uint8]
    mammogram: Gray | None
    places: tuple[ClassPlace, ...]
    measures: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.slabs.ndim != 3 or self.slabs.dtype != np.uint8 or 0 in self.slabs.shape:
            raise ImageError(
                f"Slabs of {self.slabs.dtype} {self.slabs.shape} were given; expected uint8 "
                "(slabs, rows, columns), none of them 0."
            )

    @property
    def breast(self) -> tuple[str, Laterality]:
        """Whose views are of one breast."""
        return self.anatomy, self.laterality


def slabs_of(view: TomosynthesisView) -> NDArray[np.uint8]:
    """(n, rows, columns): the mean of the slices in each SLAB_MM, one slice in memory at a time.

    ImageError where the view does not say how large a pixel is or how high slices lie.
    """
    if view.spacing is None or view.heights_mm is None:
        raise ImageError(
            "This tomosynthesis view says no pixel size or no heights of its slices; expected "
            "both. Send it as the machine wrote it."
        )
    sums: dict[int, Greys] = {}
    counts: dict[int, int] = {}
    for height_mm, slice_ in zip(view.heights_mm, view.slices, strict=True):
        slab = int(height_mm // SLAB_MM)
        shrunk = shrink(slice_, view.spacing)
        sums[slab] = sums[slab] + shrunk if slab in sums else shrunk
        counts[slab] = counts.get(slab, 0) + 1
    # Slices thicker than a slab leave some empty: these are as the one below.
    filled = [max(k for k in sums if k <= slab) for slab in range(max(sums) + 1)]
    return np.stack([as_grey(sums[k] / np.float32(counts[k])) for k in filled])


def mammogram_grey(mammogram: Mammogram) -> Gray:
    """(rows, columns) of GRID_MM. ImageError where it does not say how large a pixel is."""
    if mammogram.spacing is None:
        raise ImageError(
            "This mammogram says no pixel size; expected one. Send it as the machine wrote it."
        )
    return as_grey(shrink(mammogram.pixels, mammogram.spacing))


def shrink(pixels: Greys, spacing: PixelSpacing) -> Greys:
    """To GRID_MM, averaged over each pixel."""
    rows = max(1, round(pixels.shape[0] * spacing.row_mm / GRID_MM))
    columns = max(1, round(pixels.shape[1] * spacing.column_mm / GRID_MM))
    return np.asarray(cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)


def as_grey(pixels: Greys) -> NDArray[np.uint8]:
    """0..1 to 0..255."""
    return np.asarray(np.clip(np.round(pixels * 255), 0, 255), np.uint8)


def on_grid(at_mm: tuple[float, float]) -> tuple[float, float]:
    """[x, y] in pixels of GRID_MM, centres at integers, of mm from the upper left corner."""
    return at_mm[0] / GRID_MM - 0.5, at_mm[1] / GRID_MM - 0.5


def keep_class_view(view: ClassView, path: Path) -> None:
    """Write it, whole or not at all."""
    head = {
        "format": FORMAT,
        "anatomy": view.anatomy,
        "laterality": view.laterality,
        "view": view.view,
        "diagnosis": view.diagnosis,
        "places": [asdict(place) for place in view.places],
        "measures": dict(view.measures),
        "has_mammogram": view.mammogram is not None,
    }
    content = io.BytesIO()
    picture = np.zeros((0, 0), np.uint8) if view.mammogram is None else view.mammogram
    np.savez_compressed(content, slabs=view.slabs, mammogram=picture, head=json.dumps(head))
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content.getvalue())
    partial.replace(path)


def kept_class_view(path: Path) -> ClassView:
    """What `keep_class_view` wrote. DataSetError where it is something else."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            head = json.loads(str(arrays["head"]))
            if head["format"] != FORMAT:
                raise ValueError(f"format {head['format']}")
            return ClassView(
                anatomy=head["anatomy"],
                laterality=Laterality(head["laterality"]),
                view=head["view"],
                diagnosis=None if head["diagnosis"] is None else Diagnosis(head["diagnosis"]),
                slabs=arrays["slabs"],
                mammogram=arrays["mammogram"] if head["has_mammogram"] else None,
                places=tuple(map(_place, head["places"])),
                measures=head["measures"],
            )
    except (
        OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error
    ) as error:  # fmt: skip
        raise DataSetError(
            f"{path} holds no kept view of format {FORMAT} ({error}). Remove it and run again: it "
            "is made anew."
        ) from error


def _place(kept: dict[str, object]) -> ClassPlace:
    at, seen = kept["at_mm"], kept["mammogram_mm"]
    return ClassPlace(
        Diagnosis(str(kept["diagnosis"])),
        _pair(at),
        float(str(kept["height_mm"])),
        float(str(kept["radius_mm"])),
        None if seen is None else _pair(seen),
    )


def _pair(kept: object) -> tuple[float, float]:
    if not isinstance(kept, list) or len(kept) != 2:
        raise ValueError(f"a place at {kept}")
    return float(kept[0]), float(kept[1])
