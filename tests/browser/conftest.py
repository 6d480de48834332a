"""One Chromium for all browser tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.opened import BROWSER, QUIET, playwright


@pytest.fixture(scope="session")
def chromium() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where a test puts what it shows: SENOSCOPE_PICTURES makes those of the documents anew."""
    return Path(os.environ.get("SENOSCOPE_PICTURES", tmp_path))
