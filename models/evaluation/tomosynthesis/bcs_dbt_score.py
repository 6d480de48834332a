"""BCS-DBT's official score: mean sensitivity at 1, 2, 3 and 4 false positives a volume.

By the rule of the authors' scorer, as it was used in the DBTex challenges (Konz et al., JAMA Netw
Open 2023;6:e230524, 10.1001/jamanetworkopen.2023.0524): a predicted box hits a true one when its
centre lies within half the true box's diagonal, or 100 pixels where that is more, of the true
centre, and within a quarter of the volume's slices of its slice. It counts for the nearest box that
it hits. A box that is hit twice counts once, and the second hit is no false positive. Sensitivity
between two thresholds is interpolated; thresholds are the scores of hits, and both ends. The mean
is over volumes that have boxes; at 2 false positives it is also told over all.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows
from senoscope.models.evaluation.metrics import Estimate, Floats, bootstrap
from senoscope.models.evaluation.tomosynthesis.bcs_dbt import KEY, BcsDbtBox, BcsDbtView, Key

NEAR_PX = 100.0
SLICE_SHARE = 0.25
RATES = (1.0, 2.0, 3.0, 4.0)
"""False positives a volume that the mean is over."""
RATE_ALL = 2.0
COLUMNS = ("X", "Width", "Y", "Height", "Z", "Depth", "Score")
PUBLISHED = (
    {
        "source": "Buda et al. 2021",
        "reference": "10.1001/jamanetworkopen.2021.19100",
        "network": "single-phase deep detector",
        "sensitivity_at_2_fps_a_breast": 0.65,
    },
    {
        "source": "Konz et al. 2023 (DBTex), the best of 8 teams",
        "reference": "10.1001/jamanetworkopen.2023.0524",
        "network": "deep detectors",
        "mean_sensitivity_positive": 0.957,
    },
)
"""On the set's own test part."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A box in a volume: upper left corner and size in pixels, first slice and depth in slices."""

    key: Key
    left: float
    top: float
    width: float
    height: float
    first_slice: float
    depth: float
    score: float

    @property
    def centre(self) -> tuple[float, float, float]:
        """[x, y, slice], as the scorer counts it: corner and half the size."""
        return (
            self.left + self.width / 2,
            self.top + self.height / 2,
            self.first_slice + self.depth / 2,
        )


@dataclass(frozen=True, eq=False)
class ScoredVolume:
    """Of one volume: the best score of a hit of each true box (-inf without one).

    `hits` are all scores of hits, `false` those of false positives.
    """

    patient: Hashable
    best: Floats
    hits: Floats
    false: Floats


def read_predictions(table: Path, views: Sequence[BcsDbtView]) -> tuple[Prediction, ...]:
    """As teams hand them in. DataSetError for a volume that is not among `views`."""
    known = {view.key for view in views}
    return tuple(_prediction(row, known) for row in read_rows(table, (*KEY, *COLUMNS), fewest=0))


def _prediction(row: SetRow, known: set[Key]) -> Prediction:
    key = row["StudyUID"], row["View"].lower()
    if key not in known:
        raise row.trouble("StudyUID", "a study and a view of the labels' table")
    left, width, top, height, first, depth, score = (row.number(name) for name in COLUMNS)
    for name, size in (("Width", width), ("Height", height), ("Depth", depth)):
        if size < 0:
            raise row.trouble(name, "0 or more")
    return Prediction(key, left, top, width, height, first, depth, score)


def is_hit(prediction: Prediction, box: BcsDbtBox, slices: int) -> bool:
    """Whether it hits the box of a volume of `slices` slices. Borders count as within."""
    off_px = float(np.hypot(*_offset(prediction, box)[:2]))
    reach_px = max(NEAR_PX, float(np.hypot(box.width, box.height)) / 2)
    return off_px <= reach_px and abs(_offset(prediction, box)[2]) <= SLICE_SHARE * slices


def scored(
    views: Sequence[BcsDbtView], predictions: Sequence[Prediction]
) -> tuple[ScoredVolume, ...]:
    """Every volume, in the order of `views`."""
    of_volume: dict[Key, list[Prediction]] = {}
    for each in predictions:
        of_volume.setdefault(each.key, []).append(each)
    return tuple(_scored(view, of_volume.get(view.key, [])) for view in views)


def _scored(view: BcsDbtView, predictions: Sequence[Prediction]) -> ScoredVolume:
    best = np.full(len(view.boxes), -np.inf)
    hits, false = [], []
    for each in predictions:
        near = [
            (float(np.linalg.norm(_offset(each, box))), place)
            for place, box in enumerate(view.boxes)
            if is_hit(each, box, view.slices or 0)
        ]
        if not near:
            false.append(each.score)
            continue
        place = min(near)[1]
        best[place] = max(best[place], each.score)
        hits.append(each.score)
    return ScoredVolume(view.patient, best, np.array(hits, float), np.array(false, float))


def _offset(prediction: Prediction, box: BcsDbtBox) -> tuple[float, float, float]:
    x, y, at = prediction.centre
    return x - box.left - box.width / 2, y - box.top - box.height / 2, at - box.slice


def official_figures(volumes: Sequence[ScoredVolume]) -> dict[str, Estimate]:
    """By the names of the scorer; 95 % intervals from resampling patients, n volumes."""
    positive = [each for each in volumes if len(each.best)]
    if not positive:
        raise DataSetError(
            f"None of {len(volumes)} volumes has a box; expected some with and some without. Give "
            "the tables of boxes too."
        )
    # As the scorer does: thresholds are of all volumes' hits, whichever volumes are looked at.
    levels = np.unique(np.concatenate([each.hits for each in volumes]))[::-1]
    figures = {"sensitivity_at_2_fps_all": _estimate(volumes, levels, (RATE_ALL,))}
    for rate in RATES:
        figures[f"sensitivity_at_{rate:.0f}_fps_positive"] = _estimate(positive, levels, (rate,))
    figures["mean_sensitivity_positive"] = _estimate(positive, levels, RATES)
    return figures


def _estimate(
    volumes: Sequence[ScoredVolume], levels: Floats, rates: tuple[float, ...]
) -> Estimate:
    """The mean over `rates` of interpolated sensitivities."""
    # (volumes, thresholds): true boxes found and false positives, the last threshold below all.
    found = np.array([_at_least(each.best[np.isfinite(each.best)], levels) for each in volumes])
    false = np.array([_at_least(each.false, levels) for each in volumes])
    boxes = np.array([len(each.best) for each in volumes])

    def figure(rows: NDArray[np.int64]) -> float:
        if not boxes[rows].sum():
            return float("nan")
        sensitivity = found[rows].sum(0) / boxes[rows].sum()
        return float(np.interp(rates, false[rows].sum(0) / len(rows), sensitivity).mean())

    return bootstrap(figure, [each.patient for each in volumes])


def _at_least(scores: Floats, levels: Floats) -> NDArray[np.int64]:
    """How many reach each of `levels`, falling; first at none, last at all."""
    below = np.searchsorted(np.sort(scores), levels, side="left")
    return np.concatenate([[0], len(scores) - below, [len(scores)]]).astype(np.int64)


def with_shuffled_scores(predictions: Sequence[Prediction], seed: int = 0) -> list[Prediction]:
    """The same boxes with one another's scores: what they would be worth without being ranked."""
    order = np.random.default_rng(seed).permutation(len(predictions))
    return [
        Prediction(
            each.key, each.left, each.top, each.width, each.height, each.first_slice, each.depth,
            predictions[int(at)].score,
        )
        for each, at in zip(predictions, order, strict=True)
    ]  # fmt: skip


def predictions_text(views: Sequence[BcsDbtView], predictions: Sequence[Prediction]) -> str:
    """A table that `read_predictions` reads."""
    patient_of = {view.key: view.patient for view in views}
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow((*KEY, *COLUMNS))
    for each in predictions:
        # In the order of COLUMNS.
        numbers = (
            each.left, each.width, each.top, each.height, each.first_slice, each.depth, each.score
        )  # fmt: skip
        table.writerow((patient_of[each.key], *each.key, *(f"{value:.6g}" for value in numbers)))
    return written.getvalue()
