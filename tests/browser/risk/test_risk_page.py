"""The risk page by a browser: filled, wrong, mended, drawn; in both languages and from an exam."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser.opened import TOO_WIDE, Shown, needs_browser, playwright, serving, shown_in
from tests.realtime.running import until
from tests.ui.reading_studies import FindsTwo, studies_app, study_zip

pytestmark = [needs_browser, pytest.mark.browser]

HER = {"age": "52", "menarche_age": "12", "first_birth_age": "31", "relatives": "1"}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    app, desk, store = studies_app(tmp_path, FindsTwo())
    with serving(app) as address:
        yield address
    desk.close()
    store.close()


@pytest.fixture
def shown(chromium: playwright.Browser, address: str) -> Iterator[Shown]:
    with shown_in(chromium) as shown:
        shown.page.goto(f"{address}/risk/")
        shown.wait("page")
        yield shown


def fill(shown: Shown, **fields: str) -> None:
    for name, text in fields.items():
        shown.page.fill(f"#risk-{name}", text)


def show(shown: Shown) -> None:
    shown.page.click("[data-part=show]")
    shown.wait("page.result")


def test_a_form_becomes_women_figures_and_a_waterfall(shown: Shown, pictures: Path) -> None:
    fill(shown, **HER, ultrasound="0.62")
    shown.page.select_option("#risk-race", "1")
    shown.page.select_option("#risk-density", "c")
    show(shown)
    risk = shown.page.evaluate("window.senoscope.page.result.bcrat.five_years")
    of = risk["of"]
    for who, count in zip(("her", "average"), risk["women"][str(of)], strict=True):
        women = shown.page.locator(f"svg.women.{who}")
        assert women.locator("path").count() == of
        assert women.locator("path.with").count() == count
        said = women.get_attribute("aria-label")
        assert said is not None
        assert said.startswith(f"{count} in {of:,} ")
        assert "next 5 years" in said
    shown.page.select_option("[data-part=crowd]", "100")
    assert shown.page.locator("svg.women.her path").count() == 100
    shown.page.select_option("[data-part=span]", "lifetime")
    assert "by the age of 90" in shown.said("crowds")
    chart = shown.page.locator("[data-part=fusion_chart]").get_attribute("aria-label")
    assert chart is not None
    assert "Ultrasound AI: 0.62: +" in chart
    assert "Density: c: +" in chart
    assert "SIMULATED" in shown.said("fusion_cautions")
    assert "Breast MRI AI" in shown.said("fusion_missing")
    assert "not a diagnosis" in shown.page.locator(".suggestion").inner_text()
    shown.page.select_option("[data-part=span]", "five_years")
    shown.page.screenshot(path=pictures / "risk-page.png")


def test_wrong_values_are_refused_beside_their_fields_and_nothing_is_lost(shown: Shown) -> None:
    wrong = {"age": "12", "height_cm": "1.65", "weight_kg": "60", "birth_date": "1980-02-31"}
    fill(shown, **wrong, biopsies="0")
    shown.page.select_option("#risk-atypical_hyperplasia", "yes")
    shown.page.click("[data-part=show]")
    reasons = {
        "age": "Expected 18 to 120 years",
        "height_cm": "looks like metres",
        "birth_date": "is no day",
        "atypical_hyperplasia": "0 biopsies",
    }
    shown.page.locator("#risk-age-why").get_by_text("18 to 120").wait_for()
    for name, why in reasons.items():
        assert why in shown.page.locator(f"#risk-{name}-why").inner_text()
        assert shown.page.locator(f"#risk-{name}").get_attribute("aria-invalid") == "true"
    for name, text in wrong.items():
        assert shown.page.input_value(f"#risk-{name}") == text
    assert shown.page.evaluate("document.activeElement.id") == "risk-age"
    assert shown.page.evaluate("window.senoscope.page.result") is None
    shown.page.click("[data-part=language]")
    assert "应为 18 至 120 岁" in shown.page.locator("#risk-age-why").inner_text()
    assert shown.page.input_value("#risk-age") == "12"
    shown.page.click("[data-part=language]")
    fill(shown, age="52", height_cm="165", birth_date="")
    shown.page.select_option("#risk-atypical_hyperplasia", "")
    show(shown)
    assert shown.page.locator("[aria-invalid]").count() == 0


def test_by_the_keyboard_alone(shown: Shown) -> None:
    shown.page.focus("#risk-age")
    shown.page.keyboard.type("52")
    shown.page.keyboard.press("Enter")
    shown.wait("page.result")
    assert shown.page.evaluate("document.activeElement.dataset.part") == "results_title"


def test_not_known_and_none_are_told_apart(shown: Shown) -> None:
    assert shown.page.get_attribute("#risk-relatives", "placeholder") == "not known"
    fill(shown, age="52", relatives="0")
    assert shown.said("relatives") == ""
    assert shown.page.locator("#risk-relatives-said").inner_text() == "none"
    show(shown)
    fill(shown, relatives="")
    assert shown.page.locator("#risk-relatives-said").inner_text() == ""
    assert shown.page.locator("[data-part=old]").is_visible()


def test_what_is_saved_is_read_again_and_typed_values_stay(shown: Shown, tmp_path: Path) -> None:
    fill(shown, **HER)
    with shown.page.expect_download() as download:
        shown.page.click("[data-part=save]")
    path = tmp_path / "saved.csv"
    download.value.save_as(path)
    shown.page.click("[data-part=clear]")
    assert shown.page.input_value("#risk-age") == ""
    fill(shown, age="47")
    shown.page.set_input_files("[data-part=file]", path)
    shown.page.locator("[data-part=message]").get_by_text("3 fields were filled").wait_for()
    assert shown.page.input_value("#risk-age") == "47"
    assert "stays" in shown.said("message")
    assert shown.page.input_value("#risk-relatives") == "1"
    path.write_text("no facts\n1\n")
    shown.page.set_input_files("[data-part=file]", path)
    shown.page.locator("[data-part=message]").get_by_text("none of the columns").wait_for()
    assert shown.page.input_value("#risk-age") == "47"
    shown.complaints.clear()  # the browser reports the refusal, a 409, as an error of its own


def test_an_exam_fills_the_form_and_says_where_from(
    chromium: playwright.Browser, address: str
) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        token = client.post("/study/uploads", json={}).json()["token"]
        client.post(f"/study/uploads/{token}/file", content=study_zip())
        client.post(f"/study/uploads/{token}/read", json={})
        until(lambda: client.get("/study/job").json()["state"] == "idle")
    with shown_in(chromium) as shown:
        shown.page.goto(f"{address}/studies/?exam=1")
        shown.page.locator("[data-part=to_risk]").click()
        shown.page.locator("[data-part=message]").get_by_text("filled from exam 1").wait_for()
        assert shown.page.input_value("#risk-age") == "55"
        assert float(shown.page.input_value("#risk-ultrasound")) > 0
        assert "from exam 1" in shown.page.locator("#risk-ultrasound-said").inner_text()
        assert "Sample" not in shown.page.url


def test_the_print_has_what_was_given_and_no_form(shown: Shown) -> None:
    fill(shown, **HER)
    show(shown)
    shown.page.emulate_media(media="print")
    assert not shown.page.locator("[data-part=form]").is_visible()
    given = shown.said("given")
    assert "Age at first period" in given
    assert "not known" in given
    assert shown.page.locator("svg.women.her").is_visible()
    assert shown.page.locator(".suggestion").is_visible()


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768), (768, 1024)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_sideways(shown: Shown, size: tuple[int, int], language: str) -> None:
    shown.page.set_viewport_size({"width": size[0], "height": size[1]})
    fill(shown, **{**HER, "age": "12"}, ultrasound="0.62")
    if language == "zh":
        shown.page.click("[data-part=language]")
    shown.page.click("[data-part=show]")
    shown.page.locator("[aria-invalid]").first.wait_for()
    fill(shown, age="52")
    show(shown)
    assert shown.page.locator(".senoscope *").evaluate_all(TOO_WIDE) == []
