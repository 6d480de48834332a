"""How well several readers tell malignant from benign lesions, on identical folds, and the gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.comparison import Difference, paired_bootstrap
from senoscope.models.evaluation.metrics import (
    Bools,
    Estimate,
    Floats,
    auc,
    bootstrap,
    sensitivity,
    specificity,
)
from senoscope.models.evaluation.published import Published

FOLDS = 5
PUBLISHED = (
    Published(
        source="Truhn 2019",
        reference="Radiology 290:290, 10.1148/radiol.2018181352",
        network="ResNet of 34 layers",
        tested="1294 lesions of 447 patients, multiparametric MRI",
        auc=0.88,
        readers_auc=(0.98, 0.98),
        note="readers better than every machine; radiomics 0.81 (L1) and 0.78 (components)",
    ),
    Published(
        source="Zhou 2020",
        reference="J Magn Reson Imaging 2019;50:1144",
        network="3-D DenseNet, weakly supervised",
        tested="307 of 1537 cases, 1.5 T",
        auc=0.859,
        sensitivity=0.908,
        specificity=0.693,
        accuracy=0.837,
        readers_sensitivity=(0.985, 0.985),
        readers_specificity=(0.594, 0.594),
        note="the accuracy is as its abstract has it, 257 of 307, the readers' was 0.857",
    ),
)
"""On patients, of other data: a scale, no rows to compare with."""


@dataclass(frozen=True, eq=False)
class ReadLesions:
    """`logits` is (n,) by reader, each of lesions it was not fitted to; higher is malignant."""

    anatomies: tuple[str, ...]
    malignant: Bools
    logits: Mapping[str, Floats]

    def figures(self) -> dict[str, dict[str, Estimate]]:
        """By reader; intervals from drawing whole anatomies."""
        return {name: self._of(table) for name, table in self.logits.items()}

    def differences(self, pairs: Sequence[tuple[str, str]]) -> dict[str, Difference]:
        """Of the AUC, the first of each pair less the second."""
        return {f"{one} - {other}": self._less(one, other) for one, other in pairs}

    def _of(self, logits: Floats) -> dict[str, Estimate]:
        truth, called = self.malignant, logits >= 0
        figures = {
            "auc": lambda rows: auc(truth[rows], logits[rows]),
            "accuracy": lambda rows: float((truth[rows] == called[rows]).mean()),
            "sensitivity": lambda rows: sensitivity(truth[rows], called[rows]),
            "specificity": lambda rows: specificity(truth[rows], called[rows]),
        }
        return {name: bootstrap(figure, self.anatomies) for name, figure in figures.items()}

    def _less(self, one: str, other: str) -> Difference:
        truth, first, second = self.malignant, self.logits[one], self.logits[other]

        def less(rows: NDArray[np.int64]) -> float:
            return auc(truth[rows], first[rows]) - auc(truth[rows], second[rows])

        return paired_bootstrap(less, self.anatomies)


def folds_by_anatomy(anatomies: Sequence[str]) -> NDArray[np.int64]:
    """(n,) numbers below FOLDS; the same names give the same ones, in whatever order.

    DataSetError where there are fewer anatomies than folds.
    """
    names = sorted(set(anatomies))
    if len(names) < FOLDS:
        raise DataSetError(
            f"Lesions of {len(names)} anatomies were given; expected {FOLDS} at least. Give more."
        )
    order = np.random.default_rng(0).permutation(len(names))
    fold_of = {name: int(place) % FOLDS for name, place in zip(names, order, strict=True)}
    return np.array([fold_of[each] for each in anatomies], np.int64)
