"""One drawn view, gone through once."""

from __future__ import annotations

import pytest

from senoscope.models.programmed.tomosynthesis.sought import SoughtView, seek
from tests.models.programmed.tomosynthesis.drawn_volumes import drawn_view


@pytest.fixture(scope="session")
def drawn() -> SoughtView:
    return seek(drawn_view())
