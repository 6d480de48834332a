"""The reader study's page by a browser: empty, a simulated log, the replayed one, pathology."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from senoscope.models.evaluation.readers.replay import Replay, read_scores, replayed
from senoscope.studies.proof.reader_log import write_log_csv
from tests.browser.opened import TOO_WIDE, Shown, needs_browser, playwright, serving, shown_in
from tests.realtime.running import until
from tests.ui.proof.simulated_log import simulated_log
from tests.ui.reading_studies import FindsTwo, studies_app, study_zip

pytestmark = [needs_browser, pytest.mark.browser]

LONG_MS = 180_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    app, desk, store = studies_app(tmp_path / "served", FindsTwo())
    with serving(app) as address:
        yield address
    desk.close()
    store.close()


@pytest.fixture
def shown(chromium: playwright.Browser, address: str) -> Iterator[Shown]:
    with shown_in(chromium) as shown:
        shown.page.goto(f"{address}/proof/")
        shown.wait("page.shown")
        yield shown


def open_log(shown: Shown, path: Path) -> None:
    shown.page.set_input_files("[data-part=file]", path)
    shown.page.wait_for_function("window.senoscope.page.file", timeout=LONG_MS)


def test_an_empty_store_says_what_is_needed(shown: Shown) -> None:
    assert "senoscope proof pathology" in shown.said("empty_card")
    assert not shown.page.locator("[data-part=roc_card]").is_visible()
    shown.page.click("[data-part=language]")
    assert "尚无研究" in shown.said("empty_card")


def test_a_simulated_log_becomes_the_dashboard(shown: Shown, tmp_path: Path) -> None:
    open_log(shown, simulated_log(tmp_path / "simulated.csv"))
    assert "SIMULATED" in shown.said("banner_simulated")
    assert "4 cases without an outcome yet" in shown.said("left_out")
    assert shown.page.locator("polyline.curve").count() == 5
    table = shown.said("accuracy")
    for who in ("Mean of 2 readers", "Reader 1", "Net 1"):
        assert who in table
    assert "Reader with AI minus Reader alone" in shown.said("differences")
    assert "A rib." in shown.said("overrides")
    assert "2 readers" in shown.said("kappa") or "Reader 1" in shown.said("kappa")
    assert shown.page.locator("[data-part=multiples] svg[aria-label*='by month']").count() == 1
    assert "Net 1: not watched yet" in shown.said("not_watched")
    shown.page.locator("[data-part=roc_roles] button").first.click()
    assert shown.page.locator("polyline.curve").count() == 3
    pick = shown.page.get_by_role("button", name="Net 1")
    pick.press("Enter")
    assert shown.page.locator("polyline.marked").count() == 1
    with shown.page.expect_download() as download:
        shown.page.click("[data-part=export_study]")
    kept = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert kept["study"]["counted"]["cases"] == 40
    assert shown.page.locator("[data-part=export_log]").is_disabled()
    shown.page.click("[data-part=own]")
    shown.wait("page.file === null")
    assert shown.page.locator("[data-part=empty_card]").is_visible()


def test_a_change_of_the_ai_on_one_scanner_is_named(shown: Shown, tmp_path: Path) -> None:
    open_log(shown, simulated_log(tmp_path / "shifted.csv", exams=600, shifted=True))
    said = shown.said("alarms")
    assert "Net 1, scanner B (simulated): scores have risen, since about 2026-" in said
    assert shown.page.locator("[data-part=traces] path.alarm").count() > 1


def test_a_hostile_log_is_refused_in_words_and_the_study_stays(
    shown: Shown, tmp_path: Path
) -> None:
    open_log(shown, simulated_log(tmp_path / "simulated.csv"))
    path = tmp_path / "hostile.csv"
    path.write_text("at,patient,exam,said,by\nnow,<img src=x>,E,AI,N\n")
    shown.page.set_input_files("[data-part=file]", path)
    shown.page.locator("[data-part=message]").get_by_text("is no time").wait_for()
    assert "simulated.csv" in shown.said("of_what")
    assert shown.page.locator("polyline.curve").count() == 5
    shown.complaints.clear()  # the browser reports the refusal, a 409, as an error of its own


def test_the_replayed_reader_study_is_shown(
    shown: Shown, public_data: Path, tmp_path: Path, pictures: Path
) -> None:
    table = public_data / "reader-study" / "scores.csv"
    if not table.is_file():
        pytest.skip("the reader study's scores are not beside the project")
    rows = read_scores(table.read_text(encoding="utf-8"))
    entries = replayed(rows, Replay(with_ai="GMIC_top1", shift_sd=0.5))
    write_log_csv(entries, tmp_path / "replayed.csv")
    open_log(shown, tmp_path / "replayed.csv")
    accuracy = shown.said("accuracy")
    assert "Mean of 14 readers" in accuracy
    assert "0.779 (" in accuracy
    assert "1440 / 61" in accuracy
    assert "scanner C, new (simulated): scores have risen" in shown.said("alarms")
    assert shown.page.locator("[data-part=multiples] svg").count() == 14
    shown.page.screenshot(path=pictures / "proof-page.png")


def test_pathology_is_entered_refused_corrected_and_counted(
    chromium: playwright.Browser, address: str
) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        token = client.post("/study/uploads", json={}).json()["token"]
        client.post(f"/study/uploads/{token}/file", content=study_zip())
        client.post(f"/study/uploads/{token}/read", json={})
        until(lambda: client.get("/study/job").json()["state"] == "idle")
    with shown_in(chromium) as shown:
        page = shown.page
        page.goto(f"{address}/proof/?exam=1")
        page.locator("[data-part=exam_said]").get_by_text("Sample Anna").wait_for()
        page.fill("[data-part=found_on]", "31.12.2026")
        page.fill("[data-part=source]", "core biopsy")
        page.click("[data-part=keep]")
        page.locator("[data-part=why_outcome]").get_by_text("Expected one").wait_for()
        assert "2026-11-28" in shown.said("why_found_on")
        assert page.input_value("[data-part=found_on]") == "31.12.2026"
        assert page.input_value("[data-part=source]") == "core biopsy"
        assert page.evaluate("document.activeElement.dataset.part") == "outcome"
        page.select_option("[data-part=outcome]", "tissue")
        page.select_option("[data-part=laterality]", "L")
        page.fill("[data-part=found_on]", "2026-03-01")
        page.keyboard.press("Enter")
        page.locator("[data-part=pathology_said]").get_by_text("Kept.").wait_for()
        page.select_option("[data-part=corrects]", "1")
        page.select_option("[data-part=outcome]", "withdrawn")
        page.fill("[data-part=found_on]", "2026-03-01")
        page.click("[data-part=keep]")
        page.locator("[data-part=rows] .gone").nth(1).wait_for()
        page.select_option("[data-part=outcome]", "clear_tissue")
        page.select_option("[data-part=laterality]", "L")
        page.fill("[data-part=found_on]", "2026-03-02")
        page.click("[data-part=keep]")
        page.locator("[data-part=rows] li").nth(2).wait_for()
        page.click("[data-part=again]")
        shown.wait("page.shown.study.counted.with_outcome === 1")
        with page.expect_download() as download:
            page.click("[data-part=export_log]")
        assert download.value.path().read_bytes().startswith(b"PK")


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768), (768, 1024)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_sideways(
    shown: Shown, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    shown.page.set_viewport_size({"width": size[0], "height": size[1]})
    if language == "zh":
        shown.page.click("[data-part=language]")
    open_log(shown, simulated_log(tmp_path / "simulated.csv"))
    assert shown.page.locator(".senoscope *").evaluate_all(TOO_WIDE) == []
