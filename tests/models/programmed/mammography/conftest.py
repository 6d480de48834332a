"""Two simulated mammograms, drawn once: an oblique view of a dense breast and one from above."""

from __future__ import annotations

import pytest

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.domain.mammogram import Laterality


@pytest.fixture(scope="session")
def oblique() -> SimulatedMammogram:
    return SimulatedMammogram.of(BreastAnatomy.drawn(4, Laterality.LEFT, "C"), "MLO")


@pytest.fixture(scope="session")
def from_above() -> SimulatedMammogram:
    return SimulatedMammogram.of(BreastAnatomy.drawn(5, Laterality.LEFT, "B"), "CC")
