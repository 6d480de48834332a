"""Simulated tomosynthesis of a breast, with what is true of it; the pair of `mammogram`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast
from senoscope.calibration.phantoms.breast.footprint import PLANE_MM
from senoscope.calibration.phantoms.breast.mammogram import (
    PIXEL_MM,
    TrueMark,
    fine_point,
    true_mark,
)
from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast.projections import Projections
from senoscope.calibration.phantoms.breast.reconstruction import reconstructed
from senoscope.calibration.phantoms.breast.tissue_planes import TissuePlanes
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.tomosynthesis import TomosynthesisView

_SWEEP = 22
"""Of the random numbers that make an anatomy's noise, apart from those of its breast."""
_DARK, _BRIGHT = -0.3, 1.3
"""Shares of gland between which the grey rises most."""


@dataclass(frozen=True, eq=False)
class StoredSlices:
    """`stored` is (n, rows, columns) of 12 bits; given as `domain.tomosynthesis.Slices`."""

    stored: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.stored)

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for each in self.stored:
            yield each.astype(np.float32) / np.float32(4095)


@dataclass(frozen=True, eq=False)
class SlicedMark:
    """What grew, as it lies in the slices: as `TrueMark`, in the pixels of the slices.

    `slice_index` is that of the slice next to its centre, `height_mm` the centre's height above the
    first slice; both as `SimulatedTomosynthesis.heights_mm` count.
    """

    flat: TrueMark
    slice_index: int
    height_mm: float

    @property
    def kind(self) -> str:
        """Of `growths.KINDS` or `calcification_kinds.WORDED_KINDS`."""
        return self.flat.kind

    @property
    def is_malignant(self) -> bool:
        """By its kind."""
        return self.flat.is_malignant

    @property
    def centre(self) -> tuple[float, float]:
        """[x, y], pixels of the slices."""
        return self.flat.centre

    @property
    def radius_px(self) -> float:
        """Half its extent."""
        return self.flat.radius_px


@dataclass(frozen=True, eq=False)
class SimulatedTomosynthesis:
    """Chest wall at column 0, head at row 0, whichever breast it is.

    `slices` is (n, rows, columns) uint16 of 12 bits, denser is brighter, air 0, pixels of PIXEL_MM,
    PLANE_MM apart; `heights_mm` from 0 at the first, which lies `from_support_mm` above the
    support. `corner_px` is [x, y] on the mammogram of the same breast and view of the slices' pixel
    [0, 0]. `breast` is (rows, columns) bool, `nipple` [x, y].
    """

    laterality: Laterality
    view: str
    density: str
    dose: str
    slices: NDArray[np.uint16]
    heights_mm: tuple[float, ...]
    from_support_mm: float
    corner_px: tuple[int, int]
    breast: NDArray[np.bool_]
    nipple: tuple[float, float]
    marks: tuple[SlicedMark, ...]
    thickness_mm: float

    @classmethod
    def of(
        cls, anatomy: BreastAnatomy, view: str, *, dose: str = "standard"
    ) -> SimulatedTomosynthesis:
        """Of one breast in view "CC" or "MLO", at a dose of `projections.DOSES`."""
        return cls.of_compressed(anatomy, CompressedBreast.of(anatomy, view), dose=dose)

    @classmethod
    def of_compressed(
        cls, anatomy: BreastAnatomy, breast: CompressedBreast, *, dose: str = "standard"
    ) -> SimulatedTomosynthesis:
        """As `of`, of that anatomy's breast once it is compressed."""
        tissue = TissuePlanes.of(anatomy, breast)
        projections = swept(anatomy, breast.view, tissue, dose)
        inside, planes = tissue.thickness_mm > 0, len(tissue.dense)
        corner = 0, round(tissue.box.top_mm / PIXEL_MM)
        x, y = fine_point(breast.shape.nipple)
        return cls(
            laterality=anatomy.laterality,
            view=breast.view,
            density=anatomy.density,
            dose=dose,
            slices=stored(reconstructed(projections), inside, planes),
            heights_mm=tuple(PLANE_MM * each for each in range(planes)),
            from_support_mm=PLANE_MM / 2,
            corner_px=corner,
            breast=inside,
            nipple=(x, y - corner[1]),
            marks=tuple(_sliced(true_mark(each), corner, planes) for each in breast.growths),
            thickness_mm=anatomy.thickness_mm,
        )

    def as_view(self) -> TomosynthesisView:
        """What a workstation would be given, as readers of tomosynthesis here take it."""
        return TomosynthesisView(
            StoredSlices(self.slices),
            self.heights_mm,
            self.laterality,
            self.view,
            PixelSpacing(PIXEL_MM, PIXEL_MM),
        )


def swept(
    anatomy: BreastAnatomy, view: str, tissue: TissuePlanes, dose: str = "standard"
) -> Projections:
    """The exposures that the slices of that breast and view are made from, with their noise."""
    random = np.random.default_rng([anatomy.seed, _SWEEP, ord(anatomy.laterality), len(view)])
    return Projections.of(tissue, random, dose)


def stored(
    blocks: Iterator[tuple[slice, Field]], breast: NDArray[np.bool_], planes: int
) -> NDArray[np.uint16]:
    """As workstations get them, 12 bits; air is 0, as far as the breast reaches at any height."""
    made = np.empty((planes, *breast.shape), np.uint16)
    for columns, dense in blocks:
        shade = 1 / (1 + np.exp(-5 * ((dense - _DARK) / (_BRIGHT - _DARK) - 0.5)))
        made[:, :, columns] = np.clip(shade * 4095, 1, 4095) * breast[:, columns]
    return made


def _sliced(mark: TrueMark, corner: tuple[int, int], slices: int) -> SlicedMark:
    height_mm = mark.depth_mm - PLANE_MM / 2
    moved = replace(
        mark,
        centre=(mark.centre[0] - corner[0], mark.centre[1] - corner[1]),
        grains=mark.grains - np.array(corner, np.float32),
    )
    return SlicedMark(moved, min(max(round(height_mm / PLANE_MM), 0), slices - 1), height_mm)
