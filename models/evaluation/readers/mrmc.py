"""Several readers, the same cases: means and differences for readers and patients not yet seen.

Obuchowski & Rockette, Commun Stat Simul Comput 1995;24:285, with the degrees of freedom of Hillis,
Stat Med 2007;26:596; of one modality alone as Hillis (2018) and the R package MRMCaov have it.
Covariances that come out negative count as 0, as there.

With two modalities MS(TR) is half the variance of the readers' own differences, and the covariance
of two readers' differences is 2 (Cov2 - Cov3): the difference of two modalities, or of readers and
one network, is a mean of the readers' differences, and one formula does for all.
"""

from __future__ import annotations

import math

import numpy as np

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.readers.areas import Areas
from senoscope.models.evaluation.readers.reader_study import AreaDifference, MeanArea
from senoscope.models.evaluation.readers.student import t_quantile, t_tail

ALPHA = 0.05
FEWEST_READERS = 2
_TINY = 1e-26
"""Of a variance: below it is rounding."""


def mean_area(said: Said, of: Areas) -> MeanArea:
    """The mean of `of`'s areas, which are those of at least FEWEST_READERS readers."""
    value, error, freedom = _mean(of.values, of.covariance)
    half = _quantile(freedom) * error
    return MeanArea(
        said, value, (max(0.0, value - half), min(1.0, value + half)), freedom, len(of.values),
        of.n, of.patients, of.cancers, float(of.values.var(ddof=1)),
        _off_diagonal(of.covariance),
    )  # fmt: skip


def area_difference(one: str, other: str, readers: int, of: Areas) -> AreaDifference:
    """Mean of `one` minus mean of `other`.

    `of` has the areas of `one` by the `readers` first, and then those of `other` by the same
    readers in the same order, or one area alone: that of a network.
    """
    contrast = np.zeros((readers, len(of.values)))
    contrast[:, :readers] = np.eye(readers)
    contrast[np.arange(readers), np.arange(readers) + readers if _paired(readers, of) else -1] = -1
    value, error, freedom = _mean(contrast @ of.values, contrast @ of.covariance @ contrast.T)
    half = _quantile(freedom) * error
    p = math.nan
    if error > 0:
        p = t_tail(value / error, freedom)
    elif value == 0:
        p = 1.0
    return AreaDifference(
        one, other, value, (value - half, value + half), p, freedom, readers, of.n, of.patients,
        of.cancers,
    )  # fmt: skip


def _paired(readers: int, of: Areas) -> bool:
    return len(of.values) == 2 * readers


def _mean(values: Floats, covariance: Floats) -> tuple[float, float, float]:
    """Mean of (J,) values, its standard error, and Hillis' degrees of freedom.

    MS(R) + J max(Cov2, 0) over J; (J - 1) times the square of its ratio to MS(R).
    """
    readers = len(values)
    between = float(values.var(ddof=1))
    total = between + readers * max(_off_diagonal(covariance), 0.0)
    # Readers who do not differ at all leave only the cases' error, which is taken for normal.
    freedom = (readers - 1) * (total / between) ** 2 if between > _TINY else math.inf
    return float(values.mean()), math.sqrt(total / readers if total > _TINY else 0.0), freedom


def _quantile(freedom: float) -> float:
    return t_quantile(ALPHA, freedom)


def _off_diagonal(matrix: Floats) -> float:
    """Mean of all pairs of two different readers."""
    count = len(matrix)
    return float((matrix.sum() - np.trace(matrix)) / (count * (count - 1)))
