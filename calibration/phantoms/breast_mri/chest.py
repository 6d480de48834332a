"""The chest behind the breasts, as far as it is seen: muscle, ribs, lungs, heart, liver, spine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.calibration.phantoms.breast_mri.woman import Woman

_CHEST_KTRANS = {Label.MUSCLE: 0.025, Label.BONE: 0.03, Label.LIVER: 0.25}
_CHEST_WATER = {Label.BONE: 0.5, Label.FAT: 0.05}
_RIB_MM, _RIBS_MM = 11.0, 28.0
_MEDIASTINUM_MM = 18.0
_FRONT_MM = 60.0
"""Of the chest: the breastbone and the vessels beside it lie there."""


def draw_chest(
    woman: Woman,
    at: tuple[float, Field, Field],
    depth: Field,
    drawn: tuple[Field, NDArray[np.uint8], Field],
) -> None:
    """Into one slice's (water, labels, ktrans), where the chest wall lies in front."""
    z, y, x = at
    water, labels, ktrans = drawn
    behind = woman.behind_mm(y, x)
    chest = (y >= woman.wall_mm(x)) & (behind >= 0) & (depth > 6)
    if not chest.any():
        return
    kinds = _wall(woman, at, behind)
    rib = woman.pectoral_mm + _RIB_MM
    deep = behind > rib
    kinds[deep] = _within(woman, z, y, x)[deep]
    labels[chest] = kinds[chest]
    table_water, table_ktrans = np.ones(256, np.float32), np.zeros(256, np.float32)
    for label, share in _CHEST_WATER.items():
        table_water[label] = share
    for label, rate in _CHEST_KTRANS.items():
        table_ktrans[label] = rate
    water[chest] = table_water[kinds[chest]]
    ktrans[chest] = table_ktrans[kinds[chest]]


def _wall(woman: Woman, at: tuple[float, Field, Field], behind: Field) -> NDArray[np.uint8]:
    z, y, x = at
    side, is_front = np.abs(x), y < woman.fat_mm + _FRONT_MM
    thins = np.clip((side - 10) / 25, 0, 1) * np.clip((165 - side) / 40, 0.3, 1)
    pectoral = woman.pectoral_mm * thins
    kinds = np.full(x.shape, Label.MUSCLE, np.uint8)
    between = (behind > pectoral) & (behind < pectoral + 1.5)
    kinds[between] = Label.FAT
    ribs = np.cos(2 * np.pi * (z + 0.35 * side + woman.organs[4]) / _RIBS_MM) > 0.35
    kinds[ribs & (behind > pectoral + 2) & (behind < pectoral + _RIB_MM - 1)] = Label.BONE
    kinds[is_front & (side < 16) & (behind < 15)] = Label.BONE
    vessel = np.hypot(side - 26, behind - woman.pectoral_mm - _RIB_MM + 2) < 1.8
    kinds[is_front & vessel] = Label.VESSEL
    return kinds


def _within(woman: Woman, z: float, y: Field, x: Field) -> NDArray[np.uint8]:
    heart_z, heart_y, heart_x, dome, _ = woman.organs
    back = woman.fat_mm + 165
    kinds = np.full(x.shape, Label.LUNG, np.uint8)
    kinds[np.abs(x) < _MEDIASTINUM_MM] = Label.FAT
    kinds[z < dome - (np.square(x + 60) + np.square(y - 95)) / 380] = Label.LIVER
    size = np.sqrt(
        np.square((x - heart_x + 0.25 * (y - heart_y)) / 56)
        + np.square((y - heart_y) / 45) + ((z - heart_z) / 62) ** 2
    )  # fmt: skip
    kinds[size < 1] = Label.MUSCLE
    right = np.hypot(x - heart_x + 20, y - heart_y - 6) / 26
    left = np.hypot(x - heart_x - 20, y - heart_y + 4) / 25
    blood = np.minimum(right, left) + 0.3 * np.abs(z - heart_z) / 62
    kinds[(blood < 1) & (size < 0.92)] = Label.HEART
    kinds[np.hypot(x - 18, y - back + 28) < 11] = Label.HEART
    kinds[np.hypot(x, y - back) < 21] = Label.BONE
    kinds[(np.abs(x) < 60) & (y > back + 14)] = Label.MUSCLE
    return kinds
