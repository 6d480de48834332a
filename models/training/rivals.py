"""Every way to score a lesion on equal terms: the same predicted outlines, parts and figures.

What has weights of its own here (size alone, CADx, radiomics) is fitted on the parts the networks
learnt from, on outlines the shipped U-Net predicts; networks come as packages.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ModelPackageError
from senoscope.models.classifier import Classifier
from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.evaluation.rival_figures import inner_threshold
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.feature_model import FeatureModel
from senoscope.models.training.feature_model import fit_feature_model
from senoscope.models.training.rival_lesions import (
    CADX,
    JOINT,
    MEASURED,
    ORACLE,
    RADIOMICS,
    SIZE_ALONE,
    Outlined,
    RivalLesion,
)

FITTED = (SIZE_ALONE, CADX, RADIOMICS, ORACLE)
"""The rivals that are fitted here, by what they are called in a table."""
FOLDS = 5
"""Of patients, for scores of lesions that a rival did not learn from."""


@dataclass(frozen=True, slots=True)
class Rivals:
    """All that was fitted: `models` by name, their `fusion`, and a threshold for each rival.

    `joined_on` says in words which scores the fusion was fitted to.
    """

    models: Mapping[str, FeatureModel]
    fusion: FeatureModel
    thresholds: Mapping[str, float]
    joined_on: str

    def columns(self, lesions: Sequence[RivalLesion]) -> dict[str, Floats]:
        """(n,) logits of each rival by its name, the fusion last; nan where missed."""
        columns = rival_logits(lesions, self.models)
        return columns | {fusion_name(self.fusion): fused_logits(self.fusion, columns)}

    def scorers(self, networks: Mapping[str, Classifier]) -> dict[str, Callable[[Outlined], float]]:
        """What each rival does with a picture and an outline, by its name, to be timed."""

        def by_features(name: str, model: FeatureModel) -> Callable[[Outlined], float]:
            measured = MEASURED[CADX if name == ORACLE else name]
            return lambda picture: logit_of(model, measured(picture))

        def by_network(network: Classifier) -> Callable[[Outlined], float]:
            return lambda picture: network.logit(picture[0], picture[1].box)

        scorers = {name: by_features(name, model) for name, model in self.models.items()}
        scorers |= {name: by_network(each) for name, each in networks.items()}
        # The U-Net's own head comes with the outline: it costs nothing more.
        costs = scorers | {JOINT: lambda _: 0.0}
        members = [costs[name] for name in self.fusion.weights]
        scorers[fusion_name(self.fusion)] = lambda picture: logit_of(
            self.fusion,
            dict(zip(self.fusion.weights, [each(picture) for each in members], strict=True)),
        )
        return scorers


def fit_rivals(
    fitted: Sequence[RivalLesion],
    inner: Sequence[RivalLesion],
    network: str,
    out_of_fold: Mapping[str, float] | None = None,
) -> Rivals:
    """Models from `fitted`, thresholds from `inner`, and the fusion of CADx, radiomics, `network`.

    The U-Net's own head joins on the inner split alone: it learnt from all fitted images.
    `out_of_fold` are the network's logits of fitted images by their name, from networks that had
    not learnt from them; with them the fusion is fitted to out-of-fold scores of all its members,
    without them to the inner split. Folds are joined as numbers to weigh, never as one ROC curve.
    """
    models = fitted_rivals(fitted)
    if out_of_fold is None:
        rows, logits = inner, rival_logits(inner, models)
        said = f"the inner split, for {network} comes without out-of-fold scores"
    else:
        rows, logits = fitted, {name: cross_fitted(fitted, name) for name in (CADX, RADIOMICS)}
        logits[network] = np.array([out_of_fold.get(each.name, math.nan) for each in fitted])
        said = f"out-of-fold scores of {FOLDS} parts of the patients"
    joined = [name for name in (CADX, RADIOMICS, network, JOINT) if name in logits]
    count = int(_known(logits, joined).sum())
    fusion = fitted_fusion(rows, logits, joined)
    rivals = Rivals(models, fusion, {}, f"{said}: {count} lesions")
    labels = labels_of(inner)
    thresholds = {
        name: inner_threshold(labels, each) for name, each in rivals.columns(inner).items()
    }
    return replace(rivals, thresholds=thresholds)


def fusion_name(fusion: FeatureModel) -> str:
    """It says what is joined: the table must."""
    return "fusion of " + ", ".join(name.split(" on ")[0] for name in fusion.weights)


def fitted_rivals(
    lesions: Sequence[RivalLesion], names: Sequence[str] = FITTED
) -> dict[str, FeatureModel]:
    """A model for each of `names`, from lesions to learn from."""
    return {name: _fitted(lesions, name) for name in names}


def cross_fitted(lesions: Sequence[RivalLesion], name: str) -> Floats:
    """(n,) logits of one of FITTED, each by a model fitted to the other parts of the patients.

    nan where the lesion was missed.
    """
    logits = np.full(len(lesions), np.nan)
    part = _parts([lesion.group for lesion in lesions])
    for held in range(FOLDS):
        model = _fitted([lesions[row] for row in np.flatnonzero(part != held).tolist()], name)
        for row in np.flatnonzero(part == held).tolist():
            logits[row] = logit_of(model, lesions[row].features[name])
    return logits


def rival_logits(
    lesions: Sequence[RivalLesion], models: Mapping[str, FeatureModel]
) -> dict[str, Floats]:
    """(n,) logits of each rival by its name; nan where the lesion was missed."""
    columns = {
        name: np.array([logit_of(model, lesion.features[name]) for lesion in lesions])
        for name, model in models.items()
    }
    for name in lesions[0].logits if lesions else ():
        columns[name] = np.array([lesion.logits[name] for lesion in lesions])
    return columns


def fitted_fusion(
    lesions: Sequence[RivalLesion], logits: Mapping[str, Floats], of: Sequence[str]
) -> FeatureModel:
    """Joins rivals `of` on lesions that none of them learnt from: only the joining is fitted."""
    known = np.flatnonzero(_known(logits, of)).tolist()
    return fit_feature_model(
        [{name: float(logits[name][row]) for name in of} for row in known],
        labels_of(lesions)[known],
        [lesions[row].group for row in known],
    )


def fused_logits(model: FeatureModel, logits: Mapping[str, Floats]) -> Floats:
    """(n,) of the joined model; nan where the lesion was missed."""
    table = np.stack([logits[name] for name in model.weights], axis=1)
    return np.array(
        [
            logit_of(
                model, {} if np.isnan(row).any() else dict(zip(model.weights, row, strict=True))
            )
            for row in table.tolist()
        ]
    )


def labels_of(lesions: Sequence[RivalLesion]) -> Bools:
    """(n,): malignant or not."""
    return np.array([lesion.malignant for lesion in lesions], dtype=bool)


def logit_of(model: FeatureModel, features: Values) -> float:
    """Of malignancy; nan without features."""
    return model.opinion(features).logit if features else np.nan


def read_out_of_fold(folder: Path) -> dict[str, float] | None:
    """`out_of_fold.json` beside a package's card: logits by image name; None where there is none.

    ModelPackageError where it is something else.
    """
    path = folder / "out_of_fold.json"
    if not path.exists():
        return None
    try:
        logits = {
            str(name): float(logit)
            for name, logit in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelPackageError(
            f"{path.name} of {folder.name} is no table of logits by image name ({error}). "
            "Train the network again, or remove the file."
        ) from error
    return logits


def _fitted(lesions: Sequence[RivalLesion], name: str) -> FeatureModel:
    seen = [lesion for lesion in lesions if lesion.features[name]]
    return fit_feature_model(
        [lesion.features[name] for lesion in seen],
        labels_of(seen),
        [lesion.group for lesion in seen],
    )


def _known(logits: Mapping[str, Floats], names: Sequence[str]) -> Bools:
    table = np.stack([logits[name] for name in names])
    return np.asarray(np.isfinite(table).all(axis=0), dtype=bool)


def _parts(groups: Sequence[str]) -> NDArray[np.int64]:
    """A number below FOLDS per row; patients are dealt out in a fixed random order."""
    names = sorted(set(groups))
    order = np.random.default_rng(1).permutation(len(names)).tolist()
    part_of = {names[each]: place % FOLDS for place, each in enumerate(order)}
    return np.array([part_of[group] for group in groups], dtype=np.int64)
