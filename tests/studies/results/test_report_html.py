"""Reports as one HTML file."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image

from senoscope.studies.quality.study_quality import Fact, StudyQuality
from senoscope.studies.results.report import ReportHeader, report_of
from senoscope.studies.results.report_html import html_report
from senoscope.studies.sign_off import Decision, Signer, Verdict
from tests.studies.results import report_builders as made
from tests.studies.results.report_texts import Page
from tests.studies.results.test_report import AT, HEADER

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;</style></title>]]>-->{0}%s"


def page(language: str = "en", **given: object) -> Page:
    pictures = {1: made.picture(1), 2: made.picture(2)}
    report = report_of(
        made.signed(),
        HEADER,
        at=AT,
        pictures=pictures,
        quality=made.quality(),
        language=language,
    )
    return Page(html_report(replace(report, **given)))  # type: ignore[arg-type]


def test_it_says_all_of_the_report() -> None:
    shown = page()
    assert shown.balanced
    for wanted in (
        "Wang, XiaoDong (王小东)",
        "Signed by Müller, Anna, Hospital of Somewhere",
        "BI-RADS 4A: low suspicion for malignancy",
        "BI-RADS 3: probably benign",
        "Finding 1",
        "Suspicion uncertain",
        "Probability of malignancy 0.37 single frames 0.18 to 0.69",
        "Long axis 12.0 mm 11.1 to 13.1",
        "Shape irregular 0.90",
        "Edited The margin was cut.",
        "Overruled A shadow of the rib.",
        "2 millimetres unknown 0.83 (0.41 to 0.92) high Overruled",
        "37 of 40 frames were read",
        "FAULT A series of US says two sides.",
        "Engine OpenVINO int8",
        "Not a medical device. Suggestion, not a diagnosis.",
    ):
        assert wanted in shown.text
    assert "SIMULATED" not in shown.text
    assert "NOT SIGNED" not in shown.text


def test_a_page_in_chinese_says_that_it_is() -> None:
    shown = page("zh-CN")
    assert shown.all("html") == [{"lang": "zh-CN"}]
    for wanted in ("病灶 1", "不规则形", "恶性概率", "非医疗器械。仅供参考，不作为诊断。"):
        assert wanted in shown.text


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = html_report(
        report_of(made.full(), HEADER, at=AT, pictures={1: made.picture(), 2: made.picture()})
    )
    shown = Page(text)
    assert not {"script", "link", "iframe", "object", "form", "a"} & {tag for tag, _ in shown.tags}
    assert "url(" not in text and "@import" not in text and "http" not in shown.text
    sources = [each["src"] or "" for each in shown.all("img")]
    assert len(sources) == 2
    for source in sources:
        kind, data = source.split(",")
        assert kind == "data:image/jpeg;base64"
        assert Image.open(io.BytesIO(base64.b64decode(data))).size == (960, 720)
    policies = [each["content"] for each in shown.all("meta") if "http-equiv" in each]
    assert policies == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_hostile_text_stays_text() -> None:
    reading = replace(made.full(), mode=HOSTILE)
    reading = replace(
        reading,
        images=(replace(reading.images[0], trouble=HOSTILE),),
        reader=replace(reading.reader, engine=HOSTILE, models=(HOSTILE,)),
    )
    signed = made.signed(reading, HOSTILE)
    overruled = tuple(Decision(n, Verdict.OVERRULED, HOSTILE) for n in (1, 2))
    signed = replace(signed, decisions=overruled, signer=Signer(HOSTILE[:60], HOSTILE[:60]))
    header = ReportHeader(HOSTILE, HOSTILE, date(1968, 3, 4), HOSTILE, None, *[HOSTILE] * 3)
    quality = StudyQuality("1", (Fact("note", "came", HOSTILE),))
    calm = Page(html_report(report_of(made.signed(), HEADER, at=AT, quality=made.quality())))
    text = html_report(report_of(signed, header, at=AT, quality=quality))
    shown = Page(text)
    assert shown.balanced
    assert {tag for tag, _ in shown.tags} == {tag for tag, _ in calm.tags}
    names = {name for _, attributes in shown.tags for name in attributes}
    assert names == {name for _, attributes in calm.tags for name in attributes}
    assert shown.text.count(HOSTILE) >= 9
    assert text.count("<script") == 0


def test_what_was_not_signed_or_is_simulated_says_so_on_every_printed_page() -> None:
    report = report_of(made.reading(), HEADER, at=AT, simulated=True)
    shown = Page(html_report(report))
    assert "NOT SIGNED: suggestion of software, not reviewed" in shown.text
    assert "SIMULATED: these pictures come from no patient" in shown.text
    (style,) = shown.styles
    assert css_string(style, "top-left") == "Wang, XiaoDong (王小东) · 0012345 · 2026-11-28"
    assert css_string(style, "bottom-left") == (
        "Not a medical device. Suggestion, not a diagnosis. · NOT SIGNED · "
        "SIMULATED: these pictures come from no patient"
    )
    assert 'content: "Page " counter(page) " of " counter(pages) ""' in style


def css_string(style: str, at: str) -> str:
    said = re.findall(rf'@{at} \{{ content: "(.*?)"', style)[0]
    return re.sub(r"\\([0-9a-f]+) ", lambda match: chr(int(match[1], 16)), said)


def test_the_title_names_no_patient() -> None:
    text = html_report(report_of(made.full(), HEADER, at=AT))
    assert "<title>Breast ultrasound report</title>" in text


def test_one_that_was_not_read_warns() -> None:
    shown = Page(html_report(report_of(made.abstained(), HEADER, at=AT)))
    assert {"class": "alert"} in shown.all("p")
    assert "NOT READ" in shown.text
    assert "probe in air (30)" in shown.text


@pytest.mark.parametrize("count", [0, 1, 12])
def test_any_number_of_findings_is_shown(count: int) -> None:
    findings = (made.finding(n + 1, n / 12) for n in range(count))
    shown = Page(html_report(report_of(made.reading(*findings), HEADER, at=AT)))
    assert len(shown.all("section")) == count
    assert ({"class": "overview"} in shown.all("table")) == (count > 1)


def test_any_letter_can_be_written_as_utf_8() -> None:
    header = ReportHeader("Łukasz שלום 🫀 \ud800 \x00 \u202e", "حسن")
    text = html_report(report_of(made.full(), header, at=AT))
    assert "Łukasz שלום 🫀" in text.encode("utf-8").decode("utf-8")
    assert not re.search("[\x00-\x08\u202e\ud800]", text)


def test_the_scale_is_drawn_where_the_probability_is() -> None:
    finding = made.finding(1, 0.5)
    text = html_report(report_of(made.reading(finding), HEADER, at=AT))
    assert 'cx="200.0"' in text
    assert "M103.0 10V22M103.0 16H297.0" in text
