"""How well three classes are told apart by several readers of the same views, and the difference.

Accuracy, the mean of the three areas under the curve of a class against the rest, and that of the
malignant one; intervals by anatomy, the same anatomies drawn for two readers that are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.models.evaluation.comparison import Difference, paired_bootstrap
from senoscope.models.evaluation.metrics import Estimate, Floats, auc, bootstrap
from senoscope.models.evaluation.tomosynthesis.class_fusion import joined
from senoscope.models.evaluation.tomosynthesis.class_view import CLASSES
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

Figure = Callable[[NDArray[np.int64], Floats], float]
"""Of (n,) true places in CLASSES and (n, classes) probabilities."""
PUBLISHED = (
    {
        "source": "Li X. et al., Eur Radiol 2020;30:778",
        "reference": "10.1007/s00330-019-06457-5",
        "tested": "regions of 441 patients with both, malignant, benign and normal",
        "auc_dbt_minus_dm": {"malignant": 0.014, "benign": 0.031, "normal": 0.017},
    },
)
"""On patients, by networks with transfer learning: a scale, no rows to compare with."""


@dataclass(frozen=True, eq=False)
class ReadViews:
    """`probabilities` is (n, classes) by the reader's name; `breast` names whose views they are."""

    anatomies: tuple[str, ...]
    breasts: tuple[str, ...]
    truth: NDArray[np.int64]
    probabilities: Mapping[str, Floats]

    def by_breast(self) -> ReadViews:
        """A row for each breast, its views joined."""
        rows_of: dict[str, list[int]] = {}
        for row, breast in enumerate(self.breasts):
            rows_of.setdefault(breast, []).append(row)
        first = [rows[0] for rows in rows_of.values()]
        return ReadViews(
            tuple(self.anatomies[row] for row in first),
            tuple(rows_of),
            self.truth[first],
            {
                name: np.stack([joined([table[row] for row in rows]) for rows in rows_of.values()])
                for name, table in self.probabilities.items()
            },
        )


def accuracy(truth: NDArray[np.int64], probabilities: Floats) -> float:
    """Share whose likeliest class is the true one; the first of equally likely ones."""
    return float((probabilities.argmax(1) == truth).mean())


def macro_auc(truth: NDArray[np.int64], probabilities: Floats) -> float:
    """Mean of each class against the rest (Hand & Till 2001, in Provost & Domingos' form).

    nan where a class is absent.
    """
    return float(np.mean([auc(truth == k, probabilities[:, k]) for k in range(len(CLASSES))]))


def malignant_auc(truth: NDArray[np.int64], probabilities: Floats) -> float:
    """Malignant against the rest."""
    place = CLASSES.index(Diagnosis.MALIGNANT)
    return auc(truth == place, probabilities[:, place])


FIGURES: Mapping[str, Figure] = {
    "accuracy": accuracy,
    "macro_auc": macro_auc,
    "auc_malignant": malignant_auc,
}


def class_figures(read: ReadViews) -> dict[str, dict[str, Estimate]]:
    """By reader and by figure."""
    return {
        reader: {name: _estimate(read, reader, figure) for name, figure in FIGURES.items()}
        for reader in read.probabilities
    }


def class_differences(
    read: ReadViews, pairs: Sequence[tuple[str, str]]
) -> dict[str, dict[str, Difference]]:
    """The first of each pair minus the second, paired by anatomy."""
    return {
        f"{one} - {other}": {
            name: _difference(read, one, other, figure) for name, figure in FIGURES.items()
        }
        for one, other in pairs
    }


def _estimate(read: ReadViews, reader: str, figure: Figure) -> Estimate:
    table = read.probabilities[reader]
    return bootstrap(lambda rows: figure(read.truth[rows], table[rows]), read.anatomies)


def _difference(read: ReadViews, one: str, other: str, figure: Figure) -> Difference:
    first, second = read.probabilities[one], read.probabilities[other]

    def less(rows: NDArray[np.int64]) -> float:
        return figure(read.truth[rows], first[rows]) - figure(read.truth[rows], second[rows])

    return paired_bootstrap(less, read.anatomies)
