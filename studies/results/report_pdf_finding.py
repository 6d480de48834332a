"""One finding in a PDF report."""

from __future__ import annotations

import io
from collections.abc import Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, KeepTogether, Spacer, Table

from senoscope.studies.results.report import Report
from senoscope.studies.results.report_finding import FindingPart
from senoscope.studies.results.report_pdf_bar import probability_bar
from senoscope.studies.results.report_pdf_tables import WIDTH, Look, facts, tight
from senoscope.studies.results.report_pdf_text import BAD, INK, LINE, SHADE, SOFT, paragraph
from senoscope.studies.results.report_picture import Picture
from senoscope.studies.sign_off import Verdict

HALF = 87 * mm
GAP = WIDTH - 2 * HALF
TALLEST = 80 * mm
SHORT_REASON = 300
"""A decision that long is kept on its finding's page; a longer one may go on overleaf."""


def finding_flowables(part: FindingPart, report: Report) -> Iterator[Flowable]:
    """Its picture beside its facts, kept on one page, and the decision."""
    right = list(_said(part, report))
    if not part.measures and not part.is_mark:
        right.append(paragraph(f"{report.said('size')}: {part.size}", 8.5))
    for rows, doubt in (
        (part.measures, report.said("interval")),
        (part.words, report.said("agreement")),
    ):
        if rows:
            right.append(facts(rows, HALF, doubt))
    look: Look = [*tight(0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
    beside = Table([[_shown(part), "", right]], [HALF, GAP, HALF], style=look)
    rule = Table([[""]], [WIDTH], [7], style=[("LINEABOVE", (0, 0), (-1, 0), 0.6, LINE)])
    above = [Spacer(1, 2 * mm), rule] if len(report.findings) > 1 else [Spacer(1, 1 * mm)]
    decided = list(_decision(part))
    is_short = part.decision is None or len(part.decision.reason) <= SHORT_REASON
    yield KeepTogether([*above, beside, *(decided if is_short else [])])
    if not is_short:
        yield from decided


def _said(part: FindingPart, report: Report) -> Iterator[Flowable]:
    chance = f"{part.chance_name}  {part.probability:.2f}"
    if part.is_mark:
        yield from (paragraph(part.title, 12, bold=True), Spacer(1, 3), paragraph(chance, 9.5))
        if part.close_up is not None:
            yield _image(part.close_up, TALLEST / 2)
        return
    spread = report.said("of_frames", low=f"{part.lowest:.2f}", high=f"{part.highest:.2f}")
    yield _beside(part.title, 12, f"{report.said('suspicion')}: {part.suspicion_word}", 9.5)
    yield Spacer(1, 3)
    yield _beside(chance, 9.5, spread, 7.5)
    yield probability_bar(part, report, HALF)


def _shown(part: FindingPart) -> list[Flowable]:
    shown: list[Flowable] = []
    if part.picture is not None:
        shown += [_image(part.picture, TALLEST), Spacer(1, 1.5 * mm)]
    return shown + [paragraph(line, 7.5, colour=SOFT) for line in part.caption]


def _image(picture: Picture, tallest: float) -> Flowable:
    scale = min(HALF / picture.columns, tallest / picture.rows)
    data = io.BytesIO(picture.jpeg)
    return Image(data, picture.columns * scale, picture.rows * scale, hAlign="LEFT")


def _beside(left: str, left_size: float, right: str, right_size: float) -> Flowable:
    is_small = right_size < 9
    colour = SOFT if is_small else INK
    said = paragraph(right, right_size, bold=not is_small, colour=colour, right=True)
    look: Look = [
        *tight(0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
    ]
    cells = [[paragraph(left, left_size, bold=True), said]]
    share = 0.6 if is_small else 0.42
    return Table(cells, [HALF * share, HALF * (1 - share)], style=look)


def _decision(part: FindingPart) -> Iterator[Flowable]:
    if part.decision is None:
        return
    is_overruled = part.decision.verdict is Verdict.OVERRULED
    word = paragraph(part.decision.word, 9.5, bold=True, colour=BAD if is_overruled else INK)
    cells = [[word, paragraph(part.decision.reason, 9)]]
    look: Look = [
        ("BACKGROUND", (0, 0), (-1, -1), SHADE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBEFORE", (0, 0), (0, -1), 3, BAD if is_overruled else LINE, "butt"),
    ]
    yield Spacer(1, 1.5 * mm)
    yield Table(cells, [0.16 * WIDTH, 0.84 * WIDTH], style=look, splitInRow=1)
