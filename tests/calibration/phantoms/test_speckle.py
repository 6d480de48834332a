import numpy as np
import pytest

from senoscope.calibration.phantoms.speckle import ELEVATION_PITCH_MM, envelope, scatterers

PITCH_MM = 0.09


def uniform(elevation_mm: float) -> np.ndarray:
    amplitude = np.ones((400, 500), np.float32)
    return envelope(amplitude, scatterers(7, elevation_mm, 400, 500), PITCH_MM)[20:-20, 20:-20]


def test_uniform_tissue_gives_rayleigh_speckle() -> None:
    detected = uniform(0.3)
    assert detected.mean() / detected.std() == pytest.approx(1.91, rel=0.1)


def test_speckle_is_as_strong_between_planes_and_at_every_depth() -> None:
    on, between = uniform(0.0), uniform(ELEVATION_PITCH_MM / 2)
    assert np.mean(between**2) == pytest.approx(np.mean(on**2), rel=0.1)
    assert np.mean(on[:180] ** 2) == pytest.approx(np.mean(on[180:] ** 2), rel=0.1)


def test_speckle_changes_smoothly_with_elevation_and_is_new_after_a_slice() -> None:
    here, near, far = (uniform(shift * ELEVATION_PITCH_MM).ravel() for shift in (0.0, 0.2, 1.0))
    assert np.corrcoef(here, near)[0, 1] > 0.8
    assert abs(np.corrcoef(here, far)[0, 1]) < 0.1


def test_speckle_grows_wider_with_depth() -> None:
    detected = uniform(0.0) - uniform(0.0).mean()

    def likeness(part: np.ndarray) -> float:
        return float(np.corrcoef(part[:, :-4].ravel(), part[:, 4:].ravel())[0, 1])

    assert likeness(detected[-100:]) > likeness(detected[:100]) + 0.1
