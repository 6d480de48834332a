"""Free-response curves of marks: sensitivity against false marks an image, by kind.

A growth is found where a mark of its kind has its centre within the growth's extent, at least
HIT_MM from its middle. A mark on a growth of another kind is neither: a distortion's mark on a
spiculated mass is no false one, nor does it find the mass. All else is false, on every image.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.evaluation.metrics import Bools, Estimate, Floats, bootstrap
from senoscope.models.programmed.mammography.marks import MarkKind

HIT_MM = 5.0
RATES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Of false marks an image at which sensitivity is told."""
UNFOUND = -1.0


@dataclass(frozen=True, slots=True)
class Growth:
    """What truly is on a picture: `at_mm` and `radius_mm` from the upper left; `name` its own."""

    kind: MarkKind
    name: str
    at_mm: tuple[float, float]
    radius_mm: float


@dataclass(frozen=True, slots=True)
class Guess:
    """A mark: its centre as `Growth.at_mm`, and its score."""

    kind: MarkKind
    at_mm: tuple[float, float]
    score: float


@dataclass(frozen=True, eq=False)
class JudgedImage:
    """One image of an anatomy, the unit of resampling; rows of growths and of false marks.

    `breast` names the breast, so that a growth can be found in either of its views. `found` is the
    highest score of a mark on each growth, UNFOUND without one.
    """

    anatomy: Hashable
    breast: Hashable
    growths: tuple[Growth, ...]
    found: tuple[float, ...]
    false: tuple[tuple[MarkKind, float], ...]


def judged(
    anatomy: Hashable, breast: Hashable, growths: Sequence[Growth], guesses: Sequence[Guess]
) -> JudgedImage:
    """Which growths were found, and which marks were false."""
    found = [UNFOUND] * len(growths)
    false = []
    for guess in guesses:
        on = [k for k, growth in enumerate(growths) if hits(guess.at_mm, growth)]
        for k in on:
            if growths[k].kind is guess.kind:
                found[k] = max(found[k], guess.score)
        if not on:
            false.append((guess.kind, guess.score))
    return JudgedImage(anatomy, breast, tuple(growths), tuple(found), tuple(false))


def hits(at_mm: tuple[float, float], growth: Growth) -> bool:
    """Whether a mark's centre lies on it."""
    return float(np.hypot(*np.subtract(at_mm, growth.at_mm))) < max(growth.radius_mm, HIT_MM)


def threshold_at(images: Sequence[JudgedImage], kind: MarkKind, rate: float) -> float:
    """The lowest score with at most `rate` false marks of the kind an image."""
    scores = np.sort([s for image in images for its, s in image.false if its is kind])[::-1]
    allowed = int(rate * len(images))
    # Marks are shown from the threshold on, so it lies just above the first that is too many.
    return float(np.nextafter(scores[allowed], 2)) if allowed < len(scores) else 0.0


def sensitivity_at(
    images: Sequence[JudgedImage], kind: MarkKind, rate: float, name: str | None = None
) -> Estimate:
    """Share of growths (of that `name` alone) found at `rate`, each view of one by itself.

    The interval is from resampling anatomies, with the threshold set anew in each.
    """
    return _over_anatomies(images, kind, rate, name, by_breast=False)


def sensitivity_either_view(
    images: Sequence[JudgedImage], kind: MarkKind, rate: float, name: str | None = None
) -> Estimate:
    """The same of growths that were found in one view of the breast at least."""
    return _over_anatomies(images, kind, rate, name, by_breast=True)


def curve(images: Sequence[JudgedImage], kind: MarkKind) -> Floats:
    """(points, 2): false marks an image and sensitivity, from the highest threshold down.

    The origin alone where there is no growth of the kind.
    """
    false = _false_of(images, kind)
    found = _found_of(images, kind, None, by_breast=False)
    if not len(found.scores):
        return np.zeros((1, 2))
    scores = np.concatenate([found.scores, false.scores])
    levels = np.unique(scores[scores > UNFOUND])[::-1]
    points = [
        (float((false.scores >= level).sum()) / len(images), float((found.scores >= level).mean()))
        for level in levels
    ]
    return np.array([(0.0, 0.0), *points])


@dataclass(frozen=True, eq=False)
class _Scores:
    """(n,) scores and the number of the anatomy that each belongs to."""

    scores: Floats
    anatomy: NDArray[np.int64]


def _numbers(images: Sequence[JudgedImage]) -> dict[Hashable, int]:
    return {name: k for k, name in enumerate(dict.fromkeys(each.anatomy for each in images))}


def _false_of(images: Sequence[JudgedImage], kind: MarkKind) -> _Scores:
    number = _numbers(images)
    rows = [
        (score, number[image.anatomy])
        for image in images
        for its, score in image.false
        if its is kind
    ]
    return _table(rows)


def _found_of(
    images: Sequence[JudgedImage], kind: MarkKind, name: str | None, by_breast: bool
) -> _Scores:
    number = _numbers(images)
    best: dict[Hashable, tuple[float, int]] = {}
    for place, image in enumerate(images):
        for k, (growth, score) in enumerate(zip(image.growths, image.found, strict=True)):
            if growth.kind is not kind or (name is not None and growth.name != name):
                continue
            key = (image.breast, k) if by_breast else (place, k)
            before = best.get(key, (UNFOUND, 0))[0]
            best[key] = (max(before, score), number[image.anatomy])
    return _table(list(best.values()))


def _table(rows: Sequence[tuple[float, int]]) -> _Scores:
    return _Scores(
        np.array([score for score, _ in rows], np.float64),
        np.array([anatomy for _, anatomy in rows], np.int64),
    )


def _over_anatomies(
    images: Sequence[JudgedImage], kind: MarkKind, rate: float, name: str | None, by_breast: bool
) -> Estimate:
    false, found = _false_of(images, kind), _found_of(images, kind, name, by_breast)
    number = _numbers(images)
    count = np.bincount([number[each.anatomy] for each in images], minlength=len(number))

    def figure(drawn: NDArray[np.int64]) -> float:
        times = np.bincount(drawn, minlength=len(number))
        weight = times[found.anatomy]
        if not weight.sum():
            return float("nan")
        level = _level(false, times, rate * float(times @ count))
        called: Bools = found.scores >= level
        return float((weight * called).sum() / weight.sum())

    estimate = bootstrap(figure, list(number.values()))
    return Estimate(estimate.value, estimate.ci, len(found.scores))


def _level(false: _Scores, times: NDArray[np.int64], allowed: float) -> float:
    """Above which at most `allowed` false marks lie, each anatomy counted `times`."""
    order = np.argsort(-false.scores, kind="stable")
    counted = np.cumsum(times[false.anatomy[order]])
    over = np.nonzero(counted > allowed)[0]
    if not len(over):
        return 0.0
    return float(np.nextafter(false.scores[order[over[0]]], 2))
