"""Where to call a case positive, and how sure a share is."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.by_patient import require_both_classes, require_rows
from senoscope.models.evaluation.comparison import Z_95
from senoscope.models.evaluation.metrics import (
    Bools,
    Estimate,
    Floats,
    bootstrap,
    specificity,
)


def threshold_keeping(labels: Bools, scores: Floats, at_least: float) -> float:
    """The largest threshold whose sensitivity is at least `at_least`, in (0, 1], on these rows.

    A case is called positive at it and above. No larger one reaches it, so no other threshold that
    does has a higher specificity. On new patients the sensitivity will tend to be lower: choose on
    one part of the data, report on another. Raises DataSetError unless both classes are there and
    rows agree, SettingsError for a sensitivity outside (0, 1].
    """
    _require(labels, scores, at_least)
    return _threshold(labels, scores, at_least)


def specificity_at_sensitivity(
    labels: Bools,
    scores: Floats,
    groups: Sequence[Hashable],
    at_least: float,
    resamples: int = 2000,
) -> Estimate:
    """Specificity where the sensitivity is at least `at_least`, by patients' bootstrap.

    Each resample chooses its own threshold, for a threshold fixed beforehand would leave out the
    uncertainty of choosing it. `n` counts rows. Raises as `threshold_keeping` does.
    """
    _require(labels, scores, at_least, groups)

    def figure(rows: NDArray[np.int64]) -> float:
        drawn, of = labels[rows], scores[rows]
        if not drawn.any():
            return float("nan")
        return specificity(drawn, of >= _threshold(drawn, of, at_least))

    return bootstrap(figure, groups, resamples)


def wilson(successes: int, n: int) -> Estimate:
    """A share of n independent rows with Wilson's 95 % interval (JASA 1927;22:209).

    It covers 95 % on average, also where the share is near 0 or 1. Rows of one patient are not
    independent: use `bootstrap` there. nan where n is 0.
    """
    if not 0 <= successes <= n:
        raise SettingsError(
            f"{successes} successes of {n} rows were given; expected 0 to {n}. "
            "Give the count of successes first."
        )
    if not n:
        return Estimate(math.nan, (math.nan, math.nan), 0)
    share = successes / n
    weight = Z_95**2 / n
    centre = (share + weight / 2) / (1 + weight)
    half = Z_95 / (1 + weight) * math.sqrt(share * (1 - share) / n + weight / (4 * n))
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Estimate(share, (low, high), n)


def _threshold(labels: Bools, scores: Floats, at_least: float) -> float:
    positives = -np.sort(-scores[labels])
    reached = np.arange(1, len(positives) + 1) / len(positives) >= at_least
    return float(positives[int(np.argmax(reached))])


def _require(
    labels: Bools, scores: Floats, at_least: float, groups: Sequence[Hashable] | None = None
) -> None:
    require_rows(labels, scores, groups=groups)
    require_both_classes(labels)
    if not 0 < at_least <= 1:
        raise SettingsError(
            f"The sensitivity asked for is {at_least}; expected a share above 0 and up to 1. "
            "Write 95 % as 0.95."
        )
