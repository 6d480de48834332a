"""Tomosynthesis on the studies page: slices, slabs, cine, and what lies where in 2-D and 3-D."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.calibration.phantoms.breast.tomosynthesis_cases import tomosynthesis_growths
from senoscope.studies.wrapping.simulated_tomosynthesis import CaseToSimulate, write_simulated_case
from tests.browser.opened import PATIENCE_MS, needs_browser, playwright, serving, shown_in
from tests.browser.studies.conftest import StudiesPage
from tests.ui.reading_studies import FindsTwo, studies_app
from tests.ui.studies.simulated_marks import MarksTruth
from tests.ui.studies.sliced_exams import (
    BALLS,
    COUNT,
    MarksSlices,
    damaged_slices,
    frame_of,
    sliced_files,
)

SEED = 3010
"""Of the simulated breast in the documents' picture: none that anything is tested on."""
pytestmark = [needs_browser, pytest.mark.browser]


class Slices:
    """The page with an exam open."""

    def __init__(self, studies: StudiesPage) -> None:
        self.studies, self.page = studies, studies.page

    def says(self, text: str) -> None:
        """Of the slice that is shown, the only one."""
        self.page.locator(".tile:visible .slice").get_by_text(text, exact=True).wait_for(
            timeout=PATIENCE_MS
        )

    def shows(self, layout: str) -> None:
        self.page.locator(f"[data-part=hung][data-shows={layout}]").wait_for()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def place(self, tile: int, x: float, y: float) -> tuple[float, float]:
        """On the screen, of a pixel of the stored left breast: that tile among the visible ones."""
        found = self.page.evaluate(
            """([tile, x, y]) => {
                const shown = [...document.querySelectorAll('.tile')].filter((e) => !e.hidden);
                const { left, top } = shown[tile].getBoundingClientRect();
                const all = window.senoscope.hung.large.pair ?? [window.senoscope.hung.large];
                const [px, py] = window.senoscope.placeOf(all[tile], x, y);
                return [left + px, top + py];
            }""",
            [tile, x, y],
        )
        return float(found[0]), float(found[1])

    def bright(self, tile: int, x: float, y: float) -> float:
        """The grey that a tile shows there."""
        return float(
            self.page.evaluate(
                """([tile, x, y]) => {
                    const shown = [...document.querySelectorAll('.tile')].filter((e) => !e.hidden);
                    const paper = shown[tile].querySelector('canvas');
                    const { left, top } = paper.getBoundingClientRect();
                    const at = [x - left, y - top].map((each) => each * devicePixelRatio);
                    return paper.getContext('2d').getImageData(...at, 1, 1).data[0];
                }""",
                [tile, x, y],
            )
        )


def opened(
    chromium: playwright.Browser,
    folder: Path,
    files: list[Path],
    mode: FindsTwo | None = None,
    reads_alone: bool = False,
) -> Iterator[Slices]:
    app, desk, store = studies_app(folder, mode or MarksSlices(), reads_alone)
    with serving(app) as address, shown_in(chromium) as shown:
        studies = StudiesPage(shown, address, folder)
        studies.page.set_input_files("[data-part=files]", files)
        shown.wait("page.exam !== null")
        studies.says("hung_said", "One scale, in millimetres")
        yield Slices(studies)
    desk.close()
    store.close()


@pytest.fixture
def sliced(chromium: playwright.Browser, tmp_path: Path) -> Iterator[Slices]:
    """Four places: 2-D in three of them, slices in both CC."""
    yield from opened(chromium, tmp_path, sliced_files(tmp_path / "exam"))


def test_slices_follow_the_wheel_the_keys_and_the_rail(sliced: Slices) -> None:
    sliced.press("2")
    sliced.shows("two")
    sliced.says("slice 11 of 21, 20 mm")
    sliced.page.mouse.move(*sliced.place(1, 200, 250))
    sliced.page.mouse.wheel(0, 100)
    sliced.says("slice 12 of 21, 22 mm")
    sliced.page.mouse.wheel(0, -100)
    sliced.press("ArrowUp")
    sliced.says("slice 10 of 21, 18 mm")
    sliced.press("PageDown")
    sliced.says("slice 15 of 21, 28 mm")
    sliced.press("End")
    sliced.says("slice 21 of 21, 40 mm")
    sliced.press("ArrowDown", "Home")
    sliced.says("slice 1 of 21, 0 mm")
    rail = sliced.page.get_by_role("slider", name="Slice of left breast, CC")
    rail.focus()
    rail.press("ArrowDown")
    sliced.says("slice 2 of 21, 2 mm")
    assert rail.get_attribute("aria-valuetext") == "slice 2 of 21, 2 mm"
    sliced.page.mouse.move(*sliced.place(1, 200, 250))
    sliced.page.keyboard.down("Control")
    sliced.page.mouse.wheel(0, -100)
    sliced.page.keyboard.up("Control")
    sliced.studies.says("hung_said", "1.3 times")
    sliced.says("slice 2 of 21, 2 mm")


def test_a_slab_shows_the_brightest_of_its_slices_or_their_mean(sliced: Slices) -> None:
    sliced.press("2")
    sliced.says("slice 11 of 21, 20 mm")
    x, y = BALLS[8]
    ball = sliced.place(1, x + 9, y)  # outside of what is left of it in slice 11
    sliced.press("m")
    assert sliced.bright(1, *ball) < 200
    sliced.page.select_option("[data-part=slab]", "10")
    sliced.says("slices 9–13 of 21, 16–24 mm · maximum")
    assert sliced.bright(1, *ball) > 220
    sliced.page.locator("[data-part=hung]").focus()
    sliced.press("a")
    sliced.says("slices 9–13 of 21, 16–24 mm · average")
    assert sliced.bright(1, *ball) < 200
    sliced.press("b")
    sliced.says("slices 1–21 of 21, 0–40 mm · average")
    sliced.press("b")
    sliced.says("slice 11 of 21, 20 mm")


NOTE_SLICES = """(one) => {
  window.slicesSeen = [];
  const note = () => window.slicesSeen.push(one.textContent);
  new MutationObserver(note).observe(one, { childList: true, characterData: true, subtree: true });
}"""


def test_cine_goes_there_and_back(sliced: Slices) -> None:
    sliced.press("2")
    sliced.says("slice 11 of 21, 20 mm")
    sliced.page.select_option("[data-part=cine_rate]", "30")
    # A turn is shown for a thirtieth of a second: who asks now and then may never see it.
    sliced.page.locator(".tile:visible .slice").evaluate(NOTE_SLICES)
    sliced.studies.press("Play")
    for turn in ("slice 21 of 21, 40 mm", "slice 1 of 21, 0 mm"):
        sliced.page.wait_for_function("(turn) => window.slicesSeen.includes(turn)", arg=turn)
    sliced.studies.press("Pause")
    stopped = sliced.page.locator(".tile:visible .slice").inner_text()
    sliced.page.wait_for_timeout(400)
    assert sliced.page.locator(".tile:visible .slice").inner_text() == stopped
    sliced.studies.press("Play")
    sliced.page.locator(".tile:visible canvas").nth(1).focus()
    sliced.press("ArrowDown")
    sliced.page.get_by_role("button", name="Play", exact=True).wait_for()


def test_a_mark_is_found_in_both_from_card_rail_and_picture(sliced: Slices) -> None:
    page = sliced.page
    page.locator(f"{sliced.studies.finding(1)} >> .pick").click()
    sliced.shows("two")
    sliced.says("slice 8 of 21, 14 mm")
    page.get_by_role("button", name="Mark 2: its best slice, 16").click()
    sliced.says("slice 16 of 21, 30 mm")
    assert page.evaluate("window.senoscope.hung.ring") == 2
    page.locator(".tile:visible canvas").first.focus()
    sliced.press("0")
    page.mouse.click(*sliced.place(0, *BALLS[8]))
    sliced.says("slice 8 of 21, 14 mm")
    page.mouse.click(*sliced.place(1, *BALLS[16]))
    sliced.says("slice 16 of 21, 30 mm")


def test_the_pointer_s_place_shows_on_the_other_of_a_pair(sliced: Slices) -> None:
    sliced.press("2", "m")
    sliced.says("slice 11 of 21, 20 mm")
    there = sliced.place(0, 200, 250)
    before = sliced.bright(0, there[0] + 40, there[1])
    sliced.page.mouse.move(*sliced.place(1, 200, 250))
    sliced.page.wait_for_timeout(300)
    colour = sliced.page.evaluate("window.senoscope.hung.cross !== null")
    assert colour
    assert sliced.bright(0, there[0] + 40, there[1]) != before


def test_two_and_three_dimensions_change_places(sliced: Slices) -> None:
    page = sliced.page
    sliced.press("2")
    sliced.shows("two")
    sliced.press("p")
    sliced.shows("one")
    page.locator(".tile:visible .label").get_by_text("L CC · 2-D").wait_for()
    sliced.press("t")
    page.locator(".tile:visible .label").get_by_text("L CC · 3-D").wait_for()
    sliced.studies.press("Show 2-D")
    page.locator(".tile:visible .label").get_by_text("L CC · 2-D").wait_for()
    sliced.studies.press("2-D beside 3-D")
    sliced.shows("two")


def test_a_damaged_slice_says_so_and_scrolling_goes_on(
    chromium: playwright.Browser, tmp_path: Path
) -> None:
    file = damaged_slices(tmp_path / "one", frame_of(COUNT // 2 + 3))
    for slices in opened(chromium, tmp_path, [file]):
        slices.press("2")
        slices.says("slice 11 of 21, 20 mm")
        slices.press("ArrowDown", "ArrowDown")
        damaged = slices.page.locator(".tile:visible .slice.grave")
        damaged.get_by_text("slice 13 of 21, 24 mm").wait_for(timeout=PATIENCE_MS)
        assert f"Frame {frame_of(13)} of 21" in damaged.inner_text()
        slices.press("ArrowDown")
        slices.says("slice 14 of 21, 26 mm")
        slices.studies.shown.complaints.clear()  # the refused request is one


def test_before_the_ai_may_be_seen_slices_are_and_no_marks(
    chromium: playwright.Browser, tmp_path: Path
) -> None:
    files = sliced_files(tmp_path / "exam")
    for slices in opened(chromium, tmp_path, files, reads_alone=True):
        slices.press("2")
        slices.says("slice 11 of 21, 20 mm")
        slices.press("End")
        slices.says("slice 21 of 21, 40 mm")
        ticks = slices.page.locator(".tile:visible .tick")
        assert ticks.count() == 0
        slices.page.select_option("[data-part=alone_assessment]", "2")
        slices.studies.press("Keep it and show the AI")
        slices.page.locator(slices.studies.finding(1)).wait_for(timeout=PATIENCE_MS)
        slices.page.get_by_role("button", name="2-D beside 3-D", exact=True).click()
        slices.shows("two")
        ticks.nth(1).wait_for(timeout=PATIENCE_MS)
        assert ticks.all_inner_texts() == ["1", "2"]


def test_a_simulated_breast_is_seen_in_both_and_photographed(
    chromium: playwright.Browser, tmp_path: Path, pictures: Path
) -> None:
    asked = CaseToSimulate(tomosynthesis_growths(SEED), views=("CC",))
    case = write_simulated_case(tmp_path / "cases", asked)
    mode = MarksTruth(table=case / "truth.csv")
    files = sorted(case.glob("*.dcm"))
    for slices in opened(chromium, tmp_path, files, mode):
        page = slices.page
        page.set_viewport_size({"width": 1280, "height": 800})
        page.locator(f"{slices.studies.finding(1)} >> .pick").click()
        slices.shows("two")
        row = mode.rows()[0]
        frame = int(row["frame"])
        page.locator(".tile:visible .slice").get_by_text(f"slice {frame} of").wait_for(
            timeout=PATIENCE_MS
        )
        page.locator(".tile:visible canvas").first.focus()
        slices.press("-", "-")
        beside = float(row["mammogram_x"]) + 180, float(row["mammogram_y"]) - 140
        page.mouse.move(*slices.place(0, *beside))
        page.wait_for_timeout(1000)
        page.screenshot(path=pictures / "tomosynthesis.png")
