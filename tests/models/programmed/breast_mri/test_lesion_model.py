"""Features of an enhancing lesion say what they name; the model scores with what there is."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, Mask, VolumeGeometry
from senoscope.domain.errors import ImageError, ModelPackageError
from senoscope.models.programmed.breast_mri.lesion_model import (
    FEATURES,
    SHIPPED,
    early_and_late,
    eroded,
    lesion_features,
    load_lesion_model,
)

SHAPE = 20, 24, 24
TIMES_S = 0.0, 60.0, 130.0, 240.0, 380.0, 500.0


def ball(radius: float) -> Mask:
    z, y, x = np.indices(SHAPE) - np.array([10, 12, 12])[:, None, None, None]
    return np.asarray(z**2 + y**2 + x**2 <= radius**2)


def series(signals: list[float], mask: Mask, noise: float = 0.0, **kept: object) -> DynamicSeries:
    rng = np.random.default_rng(0)
    phases = tuple(
        np.where(mask, signal, 80).astype(np.float32)
        + rng.normal(0, noise, SHAPE).astype(np.float32)
        for signal in signals
    )
    made = DynamicSeries(phases, VolumeGeometry((1.0, 1.0, 1.0), AXIAL), TIMES_S)
    return replace(made, **kept)  # type: ignore[arg-type]


def test_early_is_nearest_to_two_minutes_and_late_the_last() -> None:
    made = series([100, 150, 220, 210, 200, 190], ball(6))
    assert early_and_late(made) == (2, 5)
    assert early_and_late(replace(made, injected_s=50.0)) == (2, 5)
    assert early_and_late(replace(made, injected_s=130.0)) == (3, 5)
    assert early_and_late(replace(made, times_s=None)) == (1, 5)
    assert early_and_late(replace(made, times_s=None, pre_contrast=5)) == (5, 5)


def test_a_curve_that_washes_out_is_told_in_percent() -> None:
    found = lesion_features(series([100, 150, 250, 240, 200, 190], ball(6)), (0, 0, 0), ball(6))
    assert set(found) == set(FEATURES)
    assert found["early_percent"] == pytest.approx(150)
    assert found["peak_percent"] == pytest.approx(150)
    assert found["early_of_peak"] == pytest.approx(1)
    assert found["washout_percent"] == pytest.approx(-24)
    assert found["ser"] == pytest.approx(150 / 90)
    assert (found["washout_share"], found["persistent_share"]) == (1, 0)
    assert found["rim_ratio"] == pytest.approx(1) and found["early_spread"] == pytest.approx(0)
    assert found["log_volume_mm3"] == pytest.approx(math.log(int(ball(6).sum())))


def test_a_rim_that_takes_up_more_shows() -> None:
    made = series([100, 150, 200, 210, 220, 230], ball(6))
    brighter = made.phases[2] + 100 * (ball(6) & ~ball(4)).astype(np.float32)
    rimmed = replace(made, phases=(*made.phases[:2], brighter, *made.phases[3:]))
    assert lesion_features(rimmed, (0, 0, 0), ball(6))["rim_ratio"] > 1.2


def test_the_scale_of_the_signal_does_not_matter() -> None:
    made = series([100, 150, 250, 240, 200, 190], ball(6), noise=5)
    other = replace(made, phases=tuple(each * np.float32(7.5) for each in made.phases))
    one, two = (lesion_features(each, (0, 0, 0), ball(6)) for each in (made, other))
    assert one == pytest.approx(two, rel=1e-3, abs=1e-3)


def test_a_box_in_a_volume_gives_what_the_volume_gives() -> None:
    made = series([100, 150, 250, 240, 200, 190], ball(5), noise=5)
    whole = lesion_features(made, (0, 0, 0), ball(5))
    window = ball(5)[4:17, 6:19, 5:20]
    assert lesion_features(made, (4, 6, 5), window) == pytest.approx(whole, nan_ok=True)


def test_one_phase_after_contrast_has_no_washout() -> None:
    made = series([100, 150, 250, 240, 200, 190], ball(6), pre_contrast=5)
    found = lesion_features(made, (0, 0, 0), ball(6))
    assert math.isnan(found["washout_percent"]) and math.isnan(found["ser"])
    assert 0 <= load_lesion_model().score(found) <= 1


def test_two_voxels_have_no_texture_and_still_a_score() -> None:
    mask = np.zeros(SHAPE, bool)
    mask[3, 4, 5:7] = True
    found = lesion_features(series([100, 150, 250, 240, 200, 190], mask), (0, 0, 0), mask)
    assert math.isnan(found["glcm_Contrast"]) and found["early_percent"] == pytest.approx(150)
    assert 0 <= load_lesion_model().score(found) <= 1


@pytest.mark.parametrize(
    ("corner", "mask"),
    [
        ((-1, 0, 0), np.ones((2, 2, 2), bool)),
        ((19, 0, 0), np.ones((2, 2, 2), bool)),
        ((0, 0, 0), np.zeros((2, 2, 2), bool)),
        ((0, 0, 0), np.ones((2, 2, 2), np.uint8)),
    ],
)
def test_a_mask_that_is_none_is_refused(corner: tuple[int, ...], mask: np.ndarray) -> None:
    made = series([100, 150, 250, 240, 200, 190], ball(6))
    with pytest.raises(ImageError, match="Outline the lesion again"):
        lesion_features(made, corner, mask)


def test_erosion_takes_the_outermost_voxels() -> None:
    mask = np.zeros((5, 5, 5), bool)
    mask[1:4, 1:4, 1:4] = True
    inner = np.zeros((5, 5, 5), bool)
    inner[2, 2, 2] = True
    assert np.array_equal(eroded(mask), inner)
    assert eroded(np.ones((3, 3, 3), bool)).sum() == 1


def test_the_shipped_model_says_what_it_was_fitted_to() -> None:
    model = load_lesion_model()
    assert "simulated" in model.trained_on
    assert set(model.model.weights) == set(FEATURES)
    assert model.score({}) == pytest.approx(model.score(dict.fromkeys(FEATURES, math.nan)))


def test_washout_is_more_suspicious_than_persistence() -> None:
    washes = lesion_features(series([100, 150, 280, 240, 190, 180], ball(6), 8), (0, 0, 0), ball(6))
    stays = lesion_features(series([100, 120, 140, 170, 200, 220], ball(6), 8), (0, 0, 0), ball(6))
    model = load_lesion_model()
    assert model.score(washes) > model.score(stays)


@pytest.mark.parametrize(
    "changed", [{"weights": {"size": {}}}, {"weights": {}}, {"trained_on": ""}, {"trained_on": 3}]
)
def test_a_file_that_is_no_such_model_is_refused(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    content = json.loads(SHIPPED.read_text(encoding="utf-8")) | changed
    (tmp_path / "model.json").write_text(json.dumps(content))
    with pytest.raises(ModelPackageError, match="Reinstall"):
        load_lesion_model(tmp_path / "model.json")
