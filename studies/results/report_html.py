"""A report as one HTML file that needs nothing else: no script, no font, no other file."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape

from senoscope.studies.results.report import ImpressionPart, Report
from senoscope.studies.results.report_finding import FindingPart
from senoscope.studies.results.report_picture import Picture
from senoscope.studies.results.report_row import Row
from senoscope.studies.results.report_style import PAPER, STYLE
from senoscope.studies.sign_off import Verdict

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""Should foreign text ever get through as markup, the browser still loads and runs nothing."""
WIDE, HIGH, EDGE = 400, 44, 6
"""Of the probability's scale, in its own units."""


def html_report(report: Report) -> str:
    """To be written as UTF-8. All that is foreign is escaped; the title names no patient."""
    title = escape(report.title)
    running = _css(report.running)
    paper = PAPER.format(running=running, left=_css(_foot(report)), page=_pages(report))
    return (
        f'<!doctype html>\n<html lang="{report.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{title}</title>\n<style>{STYLE}{paper}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(_parts(report))
        + f"\n<footer>{escape(_foot(report))}</footer>\n</main>\n</body>\n</html>\n"
    )


def _parts(report: Report) -> Iterator[str]:
    yield f"<header><h1>{escape(report.title)}</h1></header>"
    if report.simulated:
        yield f'<p class="alert">{report.said("simulated")}</p>'
    yield f'<p class="status {_state(report)}">{escape(report.status)}</p>'
    if report.patient:
        yield f'<dl class="patient">{"".join(map(_term, report.patient))}</dl>'
    if report.impressions:
        shown = "".join(map(_impression, report.impressions))
        yield f'<h2>{report.said("impression")}</h2><div class="impressions">{shown}</div>'
    if report.exam:
        yield f"<h2>{report.said('exam')}</h2>{_table(report.exam, report.said('letter_chances'))}"
    yield f"<h2>{report.said('findings')}</h2>"
    if report.conclusion:
        kind = "alert" if report.abstained else "text"
        yield f'<p class="{kind}">{report.conclusion}</p>'
    if len(report.findings) > 1:
        yield _overview(report)
    yield from (_finding(each, report) for each in report.findings)
    yield f"<h2>{report.said('read')}</h2><p>{report.read_line}</p>"
    yield _images(report)
    if report.quality:
        yield f"<h2>{report.said('quality')}</h2>{_quality(report)}"
    yield f"<h2>{report.said('software')}</h2>"
    yield f'<table class="facts software">{"".join(map(_fact, report.software))}</table>'


def _state(report: Report) -> str:
    return "signed" if report.is_signed else "unsigned"


def _foot(report: Report) -> str:
    unsigned = [] if report.is_signed else [report.said("unsigned_short")]
    simulated = [report.said("simulated")] if report.simulated else []
    return " · ".join([report.said("notice"), *unsigned, *simulated])


def _css(text: str) -> str:
    """Within the quotes of a CSS string."""
    return "".join(
        each if each.isalnum() or each in " .,:" else f"\\{ord(each):x} " for each in text
    )


def _pages(report: Report) -> str:
    said = report.said("page", n="\0", all="\1")
    return _css(said).replace("\\0 ", '" counter(page) "').replace("\\1 ", '" counter(pages) "')


def _term(row: Row) -> str:
    return f'<div><dt>{escape(row.name)}</dt><dd dir="auto">{escape(row.value)}</dd></div>'


def _fact(row: Row) -> str:
    doubt = f'<td class="doubt">{escape(row.doubt)}</td>' if row.doubt else ""
    across = "" if row.doubt else ' colspan="2"'
    return f'<tr><th scope="row">{row.name}</th><td{across}>{escape(row.value)}</td>{doubt}</tr>'


def _impression(part: ImpressionPart) -> str:
    category = f'<div class="category">{part.category}</div>' if part.category else ""
    text = f'<div class="text" dir="auto">{escape(part.text)}</div>' if part.text else ""
    at = f'<div class="moment">{part.at}</div>' if part.at else ""
    return f'<div><div class="label">{part.title}</div>{category}{text}{at}</div>'


def _overview(report: Report) -> str:
    names = [report.said("finding", n=""), *report.overview_heads]
    names += [report.said("decision")] if report.is_signed else []
    rows = []
    for each in report.findings:
        cells = [f"{each.number}", *(row.value for row in each.overview)]
        if each.decision is not None:
            cells.append(each.decision.word)
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return f'<table class="overview"><thead><tr>{head}</tr></thead>{"".join(rows)}</table>'


def _finding(part: FindingPart, report: Report) -> str:
    caption = "<br>".join(map(escape, part.caption))
    image = _image(part.picture, report.said("picture_of", n=part.number))
    near = _image(part.close_up, report.said("close_up_of", n=part.number))
    facts = _table(part.measures, report.said("interval"))
    facts += _table(part.words, report.said("agreement"))
    if not part.measures and not part.is_mark:
        facts = f"<p>{report.said('size')}: {part.size}</p>{facts}"
    return (
        f'<section class="finding"><div class="beside"><figure>{image}'
        f"<figcaption>{caption}</figcaption></figure>"
        f'<div><div class="top"><h3>{part.title}</h3>{_suspicion(part, report)}</div>'
        f'<div class="chance"><span>{part.chance_name} <b>{part.probability:.2f}</b></span>'
        f"{_spread(part, report)}</div>"
        f"{'' if part.is_mark else _bar(part, report)}{near}{facts}</div></div>"
        f"{_decision(part)}</section>"
    )


def _image(picture: Picture | None, said: str) -> str:
    if picture is None:
        return ""
    data = base64.b64encode(picture.jpeg).decode("ascii")
    return (
        f'<img src="data:image/jpeg;base64,{data}" width="{picture.columns}" '
        f'height="{picture.rows}" alt="{said}">'
    )


def _suspicion(part: FindingPart, report: Report) -> str:
    if part.is_mark:
        return ""
    pill = f'<span class="pill {part.suspicion.value}">{part.suspicion_word}</span>'
    return f"<span>{report.said('suspicion')} {pill}</span>"


def _spread(part: FindingPart, report: Report) -> str:
    """What single frames gave; a mark is of single images."""
    if part.is_mark:
        return ""
    spread = report.said("of_frames", low=f"{part.lowest:.2f}", high=f"{part.highest:.2f}")
    return f' <span class="doubt">{spread}</span>'


def _table(rows: tuple[Row, ...], doubt: str) -> str:
    if not rows:
        return ""
    head = ""
    if any(row.doubt for row in rows):
        head = f'<tr><td colspan="2"></td><th class="doubt" scope="col">{doubt}</th></tr>'
    return f'<table class="facts">{head}{"".join(map(_fact, rows))}</table>'


def _bar(part: FindingPart, report: Report) -> str:
    """The probability and its range on a scale from 0 to 1, over what its words mean."""
    length = WIDE - 2 * EDGE
    point = report.operating_point
    stops = (0.0, point.low_below, point.high_from, 1.0)
    zones = []
    for number, word in enumerate(("low", "uncertain", "high")):
        start, end = stops[number], stops[number + 1]
        left, width = EDGE + start * length, (end - start) * length
        zones.append(
            f'<rect class="zone" x="{left:.1f}" y="10" width="{max(0.0, width - 1.5):.1f}" '
            f'height="12" opacity="{0.12 + 0.14 * number:.2f}"/>'
        )
        if width > 60:
            label = report.said(f"suspicion_{word}")
            zones.append(
                f'<text x="{left + width / 2:.1f}" y="36" text-anchor="middle">{label}</text>'
            )
    low, at, high = (EDGE + each * length for each in (part.lowest, part.probability, part.highest))
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{part.probability_line}">'
        f"{''.join(zones)}"
        f'<path class="reach" d="M{low:.1f} 10V22M{low:.1f} 16H{high:.1f}M{high:.1f} 10V22"/>'
        f'<circle class="value" cx="{at:.1f}" cy="16" r="6"/>'
        f'<text x="{EDGE}" y="36" text-anchor="middle">0</text>'
        f'<text x="{WIDE - EDGE}" y="36" text-anchor="middle">1</text></svg>'
    )


def _decision(part: FindingPart) -> str:
    if part.decision is None:
        return ""
    kind = "decision overruled" if part.decision.verdict is Verdict.OVERRULED else "decision"
    reason = f"\n{escape(part.decision.reason)}" if part.decision.reason else ""
    return f'<div class="{kind}" dir="auto"><b>{part.decision.word}</b>{reason}</div>'


def _images(report: Report) -> str:
    keys = ("image", "frames", "frames_read", "left_out", "scale")
    head = "".join(f'<th scope="col">{report.said(key)}</th>' for key in keys)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in report.images
    )
    return f'<table class="images"><thead><tr>{head}</tr></thead>{rows}</table>'


def _quality(report: Report) -> str:
    rows = "".join(
        f'<tr><td class="severity {severity}">{word}</td><td lang="en">{escape(text)}</td></tr>'
        for severity, word, text in report.quality
    )
    return f'<table class="quality">{rows}</table>'
