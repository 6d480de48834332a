"""Texture of breast tissue on a lattice and behind the nipple, for models of risk.

A lattice over the whole breast says more than one region (Zheng et al., Med Phys 2015). Grey is
compared with the breast itself, so that windows of different vendors hardly matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Mammogram
from senoscope.models.programmed.feature import Feature
from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.parts import BreastParts

WORKING_PX = 960
WINDOW_PX = 48
"""Of a lattice cell in the working picture: about a centimetre."""
_LEVELS = 16
_LEAST_TISSUE = 0.9

_ZHENG = "Zheng et al., Med Phys 2015"
_HARALICK = "Haralick et al., IEEE Trans SMC 1973"
FEATURES = (
    Feature("mean", "1", "Mean grey, in spreads from the breast's mean", _ZHENG),
    Feature("spread", "1", "Standard deviation, in those of the breast", _ZHENG),
    Feature("skewness", "1", "Third standardised moment", _ZHENG),
    Feature("kurtosis", "1", "Fourth standardised moment, less 3", _ZHENG),
    Feature("entropy", "1", "Of grey levels, bits", _ZHENG),
    Feature("contrast", "1", "Of co-occurring levels one pixel apart", _HARALICK),
    Feature("homogeneity", "1", "Of co-occurring levels one pixel apart", _HARALICK),
    Feature("energy", "1", "Of co-occurring levels one pixel apart", _HARALICK),
    Feature("correlation", "1", "Of co-occurring levels one pixel apart", _HARALICK),
    Feature("uniform_patterns", "1", "Share of uniform binary patterns", "Ojala et al., PAMI 2002"),
    Feature(
        "power_slope", "1", "Fall of the power spectrum, log over log", "Burgess, Med Phys 2001"
    ),
)


@dataclass(frozen=True, eq=False)
class ParenchymalTexture:
    """`lattice` is (rows, columns, FEATURES), nan where a cell is not all tissue.

    `cell_px` is a cell's side in pixels of the mammogram; the first cell begins in its corner.
    `mean` is over the lattice; `behind_nipple` of the square there, None where it is too small.
    """

    lattice: NDArray[np.float64]
    cell_px: float
    mean: Mapping[str, float]
    behind_nipple: Mapping[str, float] | None

    @property
    def origin(self) -> tuple[float, float]:
        """[x, y] of the first cell's middle, in pixels of the mammogram."""
        return (self.cell_px - 1) / 2, (self.cell_px - 1) / 2


def parenchymal_texture(mammogram: Mammogram, parts: BreastParts) -> ParenchymalTexture:
    """Of one view. A picture without one whole cell of tissue has a mean of nan.

    ImageError where there is no tissue beside the muscle.
    """
    scale = min(1.0, WORKING_PX / max(mammogram.pixels.shape))
    size = tuple(max(WINDOW_PX, round(each * scale)) for each in mammogram.pixels.shape[::-1])
    small = cv2.resize(mammogram.pixels, (size[0], size[1]), interpolation=cv2.INTER_AREA)
    tissue = cv2.resize(parts.tissue.astype(np.uint8), (size[0], size[1]), interpolation=0) > 0
    grey = _standardised(np.asarray(small, np.float32), tissue)
    rows, columns = grey.shape[0] // WINDOW_PX, grey.shape[1] // WINDOW_PX
    lattice = np.full((rows, columns, len(FEATURES)), np.nan)
    for row, column in np.ndindex(rows, columns):
        window = (
            slice(row * WINDOW_PX, (row + 1) * WINDOW_PX),
            slice(column * WINDOW_PX, (column + 1) * WINDOW_PX),
        )
        if tissue[window].mean() >= _LEAST_TISSUE:
            lattice[row, column] = _texture(grey[window])
    whole = lattice[~np.isnan(lattice[..., 0])]
    mean = whole.mean(axis=0) if len(whole) else np.full(len(FEATURES), np.nan)
    behind = _behind_nipple(grey, tissue, parts, scale)
    return ParenchymalTexture(
        lattice, WINDOW_PX / scale, _named(mean), None if behind is None else _named(behind)
    )


def _standardised(small: Grey, tissue: Mask) -> Grey:
    if not tissue.any():
        raise ImageError(
            "This mammogram has no breast tissue beside the muscle; expected some to compare each "
            "place with. Look at the outlines that were found."
        )
    values = small[tissue]
    # A cell at the edge has some air or muscle: as grey as the breast, or windows would count.
    return np.where(tissue, (small - values.mean()) / (values.std() + 1e-6), 0).astype(np.float32)


def _behind_nipple(
    grey: Grey, tissue: Mask, parts: BreastParts, scale: float
) -> NDArray[np.float64] | None:
    """Of the square of two and a half cells a side whose front lies half a cell behind it."""
    x, y = (each * scale for each in parts.nipple.point)
    side = round(2.5 * WINDOW_PX)
    left, top = round(x - WINDOW_PX / 2 - side), round(y - side / 2)
    if left < 0 or top < 0 or top + side > grey.shape[0] or left + side > grey.shape[1]:
        return None
    square = slice(top, top + side), slice(left, left + side)
    return _texture(grey[square]) if tissue[square].mean() >= 0.7 else None


def _named(values: NDArray[np.float64]) -> dict[str, float]:
    return {each.name: float(one) for each, one in zip(FEATURES, values, strict=True)}


def _texture(window: Grey) -> NDArray[np.float64]:
    """The FEATURES of one square."""
    values = window.astype(np.float64)
    mean, spread = float(values.mean()), float(values.std()) + 1e-9
    off = (values - mean) / spread
    levels = np.clip((window + 3) / 6 * _LEVELS, 0, _LEVELS - 1).astype(np.int32)
    shares = np.bincount(levels.ravel(), minlength=_LEVELS) / levels.size
    seen = shares[shares > 0]
    first = [mean, spread, float((off**3).mean()), float((off**4).mean()) - 3]
    entropy = float(-(seen * np.log2(seen)).sum())
    return np.array(
        [*first, entropy, *_co_occurrence(levels), _uniform(window), _power_slope(values)]
    )


def _co_occurrence(levels: NDArray[np.int32]) -> tuple[float, float, float, float]:
    """Contrast, homogeneity, energy, correlation, over four directions together."""
    pairs = (
        (levels[:, :-1], levels[:, 1:]),
        (levels[:-1], levels[1:]),
        (levels[:-1, :-1], levels[1:, 1:]),
        (levels[:-1, 1:], levels[1:, :-1]),
    )
    counts = np.zeros(_LEVELS * _LEVELS)
    for one, other in pairs:
        counts += np.bincount((one * _LEVELS + other).ravel(), minlength=_LEVELS**2)
    table = counts.reshape(_LEVELS, _LEVELS)
    table = (table + table.T) / (2 * table.sum())
    place = np.arange(_LEVELS, dtype=np.float64)
    apart = np.square(place[:, None] - place[None, :])
    mean = float((table.sum(axis=1) * place).sum())
    variance = float((table.sum(axis=1) * np.square(place - mean)).sum()) + 1e-9
    together = float((table * np.outer(place - mean, place - mean)).sum())
    return (
        float((table * apart).sum()),
        float((table / (1 + apart)).sum()),
        float(np.square(table).sum()),
        together / variance,
    )


def _uniform(window: Grey) -> float:
    """Of patterns of eight neighbours, the share with at most two changes around."""
    middle = window[1:-1, 1:-1]
    around = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
    rows, columns = window.shape
    bits = np.stack(
        [window[1 + y : rows - 1 + y, 1 + x : columns - 1 + x] >= middle for y, x in around]
    )
    return float(((bits != np.roll(bits, 1, axis=0)).sum(axis=0) <= 2).mean())


def _power_slope(values: NDArray[np.float64]) -> float:
    """Of log power over log frequency: about -3 in a breast."""
    taper = np.hanning(values.shape[0])[:, None] * np.hanning(values.shape[1])[None, :]
    power = np.square(np.abs(np.fft.fft2((values - values.mean()) * taper)))
    down, across = np.fft.fftfreq(values.shape[0]), np.fft.fftfreq(values.shape[1])
    frequency = np.hypot(down[:, None], across[None, :])
    used = (frequency > 0.04) & (frequency < 0.4)
    slope = np.polyfit(np.log(frequency[used]), np.log(power[used] + 1e-12), 1)[0]
    return float(slope)
