"""A probability and its range on a scale from 0 to 1, over what its words mean, in a PDF."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, Shape, String
from reportlab.lib.colors import Color, white

from senoscope.domain.reading import OperatingPoint
from senoscope.studies.results.report import Report
from senoscope.studies.results.report_finding import FindingPart
from senoscope.studies.results.report_pdf_text import ACCENT, INK, SOFT, text_runs, width_of

EDGE, TALL, BAR, SMALL = 3.0, 30.0, 8.0, 7.0
"""Points: room at both ends, of the whole, of the scale, of letters."""
MIDDLE = TALL - 6 - BAR / 2
SHADES = (0.9, 0.8, 0.68)
"""Grey of low, uncertain, high."""


def probability_bar(part: FindingPart, report: Report, width: float) -> Drawing:
    """Points wide; a dot at the probability, a line from the lowest to the highest."""
    drawing = Drawing(width, TALL)
    low, at, high = (_x(each, width) for each in (part.lowest, part.probability, part.highest))
    for shape in _zones(report, report.operating_point, width):
        drawing.add(shape)
    ends = [(low, MIDDLE, high, MIDDLE)]
    ends += [(x, MIDDLE - BAR / 2, x, MIDDLE + BAR / 2) for x in (low, high)]
    for line in ends:
        drawing.add(Line(*line, strokeColor=INK, strokeWidth=1.6))
    drawing.add(Circle(at, MIDDLE, 3.6, fillColor=ACCENT, strokeColor=white, strokeWidth=0.8))
    return drawing


def _x(probability: float, width: float) -> float:
    return EDGE + probability * (width - 2 * EDGE)


def _zones(report: Report, point: OperatingPoint, width: float) -> Iterator[Shape]:
    stops = (0.0, point.low_below, point.high_from, 1.0)
    for number, word in enumerate(("low", "uncertain", "high")):
        left, right = _x(stops[number], width), _x(stops[number + 1], width)
        grey = Color(SHADES[number], SHADES[number], SHADES[number])
        across = max(0.0, right - left - 0.8)
        yield Rect(left, MIDDLE - BAR / 2, across, BAR, fillColor=grey, strokeColor=None)
        words = report.said(f"suspicion_{word}")
        if width_of(words, SMALL) < right - left - 16:
            yield from _label(words, (left + right) / 2)
    yield from _label("0", _x(0, width))
    yield from _label("1", _x(1, width))


def _label(text: str, centre: float) -> Iterator[Shape]:
    x = centre - width_of(text, SMALL) / 2
    for font, run in text_runs(text):
        yield String(x, 7, run, fontName=font, fontSize=SMALL, fillColor=SOFT)
        x += width_of(run, SMALL)
