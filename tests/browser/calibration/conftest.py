"""The calibration page before a screen that is shown by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.opened import Shown, playwright, serving, shown_in
from tests.ui.calibrating import ScreenLoop, calibration_app

ON_SCREEN = """([x, y]) => {
    const { picture } = window.senoscope, [columns, rows] = picture.header.size;
    const box = document.querySelector('[data-part=picture]').getBoundingClientRect();
    return [box.left + (x + 0.5) * box.width / columns, box.top + (y + 0.5) * box.height / rows];
}"""


@dataclass
class Calibration:
    """The opened page, the loop behind it and the folder of its templates."""

    shown: Shown
    loop: ScreenLoop
    folder: Path

    def click(self, point: tuple[float, float]) -> None:
        """On the picture, [x, y] in its pixels."""
        self.shown.page.mouse.click(*self.on_screen(point))

    def on_screen(self, point: tuple[float, float]) -> tuple[float, float]:
        x, y = self.shown.page.evaluate(ON_SCREEN, list(point))
        return x, y

    def press(self, name: str) -> None:
        self.shown.page.get_by_role("button", name=name, exact=True).click()

    def waits_for(self, part: str, text: str) -> None:
        self.shown.page.locator(f"[data-part={part}]").get_by_text(text).wait_for()

    def points(self) -> list[list[float]]:
        return list(self.shown.page.evaluate("window.senoscope.points.at"))


@pytest.fixture
def calibration(chromium: playwright.Browser, tmp_path: Path) -> Iterator[Calibration]:
    loop = ScreenLoop()
    app, _ = calibration_app(loop, tmp_path)
    with serving(app) as address, shown_in(chromium) as shown:
        shown.page.goto(f"{address}/calibration/")
        shown.wait("page?.state")
        yield Calibration(shown, loop, tmp_path / "templates")
