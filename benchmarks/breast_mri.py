"""How well and at what cost a dynamic breast MRI is read, on simulated exams whose truth is known.

    python benchmarks/breast_mri.py --first 5000 --count 30 --report breast_mri.json

Each anatomy is one exam, every third without fat suppression, in which she moves up to `--motion`
mm. Intervals are 95 %, by resampling exams. Beside the figures: the functional volume and the
displacement without registration. `--cost` reads six phases of 160 x 448 x 448 instead: one
exam's, its voxels repeated. Seeds 27000 to 27029 are for the figure that is published, once.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from senoscope.calibration.phantoms.breast_mri.exam import SimulatedBreastMri
from senoscope.domain.breast_mri import DynamicSeries, Mask, VolumeGeometry
from senoscope.models.evaluation.metrics import bootstrap, dice
from senoscope.models.programmed.breast_mri.analyse import analyse
from senoscope.models.programmed.breast_mri.analysis import (
    EnhancingLesion,
    Motion,
    MriAnalysis,
    MriSettings,
    Tissue,
)
from senoscope.models.programmed.breast_mri.coarse_grid import in_volume

LARGE = (160, 448, 448)
Row = dict[str, Any]


def row_of(seed: int, motion_mm: float) -> Row:
    """One exam's figures."""
    exam = SimulatedBreastMri.drawn(seed, motion_mm=motion_mm, fat_suppressed=seed % 3 != 0)
    found, still = analyse(exam.series), analyse(exam.series, MriSettings(register=False))
    assert found is not None
    assert still is not None
    masks = [whole(each, exam.series.shape) for each in found.lesions]
    row: Row = {
        "seed": seed,
        "breast": dice((found.tissue & np.uint8(Tissue.BREAST)) > 0, exam.breast),
        "gland": dice((found.tissue & np.uint8(Tissue.FIBROGLANDULAR)) > 0, exam.fibroglandular),
        "lesions": [],
        "functional_mm3": sum(each.functional_mm3 for each in found.lesions),
        "functional_still_mm3": sum(each.functional_mm3 for each in still.lesions),
        "true_functional_mm3": exam.functional_mm3,
        "cpu_s": sum(found.cpu_s.values()),
    }
    hit: set[int] = set()
    for true in exam.lesions:
        its = np.zeros(exam.series.shape, bool)
        its[true.box] = true.mask
        dices = [dice(mask, its) for mask in masks]
        hit.update(place for place, value in enumerate(dices) if value > 0)
        row["lesions"].append((true.kind, max(dices, default=0.0)))
    row["false"] = len(masks) - len(hit)
    if exam.motion is not None:
        row["moved_mm"], row["left_mm"] = moved_mm(exam, found)
    return row


def whole(lesion: EnhancingLesion, shape: tuple[int, int, int]) -> Mask:
    """Its mask in the volume."""
    found = np.zeros(shape, bool)
    z, y, x = (slice(c, c + n) for c, n in zip(lesion.corner, lesion.mask.shape, strict=True))
    found[z, y, x] = lesion.mask
    return found


def moved_mm(exam: SimulatedBreastMri, found: MriAnalysis) -> tuple[float, float]:
    """How far the breasts' voxels lie from where they were, before and after registration."""
    true, mm = exam.motion, np.array(exam.series.geometry.spacing_mm)
    assert true is not None
    assert found.motion is not None
    before, after = [], []
    for phase in range(1, len(exam.series.phases)):
        one, other = (
            np.stack([_part(each, phase, axis, exam) for axis in range(3)], axis=-1)
            for each in (true, found.motion)
        )
        before.append(float(np.linalg.norm(one * mm, axis=-1).mean()))
        after.append(float(np.linalg.norm((one - other) * mm, axis=-1).mean()))
    return float(np.mean(before)), float(np.mean(after))


def _part(motion: Motion, phase: int, axis: int, exam: SimulatedBreastMri) -> Any:
    nodes = np.ascontiguousarray(motion.displacement[phase][..., axis])
    return in_volume(nodes, motion.step, exam.series.shape)[exam.breast]


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Means with their intervals; of the functional volume, how far the sum is off."""

    def mean(values: Sequence[float], seeds: Sequence[int]) -> dict[str, Any]:
        of = np.array(values, np.float64)
        found = bootstrap(lambda at: float(of[at].mean()), list(seeds))
        return {"value": found.value, "ci": found.ci, "n": found.n}

    def off(name: str) -> Callable[[Any], float]:
        its, true = (np.array([row[key] for row in rows]) for key in (name, "true_functional_mm3"))
        return lambda at: float(its[at].sum() / true[at].sum() - 1) if true[at].any() else np.nan

    seeds = [row["seed"] for row in rows]
    made = {
        name: mean([row[name] for row in rows], seeds)
        for name in ("breast", "gland", "false", "cpu_s", "moved_mm", "left_mm")
        if all(name in row for row in rows)
    }
    for kind in ("mass", "non-mass", "focus"):
        its = [
            (value, row["seed"])
            for row in rows
            for named, value in row["lesions"]
            if named.endswith(f" {kind}")
        ]
        if its:
            made[f"dice of a {kind}"] = mean([each[0] for each in its], [each[1] for each in its])
    for name in ("functional_mm3", "functional_still_mm3"):
        error = bootstrap(off(name), seeds)
        made[f"{name}, off by"] = {"value": error.value, "ci": error.ci, "n": error.n}
    return made


def cost(seed: int) -> dict[str, Any]:
    """Processor seconds and the most memory of a large exam."""
    series = SimulatedBreastMri.drawn(seed, motion_mm=3.0).series
    at = [
        np.minimum(np.arange(n) * had // n, had - 1)
        for n, had in zip(LARGE, series.shape, strict=True)
    ]
    z, y, x = (
        mm * had / n
        for mm, had, n in zip(series.geometry.spacing_mm, series.shape, LARGE, strict=True)
    )
    geometry = VolumeGeometry((z, y, x), series.geometry.axes, series.geometry.origin_mm)
    phases = tuple(np.ascontiguousarray(each[np.ix_(*at)]) for each in series.phases)
    large: DynamicSeries = replace(series, phases=phases, geometry=geometry)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    found = analyse(large)
    assert found is not None
    return {
        "cpu_s": time.process_time() - start,
        "steps": dict(found.cpu_s),
        "held_before_gb": held / 2**20,
        "most_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def main() -> None:
    """By the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=5000, help="the first seed")
    parser.add_argument("--count", type=int, default=30, help="how many exams")
    parser.add_argument("--motion", type=float, default=4.0, help="mm that she moves at most")
    parser.add_argument("--cost", action="store_true", help="time and memory of a large exam alone")
    parser.add_argument("--report", type=Path, help="where the figures go as JSON")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    if asked.cost:
        made: dict[str, Any] = cost(asked.first)
    else:
        seeds = range(asked.first, asked.first + asked.count)
        made = figures([row_of(seed, asked.motion) for seed in seeds])
    text = json.dumps(made, indent=2)
    print(text)
    if asked.report:
        asked.report.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
