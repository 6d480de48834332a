"""Simulated dynamic breast MRI, and what is said to be true of it."""

from __future__ import annotations

import resource
from typing import Any

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast_mri.exam import SimulatedBreastMri
from senoscope.domain.breast_mri import SAGITTAL
from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.models.programmed.breast_mri.motion import moved
from senoscope.models.programmed.kinetics.arterial_input import population_input
from senoscope.models.programmed.kinetics.curve_types import CurveType
from senoscope.models.programmed.kinetics.exchange import ExchangeModel, fit_exchange
from senoscope.models.programmed.kinetics.phase_choice import phase_choice
from senoscope.models.programmed.kinetics.spoiled_gradient_echo import concentration_mm

COARSE: dict[str, Any] = {"spacing_mm": (3.0, 2.4, 2.4)}
MASSES = ("malignant mass", "benign mass", "cyst")


@pytest.fixture(scope="module")
def even() -> SimulatedBreastMri:
    """Without noise, shading and motion."""
    return SimulatedBreastMri.drawn(14, kinds=MASSES, noise=0, bias=0, **COARSE)


def test_a_seed_gives_the_same_exam_again_and_another_one_another() -> None:
    one, again, other = (SimulatedBreastMri.drawn(seed, **COARSE) for seed in (3, 3, 4))
    for first, second in zip(one.series.phases, again.series.phases, strict=True):
        assert np.array_equal(first, second)
    assert np.array_equal(one.fibroglandular, again.fibroglandular)
    assert not np.array_equal(one.series.phases[0], other.series.phases[0])


def test_breasts_hang_to_the_front_and_each_nipple_is_on_its_own_side(
    even: SimulatedBreastMri,
) -> None:
    right, left = even.nipples["R"], even.nipples["L"]
    middle = even.series.shape[2] / 2
    assert right[2] < middle < left[2]
    places = even.series.geometry.in_patient(np.array([right, left]))
    assert places[0, 0] < -40 < 40 < places[1, 0]
    for nipple in (right, left):
        rows = np.flatnonzero(even.breast[round(nipple[0]), :, round(nipple[2])])
        assert abs(rows[0] - nipple[1]) <= 3
    # The heart, to her left, is as bright as blood with contrast.
    rise = even.series.phases[1].astype(float) - even.series.phases[0].astype(float)
    heart = np.argwhere((rise > 2 * even.gland_signal) & ~even.breast)
    assert np.median(heart[:, 2]) > middle


def test_lesions_take_up_contrast_and_cysts_do_not(even: SimulatedBreastMri) -> None:
    choice = phase_choice(even.series)
    before, early = (even.series.phases[at].astype(float) for at in (0, choice.early))
    assert [each.kind for each in even.lesions] == list(MASSES[:2])
    assert [each.malignant for each in even.lesions] == [True, False]
    for lesion in even.lesions:
        inside = before[lesion.box][lesion.mask], early[lesion.box][lesion.mask]
        percent = 100 * (inside[1].mean() / inside[0].mean() - 1)
        assert percent == pytest.approx(lesion.curve_percent[choice.early], abs=1)
        assert even.breast[lesion.box][lesion.mask].all()
        assert even.fibroglandular[lesion.box][lesion.mask].mean() > 0.9
    (cyst,) = even.cysts
    assert early[cyst.box][cyst.mask].mean() == pytest.approx(
        before[cyst.box][cyst.mask].mean(), rel=0.03
    )


def test_the_functional_volume_is_that_of_the_series_without_noise(
    even: SimulatedBreastMri,
) -> None:
    choice = phase_choice(even.series)
    assert choice.late is not None
    before, early, late = (
        even.series.phases[at].astype(float) for at in (0, choice.early, choice.late)
    )
    for lesion in even.lesions:
        one, two, three = (each[lesion.box][lesion.mask] for each in (before, early, late))
        counts = (two >= 1.7 * one) & ((two - one) / (three - one) >= 0)
        volume = counts.sum() * even.series.geometry.voxel_mm3
        assert lesion.functional_mm3 == pytest.approx(volume, rel=0.03)
        assert lesion.functional_mm3 <= lesion.volume_mm3
    assert even.functional_mm3 == sum(each.functional_mm3 for each in even.lesions)


def test_the_curve_type_is_that_of_the_mean_curve(even: SimulatedBreastMri) -> None:
    choice = phase_choice(even.series)
    for lesion in even.lesions:
        curve = 100 + np.array(lesion.curve_percent)
        change = curve[choice.late] / curve[choice.early] - 1
        kind = CurveType.PERSISTENT if change > 0.1 else CurveType.PLATEAU
        assert lesion.curve is (CurveType.WASHOUT if change < -0.1 else kind)


def test_ktrans_is_found_again_by_a_fit() -> None:
    exam = SimulatedBreastMri.drawn(14, kinds=MASSES[:1], phases=12, noise=0, bias=0, **COARSE)
    protocol, (lesion,) = exam.protocol, exam.lesions
    whole = lesion.mask & (exam.grid.kept(exam.tissue.water)[lesion.box] == 255)
    curves = np.stack([each[lesion.box][whole].astype(float) for each in exam.series.phases])
    look = next(iter(exam.looks.values()))
    t1_s = {1.5: 1.25, 3.0: 1.43}[protocol.field_t] * look.t1_share
    agent = concentration_mm(curves, curves[0], protocol.echo, t1_s, protocol.relaxivity)
    times = np.array(protocol.after_s)
    source = population_input(times[-1], protocol.delay_s)
    fit = fit_exchange(agent, times, source, ExchangeModel.EXTENDED_TOFTS)
    truth = exam.ktrans[lesion.box][whole]
    assert len(truth) > 20
    assert np.median(np.abs(fit.ktrans_per_min / truth - 1)) < 0.05
    assert np.median(fit.ve) == pytest.approx(lesion.ve, rel=0.05)


def test_the_true_motion_brings_each_phase_back() -> None:
    still = SimulatedBreastMri.drawn(13, noise=0, bias=0, phases=3)
    shaken = SimulatedBreastMri.drawn(13, noise=0, bias=0, phases=3, motion_mm=6)
    assert shaken.motion is not None
    assert np.array_equal(still.series.phases[0], shaken.series.phases[0])
    far = np.linalg.norm(shaken.motion.displacement * still.series.geometry.spacing_mm, axis=-1)
    assert far[0].max() == 0
    assert 4 < far.max() < 7
    for phase in (1, 2):
        truth = still.series.phases[phase].astype(float)
        there = np.abs(shaken.series.phases[phase].astype(float) - truth)[still.breast].mean()
        back = np.abs(moved(shaken.series.phases[phase], shaken.motion, phase) - truth)
        assert back[still.breast].mean() < 0.6 * there  # the rest is interpolation


def test_noise_and_shading_are_as_large_as_asked_for() -> None:
    even = SimulatedBreastMri.drawn(5, kinds=(), phases=2, noise=0, bias=0, **COARSE)
    noisy = SimulatedBreastMri.drawn(5, kinds=(), phases=2, noise=0.05, bias=0.3, **COARSE)
    assert noisy.noise_sigma == pytest.approx(0.05 * noisy.gland_signal)
    expected = even.series.phases[0].astype(float) * noisy.bias
    bright = expected > 5 * noisy.noise_sigma
    off = noisy.series.phases[0].astype(float) - expected
    assert off[bright].std() == pytest.approx(noisy.noise_sigma, rel=0.1)
    # Air shows the mean of Rayleigh's distribution.
    air = noisy.series.phases[0][:, :5]
    assert air.mean() == pytest.approx(noisy.noise_sigma * np.sqrt(np.pi / 2), rel=0.1)
    assert np.log(noisy.bias[noisy.breast]).std() > 0.1


def test_fat_is_dark_only_where_it_is_suppressed() -> None:
    dark, bright = (
        SimulatedBreastMri.drawn(6, kinds=(), phases=2, fat_suppressed=each, **COARSE)
        for each in (True, False)
    )
    fat = dark.grid.kept(dark.tissue.water < 25) & dark.breast
    gland = dark.fibroglandular
    for exam, brighter in ((dark, False), (bright, True)):
        before = exam.series.phases[0].astype(float)
        assert bool(np.median(before[fat]) > np.median(before[gland])) is brighter
        assert exam.series.fat_suppressed is not brighter


def test_a_sagittal_exam_lies_in_the_same_places_of_the_patient() -> None:
    axial, sagittal = (
        SimulatedBreastMri.drawn(
            13, kinds=MASSES[:1], phases=3, motion_mm=4, noise=0, orientation=each
        )
        for each in ("axial", "sagittal")
    )
    assert np.array_equal(sagittal.series.geometry.axes, SAGITTAL)
    places = [
        each.series.geometry.in_patient(np.array([each.lesions[0].centre, each.nipples["L"]]))
        for each in (axial, sagittal)
    ]
    assert places[0] == pytest.approx(places[1], abs=0.01)
    lesion, turned = axial.lesions[0], sagittal.lesions[0]
    full = [np.zeros(each.series.shape, bool) for each in (axial, sagittal)]
    full[0][lesion.box], full[1][turned.box] = lesion.mask, turned.mask
    assert np.array_equal(np.moveaxis(full[0], 2, 0)[:, ::-1], full[1])
    assert axial.motion is not None
    assert sagittal.motion is not None
    back = [moved(each.series.phases[2], each.motion, 2) for each in (axial, sagittal)]
    assert np.abs(np.moveaxis(back[0], 2, 0)[:, ::-1] - back[1]).max() < 2


def test_one_side_alone_has_one_nipple_and_half_the_field() -> None:
    exam = SimulatedBreastMri.drawn(8, kinds=MASSES[:1], side=Laterality.RIGHT, **COARSE)
    assert list(exam.nipples) == ["R"]
    assert exam.series.shape[2] == 75
    assert exam.lesions[0].laterality is Laterality.RIGHT
    assert exam.series.geometry.origin_mm[0] < -170


def test_diffusion_is_free_in_cysts_and_water_bright(even: SimulatedBreastMri) -> None:
    (cyst,) = even.cysts
    for volume in (even.adc, even.t2):
        assert volume.shape == even.series.shape
        others = np.median(volume[even.lesions[0].box][even.lesions[0].mask])
        assert np.median(volume[cyst.box][cyst.mask]) > 1.3 * others


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": ("carcinoma",)},
        {"phases": 1},
        {"noise": -1.0},
        {"motion_mm": 31.0},
        {"orientation": "coronal"},
        {"shape": (4, 100, 100)},
        {"spacing_mm": (0.1, 0.1, 0.1)},
        {"kinds": ("malignant mass",) * 21},
        {"kinds": ("benign non-mass",) * 20, "side": Laterality.LEFT, **COARSE},
    ],
)
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"expected|Ask for fewer"):
        SimulatedBreastMri.drawn(1, **wrong)


def test_a_large_exam_stays_below_three_gigabytes() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    exam = SimulatedBreastMri.drawn(3, shape=(160, 448, 448), kinds=())
    assert exam.series.shape == (160, 448, 448)
    assert exam.series.phases[0].dtype == np.uint16
    assert len(exam.series.phases) == 6
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 3_000_000
