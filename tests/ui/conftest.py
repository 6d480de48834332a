"""One opened application, or one that calibrates, for each test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.ui.calibration import calibration_session
from tests.ui.calibrating import Calibrating, calibrating
from tests.ui.opened import Page, page


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Page]:
    with page(tmp_path / "snapshots") as made:
        yield made


@pytest.fixture
def calibrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calibrating]:
    monkeypatch.setattr(calibration_session, "APART_S", 0)
    with calibrating(tmp_path) as served:
        yield served
