"""Which breasts a data set has."""

from __future__ import annotations

from collections import Counter

import numpy as np

from senoscope.calibration.phantoms.breast.growths import KINDS, SMOOTH_MASS, grown
from senoscope.calibration.phantoms.breast.tomosynthesis_cases import tomosynthesis_growths
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

SEEDS = range(300)


def test_a_third_is_of_each_class_and_some_malignant_ones_have_a_cluster() -> None:
    cases = [tomosynthesis_growths(seed) for seed in SEEDS]
    assert Counter(each.diagnosis for each in cases) == dict.fromkeys(Diagnosis, 100)
    kinds = {each: Counter() for each in Diagnosis}
    for each in cases:
        kinds[each.diagnosis][each.kinds] += 1
    assert kinds[Diagnosis.NORMAL] == {(): 100}
    assert kinds[Diagnosis.BENIGN] == {(SMOOTH_MASS,): 100}
    alone, clustered = (("spiculated mass",), ("spiculated mass", "calcifications"))
    assert set(kinds[Diagnosis.MALIGNANT]) == {alone, clustered}
    assert 20 < kinds[Diagnosis.MALIGNANT][clustered] < 50
    assert 120 < Counter(each.laterality for each in cases)["L"] < 180


def test_classes_differ_in_their_growths_alone() -> None:
    case = tomosynthesis_growths(2)
    breast = case.anatomy()
    assert breast.laterality is case.laterality
    assert tuple(each.kind for each in breast.growths) == case.kinds
    assert [each.is_malignant for each in breast.growths] == [True] * len(case.kinds)


def test_a_smooth_mass_is_as_large_as_a_spiculated_one_and_is_benign() -> None:
    assert SMOOTH_MASS not in KINDS  # so that the exams of `screening` stay what they were
    drawn = {SMOOTH_MASS: [], "spiculated mass": []}
    for kind, radii in drawn.items():
        for seed in SEEDS:
            [growth] = grown(np.random.default_rng(seed), (kind,))
            assert growth.is_malignant == (kind != SMOOTH_MASS)
            radii.append(growth.radius_mm)
    assert drawn[SMOOTH_MASS] == drawn["spiculated mass"]
