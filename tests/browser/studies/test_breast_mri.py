"""A breast MRI on the studies page: planes, curves, maps, a corrected time, an earlier exam."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.calibration.phantoms.breast_mri.exam import SimulatedBreastMri
from senoscope.studies.modes.breast_mri import BreastMri
from senoscope.studies.wrapping.simulated_mri import written_mri
from tests.browser.opened import PATIENCE_MS, needs_browser, playwright, serving, shown_in
from tests.browser.studies.conftest import StudiesPage
from tests.models.drawn_mri_network import write_network
from tests.studies.mri.analyses import small_series
from tests.ui.mri.mri_exams import LAYOUTS, SEED, quick_mode, reads_again_quickly
from tests.ui.reading_studies import studies_app

SIMULATED_SEED = 3020
"""Of the documents' picture: none that anything is tested on."""
INSIDE, OUTSIDE = [5, 10, 8], [5, 20, 25]
pytestmark = [needs_browser, pytest.mark.browser]


class Mri:
    """The page with an exam open."""

    def __init__(self, studies: StudiesPage) -> None:
        self.studies, self.page = studies, studies.page

    def ready(self) -> None:
        self.studies.shown.wait("mri?.facts?.state === 'ready'")
        self.studies.shown.wait("mri.curve !== null")

    def send(self, folder: Path, layout: str) -> None:
        """A small exam of the one patient, read and shown."""

        files = written_mri(small_series(), folder, layout, SEED)
        before = self.page.evaluate("window.senoscope.page.number")
        self.page.set_input_files("[data-part=files]", files)
        self.studies.shown.wait(f"page.number !== {before or 'null'}")
        self.ready()

    def click(self, plane: str, voxel: list[int]) -> None:
        at = self.page.evaluate("([p, v]) => window.senoscope.mriPlaceOf(p, v)", [plane, voxel])
        self.page.mouse.click(*at)

    def number(self, part: str) -> float:
        return float(self.page.evaluate(f"window.senoscope.mri.{part}"))

    def coloured(self, most: int = 0, least: tuple[int, int] = (1, 2)) -> int:
        """Pixels of the axial tile whose channel `most` stands out from the two `least`."""
        return int(
            self.page.evaluate(
                """([most, one, other]) => {
                    const paper = document.querySelector('.mri-tile canvas');
                    const pen = paper.getContext('2d');
                    const { data } = pen.getImageData(0, 0, paper.width, paper.height);
                    let found = 0;
                    for (let i = 0; i < data.length; i += 4) {
                        const far = data[i + most] - 80;
                        if (far > data[i + one] && far > data[i + other]) found += 1;
                    }
                    return found;
                }""",
                [most, *least],
            )
        )


def opened(
    chromium: playwright.Browser, folder: Path, mode: BreastMri, reads_alone: bool = False
) -> Iterator[Mri]:
    app, desk, store = studies_app(folder, mode, reads_alone)
    with serving(app) as address, shown_in(chromium) as shown:
        yield Mri(StudiesPage(shown, address, folder))
    desk.close()
    store.close()


@pytest.fixture
def mri(chromium: playwright.Browser, tmp_path: Path) -> Iterator[Mri]:
    """What enhances is known; what is analysed was made by hand."""
    for page in opened(chromium, tmp_path, quick_mode()):
        page.send(tmp_path / "now", LAYOUTS[0])
        yield page


def test_a_clicked_voxel_shows_its_curve_beside_the_lesion_s(mri: Mri) -> None:
    mri.click("axial", OUTSIDE)
    mri.studies.shown.wait("mri.curve?.percent?.[1] === 0")
    mri.click("axial", INSIDE)
    mri.studies.shown.wait("mri.curve?.percent?.[1] > 90")
    table = mri.page.locator("[data-part=mri_curve_table]")
    table.get_by_text("III washout").first.wait_for()
    assert "Voxel" in table.inner_text() and "Lesion 1" in table.inner_text()
    graph = mri.page.locator("[data-part=mri_graph]")
    assert graph.locator("polyline").count() == 2
    assert "Lesion 1: 0 %, 100 %, 80 %, 60 %" in (graph.get_attribute("aria-label") or "")


def test_a_region_is_drawn_and_averaged(mri: Mri) -> None:
    mri.click("axial", OUTSIDE)
    mri.page.select_option("[data-part=mri_area]", "rectangle")
    corners = [
        mri.page.evaluate("(v) => window.senoscope.mriPlaceOf('axial', v)", voxel)
        for voxel in ([5, 8, 5], [5, 13, 11])
    ]
    mri.page.mouse.move(*corners[0])
    mri.page.mouse.down()
    mri.page.mouse.move(*corners[1], steps=3)
    mri.page.mouse.up()
    mri.studies.says("mri_voxel", "region of")
    mri.studies.shown.wait("mri.curve?.percent?.[1] > 90")


def test_phases_and_slices_follow_keys_and_wheel(mri: Mri) -> None:
    mri.page.locator(".mri-tile").first.focus()
    phase = mri.number("phase")
    mri.page.keyboard.press("ArrowRight")
    assert mri.number("phase") == phase + 1
    mri.page.keyboard.press("ArrowLeft")
    slice_before = mri.number("voxel[0]")
    mri.page.keyboard.press("ArrowDown")
    assert mri.number("voxel[0]") == slice_before - 1
    mri.page.mouse.move(*mri.page.evaluate("window.senoscope.mriPlaceOf('axial', [5, 10, 8])"))
    mri.page.mouse.wheel(0, -50)
    mri.studies.shown.wait(f"mri.voxel[0] === {slice_before:.0f}")
    mri.page.keyboard.press("b")
    assert mri.page.locator(".mri-tile").count() == 4
    mri.page.keyboard.press("b")
    strip = mri.page.get_by_role("radiogroup", name="Phases").get_by_role("radio")
    assert strip.count() == 4
    strip.first.click()
    assert mri.number("phase") == 0


def test_a_slider_changes_the_map(mri: Mri) -> None:
    mri.click("axial", INSIDE)
    mri.page.select_option("[data-part=mri_outlines]", "none")
    assert mri.coloured() == 0
    mri.page.select_option("[data-part=mri_map]", "types")
    mri.page.wait_for_timeout(1000)
    assert mri.coloured() > 100
    mri.page.locator("[data-part=mri_early]").fill("150")
    mri.page.wait_for_timeout(1000)
    assert mri.coloured() == 0


def test_a_corrected_time_is_read_again(mri: Mri, monkeypatch: pytest.MonkeyPatch) -> None:
    reads_again_quickly(monkeypatch)
    mri.page.get_by_label("Seconds of phase 4").fill("400")
    mri.page.get_by_label("Injection, seconds").fill("")
    mri.studies.press("Read again so")
    mri.studies.shown.wait("mri.facts?.seconds?.[3] === 400")
    mri.page.get_by_label("Phase 1 lies before contrast").uncheck()
    mri.studies.press("Read again so")
    mri.studies.says("mri_apply_said", "before the contrast")
    mri.studies.shown.complaints.clear()  # the refused request is one


def test_a_network_s_outline_is_switched_off_and_on(
    chromium: playwright.Browser, tmp_path: Path
) -> None:
    write_network(tmp_path / "own" / "a")
    for mri in opened(chromium, tmp_path, quick_mode(networks=tmp_path / "own")):
        mri.send(tmp_path / "now", LAYOUTS[0])
        mri.studies.says(
            "mri_networks", "N1, tumour by rises 3 (trained on: nothing, drawn by hand"
        )
        mri.studies.says("mri_networks", "not clinical): 0.50 ml; agreement with the programmed")
        mri.click("axial", INSIDE)
        mri.page.wait_for_timeout(1000)
        assert mri.coloured(2, (1, 1)) > 50  # blue stands out from green in purple
        switch = mri.page.get_by_role("checkbox", name="N1, tumour by rises 3")
        switch.uncheck()
        mri.page.wait_for_timeout(300)
        assert mri.coloured(2, (1, 1)) == 0
        assert mri.page.evaluate("document.activeElement.type") == "checkbox"
        switch.check()
        mri.page.wait_for_timeout(300)
        assert mri.coloured(2, (1, 1)) > 50


def test_an_earlier_exam_is_compared_with(mri: Mri, tmp_path: Path) -> None:
    mri.send(tmp_path / "before", LAYOUTS[1])
    choice = mri.page.locator("[data-part=mri_prior]")
    choice.select_option(index=1)
    mri.studies.says("mri_compared", "Lesion 1 was")
    assert mri.page.locator("[data-part=mri_compared]").get_by_text("+0 %").count() == 4


def test_before_the_ai_may_be_seen_pictures_and_curves_are(
    chromium: playwright.Browser, tmp_path: Path
) -> None:
    for mri in opened(chromium, tmp_path, quick_mode(), reads_alone=True):
        mri.send(tmp_path / "now", LAYOUTS[0])
        mri.click("axial", INSIDE)
        mri.studies.shown.wait("mri.curve?.percent?.[1] > 90")
        assert not mri.page.locator("[data-part=mri_lesions_card]").is_visible()
        assert mri.page.locator("[data-part=mri_graph] polyline").count() == 1
        mri.page.select_option("[data-part=alone_assessment]", "2")
        mri.studies.press("Keep it and show the AI")
        mri.page.locator("[data-part=mri_lesions_card]").wait_for(timeout=PATIENCE_MS)


def test_a_simulated_exam_is_photographed(
    chromium: playwright.Browser, tmp_path: Path, pictures: Path
) -> None:
    exam = SimulatedBreastMri.drawn(
        SIMULATED_SEED, kinds=("malignant mass",), shape=(48, 160, 160), motion_mm=3.0
    )
    files = written_mri(exam.series, tmp_path / "files", LAYOUTS[0], SIMULATED_SEED)
    for mri in opened(chromium, tmp_path, BreastMri()):
        page = mri.page
        page.set_viewport_size({"width": 1280, "height": 800})
        page.set_input_files("[data-part=files]", files)
        page.wait_for_function(
            "window.senoscope?.mri?.facts?.state === 'ready'", timeout=5 * PATIENCE_MS
        )
        mri.ready()
        assert page.evaluate("window.senoscope.mri.facts.analysis.lesions.length") > 0
        page.select_option("[data-part=mri_map]", "types")
        page.wait_for_timeout(1500)
        page.screenshot(path=pictures / "breast-mri.png")
