"""Turns a training run into a model package: weights, settings from the inner split, card."""

from __future__ import annotations

import hashlib
import json
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
from senoscope.models.package import CARD_FORMAT, Precision
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.export import (
    ExportedClassifier,
    ExportedUNet,
    export_onnx,
    quantise,
)
from senoscope.models.training.normalise import MEAN, STD, gray_to_network
from senoscope.models.training.samples import Sample

CALIBRATION_IMAGES = 300


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
        "settings": {name: round(value, 5) for name, value in settings.items()},
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
    """Swap a finished package in; the one before is gone only when the new one stands."""
    before = target.with_name(target.name + ".before")
    shutil.rmtree(before, ignore_errors=True)
    if target.exists():
        target.rename(before)
    shutil.move(made, target)
    shutil.rmtree(before, ignore_errors=True)


def presence_threshold(segmenter: Segmenter, inner: Sequence[Sample], kept_share: float) -> float:
    """The presence that keeps `kept_share` of the inner lesions that are found at all.

    Of *found* lesions: one that the mask misses cannot be rescued by a lower threshold.
    """
    scores = []
    for sample in inner:
        if not sample.has_lesion:
            continue
        segmentation = segmenter.segment(sample.pixels)
        if best_match(segmentation.lesions, sample.mask > 127) is not None:
            scores.append(segmentation.presence)
    return float(np.quantile(scores, 1 - kept_share))


def platt_scaling(logits: NDArray[np.float64], malignant: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept that make sigmoid(slope * logit + intercept) a probability.

    Newton's method on the log-likelihood with Platt's smoothed targets (Platt 1999).
    """
    positives, negatives = int(malignant.sum()), int((~malignant).sum())
    target = np.where(malignant, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.stack([logits, np.ones_like(logits)], axis=1)
    weights = np.array([1.0, 0.0])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (probability - target)
        curvature = (design * (probability * (1 - probability))[:, None]).T @ design
        step = np.linalg.solve(curvature + 1e-6 * np.eye(2), gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return float(weights[0]), float(weights[1])


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
