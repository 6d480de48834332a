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

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.models.crop import lesion_crops
from senoscope.models.evaluation.calibration_error import platt_scaling
from senoscope.models.evaluation.matching import best_match, box_of, lesion_components
from senoscope.models.evaluation.ultrasound_sets import side_strip
from senoscope.models.odds import logit
from senoscope.models.package import CARD_FORMAT, Precision
from senoscope.models.segmenter import Segmenter, most_convincing_window
from senoscope.models.training.export import (
    ExportedClassifier,
    ExportedUNet,
    export_onnx,
    halve,
    quantise,
)
from senoscope.models.training.normalise import MEAN, STD, gray_to_network
from senoscope.models.training.samples import Sample, lesion_free_window

CALIBRATION_IMAGES = 300
CARD_DIGITS = 5
HEAD_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the presence head in the presence score; the rest is the most convincing window."""
BARE_PARTS = 3
"""Lesion-free parts of each inner image, beside its strip: normals alone are five."""


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """What a package is called and what its card says of itself."""

    name: str
    version: str
    size: int
    about: Mapping[str, Any]
    margins: tuple[float, ...] = ()


def write_weights(
    plan: PackagePlan,
    network: ExportedUNet | ExportedClassifier,
    fitted: Sequence[Sample],
    folder: Path,
) -> None:
    """All ONNX files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    export_onnx(network, plan.size, folder / "model.fp32.onnx", max(1, len(plan.margins)))
    write_narrower(plan, fitted, folder)


def write_narrower(plan: PackagePlan, fitted: Sequence[Sample], folder: Path) -> None:
    """fp16 and int8 weights beside the fp32 ones; scales come from training images alone."""
    fp32, int8 = folder / "model.fp32.onnx", folder / "model.int8.onnx"
    halve(fp32, folder / "model.fp16.onnx")
    picked = np.random.default_rng(0).permutation(len(fitted))[:CALIBRATION_IMAGES]
    pictures = [_network_input(fitted[k], plan) for k in picked]
    quantise(fp32, int8, pictures, keep_ends=not plan.margins)


def write_card(plan: PackagePlan, settings: Mapping[str, float], folder: Path) -> None:
    """card.json, last, so that a folder with a card is a whole package."""
    card = {
        "format": CARD_FORMAT,
        "name": plan.name,
        "version": plan.version,
        "input": {"size": plan.size, "mean": MEAN, "std": STD}
        | ({"margins": plan.margins} if plan.margins else {}),
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
) -> dict[str, float]:
    """Settings of presence: of `HEAD_SHARES` the one that alarms least on bare tissue.

    With it its threshold, and the Platt scaling that makes the score the probability of a lesion
    on a picture that is as likely to show one as not. `segmenter` has no threshold yet. The
    threshold keeps `kept_share` of the inner lesions that are *found*: one that the mask misses
    cannot be rescued by a lower threshold.
    """
    found, bare = _scores_of(segmenter, inner)
    if not found or not bare:
        raise DataSetError(
            f"{len(found)} lesions of the inner split were found, and {len(bare)} parts of it are "
            "bare; expected some of both to set presence by. Train longer, or on more images."
        )
    rules = [_rule(np.array(found), np.array(bare), share, kept_share) for share in HEAD_SHARES]
    _, share, threshold = min(rules)
    mix = np.array([1 - share, share])
    scores = np.array([logit(float(each @ mix)) for each in np.array([*found, *bare])])
    slope, intercept = platt_scaling(scores, np.arange(len(scores)) < len(found))
    return {
        "head_share": share,
        "presence_from": threshold,
        "presence_slope": slope,
        "presence_intercept": intercept - math.log(len(found) / len(bare)),
    }


def _scores_of(
    segmenter: Segmenter, inner: Sequence[Sample]
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Of lesions that were found, and of normals and lesion-free parts."""
    found, bare = [], []
    rng = np.random.default_rng(0)
    for sample in inner:
        if not sample.has_lesion:
            bare.append(_presence_scores(segmenter, sample.pixels))
            continue
        outlines = segmenter.segment(sample.pixels).lesions
        if any(best_match(outlines, part) for part in lesion_components(sample.mask > 127)):
            found.append(_presence_scores(segmenter, sample.pixels))
        parts = [lesion_free_window(sample, rng) for _ in range(BARE_PARTS)]
        strip = side_strip(sample.mask)
        parts.append(None if strip is None else (slice(None), strip))
        bare += [
            _presence_scores(segmenter, np.ascontiguousarray(sample.pixels[part]))
            for part in parts
            if part is not None
        ]
    return found, bare


def _rule(
    found: NDArray[np.float64], bare: NDArray[np.float64], share: float, kept_share: float
) -> tuple[float, float, float]:
    """The share of `bare` that alarms, with that share of the head, and the threshold."""
    mix = np.array([1 - share, share])
    threshold = float(np.quantile(found @ mix, 1 - kept_share))
    # Rounded down as the card will round it: up, it would lose the very lesion it was set to keep.
    threshold = math.floor(threshold * 10**CARD_DIGITS) / 10**CARD_DIGITS
    return float((bare @ mix >= threshold).mean()), share, threshold


def _presence_scores(segmenter: Segmenter, pixels: Gray) -> tuple[float, float]:
    seen = segmenter.look(pixels)
    return most_convincing_window(seen.lesion), seen.presence


def _network_input(sample: Sample, plan: PackagePlan) -> NDArray[np.float32]:
    size = plan.size
    if not plan.margins:
        small = cv2.resize(sample.pixels, (size, size), interpolation=cv2.INTER_AREA)
        return gray_to_network(np.asarray(small, dtype=np.uint8))
    box = box_of(lesion_components(sample.mask > 127)[0])
    crops = lesion_crops(sample.pixels, box, size, plan.margins)
    return np.concatenate([gray_to_network(crop) for crop in crops])
