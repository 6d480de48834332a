from __future__ import annotations

import math

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import auc
from senoscope.models.training.feature_model import fit_feature_model, ridge_logistic


def rows(n: int, seed: int, informative: float = 1.5) -> tuple[list[dict[str, float]], np.ndarray]:
    rng = np.random.default_rng(seed)
    malignant = rng.random(n) < 0.35
    told = rng.normal(malignant * informative, 1.0) * 10 + 50
    noise = rng.normal(size=(n, 3))
    features = [
        {"told": float(t), "noise a": float(a), "noise b": float(b), "noise c": float(c)}
        for t, (a, b, c) in zip(told, noise, strict=True)
    ]
    return features, malignant


def patients(n: int) -> list[str]:
    return [f"patient {row // 2}" for row in range(n)]


def test_a_penalty_holds_back_weights_and_not_the_intercept() -> None:
    features, malignant = rows(600, seed=0)
    design = np.array([[row["told"] / 10 - 5, 1.0] for row in features])
    (weight, _), (held, intercept) = (
        ridge_logistic(design, malignant, penalty) for penalty in (1.0, 1e9)
    )
    assert weight > 1
    assert abs(held) < 1e-3
    share = malignant.mean()
    assert intercept == pytest.approx(math.log(share / (1 - share)), abs=1e-3)


def test_what_tells_the_classes_apart_gets_the_weight() -> None:
    features, malignant = rows(600, seed=0)
    model = fit_feature_model(features, malignant, patients(600))
    weights = {name: abs(each.weight) for name, each in model.weights.items()}
    assert weights["told"] > 5 * max(weights[name] for name in weights if name != "told")
    new, labels = rows(2000, seed=1)
    logits = np.array([model.opinion(row).logit for row in new])
    # Two normal laws 1.5 deviations apart: Phi(1.5 / sqrt 2).
    best = 0.5 * (1 + math.erf(1.5 / 2))
    assert auc(labels, logits) == pytest.approx(best, abs=0.03)


def test_probabilities_are_frequencies_on_new_patients() -> None:
    features, malignant = rows(800, seed=2)
    model = fit_feature_model(features, malignant, patients(800))
    new, labels = rows(4000, seed=3)
    said = np.array([model.opinion(row).probability for row in new])
    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 1.0)):
        inside = (said >= low) & (said < high)
        assert said[inside].mean() == pytest.approx(labels[inside].mean(), abs=0.06)


def test_features_that_say_nothing_end_near_the_prevalence() -> None:
    features, malignant = rows(400, seed=4, informative=0.0)
    model = fit_feature_model(features, malignant, patients(400))
    said = [model.opinion(row).probability for row in features]
    assert np.std(said) < 0.06
    assert np.mean(said) == pytest.approx(malignant.mean(), abs=0.03)


def test_what_cannot_be_assessed_counts_as_usual() -> None:
    features, malignant = rows(300, seed=5)
    for row in features[::3]:
        row["noise a"] = math.nan
    model = fit_feature_model(features, malignant, patients(300))
    assert math.isfinite(model.intercept)
    assert model.opinion(features[0]).contributions["noise a"] == 0


def test_the_same_rows_give_the_same_model() -> None:
    features, malignant = rows(200, seed=6)
    assert fit_feature_model(features, malignant, patients(200)) == fit_feature_model(
        features, malignant, patients(200)
    )


@pytest.mark.parametrize("kept", [0, 1, 6])
def test_too_few_patients_or_one_class_alone_is_refused(kept: int) -> None:
    features, malignant = rows(40, seed=7)
    with pytest.raises(DataSetError, match="expected both kinds"):
        fit_feature_model(features[:kept], malignant[:kept], patients(kept))
    benign = np.zeros(40, bool)
    with pytest.raises(DataSetError, match="0 of them malignant"):
        fit_feature_model(features, benign, patients(40))
