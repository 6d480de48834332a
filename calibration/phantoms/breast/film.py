"""A simulated mammogram as if it had been taken on film and digitised."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.calibration.phantoms.breast.power_law import Field


def on_film(simulated: SimulatedMammogram, seed: int, reduced: int = 4) -> Field:
    """(rows, columns) in 0..1, `reduced` times smaller; chest wall at column 0, air grey.

    The film's curve flattens at both ends (Hurter and Driffield), so skin is nearly as dark as
    air. Air is uneven, the scanner noisy; there are scratches, a label, and now and then white
    borders.
    """
    random = np.random.default_rng([seed, 30])
    scale = 1 / reduced
    counts = cv2.resize(
        simulated.processing.astype(np.float32), None, fx=scale, fy=scale, interpolation=3
    )
    return developed(np.asarray(counts, np.float32), random)


def developed(counts: Field, random: np.random.Generator) -> Field:
    """As `on_film`, of an exposure whose air is 12000."""
    depth = -np.log(np.maximum(counts, 1) / 12000)
    depth = np.clip(depth / np.percentile(depth, 99.5), 0, 1.2)
    toe, slope = random.uniform(0.45, 0.75), random.uniform(5, 9)
    shade = 1 / (1 + np.exp(-slope * (depth - toe))) - 1 / (1 + np.exp(slope * toe))
    air = random.uniform(0.02, 0.22)
    film = (air + (0.95 - air) * shade / shade.max()).astype(np.float32)
    rows, columns = film.shape
    film += random.uniform(-0.04, 0.04) * (np.arange(rows)[:, None] / rows - 0.5)
    film += random.uniform(-0.04, 0.04) * (np.arange(columns)[None, :] / columns - 0.5)
    film += random.normal(0, random.uniform(0.005, 0.03), film.shape)
    for _ in range(3):
        ends = random.integers(0, [columns, rows], (2, 2)).tolist()
        cv2.line(film, ends[0], ends[1], 0.9, 1)
    left, top = int(columns * random.uniform(0.7, 0.8)), int(rows * random.uniform(0.02, 0.7))
    film[top : top + rows // 16, left : left + columns // 7] = 1
    borders = int(random.integers(0, 4))
    wide = int(random.integers(2, 10))
    if borders:
        film[:, -wide:] = 1
    if borders == 1:
        film[:wide], film[-wide:] = 1, 1
    return np.asarray(np.clip(film, 0, 1), np.float32)
