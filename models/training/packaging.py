"""Turns a training run into a model package: weights, settings from the inner split, card."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray
from senoscope.models.crop import crop_affine, sample_crop
from senoscope.models.evaluation.matching import best_match, box_of, lesion_components
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.ultrasound_sets import side_strip
from senoscope.models.package import CARD_FORMAT, Precision
from senoscope.models.segmenter import Segmenter, most_convincing_window
from senoscope.models.training.export import (
    ExportedClassifier,
    ExportedUNet,
    export_onnx,
    quantise,
)
from senoscope.models.training.normalise import MEAN, STD, gray_to_network
from senoscope.models.training.samples import Sample

CALIBRATION_IMAGES = 300
CARD_DIGITS = 5
HEAD_SHARES = (0.0, 0.25, 0.5)
"""Of the presence head in the presence score; the rest is the most convincing window."""


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """What a package is called and what its card says of itself."""

    name: str
    version: str
    size: int
    about: Mapping[str, Any]


def write_weights(
    plan: PackagePlan,
    network: ExportedUNet | ExportedClassifier,
    fitted: Sequence[Sample],
    folder: Path,
) -> None:
    """Both ONNX files in `folder`; int8 scales come from training images alone."""
    folder.mkdir(parents=True, exist_ok=True)
    fp32, int8 = folder / "model.fp32.onnx", folder / "model.int8.onnx"
    export_onnx(network, plan.size, fp32)
    picked = np.random.default_rng(0).permutation(len(fitted))[:CALIBRATION_IMAGES]
    crops = isinstance(network, ExportedClassifier)
    quantise(fp32, int8, [_network_input(fitted[k], plan.size, crops) for k in picked])


def write_card(plan: PackagePlan, settings: Mapping[str, float], folder: Path) -> None:
    """card.json, last, so that a folder with a card is a whole package."""
    card = {
        "format": CARD_FORMAT,
        "name": plan.name,
        "version": plan.version,
        "input": {"size": plan.size, "mean": MEAN, "std": STD},
        "settings": {name: round(value, CARD_DIGITS) for name, value in settings.items()},
        "files": {
            precision.value: {
                "file": f"model.{precision}.onnx",
                "sha256": hashlib.sha256(
                    (folder / f"model.{precision}.onnx").read_bytes()
                ).hexdigest(),
            }
            for precision in Precision
        },
        **plan.about,
    }
    partial = folder / "card.partial"
    partial.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(folder / "card.json")


def move_into_place(made: Path, target: Path) -> None:
    """Swap a finished package in; where that fails, the one before stands again."""
    before = target.with_name(target.name + ".before")
    if target.exists():
        shutil.rmtree(before, ignore_errors=True)
        target.rename(before)
    try:
        shutil.move(made, target)
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        if before.exists():
            before.rename(target)
        raise
    shutil.rmtree(before, ignore_errors=True)


def presence_rule(
    segmenter: Segmenter, inner: Sequence[Sample], kept_share: float
) -> tuple[float, float]:
    """Of `HEAD_SHARES` the one that tells inner lesions from bare tissue best, and its threshold.

    `segmenter` has no threshold yet. The threshold keeps `kept_share` of the inner lesions that
    are *found*: one that the mask misses cannot be rescued by a lower threshold.
    """
    found, bare = [], []
    for sample in inner:
        if not sample.has_lesion:
            bare.append(_presence_scores(segmenter, sample.pixels))
            continue
        outlines = segmenter.segment(sample.pixels).lesions
        if any(best_match(outlines, part) for part in lesion_components(sample.mask > 127)):
            found.append(_presence_scores(segmenter, sample.pixels))
        strip = side_strip(sample.mask)
        if strip is not None:
            bare.append(_presence_scores(segmenter, np.ascontiguousarray(sample.pixels[:, strip])))
    labels = np.arange(len(found) + len(bare)) < len(found)
    scores = np.array([*found, *bare])

    def mixed(share: float) -> NDArray[np.float64]:
        return np.asarray(scores @ [1 - share, share], dtype=np.float64)

    share = max(HEAD_SHARES, key=lambda each: auc(labels, mixed(each)))
    threshold = float(np.quantile(mixed(share)[labels], 1 - kept_share))
    # Rounded down as the card will round it: up, it would lose the very lesion it was set to keep.
    return share, math.floor(threshold * 10**CARD_DIGITS) / 10**CARD_DIGITS


def _presence_scores(segmenter: Segmenter, pixels: Gray) -> tuple[float, float]:
    probability, head = segmenter.probabilities(pixels)
    return most_convincing_window(probability), head


def operating_point(
    probability: NDArray[np.float64], malignant: NDArray[np.bool_]
) -> tuple[float, float]:
    """Low below: keeps 95 % of malignant lesions above. High from: 90 % of benign ones below."""
    low = float(np.quantile(probability[malignant], 0.05))
    high = float(np.quantile(probability[~malignant], 0.90))
    return min(low, high), max(low, high)


def _network_input(sample: Sample, size: int, crops: bool) -> NDArray[np.float32]:
    pixels: Gray = sample.pixels
    if crops and sample.has_lesion:
        pixels = sample_crop(
            pixels, crop_affine(box_of(lesion_components(sample.mask > 127)[0]), size), size
        )
    else:
        pixels = np.asarray(
            cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    return gray_to_network(pixels)
