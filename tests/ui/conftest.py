"""One opened application for each test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.opened import Page, page


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Page]:
    with page(tmp_path / "snapshots") as made:
        yield made
