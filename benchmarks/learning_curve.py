"""What would more images, or more hours, bring? Small networks fitted to shares of the patients.

    python benchmarks/learning_curve.py --data DIR --run runs/curve --report curve.json

A narrow real-time U-Net (width 16, 96 pixels) and GoogLeNet (crops of 64 pixels, from scratch) are
fitted for the same number of steps to a quarter, a half and all of the patients that the shipped
networks learnt from, and judged on BUS-BRA fold 3 and BUSI val: Dice of the network's own map, the
AUC on true boxes. They are far smaller and fitted far shorter than what ships, so that the curve
can be drawn on one core in an hour: read its slope, not its height. One seed says little: of the
U-Net's first six runs one stood still for 150 steps and ended at half the Dice of the others.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import torch

from senoscope.models.networks.googlenet import GoogLeNet
from senoscope.models.networks.unet import RealTimeUNet
from senoscope.models.training.classifier import CLASSES, ClassifierTask
from senoscope.models.training.fit import Recipe, Stage, Task, fit
from senoscope.models.training.samples import DataFolders, Sample, Samples, load_samples
from senoscope.models.training.unet import UNetTask

SHARES = (0.25, 0.5, 1.0)
STEPS, SCORED_EVERY = 600, 150
MARGINS = (0.1, 0.4)
OUTLINED, SCORED = "dice", "auc_true_box"


@dataclass(frozen=True, slots=True)
class Curve:
    """One network's: `make` gives it afresh, `task` what it is fitted and judged by."""

    name: str
    size: int
    learning_rate: float
    figure: str
    seeds: tuple[int, ...]
    make: Callable[[], torch.nn.Module]
    task: Callable[[torch.nn.Module, Samples, int], Task]


CURVES = (
    Curve("U-Net, width 16", 96, 2e-3, OUTLINED, (1, 2), lambda: RealTimeUNet(16), UNetTask),
    Curve(
        "GoogLeNet", 64, 1e-3, SCORED, (1,), lambda: GoogLeNet(CLASSES),
        lambda network, samples, size: ClassifierTask(network, samples, size, MARGINS),
    ),
)  # fmt: skip


def read(data: Path, folds: tuple[str, ...], parts: tuple[str, ...], inner: float) -> Samples:
    """Images of those parts, the share `inner` of the patients apart from the others."""
    folders = DataFolders(data / "bus-bra", data / "busi", (), folds, parts)
    return load_samples(folders, inner, print)


def is_drawn(sample: Sample, share: float) -> bool:
    """Whether the patient belongs to that share; a larger one holds all of a smaller one."""
    drawn = hashlib.sha256(f"curve {sample.group}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") < share * 2**32


def point(
    curve: Curve, seed: int, fitted: Samples, tests: Mapping[str, Samples], run: Path
) -> dict[str, Any]:
    """Fit once. Figures of both tests at the end, of the inner split every SCORED_EVERY steps."""
    torch.manual_seed(seed)
    recipe = Recipe(seed, 16, (Stage(curve.size, STEPS),), learning_rate=curve.learning_rate)
    if (run / "checkpoint.pt").exists():
        sys.exit(f"{run} holds a run already, whose hours are not known. Give another --run.")
    started = time.monotonic()
    task = curve.task(curve.make(), fitted, curve.size)
    average = fit(task, recipe, run, print, score_every=SCORED_EVERY)
    hours = (time.monotonic() - started) / 3600
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return {
        "seed": seed,
        "images": len(fitted.fitted),
        "patients_or_duplicate_groups": len({sample.group for sample in fitted.fitted}),
        "hours_on_one_core": round(hours, 3),
        curve.figure: {
            name: round(
                curve.task(average, replace(fitted, inner=test.inner), curve.size).score(average)[
                    curve.figure
                ],
                4,
            )
            for name, test in tests.items()
        },
        "inner_split_by_step": {
            line["step"]: round(line[curve.figure], 4) for line in lines if curve.figure in line
        },
    }


def main() -> None:
    """Fit and judge every point; the report holds what is there so far."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    given.report.parent.mkdir(parents=True, exist_ok=True)
    learnt = read(given.data, ("1", "2"), ("train",), 0.1)
    # A share of 1 sets all apart: they are judged on, none is learnt from.
    tests = {
        "bus-bra 3": read(given.data, ("3",), (), 1.0),
        "busi val": read(given.data, (), ("val",), 1.0),
    }
    report: dict[str, list[dict[str, Any]]] = {curve.name: [] for curve in CURVES}
    for curve in CURVES:
        for seed, share in product(curve.seeds, SHARES):
            drawn = tuple(sample for sample in learnt.fitted if is_drawn(sample, share))
            run = given.run / f"{curve.figure}{share:g}-seed{seed}"
            report[curve.name].append(point(curve, seed, replace(learnt, fitted=drawn), tests, run))
            given.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
