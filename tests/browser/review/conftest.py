"""The clip review page before a clip that is told by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.opened import Shown, playwright
from tests.browser.review.shown import before_clip, before_no_clip, serving_clip
from tests.browser.review.told_clip import FakeClip


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[FakeClip, str]]:
    with serving_clip() as served:
        yield served


@pytest.fixture
def clip(served: tuple[FakeClip, str]) -> FakeClip:
    served[0].forget()
    return served[0]


@pytest.fixture
def shown(
    chromium: playwright.Browser, clip: FakeClip, served: tuple[FakeClip, str]
) -> Iterator[Shown]:
    with before_clip(chromium, clip, served[1]) as shown:
        yield shown


@pytest.fixture
def empty(
    chromium: playwright.Browser, clip: FakeClip, served: tuple[FakeClip, str]
) -> Iterator[Shown]:
    with before_no_clip(chromium, served[1]) as shown:
        yield shown
