"""A T2-weighted volume and a map of diffusion of the same woman, with noise of their own."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast_mri.appearance import Appearance
from senoscope.calibration.phantoms.breast_mri.grid import Three
from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.calibration.phantoms.breast_mri.tissue import Tissue

_GREY = 300.0
_T2 = {Label.MUSCLE: 0.45, Label.BONE: 0.5, Label.LUNG: 0.1, Label.HEART: 0.35, Label.LIVER: 0.5}
_T2_FAT, _ADC_FAT = 0.15, 150.0
_T2_NOISE, _ADC_NOISE = 0.03, 180.0
_ADC = {Label.GLAND: 1850.0, Label.MUSCLE: 1500.0, Label.CYST: 2300.0, Label.HEART: 2500.0}
_SOFT_MM = 2.0
"""Diffusion is taken with voxels of about that."""


def t2_volume(seed: int, tissue: Tissue, looks: Mapping[int, Appearance]) -> Field:
    """Grey values; fat is suppressed. Gland has 300."""
    by_label = _by_label(_T2, 1.0, {label: look.t2_signal for label, look in looks.items()})
    random = np.random.default_rng([seed, 170])
    made = np.empty(tissue.labels.shape, np.float32)
    for place, labels in enumerate(tissue.labels):
        water = tissue.water[place].astype(np.float32) / 255
        plane = water * by_label[labels] + (1 - water) * np.float32(_T2_FAT)
        plane *= tissue.inside[place].astype(np.float32) * np.float32(_GREY / 255)
        off = random.standard_normal((2, *labels.shape), dtype=np.float32)
        off *= np.float32(_T2_NOISE * _GREY)
        made[place] = np.hypot(plane + off[0], off[1])
    return made


def adc_volume(
    seed: int, tissue: Tissue, looks: Mapping[int, Appearance], spacing_mm: Three
) -> Field:
    """1e-6 mm2/s, 0 outside the body."""
    by_label = _by_label(_ADC, 1600.0, {label: look.adc for label, look in looks.items()})
    random = np.random.default_rng([seed, 171])
    made = np.empty(tissue.labels.shape, np.float32)
    for place, labels in enumerate(tissue.labels):
        water = tissue.water[place].astype(np.float32) / 255
        plane = water * by_label[labels] + (1 - water) * np.float32(_ADC_FAT)
        plane += random.standard_normal(labels.shape, dtype=np.float32) * np.float32(_ADC_NOISE)
        soft = cv2.GaussianBlur(
            plane, (0, 0), _SOFT_MM / 2 / spacing_mm[2], sigmaY=_SOFT_MM / 2 / spacing_mm[1]
        )
        made[place] = np.maximum(soft, 0) * (tissue.inside[place] >= 128)
    return made


def _by_label(
    known: Mapping[Label, float], usual: float, looks: Mapping[int, float]
) -> NDArray[np.float32]:
    table = np.full(256, usual, np.float32)
    for label, value in known.items():
        table[label] = value
    for number, value in looks.items():
        table[number] = value
    return table
