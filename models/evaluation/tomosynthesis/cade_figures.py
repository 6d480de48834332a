"""How programmed CADe of tomosynthesis fares beside that of the mammogram of the same breast."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.models.evaluation.comparison import Difference, paired_bootstrap
from senoscope.models.evaluation.mammography.froc import (
    UNFOUND,
    JudgedImage,
    hits,
    judged,
    sensitivity_at,
    threshold_at,
)
from senoscope.models.evaluation.metrics import Estimate, auc, bootstrap
from senoscope.models.evaluation.tomosynthesis.cade_rows import CadeRow
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.pooling import Pooling, pooled_exam

RATES = (0.5, 1.0, 2.0)
"""Of false marks a view at which sensitivity is told."""
SHOWN_RATE = 1.0
"""At which growths that one finds and the other misses are counted, and depth is judged."""
CLOSE_MM = 2.0
"""What a depth may be off."""
MAMMOGRAM = "mammogram"
_RESAMPLES = 1000
"""Of differences, each of which sets two thresholds anew."""


def images_of(rows: Sequence[CadeRow], reader: str) -> list[JudgedImage]:
    """By "tomosynthesis", "mammogram" or "baseline", each against its own picture's truth."""
    images = []
    for row in rows:
        growths = [each.flat for each in row.growths]
        guesses = [each for each, _ in row.guesses]
        if reader == MAMMOGRAM:
            growths, guesses = list(row.flat_growths), list(row.flat_guesses)
        elif reader == "baseline":
            guesses = list(row.baseline)
        images.append(judged(row.anatomy, row.anatomy, growths, guesses))
    return images


def sensitivities(rows: Sequence[CadeRow]) -> dict[str, Estimate | Difference]:
    """By kind and rate, each view of a growth by itself; `gain_` is volume less mammogram, paired.

    By a mass's kind and by density at SHOWN_RATE.
    """
    figures: dict[str, Estimate | Difference] = {}
    readers = {each: images_of(rows, each) for each in ("tomosynthesis", MAMMOGRAM, "baseline")}
    for kind in MarkKind:
        for rate in RATES:
            for reader, images in readers.items():
                figures[f"{reader}_{kind}_at_{rate:g}"] = sensitivity_at(images, kind, rate)
            figures[f"gain_{kind}_at_{rate:g}"] = gain(rows, kind, rate)
    for name in ("round mass", "spiculated mass"):
        for reader, images in readers.items():
            figures[f"{reader}_{name.replace(' ', '_')}_at_{SHOWN_RATE:g}"] = sensitivity_at(
                images, MarkKind.MASS, SHOWN_RATE, name
            )
    for letter in sorted({row.density for row in rows}):
        of_letter = [row for row in rows if row.density == letter]
        for kind in MarkKind:
            for reader in ("tomosynthesis", MAMMOGRAM):
                figures[f"{reader}_{kind}_at_{SHOWN_RATE:g}_density_{letter}"] = sensitivity_at(
                    images_of(of_letter, reader), kind, SHOWN_RATE
                )
            figures[f"gain_{kind}_at_{SHOWN_RATE:g}_density_{letter}"] = gain(
                of_letter, kind, SHOWN_RATE
            )
    return figures


def thresholds(rows: Sequence[CadeRow]) -> dict[str, dict[str, float]]:
    """By kind and rate of false marks a view, the score from which on marks are shown."""
    images = images_of(rows, "tomosynthesis")
    return {
        str(kind): {f"{rate:g}": threshold_at(images, kind, rate) for rate in RATES}
        for kind in MarkKind
    }


def gain(rows: Sequence[CadeRow], kind: MarkKind, rate: float) -> Difference:
    """Sensitivity on volumes less that on mammograms, at the same rate of false marks a view."""
    deep, flat = images_of(rows, "tomosynthesis"), images_of(rows, MAMMOGRAM)

    def figure(drawn: NDArray[np.int64]) -> float:
        return _share(deep, drawn, kind, rate) - _share(flat, drawn, kind, rate)

    return paired_bootstrap(figure, [row.anatomy for row in rows], _RESAMPLES)


def found_by_one_alone(rows: Sequence[CadeRow], kind: MarkKind) -> dict[str, int]:
    """Growths of the kind at SHOWN_RATE: by volume alone, mammogram alone, both, neither."""
    deep, flat = images_of(rows, "tomosynthesis"), images_of(rows, MAMMOGRAM)
    levels = [threshold_at(images, kind, SHOWN_RATE) for images in (deep, flat)]
    counts = {"tomosynthesis_alone": 0, "mammogram_alone": 0, "both": 0, "neither": 0}
    for one, other in zip(deep, flat, strict=True):
        for growth, by_deep, by_flat in zip(one.growths, one.found, other.found, strict=True):
            if growth.kind is not kind:
                continue
            is_deep, is_flat = by_deep >= levels[0], by_flat >= levels[1]
            name = "both" if is_deep and is_flat else "neither"
            if is_deep != is_flat:
                name = "tomosynthesis_alone" if is_deep else "mammogram_alone"
            counts[name] += 1
    return counts


def depth_errors(rows: Sequence[CadeRow], kind: MarkKind) -> dict[str, Estimate]:
    """Of growths found at SHOWN_RATE, in mm, by anatomy: median, quartiles, share within CLOSE_MM.

    A growth's height is said by the best mark on it.
    """
    level = threshold_at(images_of(rows, "tomosynthesis"), kind, SHOWN_RATE)
    errors, groups = [], []
    for row in rows:
        for growth in (each for each in row.growths if each.flat.kind is kind):
            on = [
                (guess.score, height)
                for guess, height in row.guesses
                if guess.kind is kind
                and guess.score >= level
                and height is not None
                and hits(guess.at_mm, growth.flat)
            ]
            if on:
                errors.append(abs(max(on)[1] - growth.height_mm))
                groups.append(row.anatomy)
    off = np.array(errors, np.float64)

    def of(figure: Callable[[NDArray[np.float64]], float]) -> Estimate:
        return bootstrap(lambda drawn: figure(off[drawn]), groups)

    return {
        "median_mm": of(lambda each: float(np.median(each))),
        "lower_quartile_mm": of(lambda each: float(np.percentile(each, 25))),
        "upper_quartile_mm": of(lambda each: float(np.percentile(each, 75))),
        "within_2_mm": of(lambda each: float((each <= CLOSE_MM).mean())),
    }


def scores_by_view(rows: Sequence[CadeRow]) -> dict[str, Estimate]:
    """AUC of each way to one score, for whether the view has a growth."""
    sick = np.array([bool(row.growths) for row in rows])
    return {
        name: _auc(sick, np.array([row.scores[name] for row in rows]), [r.anatomy for r in rows])
        for name in (*map(str, Pooling), MAMMOGRAM)
    }


def scores_by_exam(rows: Sequence[CadeRow]) -> dict[str, Estimate]:
    """The same of all views of a breast together."""
    exams: dict[str, list[CadeRow]] = {}
    for row in rows:
        exams.setdefault(row.anatomy, []).append(row)
    sick = np.array([any(row.growths for row in its) for its in exams.values()])
    return {
        str(way): _auc(
            sick,
            np.array(
                [pooled_exam([row.scores[str(way)] for row in its], way) for its in exams.values()]
            ),
            list(exams),
        )
        for way in Pooling
    }


def _auc(sick: NDArray[np.bool_], scores: NDArray[np.float64], groups: list[str]) -> Estimate:
    return bootstrap(lambda drawn: auc(sick[drawn], scores[drawn]), groups)


def _share(
    images: Sequence[JudgedImage], drawn: NDArray[np.int64], kind: MarkKind, rate: float
) -> float:
    """Of growths of the kind found at `rate`, on the images drawn."""
    its = [images[one] for one in drawn.tolist()]
    level = max(threshold_at(its, kind, rate), np.nextafter(UNFOUND, 0))
    found = [
        score >= level
        for image in its
        for growth, score in zip(image.growths, image.found, strict=True)
        if growth.kind is kind
    ]
    return float(np.mean(found)) if found else float("nan")
