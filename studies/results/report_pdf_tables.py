"""The tables of a PDF report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from senoscope.studies.results.report_pdf_text import LINE, SOFT, paragraph
from senoscope.studies.results.report_row import Row

WIDTH = 180 * mm
"""Of the text on a page."""
Look = list[Any]
"""A table's style commands."""


def box(text: str, colour: Color, paper: Color) -> Iterator[Flowable]:
    """What must not be overlooked, in that colour."""
    look: Look = [
        ("BACKGROUND", (0, 0), (-1, -1), paper),
        ("BOX", (0, 0), (-1, -1), 0.6, colour),
        ("LINEBEFORE", (0, 0), (0, -1), 4, colour, "butt"),
        ("LEFTPADDING", (0, 0), (-1, -1), 10),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]
    yield Table([[paragraph(text, 9.5, bold=True, colour=colour)]], [WIDTH], style=look)
    yield Spacer(1, 2 * mm)


def grid(rows: list[list[str]], widths: list[float]) -> Flowable:
    """A table under its first row, which comes again on every page."""
    head, *others = rows
    cells = [[paragraph(each, 7.5, colour=SOFT) for each in head]]
    cells += [[paragraph(each, 8.5) for each in row] for row in others]
    look: Look = [*tight(1.5), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]
    return Table(cells, widths, style=look, repeatRows=1, splitInRow=1)


def facts(rows: tuple[Row, ...], width: float, doubt: str) -> Flowable:
    """Names at the left; at the right, under `doubt`, how sure the values are, if known."""
    head = doubt if any(row.doubt for row in rows) else ""
    cells = [["", "", paragraph(head, 7, colour=SOFT, right=True)]]
    for row in rows:
        name, value = paragraph(row.name, 8.5, colour=SOFT), paragraph(row.value, 8.5)
        cells.append([name, value, paragraph(row.doubt, 8.5, colour=SOFT, right=True)])
    look: Look = [
        *tight(0.5),
        ("LINEBELOW", (0, 0), (-1, -2), 0.4, LINE),
        ("RIGHTPADDING", (2, 0), (2, -1), 0),
        *(("SPAN", (1, n), (2, n)) for n, row in enumerate(rows, 1) if not row.doubt),
    ]
    return Table(cells, [share * width for share in (0.34, 0.4, 0.26)], style=look)


def tight(vertical: float) -> Look:
    """A table's look: flush with the text, `vertical` points above and below a line."""
    return [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), vertical),
        ("BOTTOMPADDING", (0, 0), (-1, -1), vertical + 1),
    ]
