"""A logistic model over named features, every step of which can be followed.

A feature's contribution is its weight times how far it lies from the usual; the probability is
the logistic function of their sum.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from senoscope.domain.errors import ModelPackageError
from senoscope.models.programmed.feature import Values

LIMIT = 3.0
"""Spreads beyond which a feature counts no further: one bad outline must not decide alone."""


@dataclass(frozen=True, slots=True)
class Weight:
    """`usual` and `spread` standardise a feature; `weight` is per spread, in logit."""

    usual: float
    spread: float
    weight: float

    def contribution(self, value: float) -> float:
        """In logit; 0 where the feature cannot be assessed (nan)."""
        if math.isnan(value):
            return 0.0
        return self.weight * min(max((value - self.usual) / self.spread, -LIMIT), LIMIT)


@dataclass(frozen=True, slots=True)
class Opinion:
    """`logit` of malignancy, and what each feature adds to it, the strongest first."""

    logit: float
    contributions: Mapping[str, float]

    @property
    def probability(self) -> float:
        """Of malignancy, 0 to 1."""
        return 0.5 + 0.5 * math.tanh(self.logit / 2)


@dataclass(frozen=True, slots=True)
class FeatureModel:
    """`weights` by feature name; `intercept` in logit."""

    weights: Mapping[str, Weight]
    intercept: float

    def opinion(self, features: Values) -> Opinion:
        """On the features of one lesion; those without a weight are not looked at."""
        parts = {name: each.contribution(features[name]) for name, each in self.weights.items()}
        strongest = sorted(parts, key=lambda name: -abs(parts[name]))
        logit = self.intercept + math.fsum(parts.values())
        return Opinion(logit, {name: parts[name] for name in strongest})


def read_feature_model(path: Path, known: Set[str]) -> FeatureModel:
    """What `write_feature_model` wrote, over features in `known`.

    ModelPackageError where the file is missing, is no such model, or weighs other features.
    """
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        weights = {name: Weight(**each) for name, each in card["weights"].items()}
        model = FeatureModel(weights, float(card["intercept"]))
        numbers = [n for each in weights.values() for n in asdict(each).values()]
        finite = bool(np.isfinite([*numbers, model.intercept]).all())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelPackageError(
            f"{path.name} is no model over features ({error}). Reinstall Senoscope."
        ) from error
    if not weights or not finite or not set(weights) <= known:
        raise ModelPackageError(
            f"{path.name} weighs {sorted(set(weights) - known) or 'nothing, or not in numbers'}; "
            "expected finite weights of features that are measured here. Reinstall Senoscope."
        )
    return model


def write_feature_model(model: FeatureModel, about: Mapping[str, Any], path: Path) -> None:
    """JSON that a person can read; `about` says how it was made and how well it does."""
    weights = {name: asdict(each) for name, each in model.weights.items()}
    card = {**about, "intercept": model.intercept, "weights": weights}
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    partial.replace(path)
