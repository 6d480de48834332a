"""Reports as PDF."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import pytest

from senoscope.domain.lexicon import Term
from senoscope.studies.quality.study_quality import Fact, StudyQuality
from senoscope.studies.results.report import ReportHeader, report_of
from senoscope.studies.results.report_pdf import pdf_report
from senoscope.studies.results.report_pdf_text import SIGN, has_all_letters, markup, text_runs
from senoscope.studies.sign_off import Decision, Signer, Verdict
from tests.studies.results import report_builders as made
from tests.studies.results.report_texts import pdf_facts, pdf_pages, pdf_text
from tests.studies.results.test_report import AT, HEADER
from tests.studies.results.test_report_html import HOSTILE

NOTICE = "Not a medical device. Suggestion, not a diagnosis."


def document(language: str = "en") -> bytes:
    pictures = {1: made.picture(1), 2: made.picture(2)}
    report = report_of(
        made.signed(), HEADER, at=AT, pictures=pictures, quality=made.quality(), language=language
    )
    return pdf_report(report)


def test_it_says_all_of_the_report() -> None:
    text = pdf_text(document())
    for wanted in (
        "Breast ultrasound report",
        "Name Wang, XiaoDong (王小东)",
        "Signed by Müller, Anna, Hospital of Somewhere, 2026-11-28 09:20 UTC",
        "BI-RADS 4A: low suspicion for malignancy A mass.",
        "BI-RADS 3: probably benign Looks benign.",
        "Finding 1 Suspicion: uncertain",
        "Probability of malignancy 0.37 single frames 0.18 to 0.69",
        "Long axis 12.0 mm 11.1 to 13.1",
        "Area 62.9 mm² 54.0 to 73.3",
        "Shape irregular 0.90",
        "Edited The margin was cut.",
        "Overruled A shadow of the rib.",
        "2 millimetres unknown 0.83 (0.41 to 0.92) high Overruled",
        "37 of 40 frames were read; images: 1.",
        "1 40 37 colour Doppler or elastography (2), text over the tissue (1)",
        "FAULT A series of US says two sides.",
        "Engine OpenVINO int8",
    ):
        assert wanted in text
    assert "NOT SIGNED" not in text
    assert "SIMULATED" not in text


def test_chinese_comes_out_right_among_latin_letters() -> None:
    text = pdf_text(document("zh-CN"))
    for wanted in (
        "乳腺超声报告",
        "由 Müller, Anna（Hospital of Somewhere）于 2026-11-28 09:20 UTC 签署",
        "姓名 Wang, XiaoDong (王小东)",
        "BI-RADS 4A：低度可疑恶性",
        "病灶 1 可疑程度: 不确定",
        "形状 不规则形 0.90",
        "非医疗器械。仅供参考，不作为诊断。",
        "第 2 页，共 2 页",
    ):
        assert wanted in text


def test_every_page_says_what_it_is_and_how_many_there_are() -> None:
    findings = (made.finding(n + 1, n / 12, made.measurements(), made.words()) for n in range(12))
    pictures = {n: made.picture(n) for n in range(1, 13)}
    report = report_of(made.reading(*findings), HEADER, at=AT, pictures=pictures, simulated=True)
    pages = pdf_pages(pdf_report(report))
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert NOTICE in page
        assert "NOT SIGNED" in page
        assert "SIMULATED: these pictures come from no patient" in page
        assert "Wang, XiaoDong (王小东)" in page
        assert "0012345" in page


def test_one_finding_fits_one_page() -> None:
    finding = made.finding(1, 0.37, made.measurements(), made.words())
    signed = made.signed(made.reading(finding))
    for of in (signed, signed.reading):
        report = report_of(
            of, HEADER, at=AT, pictures={1: made.picture()}, quality=made.quality(), simulated=True
        )
        assert len(pdf_pages(pdf_report(report))) == 1


def test_its_metadata_names_no_patient() -> None:
    facts = pdf_facts(document())
    assert facts["Title"] == "Breast ultrasound report"
    assert facts["Author"].startswith("Senoscope ")
    assert facts["Subject"] == NOTICE
    assert facts["CreationDate"] == facts["ModDate"] == "D:20261128092200+00'00'"
    assert facts["Lang"] == "en"
    assert not any("Wang" in value or "0012345" in value for value in facts.values())
    chinese = pdf_facts(document("zh-CN"))
    assert (chinese["Title"], chinese["Lang"]) == ("乳腺超声报告", "zh-CN")


def test_the_same_report_is_the_same_bytes() -> None:
    report = report_of(made.full(), HEADER, at=AT, pictures={1: made.picture()})
    assert pdf_report(report) == pdf_report(report)
    later = report_of(
        made.full(), HEADER, at=AT + timedelta(minutes=1), pictures={1: made.picture()}
    )
    assert pdf_report(later) != pdf_report(report)


@pytest.mark.parametrize("hostile", [HOSTILE, "<b>bold</b><br/>&amp;<para>", "</font></para>", "<"])
def test_hostile_text_stays_text(hostile: str) -> None:
    signed = made.signed(made.full(), hostile)
    overruled = tuple(Decision(n, Verdict.OVERRULED, hostile) for n in (1, 2))
    signed = replace(signed, decisions=overruled, signer=Signer(hostile[:60], hostile[:60]))
    header = ReportHeader(hostile, hostile, None, "", None, *[hostile] * 3)
    quality = StudyQuality("1", (Fact("note", "came", hostile),))
    text = pdf_text(pdf_report(report_of(signed, header, at=AT, quality=quality)))
    # Long ones are broken over lines.
    assert text.replace(" ", "").count(hostile.replace(" ", "")) >= 8


def test_letters_that_no_font_has_are_said_to_be_missing() -> None:
    header = ReportHeader("Dvořák^Łukasz", "חולה")
    text = pdf_text(pdf_report(report_of(made.full(), header, at=AT)))
    assert "Dvorák" in text
    assert SIGN * 4 in text
    assert "This document lacks some letters" in text
    assert "This document lacks some letters" not in pdf_text(document())


def test_letters_go_to_the_font_that_has_them() -> None:
    assert text_runs("Müller 王小东 김") == [
        ("Helvetica", "Müller "),
        ("STSong-Light", "王小东"),
        ("Helvetica", " "),
        ("HYSMyeongJo-Medium", "김"),
    ]
    assert has_all_letters("Müller 王小東 ひらがな Иванов 김")
    assert not has_all_letters("Dvořák")
    assert text_runs("e\u0301\u200b🫀") == [("Helvetica", "e"), ("STSong-Light", SIGN)]
    assert markup("<b>&王") == (
        '<font name="Helvetica">&lt;b&gt;&amp;</font><font name="STSong-Light">王</font>'
    )


def test_every_letter_there_is_can_be_printed() -> None:
    letters = [chr(code) for code in range(0x11000)] + [chr(c) for c in range(0x1F000, 0x1FB00)]
    for start in range(0, len(letters), 20000):
        text = "".join(letters[start : start + 20000])
        header = ReportHeader(institution=text[:150])
        quality = StudyQuality("1", tuple(
            Fact("note", "came", text[at : at + 2000]) for at in range(0, len(text), 2000)
        ))  # fmt: skip
        assert pdf_report(report_of(made.reading(), header, at=AT, quality=quality))


def test_nothing_is_too_long() -> None:
    """Long words, long texts, many of each: whatever the draw, a document comes out."""
    draw = random.Random(7)
    parts = [
        "W" * 3000,
        "王" * 3000,
        "a b " * 800,
        "病灶 mass\n" * 300,
        "a\n" * 150,
        "…",
        "חולה " * 500,
    ]
    for _ in range(2):
        term = Term(None, 0.0, draw.choice(parts))  # type: ignore[var-annotated]
        words = made.mass_words(*[term] * 5)
        reading = made.reading(
            made.finding(1, draw.random(), made.measurements(), words),
            made.finding(2, draw.random(), None, words),
        )
        reading = replace(
            reading,
            mode=draw.choice(parts),
            images=tuple(replace(reading.images[0], trouble=draw.choice(parts)) for _ in range(4)),
            reader=replace(reading.reader, engine=draw.choice(parts), models=tuple(parts)),
        )
        signed = made.signed(reading, draw.choice(parts)[:2000])
        decisions = tuple(Decision(n, Verdict.OVERRULED, draw.choice(parts)[:2000]) for n in (1, 2))
        header = ReportHeader(
            draw.choice(parts), draw.choice(parts), date(1968, 3, 4), draw.choice(parts), None,
            draw.choice(parts), draw.choice(parts), draw.choice(parts),
        )  # fmt: skip
        quality = StudyQuality("1", tuple(Fact("note", "came", draw.choice(parts)) for _ in "123"))
        report = report_of(
            replace(signed, decisions=decisions),
            header,
            at=AT,
            quality=quality,
            language=draw.choice(["en", "zh-CN"]),
            pictures={1: made.picture(rows=draw.choice([30, 240, 900]))},
        )
        pages = pdf_pages(pdf_report(report))
        assert f"{len(pages)}" in pages[-1]


def test_a_line_at_a_pages_head_stays_on_the_page() -> None:
    header = replace(HEADER, name="很长的名字" * 40)
    findings = (made.finding(n + 1, 0.5, made.measurements(), made.words()) for n in range(6))
    pages = pdf_pages(pdf_report(report_of(made.reading(*findings), header, at=AT)))
    assert "…" in pages[1]
    assert pages[1].count("很长的名字") < 20


def test_zero_findings_and_none_read_are_told_apart() -> None:
    none = pdf_text(pdf_report(report_of(made.reading(), HEADER, at=AT)))
    assert "No lesion was marked. No mark does not mean no lesion." in none
    nothing = pdf_text(pdf_report(report_of(made.abstained(), HEADER, at=AT)))
    assert "NOT READ: not one frame was fit to be read." in nothing
    assert "probe in air (30)" in nothing
    assert "No lesion was marked" not in nothing


def test_surrogates_and_controls_do_no_harm() -> None:
    header = ReportHeader("A\ud800\x00\x1b\u202eB\ufffe" + unicodedata.lookup("ZERO WIDTH JOINER"))
    assert "AB" in pdf_text(pdf_report(report_of(made.full(), header, at=AT))).replace(
        " ", ""
    ).replace(SIGN, "")
