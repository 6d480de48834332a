"""From logits to probabilities and words: on lesions that the network did not learn from.

Logits come from predicted outlines, since true ones were drawn by people who knew the diagnosis.
Cross-fitting gives one for every lesion: each part of the patients is scored by a network fitted to
the others. The inner split alone holds some forty malignant lesions, too few for a threshold that
keeps 95 % of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from senoscope.domain.lesion import Lesion
from senoscope.models.classifier import Classifier
from senoscope.models.crop import lesion_crops
from senoscope.models.evaluation.calibration_error import brier, platt_scaling
from senoscope.models.evaluation.matching import best_match
from senoscope.models.evaluation.metrics import expected_calibration_error
from senoscope.models.evaluation.platt_fit import platt_fit, scaled
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.classifier import predict
from senoscope.models.training.samples import Sample, Samples

LESION_FROM = 0.0
"""Logit of "is a lesion" below which an outline is dropped: even odds, as trained. Stricter ones
did not tell false outlines: what the U-Net mistakes for a lesion looks like one."""
PARTS = 5
"""Of patients, for the error of the calibration itself."""


@dataclass(frozen=True, slots=True)
class ScoredLesion:
    """A lesion as a network sees it that did not learn from it."""

    name: str
    group: str
    malignant: bool
    logit: float
    lesion_logit: float


def score_by_package(
    segmenter: Segmenter, classifier: Classifier, samples: Iterable[Sample]
) -> list[ScoredLesion]:
    """The found lesions of `samples` by a packaged classifier."""
    scored = []
    for sample, lesion in _found(segmenter, samples):
        read = classifier.logits(sample.pixels, lesion.box)
        scored.append(_scored(sample, read.malignant, read.lesion))
    return scored


def cross_fitted(
    fit: Callable[[Samples, int], torch.nn.Module],
    samples: Samples,
    parts: int,
    crop: tuple[int, Sequence[float]],
    segmenter: Segmenter,
) -> list[ScoredLesion]:
    """The found lesions of `samples.fitted`, each by a network fitted to the other parts.

    `fit` gives the network for what is left without a part of that number; `crop` is the side of
    a crop in pixels and its margins.
    """
    size, margins = crop
    scored = []
    for part in range(parts):
        held = tuple(s for s in samples.fitted if part_of(s.group, parts) == part)
        others = tuple(s for s in samples.fitted if part_of(s.group, parts) != part)
        network = fit(replace(samples, fitted=others, inner=held), part)
        for sample, lesion in _found(segmenter, held):
            crops = lesion_crops(sample.pixels, lesion.box, size, margins)
            scored.append(_scored(sample, *predict(network, crops).tolist()))
    return scored


def part_of(group: str, parts: int) -> int:
    """Which of `parts` a patient or duplicate group belongs to, by its name alone."""
    return int.from_bytes(hashlib.sha256(f"part of {group}".encode()).digest()[:4], "big") % parts


def calibration(scored: Sequence[ScoredLesion]) -> tuple[dict[str, float], dict[str, Any]]:
    """Settings of the card, and what the card says of how they were found.

    The error is that of the calibration on patients it was not fitted to.
    """
    logits = np.array([each.logit for each in scored])
    malignant = np.array([each.malignant for each in scored])
    fit = platt_fit(logits, malignant)
    probability = fit.probability(logits)
    unseen = np.empty(len(scored))
    part = np.array([part_of(each.group, PARTS) for each in scored])
    for held in range(PARTS):
        fitted = platt_scaling(logits[part != held], malignant[part != held])
        unseen[part == held] = scaled(logits[part == held], *fitted)
    settings = fit.settings | {"lesion_logit_from": LESION_FROM}
    dismissed = np.array([each.lesion_logit < LESION_FROM for each in scored])
    said = {
        "lesions": len(scored),
        "lesions_dismissed": int(dismissed.sum()),
        "ece_by_patient_cv": round(expected_calibration_error(malignant, unseen), 4),
        "brier_by_patient_cv": round(brier(malignant, unseen), 4),
        "called_low": round(float((probability < fit.low_below).mean()), 4),
        "called_high": round(float((probability >= fit.high_from).mean()), 4),
    }
    return settings, said


def write_out_of_fold(scored: Sequence[ScoredLesion], folder: Path) -> None:
    """`out_of_fold.json` beside the card: logits by image name, for what is joined with them."""
    logits: Mapping[str, float] = {each.name: round(each.logit, 4) for each in scored}
    text = json.dumps(logits, indent=0, sort_keys=True)
    (folder / "out_of_fold.json").write_text(text + "\n", encoding="utf-8")


def _found(segmenter: Segmenter, samples: Iterable[Sample]) -> Iterable[tuple[Sample, Lesion]]:
    for sample in samples:
        if sample.has_lesion:
            lesions = segmenter.segment(sample.pixels).lesions
            lesion = best_match(lesions, sample.mask > 127)
            if lesion is not None:
                yield sample, lesion


def _scored(sample: Sample, logit: float, lesion_logit: float) -> ScoredLesion:
    malignant = sample.diagnosis is Diagnosis.MALIGNANT
    return ScoredLesion(sample.name, sample.group, malignant, logit, lesion_logit)
