"""One Chromium for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.opened import BROWSER, QUIET, playwright


@pytest.fixture(scope="session")
def chromium() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield browser
        browser.close()
