"""Three classes: fused, joined by breast, and measured."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.tomosynthesis.class_figures import (
    ReadViews,
    accuracy,
    class_differences,
    class_figures,
    macro_auc,
    malignant_auc,
)
from senoscope.models.evaluation.tomosynthesis.class_fusion import ClassFusion, fit_fusion, joined

TRUTH = np.array([0, 1, 2, 0, 1, 2])
SURE = np.eye(3)[TRUTH] * 0.7 + 0.1


def test_accuracy_and_areas_of_probabilities_that_are_right_wrong_and_alike() -> None:
    assert (accuracy(TRUTH, SURE), macro_auc(TRUTH, SURE), malignant_auc(TRUTH, SURE)) == (1, 1, 1)
    alike = np.tile([0.2, 0.5, 0.3], (6, 1))
    assert accuracy(TRUTH, alike) == pytest.approx(1 / 3)
    assert (macro_auc(TRUTH, alike), malignant_auc(TRUTH, alike)) == (0.5, 0.5)
    # Normal and benign exchanged: the malignant ones are still told from the rest.
    exchanged = SURE[:, [1, 0, 2]]
    assert accuracy(TRUTH, exchanged) == pytest.approx(1 / 3)
    assert malignant_auc(TRUTH, exchanged) == 1
    assert macro_auc(TRUTH, exchanged) == pytest.approx((0.25 + 0.25 + 1) / 3)
    assert np.isnan(macro_auc(np.array([0, 1, 0]), SURE[:3]))


def test_views_of_a_breast_are_joined_and_the_surer_one_counts_more() -> None:
    one, other = np.array([0.2, 0.2, 0.6]), np.array([0.4, 0.35, 0.25])
    both = joined([one, other])
    assert both.sum() == pytest.approx(1) and both.argmax() == 2
    assert both == pytest.approx(np.sqrt(one * other) / np.sqrt(one * other).sum())
    table = np.stack([one, other, other])
    read = ReadViews(("a", "a", "b"), ("a L", "a L", "b R"), np.array([2, 2, 0]), {"DBT": table})
    breasts = read.by_breast()
    assert breasts.anatomies == ("a", "b") and breasts.breasts == ("a L", "b R")
    assert breasts.truth.tolist() == [2, 0]
    assert breasts.probabilities["DBT"] == pytest.approx(np.stack([both, other]))


def test_figures_and_differences_come_with_n_and_draw_anatomies() -> None:
    names = tuple("aabbccddeeff")
    truth = np.repeat(TRUTH, 2)
    sure, alike = np.repeat(SURE, 2, axis=0), np.tile([0.2, 0.5, 0.3], (12, 1))
    read = ReadViews(names, names, truth, {"DBT": sure, "DM": alike})
    figures = class_figures(read)
    assert figures["DBT"]["accuracy"].value == 1 and figures["DBT"]["accuracy"].n == 12
    assert figures["DBT"]["accuracy"].ci == (1, 1)
    low, high = figures["DM"]["accuracy"].ci
    assert low < 1 / 3 < high
    less = class_differences(read, (("DBT", "DM"),))["DBT - DM"]
    assert less["auc_malignant"].value == 0.5 and less["auc_malignant"].ci == (0.5, 0.5)
    assert less["accuracy"].value == pytest.approx(2 / 3)
    assert less["accuracy"].patients == 6 and less["accuracy"].n == 12


def test_fusion_finds_what_tells_the_classes_apart_and_leaves_noise_out() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 3
    table = rng.normal(size=(300, 3))
    table[:, 0] += 2.0 * (labels == 1)
    table[:, 1] += 2.0 * (labels == 2)
    fusion = fit_fusion(table, labels)
    probabilities = fusion.probabilities(table)
    assert probabilities.sum(1) == pytest.approx(np.ones(300))
    assert accuracy(labels, probabilities) > 0.7
    assert np.abs(fusion.weights[2]).max() < 0.25 * np.abs(fusion.weights[:2]).max()
    # At the optimum the mean probability of a class is its share.
    assert probabilities.mean(0) == pytest.approx([1 / 3] * 3, abs=1e-6)
    # Far beyond what was seen is no surer than four standard deviations.
    far = table.mean(0) + 1e3 * np.eye(3)
    assert (
        fusion.probabilities(far) == fusion.probabilities(table.mean(0) + 1e4 * np.eye(3))
    ).all()


def test_figures_that_say_nothing_give_the_shares_of_the_classes() -> None:
    labels = np.array([0] * 6 + [1] * 3 + [2] * 3)
    fusion = fit_fusion(np.zeros((12, 2)), labels)
    assert fusion.probabilities(np.zeros((1, 2)))[0] == pytest.approx([0.5, 0.25, 0.25], abs=1e-6)


def test_fusion_needs_every_class_and_is_read_as_it_was_written() -> None:
    with pytest.raises(DataSetError, match="2 normal, 1 benign, 0 malignant"):
        fit_fusion(np.zeros((3, 1)), np.array([0, 0, 1]))
    fusion = fit_fusion(np.array([[0.0], [1.0], [2.0]]), np.array([0, 1, 2]))
    read = ClassFusion.from_json(fusion.as_json())
    table = np.array([[0.5], [3.0]])
    assert (read.probabilities(table) == fusion.probabilities(table)).all()
    with pytest.raises(ValueError, match="of 1 figures"):
        ClassFusion.from_json({**fusion.as_json(), "weights": [[0.0, 0.0, 0.0]]})
