"""Probabilities and words rest on lesions that were not learnt from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs torch, of the [train] extra")

from senoscope.models.training.calibrating import (
    ScoredLesion,
    calibration,
    part_of,
    write_out_of_fold,
)


def scored(n: int = 4000) -> list[ScoredLesion]:
    """Logits twice as sure as the truth and shifted; lesions' own logits are 0, 1, 2, ..."""
    rng = np.random.default_rng(0)
    truth = rng.normal(-0.5, 1.5, n)
    malignant = rng.random(n) < 1 / (1 + np.exp(-truth))
    return [
        ScoredLesion(f"i{k}", f"p{k // 2}", bool(malignant[k]), 2 * truth[k] + 1, float(k))
        for k in range(n)
    ]


def test_calibration_finds_the_slope_and_shift_that_were_put_in() -> None:
    settings, said = calibration(scored())
    assert settings["calibration_slope"] == pytest.approx(0.5, abs=0.04)
    assert settings["calibration_intercept"] == pytest.approx(-0.5, abs=0.1)
    assert said["ece_by_patient_cv"] < 0.03
    assert said["lesions"] == 4000


def test_lesions_that_would_be_dropped_are_counted() -> None:
    lesions = [replace(each, lesion_logit=each.lesion_logit - 9.5) for each in scored(1000)]
    settings, said = calibration(lesions)
    assert settings["lesion_logit_from"] == 0.0
    assert said["lesions_dismissed"] == 10


def test_words_and_their_shares_agree() -> None:
    lesions = scored(1000)
    settings, said = calibration(lesions)
    logits = np.array([each.logit for each in lesions])
    probability = 1 / (
        1 + np.exp(-(settings["calibration_slope"] * logits + settings["calibration_intercept"]))
    )
    assert said["called_low"] == pytest.approx(
        (probability < settings["low_below"]).mean(), abs=1e-4
    )
    assert said["called_high"] == pytest.approx(
        (probability >= settings["high_from"]).mean(), abs=1e-4
    )


def test_parts_are_about_equal_and_hang_on_the_patient_alone() -> None:
    parts = [part_of(f"patient {k}", 3) for k in range(3000)]
    assert [part_of(f"patient {k}", 3) for k in range(3000)] == parts
    assert all(900 < parts.count(part) < 1100 for part in range(3))


def test_out_of_fold_logits_are_written_by_name(tmp_path: Path) -> None:
    write_out_of_fold([ScoredLesion("a.png", "p", True, 1.23456, 0.0)], tmp_path)
    assert json.loads((tmp_path / "out_of_fold.json").read_text()) == {"a.png": 1.2346}
