"""How a network for mammograms tells malignant breasts from others, and where it looks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.models.evaluation.mammogram_sets.marked_view import (
    MALIGNANT,
    HungView,
    MarkedView,
    ReadPicture,
    hung_view,
)
from senoscope.models.evaluation.metrics import Estimate, auc, bootstrap
from senoscope.models.evaluation.published import Published
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.mammogram_model import MammogramModel
from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.density import measure_density
from senoscope.models.programmed.mammography.parts import BreastParts, find_parts

REACH = 0.02
"""Of the picture's rows, how far beside a region a peak may lie: half a cell of a saliency map."""
BLUR = 0.015
"""Of the picture's rows, for the brightest place: a mass of some millimetres."""
PUBLISHED = (
    Published(
        source="Shen Y. 2021 (GMIC)",
        reference="10.1016/j.media.2020.101908",
        network="global and local ResNet, multiple instances",
        tested="CBIS-DDSM",
        auc=0.858,
    ),
    Published(
        source="Shen L. 2019",
        reference="10.1038/s41598-019-48995-4",
        network="ResNet-50 and VGG-16 from patches to whole images, best single one",
        tested="CBIS-DDSM, a split of its own",
        auc=0.88,
    ),
)
"""On real films, by networks that were trained on them: a scale, no rows to compare with."""


@dataclass(frozen=True, slots=True)
class NetworkOutcome:
    """Of one view. Scores: `malignant` is the network's, the others are the baselines'.

    `hit`: whether the map's highest place lies in a malignant region; `bright_hit`: whether the
    brightest place does; `chance` is the regions' share of the breast. nan where nothing is marked
    or no map is given. `trouble` says why a view was not read.
    """

    marked: MarkedView
    malignant: float = float("nan")
    brightness: float = float("nan")
    dense_area: float = float("nan")
    hit: float = float("nan")
    bright_hit: float = float("nan")
    chance: float = float("nan")
    trouble: str | None = None

    @property
    def is_malignant(self) -> bool:
        """As the set says."""
        return self.marked.diagnosis is Diagnosis.MALIGNANT


def read_by_network(
    views: Sequence[MarkedView], model: MammogramModel, read_picture: ReadPicture
) -> Iterator[NetworkOutcome]:
    """Those that have a diagnosis, one after the other; what cannot be read is told."""
    for marked in views:
        if marked.diagnosis is None:
            continue
        try:
            yield _read(hung_view(marked, read_picture), model)
        except ImageError as error:
            yield NetworkOutcome(marked, trouble=str(error))


def _read(hung: HungView, model: MammogramModel) -> NetworkOutcome:
    view = hung.mammogram
    score = model.read([view])[0]
    parts = find_parts(view)
    dense = measure_density(view, parts).dense
    outcome = NetworkOutcome(
        hung.marked,
        malignant=score.malignant,
        brightness=float(view.pixels[parts.tissue].mean()),
        dense_area=float(dense.mean()),
    )
    region = hung.truth == MALIGNANT
    if not region.any():
        return outcome
    reached = _grown(region, round(REACH * len(region)))
    hit = float("nan") if score.saliency is None else float(reached[_highest(score.saliency)])
    return NetworkOutcome(
        hung.marked,
        outcome.malignant,
        outcome.brightness,
        outcome.dense_area,
        hit,
        float(reached[_brightest(view.pixels, parts)]),
        float((reached & parts.breast).sum() / parts.breast.sum()),
    )


def _grown(region: Mask, by_px: int) -> Mask:
    side = 2 * max(1, by_px) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate(region.astype(np.uint8), disc) > 0)


def _highest(over: Grey) -> tuple[int, int]:
    row, column = np.unravel_index(int(over.argmax()), over.shape)
    return int(row), int(column)


def _brightest(pixels: Grey, parts: BreastParts) -> tuple[int, int]:
    """Of the tissue, at the size of a mass."""
    blurred = cv2.GaussianBlur(pixels, (0, 0), BLUR * len(pixels))
    return _highest(np.where(parts.tissue, blurred, -1).astype(np.float32))


def network_figures(outcomes: Sequence[NetworkOutcome]) -> dict[str, Estimate]:
    """By name; intervals by patient, n views or breasts. A breast has its highest view's score."""
    read = [each for each in outcomes if each.trouble is None]
    breasts: dict[Hashable, list[NetworkOutcome]] = {}
    for each in read:
        breasts.setdefault(each.marked.breast, []).append(each)
    scores: dict[str, Callable[[NetworkOutcome], float]] = {
        "": lambda each: each.malignant,
        "baseline_brightness_": lambda each: each.brightness,
        "baseline_dense_area_": lambda each: each.dense_area,
    }
    figures: dict[str, Estimate] = {}
    for name, score in scores.items():
        figures[f"{name}auc_image"] = _auc(
            [score(each) for each in read],
            [each.is_malignant for each in read],
            [each.marked.patient for each in read],
        )
        figures[f"{name}auc_breast"] = _auc(
            [max(map(score, its)) for its in breasts.values()],
            [any(each.is_malignant for each in its) for its in breasts.values()],
            [its[0].marked.patient for its in breasts.values()],
        )
    figures["saliency_hit"] = _mean(read, lambda each: each.hit)
    figures["baseline_brightest_hit"] = _mean(read, lambda each: each.bright_hit)
    figures["baseline_chance_hit"] = _mean(read, lambda each: each.chance)
    return figures


def _auc(scores: list[float], labels: list[bool], patients: list[str]) -> Estimate:
    values, malignant = np.array(scores, np.float64), np.array(labels, bool)

    def figure(rows: NDArray[np.int64]) -> float:
        return auc(malignant[rows], values[rows])

    return bootstrap(figure, patients)


def _mean(read: list[NetworkOutcome], measure: Callable[[NetworkOutcome], float]) -> Estimate:
    known = [each for each in read if not np.isnan(measure(each))]
    values = np.array([measure(each) for each in known], np.float64)
    patients = [each.marked.patient for each in known]
    return bootstrap(lambda rows: float(values[rows].mean()), patients)
