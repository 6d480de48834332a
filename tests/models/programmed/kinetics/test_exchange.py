"""Exchange fits: truth recovered without noise, bounds kept, what cannot be fitted said."""

import numpy as np
import pytest

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.kinetics.arrival import fit_with_arrival
from senoscope.models.programmed.kinetics.arterial_input import population_input
from senoscope.models.programmed.kinetics.convolution import convolved, sampled_input
from senoscope.models.programmed.kinetics.exchange import (
    CHUNK,
    ExchangeModel,
    FitState,
    fit_exchange,
)

SOURCE = population_input(420, 15)
TIMES = np.arange(0, 421, 7.0)
BREAST = np.array([0.0, 90, 180, 270, 360, 450])


def tissue(times, ktrans, kep, vp, source=SOURCE, delay=0.0):
    """(times, n) mM."""
    uptake = np.concatenate(
        [convolved(source, times, each, delay) for each in np.array_split(kep, 4)]
    )
    return (ktrans[:, None] * uptake + vp[:, None] * sampled_input(source, times, delay)).T


def drawn(seed, count=400):
    rng = np.random.default_rng(seed)
    ve = rng.uniform(0.05, 0.95, count)
    ktrans = np.minimum(rng.uniform(0.01, 1.0, count), 5 * ve)
    return ktrans, ve, rng.uniform(0.0, 0.2, count)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("model", [ExchangeModel.TOFTS, ExchangeModel.EXTENDED_TOFTS])
def test_a_fit_recovers_what_made_the_curve(model, seed):
    ktrans, ve, vp = drawn(seed)
    vp = vp * model.has_plasma
    found = fit_exchange(tissue(TIMES, ktrans, ktrans / ve, vp), TIMES, SOURCE, model)
    assert found.ktrans_per_min == pytest.approx(ktrans, rel=1e-4)
    assert found.ve == pytest.approx(ve, rel=1e-4)
    assert found.vp == pytest.approx(vp, abs=1e-5)
    assert found.kep_per_min == pytest.approx(ktrans / ve, rel=2e-4)
    assert found.residual_mm.max() < 1e-5 and not found.state.any()


@pytest.mark.parametrize("seed", range(4))
def test_patlak_recovers_what_made_the_curve(seed):
    ktrans, _, vp = drawn(seed)
    curves = tissue(TIMES, ktrans, np.zeros_like(ktrans), vp)
    found = fit_exchange(curves, TIMES, SOURCE, ExchangeModel.PATLAK)
    assert found.ktrans_per_min == pytest.approx(ktrans, rel=1e-5)
    assert found.vp == pytest.approx(vp, abs=1e-6)
    assert np.isnan(found.ve).all() and np.isnan(found.kep_per_min).all() and not found.state.any()


def test_six_phases_of_a_breast_are_enough_for_tofts():
    ktrans, ve, vp = drawn(9)
    kept = ktrans / ve < 2
    ktrans, ve, vp = ktrans[kept], ve[kept], 0 * vp[kept]
    source = population_input(450, 15)
    curves = tissue(BREAST, ktrans, ktrans / ve, vp, source)
    found = fit_exchange(curves, BREAST, source, ExchangeModel.TOFTS)
    assert found.ktrans_per_min == pytest.approx(ktrans, rel=1e-3)
    assert found.ve == pytest.approx(ve, rel=1e-3)


@pytest.mark.parametrize("model", list(ExchangeModel))
def test_no_other_parameters_within_the_bounds_fit_noise_better(model):
    rng = np.random.default_rng(1)
    curves = rng.normal(0, 0.3, (len(TIMES), 60)) + 0.2 * np.sin(TIMES / 60)[:, None]
    found = fit_exchange(curves, TIMES, SOURCE, model)
    assert (found.ktrans_per_min >= 0).all() and (found.vp >= 0).all() and (found.vp <= 1).all()
    assert np.nanmax(found.ve, initial=0) <= 1 + 1e-6
    for _ in range(40):
        kep = np.exp(rng.uniform(np.log(0.005), np.log(25), 60))
        ktrans = kep * rng.uniform(0, 1, 60) * rng.choice([0.0, 0.02, 1.0], 60)
        if model is ExchangeModel.PATLAK:
            kep, ktrans = np.zeros(60), rng.exponential(0.1, 60)
        vp = rng.choice([0.0, 0.01, 0.1, 1.0], 60) * model.has_plasma
        other = np.sqrt(((tissue(TIMES, ktrans, kep, vp) - curves) ** 2).mean(axis=0))
        assert (found.residual_mm <= other + 1e-6).all()


def test_maps_keep_their_shape_and_chunks_do_not_matter():
    ktrans, ve, vp = drawn(2, CHUNK + 8)
    curves = tissue(TIMES[::10], ktrans, ktrans / ve, 0 * vp)
    whole = fit_exchange(curves, TIMES[::10], SOURCE, ExchangeModel.TOFTS)
    shaped = fit_exchange(curves.reshape(7, 2, -1), TIMES[::10], SOURCE, ExchangeModel.TOFTS)
    last = fit_exchange(curves[:, -5:], TIMES[::10], SOURCE, ExchangeModel.TOFTS)
    assert shaped.ve.shape == (2, CHUNK // 2 + 4) and shaped.ve.dtype == np.float32
    assert np.array_equal(shaped.ve.ravel(), whole.ve)
    assert last.ve == pytest.approx(whole.ve[-5:], rel=1e-4)


def test_what_cannot_be_fitted_is_nan_with_its_reason():
    curves = np.zeros((len(TIMES), 4))
    curves[:, 1] = np.nan
    curves[:, 2] = -1
    curves[:, 3] = tissue(TIMES, np.array([500.0]), np.array([900.0]), np.zeros(1))[:, 0]
    found = fit_exchange(curves, TIMES, SOURCE, ExchangeModel.TOFTS)
    reasons = [FitState(each) for each in found.state]
    no, nan, edge = FitState.NO_EXCHANGE, FitState.NOT_FINITE, FitState.KEP_AT_EDGE
    assert reasons == [no, nan, no, edge]
    assert found.ktrans_per_min[0] == 0 and np.isnan(found.ve[[0, 1, 2]]).all()
    assert np.isnan(found.ktrans_per_min[1]) and np.isnan(found.residual_mm[1])


def test_times_and_inputs_that_do_not_fit_are_told():
    curves = np.ones((6, 3))
    with pytest.raises(ImageError, match="as many, 2 at least"):
        fit_exchange(curves[:5], BREAST, SOURCE, ExchangeModel.TOFTS)
    with pytest.raises(ImageError, match="3 at least"):
        fit_exchange(curves[:2], BREAST[:2], SOURCE, ExchangeModel.EXTENDED_TOFTS)
    with pytest.raises(ImageError, match="the times rising"):
        fit_exchange(curves, BREAST[::-1], SOURCE, ExchangeModel.TOFTS)
    with pytest.raises(ImageError, match="contrast in the artery within the phases"):
        fit_exchange(curves, BREAST - 900, SOURCE, ExchangeModel.PATLAK)


@pytest.mark.parametrize("model", list(ExchangeModel))
def test_a_delay_is_found_with_the_exchange(model):
    ktrans, ve, vp = (each[:3] for each in drawn(5))
    kep = 0 * ktrans if model is ExchangeModel.PATLAK else ktrans / ve
    times = TIMES[::2]
    curves = tissue(times, ktrans, kep, vp * model.has_plasma, delay=3.46)
    found, delay = fit_with_arrival(curves, times, SOURCE, model)
    assert delay == pytest.approx(3.46, abs=0.021)
    assert found.ktrans_per_min == pytest.approx(ktrans, rel=0.02)
    late, none = fit_with_arrival(curves.reshape(-1, 3, 1), times, SOURCE, model)
    assert none.shape == late.ve.shape == (3, 1)
