"""A report as a PDF of A4 pages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC
from itertools import accumulate

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
)

from senoscope import __version__
from senoscope.studies.results.report import ImpressionPart, Report
from senoscope.studies.results.report_pdf_finding import finding_flowables
from senoscope.studies.results.report_pdf_tables import WIDTH, Look, box, facts, grid, tight
from senoscope.studies.results.report_pdf_text import (
    ACCENT,
    BAD,
    BOLD,
    GOOD,
    GOOD_PAPER,
    INK,
    LATIN,
    LINE,
    SIGN,
    SOFT,
    WARN,
    WARN_PAPER,
    has_all_letters,
    paragraph,
    text_runs,
    width_of,
)
from senoscope.studies.results.report_row import Row

LEFT = 15 * mm
SMALL = 8.0
SHORT_TEXT, FEW_LINES = 400, 8
"""Letters and line ends of an impression that has room in half a page's width."""


def pdf_report(report: Report) -> bytes:
    """The same bytes for the same report. Its metadata names no patient."""
    _, pages = _built(report, 0)
    document, _ = _built(report, pages)
    return document


def _built(report: Report, pages: int) -> tuple[bytes, int]:
    """The document, which says on each page that there are so many, and how many there are."""
    file = io.BytesIO()
    document = BaseDocTemplate(
        file,
        pagesize=A4,
        title=report.title,
        author=f"Senoscope {__version__}",
        subject=report.said("notice"),
        creator="Senoscope",
        displayDocTitle=True,
        lang=report.language,
        invariant=True,
    )

    def framed(canvas: Canvas, _: object) -> None:
        at = report.made_at.astimezone(UTC)
        canvas.setDateFormatter(lambda *_: f"D:{at:%Y%m%d%H%M%S}+00'00'")
        _page(canvas, report, pages)

    text = Frame(LEFT, 19 * mm, WIDTH, A4[1] - 34 * mm, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate(frames=[text], onPage=framed)])
    document.build(list(_story(report)))
    return file.getvalue(), document.page


def _page(canvas: Canvas, report: Report, pages: int) -> None:
    """What stands on every page, outside the text."""
    number = canvas.getPageNumber()
    right = LEFT + WIDTH
    if number > 1:
        _line(canvas, _cut(report.running, WIDTH), LEFT, A4[1] - 11 * mm)
    canvas.setStrokeColor(LINE)
    canvas.line(LEFT, 15 * mm, right, 15 * mm)
    notice = report.said("notice")
    _line(canvas, notice, LEFT, 11 * mm)
    if not report.is_signed:
        unsigned = report.said("unsigned_short")
        _line(canvas, unsigned, LEFT + width_of(notice, SMALL) + 12, 11 * mm, BOLD)
    if report.simulated:
        _line(canvas, report.said("simulated"), LEFT, 7.5 * mm, BOLD)
    page = report.said("page", n=number, all=pages or number)
    _line(canvas, page, right - width_of(page, SMALL), 11 * mm)


def _cut(text: str, room: float) -> str:
    """As much of one line as there is room for."""
    if width_of(text, SMALL) <= room:
        return text
    widths = accumulate(width_of(letter, SMALL) for letter in f"…{text}")
    return f"{text[: sum(width <= room for width in widths) - 1]}…"


def _line(canvas: Canvas, text: str, x: float, y: float, font: str = LATIN) -> None:
    """On a page's edge; what is bold there is a warning."""
    canvas.setFillColor(WARN if font == BOLD else SOFT)
    line = canvas.beginText(x, y)
    for name, run in text_runs(text, font):
        line.setFont(name, SMALL)
        line.textOut(run)
    canvas.drawText(line)


def _story(report: Report) -> Iterator[Flowable]:
    yield paragraph(report.title, 19, bold=True)
    yield Spacer(1, 2 * mm)
    if report.simulated:
        yield from box(report.said("simulated"), WARN, WARN_PAPER)
    good = report.is_signed
    yield from box(report.status, GOOD if good else WARN, GOOD_PAPER if good else WARN_PAPER)
    if report.patient:
        yield _patient(report.patient)
    if not all(has_all_letters(text) for text in _foreign(report)):
        yield paragraph(report.said("other_letters", sign=SIGN), 7.5, colour=SOFT)
    if report.impressions:
        yield _heading(report.said("impression"))
        yield from _impressions(report.impressions)
    if report.exam:
        yield _heading(report.said("exam"))
        yield facts(report.exam, WIDTH, report.said("letter_chances"))
    yield from _findings(report)
    yield _heading(report.said("read"))
    yield paragraph(report.read_line, after=2)
    yield _images(report)
    if report.quality:
        yield _heading(report.said("quality"))
        yield _quality(report)
    yield KeepTogether([_heading(report.said("software")), _software(report.software)])


def _findings(report: Report) -> Iterator[Flowable]:
    yield _heading(report.said("findings"))
    if report.abstained:
        yield from box(report.conclusion, WARN, WARN_PAPER)
    elif report.conclusion:
        yield paragraph(report.conclusion, 9.5)
    if len(report.findings) > 1:
        yield _overview(report)
    for each in report.findings:
        yield from finding_flowables(each, report)


def _foreign(report: Report) -> Iterator[str]:
    yield report.status
    yield from (row.value for row in report.patient)
    yield from (part.text for part in report.impressions)
    yield from (each.decision.reason for each in report.findings if each.decision)


def _heading(text: str) -> Flowable:
    heading = paragraph(text, 11, bold=True, colour=ACCENT, after=3)
    heading.style.spaceBefore = 10
    heading.style.keepWithNext = 1
    return heading


def _patient(rows: tuple[Row, ...]) -> Flowable:
    cells = [
        [paragraph(row.name, 7.5, colour=SOFT), paragraph(row.value, 9.5, bold=True)]
        for row in rows
    ]
    cells += [[]] * (-len(cells) % 4)
    grid = [cells[start : start + 4] for start in range(0, len(cells), 4)]
    return Table(grid, [WIDTH / 4] * 4, style=tight(0.5), splitInRow=1)


def _impressions(parts: tuple[ImpressionPart, ...]) -> Iterator[Flowable]:
    """Side by side where they are short enough to stay on one page."""
    shown = [list(_impression(part)) for part in parts]
    if any(len(part.text) > SHORT_TEXT or part.text.count("\n") > FEW_LINES for part in parts):
        for each in shown:
            yield from [*each, Spacer(1, 2 * mm)]
    else:
        look: Look = [*tight(0), ("RIGHTPADDING", (0, 0), (-1, -1), 12)]
        yield Table([shown], [WIDTH / len(shown)] * len(shown), style=look)


def _impression(part: ImpressionPart) -> Iterator[Flowable]:
    yield paragraph(f"{part.title}  ·  {part.at}" if part.at else part.title, 8, colour=SOFT)
    if part.category:
        yield paragraph(part.category, 11.5, bold=True)
    if part.text:
        yield paragraph(part.text, 9.5)


def _software(rows: tuple[Row, ...]) -> Flowable:
    """Two names and values a line."""
    cells: list[Flowable | str] = [
        each
        for row in rows
        for each in (paragraph(row.name, 8, colour=SOFT), paragraph(row.value, 8))
    ]
    cells += [""] * (-len(cells) % 4)
    lines = [cells[start : start + 4] for start in range(0, len(cells), 4)]
    look: Look = [*tight(0.8), ("LINEBELOW", (0, 0), (-1, -2), 0.4, LINE)]
    shares = (0.12, 0.33, 0.14, 0.41)
    return Table(lines, [share * WIDTH for share in shares], style=look, splitInRow=1)


def _overview(report: Report) -> Flowable:
    heads = [report.said("finding", n="").strip(), *report.overview_heads]
    heads += [report.said("decision")] if report.is_signed else []
    rows = [heads]
    for each in report.findings:
        cells = [f"{each.number}", *(row.value for row in each.overview)]
        rows.append(cells + ([each.decision.word] if each.decision else []))
    shares = (0.12, 0.24, 0.3, 0.17, 0.17, 0.2)[: len(heads)]
    return grid(rows, [share * WIDTH / sum(shares) for share in shares])


def _images(report: Report) -> Flowable:
    keys = ("image", "frames", "frames_read", "left_out", "scale")
    rows = [[report.said(key) for key in keys], *map(list, report.images)]
    return grid(rows, [share * WIDTH for share in (0.09, 0.09, 0.11, 0.46, 0.25)])


def _quality(report: Report) -> Flowable:
    cells = [
        [
            paragraph(
                word, 8, bold=severity == "fault", colour=BAD if severity == "fault" else INK
            ),
            paragraph(text, 8.5),
        ]
        for severity, word, text in report.quality
    ]
    return Table(cells, [0.12 * WIDTH, 0.88 * WIDTH], style=tight(1), splitInRow=1)
