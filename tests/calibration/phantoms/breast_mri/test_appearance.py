"""Lesions that nothing but themselves tells apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast_mri.appearance import (
    BENIGN_KINDS,
    MALIGNANT_KINDS,
    Appearance,
    appearance,
    screening_mix,
)

COUNT = 1500


@pytest.fixture(scope="module")
def looks() -> tuple[list[Appearance], list[Appearance]]:
    random = np.random.default_rng(1)
    drawn = [
        [appearance(random, kind) for _ in range(COUNT)]
        for kind in ("malignant mass", "benign mass")
    ]
    return drawn[0], drawn[1]


def _auc(
    looks: tuple[list[Appearance], list[Appearance]], of: Callable[[Appearance], float]
) -> float:
    bad, good = (np.array([of(each) for each in group]) for group in looks)
    higher = (bad[:, None] > good).mean() + 0.5 * (bad[:, None] == good).mean()
    return float(max(higher, 1 - higher))


@pytest.mark.parametrize(
    "feature", ["ktrans_per_min", "ve", "margin", "spicules", "rim", "uneven", "adc", "t2_signal"]
)
def test_no_single_feature_tells_them_apart(
    looks: tuple[list[Appearance], list[Appearance]], feature: str
) -> None:
    assert 0.6 < _auc(looks, lambda each: getattr(each, feature)) < 0.82


@pytest.mark.parametrize("feature", ["size_mm", "vp", "t1_share", "wide", "deep"])
def test_what_is_no_sign_says_nothing(
    looks: tuple[list[Appearance], list[Appearance]], feature: str
) -> None:
    of: dict[str, Callable[[Appearance], float]] = {
        "wide": lambda each: each.axes[1],
        "deep": lambda each: each.axes[2],
    }
    assert _auc(looks, of.get(feature, lambda each: getattr(each, feature))) < 0.54


def test_lesions_of_five_to_forty_millimetres() -> None:
    random = np.random.default_rng(2)
    for kind in (*MALIGNANT_KINDS, *BENIGN_KINDS):
        sizes = [appearance(random, kind).size_mm for _ in range(100)]
        low, high = (3.5, 5.0) if kind.endswith("focus") else (6.0, 40.0)
        assert low <= min(sizes)
        assert max(sizes) <= high


def test_screening_holds_women_of_each_kind() -> None:
    mixes = [screening_mix(seed) for seed in range(400)]
    malignant = [any(kind in MALIGNANT_KINDS for kind in mix) for mix in mixes]
    empty = [not set(mix) & {*MALIGNANT_KINDS, *BENIGN_KINDS} for mix in mixes]
    assert 0.35 < np.mean(malignant) < 0.55
    assert 0.12 < np.mean(empty) < 0.28
    # Even and odd seeds are alike.
    assert abs(np.mean(malignant[::2]) - np.mean(malignant[1::2])) < 0.12
