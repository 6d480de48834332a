"""Fits every reader of lesions on identical folds, and the model that ships."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from senoscope.models.evaluation.breast_mri.lesion_case import LesionCase
from senoscope.models.evaluation.breast_mri.lesion_figures import (
    FOLDS,
    ReadLesions,
    folds_by_anatomy,
)
from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.programmed.breast_mri.lesion_model import (
    CHANGE,
    FEATURES,
    KINETICS,
    RADIOMICS,
    LesionModel,
    lesion_features,
)
from senoscope.models.programmed.feature_model import FeatureModel, write_feature_model
from senoscope.models.training.breast_mri.cases import Say
from senoscope.models.training.breast_mri.lesion_networks import (
    LesionNetworkKind,
    LesionNetworkPlan,
    fit_lesion_network,
    logits_of,
    seen_by,
)
from senoscope.models.training.feature_model import fit_feature_model

Features = Sequence[Mapping[str, float]]
COMBINED = "kinetics and radiomics"
TABLES = {
    COMBINED: FEATURES,
    "kinetics": KINETICS,
    "radiomics": ("log_volume_mm3", *RADIOMICS),
    "baseline: size": ("log_volume_mm3",),
    "baseline: peak enhancement": ("peak_percent",),
}
"""Features by reader; each is fitted in the same way."""
CURVE_TYPE = "baseline: curve type"
OTHERS = {"and T2": ("t2",), "and T2 and ADC": ("t2", "adc")}
"""Channels beside pre, early and late, by what is added to a reader's name."""


def comparison_plans(slice_steps: int, box_steps: int) -> dict[str, LesionNetworkPlan]:
    """GoogLeNet and DenseNet on pre, early and late; the box also with what else there is."""
    slices = LesionNetworkPlan(LesionNetworkKind.GOOGLENET, (), 0, slice_steps)
    boxes = {
        f"{LesionNetworkKind.DENSENET} {added}".strip(): LesionNetworkPlan(
            LesionNetworkKind.DENSENET, extra, 0, box_steps
        )
        for added, extra in {"": (), **OTHERS}.items()
    }
    return {str(LesionNetworkKind.GOOGLENET): slices, **boxes}


def with_others(case: LesionCase, features: Mapping[str, float]) -> dict[str, float]:
    """`features`, and mean and spread of the other volumes in the found outline.

    Diffusion is a quantity and taken as it is; T2 against what is bright round the lesion.
    """
    added = {}
    for name, volume in case.others.items():
        inside = volume[case.outline]
        unit = 1.0 if name == "adc" else float(np.percentile(volume[~case.outline], 95))
        added[f"{name}_mean"] = float(inside.mean()) / max(unit, 1e-6)
        added[f"{name}_spread"] = float(inside.std()) / max(unit, 1e-6)
    return {**features, **added}


def features_of(cases: Sequence[LesionCase]) -> Features:
    """Of each, on the outline that was found."""
    return [lesion_features(case.series, (0, 0, 0), case.outline) for case in cases]


def labels_of(cases: Sequence[LesionCase]) -> Bools:
    """(n,)."""
    return np.array([case.is_malignant for case in cases], np.bool_)


def read_in_folds(
    cases: Sequence[LesionCase], plans: Mapping[str, LesionNetworkPlan], run: Path, say: Say
) -> ReadLesions:
    """Every reader on FOLDS by anatomy, each lesion by what was fitted without its anatomy."""
    anatomies = tuple(case.anatomy for case in cases)
    malignant, folds = labels_of(cases), folds_by_anatomy(anatomies)
    features = features_of(cases)
    logits: dict[str, Floats] = {}
    for name, names in TABLES.items():
        logits[name] = _of_features(features, names, malignant, anatomies)
    wide = [with_others(case, each) for case, each in zip(cases, features, strict=True)]
    for added, names in OTHERS.items():
        if all(name in case.others for case in cases for name in names):
            more = [f"{name}_{part}" for name in names for part in ("mean", "spread")]
            table = _of_features(wide, (*FEATURES, *more), malignant, anatomies)
            logits[f"{COMBINED} {added}"] = table
    logits[CURVE_TYPE] = curve_types(features)
    for name, plan in plans.items():
        seen, its = seen_by(plan, cases), np.empty(len(cases))
        for fold in range(FOLDS):
            held = folds == fold
            say(f"{name}, fold {fold + 1} of {FOLDS}")
            folder = run / _slug(name) / f"fold{fold}"
            network = fit_lesion_network(plan, seen[~held], malignant[~held], folder, say)
            its[held] = logits_of(network, seen[held])
        logits[name] = its
    return ReadLesions(anatomies, malignant, logits)


def _of_features(
    features: Features, names: Sequence[str], malignant: Bools, anatomies: Sequence[str]
) -> Floats:
    folds, logits = folds_by_anatomy(anatomies), np.empty(len(features))
    for fold in range(FOLDS):
        kept = [row for row, its in enumerate(folds) if its != fold]
        model = fit_feature_model(
            [_only(features[k], names) for k in kept], malignant[kept], [anatomies[k] for k in kept]
        )
        logits[folds == fold] = [
            model.opinion(each).logit
            for each, its in zip(features, folds, strict=True)
            if its == fold
        ]
    return logits


def curve_types(features: Features) -> Floats:
    """(n,): -1, 0 and 1 for persistent, plateau and washout of the mean curve (Kuhl 1999).

    Malignant from plateau on.
    """
    change = np.array([each["washout_percent"] for each in features], np.float64)
    washes, persists = change < -CHANGE, change > CHANGE
    return washes.astype(np.float64) - persists.astype(np.float64)


def fit_lesion_model(cases: Sequence[LesionCase], trained_on: str) -> LesionModel:
    """On all of `cases`; penalty and calibration by folds over anatomies."""
    features = [_only(each, FEATURES) for each in features_of(cases)]
    model = fit_feature_model(features, labels_of(cases), [case.anatomy for case in cases])
    return LesionModel(model, trained_on)


def write_lesion_model(model: LesionModel, about: Mapping[str, object], path: Path) -> None:
    """`about` says how well it does."""
    write_feature_model(
        FeatureModel(model.model.weights, model.model.intercept),
        {"trained_on": model.trained_on, "simulated": True, **about},
        path,
    )


def of_unseen(model: LesionModel, cases: Sequence[LesionCase]) -> ReadLesions:
    """Of lesions that nothing was fitted to or chosen by, beside the baselines that need no fit."""
    features = features_of(cases)
    scores = np.array([model.score(each) for each in features])
    odds = np.log(np.clip(scores, 1e-9, 1 - 1e-9) / np.clip(1 - scores, 1e-9, 1))
    tables = {
        COMBINED: odds,
        "baseline: size": _column(features, "log_volume_mm3"),
        "baseline: peak enhancement": _column(features, "peak_percent"),
        CURVE_TYPE: curve_types(features),
    }
    return ReadLesions(tuple(case.anatomy for case in cases), labels_of(cases), tables)


def _column(features: Features, name: str) -> Floats:
    """Less its median, so that half is called."""
    values = np.array([each[name] for each in features])
    return values - float(np.median(values))


def _only(features: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    return {name: features.get(name, math.nan) for name in names}


def _slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower())
