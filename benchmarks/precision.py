"""What int8 costs beside fp32 on real pictures: Dice, findings, words.

    python benchmarks/precision.py --data DIR --report precision.json

On BUS-BRA fold 3 and BUSI val, which no network here was fitted to, both precisions of the shipped
packages on OpenVINO. Dice is each's own against the truth, over images with a lesion; `verdict` is
what the trust gate would say of int8 on these pictures, whose flips are findings that only one
precision has or that are called by another word.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from senoscope.calibration.engine_trust import compared
from senoscope.domain.reading import Reading
from senoscope.models.engines.ways import REFERENCE, USUAL
from senoscope.models.evaluation.metrics import dice
from senoscope.models.evaluation.outlines import true_mask
from senoscope.models.evaluation.ultrasound_sets import (
    Diagnosis,
    UltrasoundImage,
    read_bus_bra,
    read_busi,
)
from senoscope.models.segmenter import lesion_mask
from senoscope.ui.assemble import build_reader


def judged(images: list[UltrasoundImage]) -> dict[str, Any]:
    """Both precisions on every image."""
    readers = [build_reader(way) for way in (REFERENCE, USUAL)]
    readings: tuple[list[Reading], list[Reading]] = [], []
    shapes: list[tuple[int, int]] = []
    lost: dict[str, float] = {}
    for index, image in enumerate(images):
        pixels = image.pixels()
        shapes.append((pixels.shape[0], pixels.shape[1]))
        overlaps = []
        for reader, kept in zip(readers, readings, strict=True):
            kept.append(reader.read(pixels, index))
            if image.diagnosis is not Diagnosis.NORMAL:
                lesions = tuple(finding.lesion for finding in kept[-1].findings)
                overlaps.append(dice(lesion_mask(lesions, shapes[-1]), true_mask(image, pixels)))
        if overlaps:
            lost[image.name] = overlaps[0] - overlaps[1]
    worst = max(lost, key=lambda name: lost[name])
    verdict = compared(*readings, shapes)
    return {
        "images": len(images),
        "with_a_lesion": len(lost),
        "mean_dice_lost": round(float(np.mean(list(lost.values()))), 4),
        "worst_image": {"name": worst, "dice_lost": round(lost[worst], 4)},
        "images_that_lost_more_than_0.05": sum(loss > 0.05 for loss in lost.values()),
        "verdict": asdict(verdict),
        "flips": f"{round(verdict.flips * verdict.findings)} of {verdict.findings}",
    }


def main() -> None:
    """Both sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    sets = {
        "bus-bra 3": [i for i in read_bus_bra(given.data / "bus-bra") if i.part == "3"],
        "busi val": [i for i in read_busi(given.data / "busi") if i.part == "val"],
    }
    report = {name: judged(images) for name, images in sets.items()}
    given.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
