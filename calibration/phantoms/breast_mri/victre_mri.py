"""The breast of VICTRE as dynamic MRI: for testing alone, nothing is fitted or chosen on it.

It is compressed, as for a mammogram, and is one breast without a chest behind it: no woman lies so
in a scanner. Its shape is nobody's here: what finds breasts in our own phantom must find it, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.victre import (
    AIR,
    FAT,
    MASS,
    PADDLE,
    VOXEL_MM,
    VictreBreast,
)
from senoscope.calibration.phantoms.breast_mri.appearance import appearance
from senoscope.calibration.phantoms.breast_mri.dce import MriProtocol
from senoscope.calibration.phantoms.breast_mri.grid import SimulatedGrid
from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.calibration.phantoms.breast_mri.lesions import DrawnLesion
from senoscope.calibration.phantoms.breast_mri.scanner import Scanner
from senoscope.calibration.phantoms.breast_mri.signals import Signals
from senoscope.calibration.phantoms.breast_mri.tissue import TAKES_UP, Tissue
from senoscope.calibration.phantoms.breast_mri.truth import SimulatedLesion, lesion_truth
from senoscope.calibration.phantoms.breast_mri.woman import BACKGROUND
from senoscope.domain.breast_mri import DynamicSeries, Mask
from senoscope.domain.mammogram import Laterality

PER_VOXEL = 5
_AIR_VOXELS = (4, 10, 4)
"""Round it: above and below, in front alone, and at the sides."""
_SKIN, _NIPPLE, _MUSCLE, _VESSELS = 2, 33, 40, (150, 225)
_PHASES, _NOISE, _BIAS = 6, 0.03, 0.2
_HALF = 0.5


@dataclass(frozen=True, eq=False)
class VictreBreastMri:
    """`mass` None where the file has none."""

    series: DynamicSeries
    breast: Mask
    fibroglandular: Mask
    mass: SimulatedLesion | None


def victre_breast_mri(path: Path, seed: int) -> VictreBreastMri:
    """Voxels of 1 mm; physiology, scanner and noise are drawn for `seed`."""
    random = np.random.default_rng([seed, 180])
    tissue, mass = _tissue(VictreBreast.read(path).labels)
    z, y, x = tissue.labels.shape
    step = PER_VOXEL * VOXEL_MM
    grid = SimulatedGrid((z, y, x), (step,) * 3, (-z / 2 * step, -y * step, -x / 2 * step))
    lesion = _grown(tissue, mass, random, grid)
    protocol = MriProtocol.drawn(random, _PHASES, fat_suppressed=True)
    scanner = Scanner.drawn(random, grid, _BIAS, _NOISE, fat_suppressed=True)
    signals = Signals.of(tissue, protocol, scanner, {})
    series = DynamicSeries(
        tuple(scanner.acquired(signals, None, random)),
        grid.geometry,
        protocol.times_s,
        1,
        protocol.injected_s,
        fat_suppressed=True,
    )
    gland = (tissue.labels == Label.GLAND) | (tissue.labels == Label.LESION)
    truth = None if lesion is None else lesion_truth(lesion, grid, signals, series)
    return VictreBreastMri(series, tissue.breast, gland, truth)


def _tissue(labels: NDArray[np.uint8]) -> tuple[Tissue, NDArray[np.float32]]:
    """Axial, the chest wall at the back; and the share of each voxel that is the mass."""
    air = (labels == AIR) | (labels == PADDLE)
    inside = _shares(~air)
    water = _shares(~air & (labels != FAT)) / np.maximum(inside, 1e-6)
    kinds = np.full(inside.shape, Label.GLAND, np.uint8)
    most = np.full(inside.shape, 0.35, np.float32)
    for label, of in (
        (Label.SKIN, (_SKIN,)),
        (Label.NIPPLE, (_NIPPLE,)),
        (Label.MUSCLE, (_MUSCLE,)),
        (Label.VESSEL, _VESSELS),
    ):
        share = _shares(np.isin(labels, of))
        kinds[share > most] = label
        np.maximum(most, share, out=most)
    kinds[(water < _HALF) & (most <= 0.35)] = Label.FAT
    kinds[inside < _HALF] = Label.AIR
    ktrans = np.zeros(inside.shape, np.float32)
    for label, (rate, _, _) in TAKES_UP.items():
        ktrans[kinds == label] = rate
    ktrans[kinds == Label.GLAND] = BACKGROUND["mild"]
    return (
        Tissue(
            np.rint(inside * 255).astype(np.uint8),
            np.rint(np.clip(water, 0, 1) * 255).astype(np.uint8),
            kinds,
            ktrans,
            (inside >= _HALF) & (kinds != Label.MUSCLE),
        ),
        _shares(labels == MASS),
    )


def _shares(mask: Mask) -> NDArray[np.float32]:
    """Of blocks of PER_VOXEL, in air; (height, front to back, across)."""
    counts = [extent // PER_VOXEL for extent in mask.shape]
    whole = mask[tuple(slice(0, count * PER_VOXEL) for count in counts)]
    shape = [each for count in counts for each in (count, PER_VOXEL)]
    shares = whole.reshape(shape).mean(axis=(1, 3, 5), dtype=np.float32)
    turned = shares[:, :, ::-1].transpose(0, 2, 1)
    above, front, side = _AIR_VOXELS
    return np.pad(turned, ((above, above), (front, 0), (side, side)))


def _grown(
    tissue: Tissue, mass: NDArray[np.float32], random: np.random.Generator, grid: SimulatedGrid
) -> DrawnLesion | None:
    look = appearance(random, "malignant mass")
    at = np.argwhere(mass >= _HALF)
    if not len(at):
        return None
    low, high = at.min(axis=0), at.max(axis=0) + 1
    box = slice(low[0], high[0]), slice(low[1], high[1]), slice(low[2], high[2])
    its = mass >= _HALF
    tissue.labels[its] = Label.LESION
    tissue.ktrans[its] = look.ktrans_per_min
    tissue.takes_up[Label.LESION] = look.ve, look.vp
    middle = at.mean(axis=0) * grid.spacing_mm + np.array(grid.corner_mm)
    place = float(middle[0]), float(middle[1]), float(middle[2])
    return DrawnLesion(1, look, Laterality.LEFT, place, box, its[box], int(Label.LESION))
