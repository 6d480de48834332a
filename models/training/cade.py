"""Fits the weights of programmed CADe and says how it fares on the inner split."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.matching import FOUND_IOU, Mask, lesion_components
from senoscope.models.evaluation.metrics import Bools, Estimate, Floats, bootstrap, iou
from senoscope.models.programmed.blob_features import measure_blobs
from senoscope.models.programmed.cade import CadeWeights, Candidate, find_candidates, write_cade
from senoscope.models.programmed.dark_blobs import find_blobs, reduce_frame
from senoscope.models.training.feature_model import ridge_logistic
from senoscope.models.training.samples import (
    INNER_SHARE,
    DataFolders,
    Sample,
    Samples,
    load_samples,
)

MOST_LESION_IMAGES = 250
LESION_IOU = 0.4
"""With a true lesion, from which on a blob is learnt as one."""
RIDGE = 10.0
"""On the weights, in logit per spread: features that say the same share what they say."""
FALSE_PER_IMAGE = 1.0
"""Marks that are no lesion, on images of the inner split: the threshold is set to it."""
REPORTED_FALSE = (1, 2, 4)


def fit_cade(samples: Samples) -> CadeWeights:
    """Weights from `fitted`, the threshold from `inner`; under two minutes on one core.

    Of the lesion images at most MOST_LESION_IMAGES are learnt from, evenly spaced in the order
    they were read; of those without a lesion all. Operators' marks are taken off.
    """
    lesions = [sample for sample in samples.fitted if sample.has_lesion]
    normals = [sample for sample in samples.fitted if not sample.has_lesion]
    if not lesions or not samples.inner:
        raise DataSetError(
            f"{len(lesions)} lesion images to fit and {len(samples.inner)} in the inner split "
            "were given; expected some of each. Choose more folds or parts."
        )
    count = min(MOST_LESION_IMAGES, len(lesions))
    chosen = [lesions[k] for k in np.linspace(0, len(lesions) - 1, count).round().astype(int)]
    learnt = [_learnt(sample) for sample in [*chosen, *normals]]
    measured = np.concatenate([rows for rows, _ in learnt])
    weights = _logistic(measured, np.concatenate([labels for _, labels in learnt]))
    return replace(weights, marked_from=_threshold(weights, samples.inner))


def free_response(weights: CadeWeights, samples: Sequence[Sample]) -> dict[str, Estimate]:
    """Share of lesions found where an image has 1, 2 or 4 false marks on average (FROC).

    By both ways to be right, an IoU of 0.3 or the box's centre inside the lesion, and by where
    false marks are counted: images with a lesion, or without. Intervals are by patient.
    `baseline_` is one mark an image, the same ellipse on each.
    """
    everything = replace(weights, marked_from=0.0)
    judged = [_judged(sample, find_candidates(sample.unmarked, everything)) for sample in samples]
    guesses = [_judged(sample, [_guess(sample)])[1] for sample in samples]
    groups = [
        sample.group
        for sample, (_, hits) in zip(samples, judged, strict=True)
        for _ in range(hits.shape[2])
    ]
    figures: dict[str, Estimate] = {}
    for way, named in enumerate(("iou", "centre")):
        best = [np.where(hits[way], s[:, None], -1).max(axis=0, initial=-1) for s, hits in judged]
        found_at = np.concatenate(best)
        guessed = np.concatenate([hits[way, 0] for hits in guesses])
        figures[f"baseline_{named}"] = bootstrap(partial(_share, guessed), groups)
        for diseased, where in ((True, "lesion_image"), (False, "normal")):
            false = [
                scores[~hits[way].any(axis=1)]
                for sample, (scores, hits) in zip(samples, judged, strict=True)
                if sample.has_lesion == diseased
            ]
            for rate in REPORTED_FALSE if false else ():
                found = found_at > _level(false, rate)
                name = f"sensitivity_{named}_at_{rate}_false_per_{where}"
                figures[name] = bootstrap(partial(_share, found), groups)
    return figures


def train_cade(folders: DataFolders, target: Path, say: Callable[[str], None]) -> CadeWeights:
    """Fit, measure on the inner split and write the file that `load_cade` reads."""
    samples = load_samples(folders, INNER_SHARE, say)
    weights = fit_cade(samples)
    figures = free_response(weights, samples.inner)
    learnt = sum(sample.has_lesion for sample in samples.fitted)
    lesion_images = sum(sample.has_lesion for sample in samples.inner)
    about = {
        "made_by": "senoscope train cade",
        "trained_on": {
            "bus_bra_folds": folders.folds,
            "busi_parts": folders.parts,
            "lesion_images": min(learnt, MOST_LESION_IMAGES),
            "normal_images": len(samples.fitted) - learnt,
        },
        "inner_split": {
            "lesion_images": lesion_images,
            "normal_images": len(samples.inner) - lesion_images,
            **{name: _rounded(figure) for name, figure in figures.items()},
        },
    }
    write_cade(weights, about, target)
    return weights


def _guess(sample: Sample) -> Candidate:
    """0.4 of the width and 0.3 of the height, a little above the middle: where lesions are."""
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    ellipse = np.stack([0.5 + 0.2 * np.cos(angle), 0.4 + 0.15 * np.sin(angle)], axis=1)
    contour = ellipse * [sample.mask.shape[1], sample.mask.shape[0]]
    return Candidate(contour.astype(np.float32), 1.0, {}, {})


def _rounded(figure: Estimate) -> dict[str, object]:
    ends = [round(end, 4) for end in figure.ci]
    return {"value": round(figure.value, 4), "ci": ends, "n": figure.n}


def _share(found: Bools, rows: NDArray[np.int64]) -> float:
    return float(found[rows].mean())


def _learnt(sample: Sample) -> tuple[Floats, Bools]:
    """The features of every blob, and which blobs are lesions."""
    frame = reduce_frame(sample.unmarked)
    blobs = find_blobs(frame)
    rows, columns = frame.pixels.shape
    truths = [
        cv2.resize(part.astype(np.uint8), (columns, rows), interpolation=cv2.INTER_AREA) > 0
        for part in lesion_components(sample.mask > 127)
    ]
    overlaps = [
        max(_overlaps(outline, truths, (rows, columns)), default=0.0) for outline in blobs.outline
    ]
    return measure_blobs(frame, blobs), np.array(overlaps) >= LESION_IOU


def _logistic(measured: Floats, labels: Bools) -> CadeWeights:
    usual, spread = measured.mean(axis=0), measured.std(axis=0)
    rows = np.column_stack([(measured - usual) / spread, np.ones(len(measured))])
    fitted = ridge_logistic(rows, labels, RIDGE)
    return CadeWeights(float(fitted[-1]), usual, spread, fitted[:-1], marked_from=0.0)


def _threshold(weights: CadeWeights, inner: Sequence[Sample]) -> float:
    """Where FALSE_PER_IMAGE marks that are right in neither way are left on an image."""
    judged = [_judged(sample, find_candidates(sample.unmarked, weights)) for sample in inner]
    return _level([scores[~hits.any(axis=(0, 2))] for scores, hits in judged], FALSE_PER_IMAGE)


def _level(false: Sequence[Floats], rate: float) -> float:
    """The score that at most `rate` false marks an image lie above."""
    scores = np.sort(np.concatenate([np.zeros(0), *false]))[::-1]
    allowed = int(rate * len(false))
    return float(scores[allowed]) if len(scores) > allowed else 0.0


def _judged(sample: Sample, candidates: Sequence[Candidate]) -> tuple[Floats, Bools]:
    """Scores (n,), and hits (2, n, lesions): by IoU, and by the box's centre."""
    truths = lesion_components(sample.mask > 127)
    hits = np.zeros((2, len(candidates), len(truths)), bool)
    for place, candidate in enumerate(candidates):
        left, top, right, bottom = candidate.box
        overlaps = list(_overlaps(candidate.contour, truths, sample.mask.shape))
        hits[0, place] = np.array(overlaps) >= FOUND_IOU
        middle = round((top + bottom) / 2), round((left + right) / 2)
        hits[1, place] = [truth[middle] for truth in truths]
    return np.array([candidate.score for candidate in candidates]), hits


def _overlaps(
    contour: NDArray[np.floating], truths: Sequence[Mask], shape: tuple[int, ...]
) -> Iterator[float]:
    """Intersection over union with each lesion."""
    inside: Gray = np.zeros(shape, np.uint8)
    cv2.fillPoly(inside, [np.rint(contour).astype(np.int32)], (1,))
    yield from (iou(inside > 0, truth) for truth in truths)
