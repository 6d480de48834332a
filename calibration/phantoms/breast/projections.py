"""A sweep of exposures of a breast from angles, as tomosynthesis takes them.

Rays of one exposure are parallel, so a plane at height z is displaced by z tan(angle) along the
chest wall and not magnified; the detector turns no angle away. Attenuation, blur and noise are
those of `mammogram`; no scatter, no movement, no lag. Places on the detector are given where the
ray crosses the breast's middle height.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.footprint import PLANE_MM
from senoscope.calibration.phantoms.breast.mammogram import (
    CALCIUM_PER_MM,
    FAT_PER_MM,
    GLAND_PER_MM,
    PHOTONS,
    PIXEL_MM,
    add_grain,
    exposed,
)
from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast.tissue_planes import TissuePlanes
from senoscope.domain.errors import SettingsError

ANGLES_DEG = tuple(np.linspace(-25, 25, 25).tolist())
DOSES: Mapping[str, float] = MappingProxyType({"low": 0.5, "standard": 1.2, "high": 3.0})
"""All exposures of a sweep together, of the mammogram's one. In use it is 1.1 times that for a
breast of average size, 1.8 times for a thick one (Feng and Sechopoulos, Radiology 2012)."""
_BEYOND_MM = 4.0
_COLUMNS = 16
"""At a time. With more, BLAS shares each small product among threads, which took ten times longer
in wait for one another than the product takes."""


@dataclass(frozen=True, eq=False)
class Projections:
    """What the detector counts of one sweep, in order of ANGLES_DEG.

    `counts` is (angles, rows, columns) float32, photons of each pixel of PIXEL_MM, `photons` of
    them in air. `inside_mm` is (angles, rows, columns), coarser: the height of the breast that each
    ray passes through. Both reach `beyond_mm` over the upper and lower edge of the breast's box.
    `planes` is how many the breast has.
    """

    counts: Field
    photons: float
    inside_mm: Field
    beyond_mm: float
    planes: int

    @classmethod
    def of(cls, tissue: TissuePlanes, random: np.random.Generator, dose: str) -> Projections:
        """With the noise of `random`. SettingsError where no dose has that name."""
        check_dose(dose)
        photons = PHOTONS * DOSES[dose] / len(ANGLES_DEG)
        planes = len(tissue.dense)
        beyond_mm = _beyond_mm(planes)
        dense = _projected(tissue.dense, tissue.dense_mm, beyond_mm)
        inside = _projected(tissue.inside, tissue.inside_mm, beyond_mm)
        rows = round((tissue.box.bottom_mm - tissue.box.top_mm + 2 * beyond_mm) / PIXEL_MM)
        size = round(tissue.box.front_mm / PIXEL_MM), rows
        counts = np.empty((len(ANGLES_DEG), size[1], size[0]), np.float32)
        for one, angle in enumerate(np.radians(ANGLES_DEG)):
            depth = np.float32(GLAND_PER_MM - FAT_PER_MM) * cv2.resize(
                dense[one], size, interpolation=cv2.INTER_CUBIC
            )
            depth += np.float32(FAT_PER_MM) * cv2.resize(
                inside[one], size, interpolation=cv2.INTER_LINEAR
            )
            depth += np.float32(CALCIUM_PER_MM) * _grains(tissue, angle, depth.shape, beyond_mm)
            slanted = np.maximum(depth, 0) / np.float32(np.cos(angle))
            counts[one] = exposed(random, slanted, photons)
        return cls(counts, photons, inside, beyond_mm, planes)

    def stored(self) -> NDArray[np.uint16]:
        """(angles, rows, columns) of 14 bits as a detector gives them: air bright, 12000."""
        scaled = self.counts * np.float32(12000 / self.photons)
        return np.asarray(np.clip(scaled, 1, 16383), np.uint16)


def check_dose(name: str) -> None:
    """SettingsError where no dose has that name."""
    if name not in DOSES:
        raise SettingsError(
            f"The dose {name[:16]!r} was given; expected one of {', '.join(DOSES)}."
        )


def heights_mm(planes: int) -> Field:
    """Of each plane's middle, from the breast's middle."""
    return ((np.arange(planes, dtype=np.float32) + 0.5) - planes / 2) * np.float32(PLANE_MM)


def displaced_mm(planes: int) -> Field:
    """(angles, planes): by how much each plane is displaced along the chest wall."""
    tangents = np.tan(np.radians(np.array(ANGLES_DEG, np.float32)))
    return np.asarray(np.outer(tangents, heights_mm(planes)), np.float32)


def displaced_sums(
    stack: Field, by_px: Field, gains: Field | None = None
) -> Iterator[tuple[slice, Field]]:
    """Each is the sum of all of `stack`, displaced by its own `by_px` along the rows.

    `stack` is (n, rows, columns), `by_px` (m, n), the sums (m, rows, columns): some columns at a
    time, and which. `gains` is (n, frequencies) of `np.fft.rfftfreq` for `fft_rows(rows)`: a filter
    along the rows. Displaced in the frequencies of the rows, where nothing is interpolated.
    """
    rows, columns = stack.shape[1:]
    length = fft_rows(rows)
    turns = np.fft.rfftfreq(length).astype(np.float32)[:, None, None] * by_px
    phases = np.exp(np.complex64(-2j * np.pi) * turns).astype(np.complex64)
    if gains is not None:
        phases *= gains.T[:, None, :]
    for first in range(0, columns, _COLUMNS):
        some = slice(first, min(first + _COLUMNS, columns))
        lines = np.ascontiguousarray(stack[:, :, some].transpose(0, 2, 1))
        waves = np.ascontiguousarray(np.fft.rfft(lines, length).transpose(2, 0, 1))
        summed = np.ascontiguousarray(np.matmul(phases, waves).transpose(1, 2, 0))
        back = np.fft.irfft(summed, length)[:, :, :rows]
        yield some, np.asarray(back.transpose(0, 2, 1), np.float32)


def fft_rows(rows: int) -> int:
    """The next length that transforms fast."""
    return cv2.getOptimalDFTSize(rows)


def _beyond_mm(planes: int) -> float:
    """In whole mm, so that it is whole pixels of every size here."""
    return float(np.ceil(np.abs(displaced_mm(planes)).max() + _BEYOND_MM))


def _projected(planes: Field, pixel_mm: float, beyond_mm: float) -> Field:
    """(angles, rows, columns): the height that each ray passes through, mm."""
    beyond = round(beyond_mm / pixel_mm)
    # A breast that the picture's upper edge cuts goes on beyond it.
    longer = np.pad(planes, ((0, 0), (beyond, beyond), (0, 0)), mode="edge")
    made = np.empty((len(ANGLES_DEG), *longer.shape[1:]), np.float32)
    by_px = displaced_mm(len(planes)) / np.float32(pixel_mm)
    for columns, summed in displaced_sums(longer, by_px):
        made[:, :, columns] = summed * np.float32(PLANE_MM)
    return made


def _grains(tissue: TissuePlanes, angle: float, shape: tuple[int, ...], beyond_mm: float) -> Field:
    """Their height in each ray. A slanted ray makes no ellipse of a ball here: a tenth at most."""
    path = np.zeros(shape, np.float32)
    middle_mm = len(tissue.dense) * PLANE_MM / 2
    for plane_mm, row_mm, column_mm, radius_mm in tissue.grains_mm.tolist():
        y_mm = row_mm + beyond_mm + (plane_mm - middle_mm) * float(np.tan(angle))
        add_grain(path, (column_mm / PIXEL_MM, y_mm / PIXEL_MM), radius_mm / PIXEL_MM)
    return path
