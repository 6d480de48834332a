"""Are simulated slices what tomosynthesis is? Heights, and masses beside the mammogram's.

    python benchmarks/tomosynthesis_simulator.py --first 5000 --breasts 24 --report report.json

Left breasts from above, densities A to D by turns, each with a spiculated and an oval mass and a
cluster of calcifications. Heights: a grain of at least 0.12 mm radius lies where it is brightest
against its surroundings, an oval mass where its upper and lower edges are sharpest; error is found
minus true, a parabola through three slices. Visibility: the difference between a mass's disc (0.8
of its radius) and a ring round it (1.2 to 1.8), in standard deviations of the same difference all
over the breast, in the mass's slice and on the mammogram: what a reader who knows its size has to
go by. 95 % intervals come from resampling breasts. Processor seconds are those of the slices alone.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.anatomy import SHARES, BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast
from senoscope.calibration.phantoms.breast.growths import SMOOTH_MASS
from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast.tomosynthesis import (
    SimulatedTomosynthesis,
    SlicedMark,
)
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.kept_figures import as_json, estimate_cell, json_text
from senoscope.models.evaluation.metrics import Estimate, bootstrap

KINDS = ("spiculated mass", SMOOTH_MASS, "calcifications")
LEAST_RADIUS_MM = 0.12
WITHIN = 6
"""Slices from the true one, among which a height is looked for."""
COARSER = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of one thing in one breast."""

    seed: int
    name: str
    value: float


def main() -> None:
    """Measures, prints, and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=5000)
    parser.add_argument("--breasts", type=int, default=24)
    parser.add_argument("--report", type=Path, required=True)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    measured = []
    for seed in range(given.first, given.first + given.breasts):
        measured += list(of_breast(seed))
        print(seed, flush=True)
    named: dict[str, list[Measured]] = defaultdict(list)
    for each in measured:
        named[each.name].append(each)
    rows = {name: summary(group) for name, group in named.items()}
    given.report.write_text(json_text({"about": __doc__, **rows}), encoding="utf-8")
    for name, row in rows.items():
        cells = (f"{what} {estimate_cell(as_json(each))}" for what, each in row.items())
        print(f"{name}, n {len(named[name])}: {'; '.join(cells)}")


def summary(group: list[Measured]) -> dict[str, Estimate]:
    """Median; of heights also how far away, and the share within half a slice and two."""
    values, seeds = np.array([each.value for each in group]), [each.seed for each in group]
    made = {"median": bootstrap(lambda rows: float(np.median(values[rows])), seeds)}
    if group[0].name.endswith("_mm"):
        away = np.abs(values)
        made["median away"] = bootstrap(lambda rows: float(np.median(away[rows])), seeds)
        for most in (0.5, 2.0):
            near = np.asarray(away <= most, np.float64)
            made[f"within {most} mm"] = bootstrap(partial(_mean_of, near), seeds)
    return made


def _mean_of(values: NDArray[np.float64], rows: NDArray[np.int64]) -> float:
    return float(values[rows].mean())


def of_breast(seed: int) -> Iterator[Measured]:
    """All figures of one breast."""
    density = list(SHARES)[seed % 4]
    anatomy = BreastAnatomy.drawn(seed, Laterality.LEFT, density, KINDS)
    breast = CompressedBreast.of(anatomy, "CC")
    flat = SimulatedMammogram.of_compressed(anatomy, breast)
    began = time.process_time()
    deep = SimulatedTomosynthesis.of_compressed(anatomy, breast)
    yield Measured(seed, "processor seconds a view", time.process_time() - began)
    for mark, on_flat, growth in zip(deep.marks, flat.marks, anatomy.growths, strict=True):
        if mark.kind == "calcifications":
            for (x, y), grain in zip(mark.flat.grains.tolist(), growth.grains, strict=True):
                if grain[3] >= LEAST_RADIUS_MM:
                    error = grain_error_mm(deep, (x, y), mark.height_mm + float(grain[0]))
                    yield Measured(seed, "grain_height_mm", error)
            continue
        if mark.kind == SMOOTH_MASS:
            yield Measured(seed, "oval_mass_height_mm", edge_error_mm(deep, mark))
        radius = mark.radius_px
        seen = visibility(deep.slices[mark.slice_index], deep.breast, mark.centre, radius)
        before = visibility(flat.presentation, flat.breast, on_flat.centre, radius)
        for dense in (density, "all"):
            yield Measured(seed, f"{mark.kind}, density {dense}, slice", seen)
            yield Measured(seed, f"{mark.kind}, density {dense}, mammogram", before)


def grain_error_mm(
    deep: SimulatedTomosynthesis, at: tuple[float, float], height_mm: float
) -> float:
    """How far from its height it is brightest."""
    x, y = round(at[0]), round(at[1])
    near = deep.slices[:, y - 12 : y + 13, x - 12 : x + 13].astype(np.float32)
    profile = near[:, 10:15, 10:15].max((1, 2)) - np.median(near, axis=(1, 2))
    return top_near(np.asarray(profile, np.float32), height_mm) - height_mm


def edge_error_mm(deep: SimulatedTomosynthesis, mark: SlicedMark) -> float:
    """How far from its height its upper and lower edges are sharpest."""
    x, y, radius = round(mark.centre[0]), round(mark.centre[1]), round(mark.radius_px)
    reach = round(1.3 * radius)
    top = max(0, y - reach)
    lines = deep.slices[:, top : y + reach, max(0, x - radius // 3) : x + radius // 3]
    smooth = cv2.blur(lines.mean(2, dtype=np.float32), (5, 1))
    steep = np.abs(np.gradient(smooth, axis=1)).max(1)
    return top_near(np.asarray(steep, np.float32), mark.height_mm) - mark.height_mm


def top_near(profile: Field, height_mm: float) -> float:
    """The height of the profile's top, at most WITHIN slices away."""
    first = max(1, round(height_mm) - WITHIN)
    last = min(len(profile) - 1, round(height_mm) + WITHIN + 1)
    top = first + int(profile[first:last].argmax())
    before, here, after = profile[top - 1 : top + 2].tolist()
    bend = before - 2 * here + after
    return top + (0.5 * (before - after) / bend if bend < 0 else 0.0)


def visibility(
    picture: NDArray[np.uint16],
    breast: NDArray[np.bool_],
    at: tuple[float, float],
    radius_px: float,
) -> float:
    """Of a disc against its ring, in standard deviations of such differences in the breast."""
    size = picture.shape[1] // COARSER, picture.shape[0] // COARSER
    small = cv2.resize(picture.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(breast.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    radius = radius_px / COARSER
    reach = int(np.ceil(1.8 * radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    away = np.hypot(x, y) / radius
    disc = (away <= 0.8).astype(np.float32)
    ring = ((away >= 1.2) & (away <= 1.8)).astype(np.float32)
    differs = cv2.filter2D(small, -1, disc / disc.sum() - ring / ring.sum())
    whole = cv2.erode(inside, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
    column, row = round(at[0] / COARSER), round(at[1] / COARSER)
    whole[max(0, row - reach) : row + reach, max(0, column - reach) : column + reach] = False
    others = differs[whole]
    return float((differs[row, column] - others.mean()) / others.std())


if __name__ == "__main__":
    main()
