"""Writing on tissue is painted over, and tissue without any is left as it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.screen.writing import SteadyWriting, painted_over
from senoscope.domain.frame import Gray


def written(pixels: Gray, name: str, at: tuple[int, int]) -> tuple[Gray, Gray]:
    only = np.zeros_like(pixels)
    cv2.putText(only, name, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 230, 2, cv2.LINE_AA)
    return np.maximum(pixels, only), only


@pytest.mark.parametrize("seed", range(6))
def test_a_name_is_gone_from_the_first_picture_on(seed: int) -> None:
    steady = SteadyWriting()
    for frame in BModePhantom(seed, 640, 480).sweep(5):
        noted, only = written(frame.pixels, "DOE, JANE", (60, 420))
        seen = painted_over(noted, steady.look(noted))
        assert np.ptp(seen[only > 100].astype(int)) == 0, "one grey where letters were"


@pytest.mark.parametrize("seed", range(6, 16))
def test_tissue_without_writing_stays_as_it_is(seed: int) -> None:
    steady = SteadyWriting()
    for frame in BModePhantom(seed, 640, 480).sweep(3):
        assert steady.look(frame.pixels) == ()
        assert np.array_equal(painted_over(frame.pixels, ()), frame.pixels)


def test_what_was_written_once_stays_covered_until_the_size_is_another() -> None:
    steady, frame = SteadyWriting(), next(BModePhantom(1, 640, 480).sweep(1))
    noted, _ = written(frame.pixels, "ROSSI MARIA", (60, 300))
    found = steady.look(noted)
    assert found
    for _ in range(5):
        assert steady.look(frame.pixels) == found
    assert steady.look(frame.pixels[:400]) == ()
