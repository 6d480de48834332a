"""What fills when, drawn: one bar for each part, rooms on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from senoscope.models.evaluation.plots import COLOURS, GROUNDS, INKS

LEFT, WIDTH, ROW, TOP = 320, 460, 30, 50
MARKS = (1, 12, 100, 1000, 10_000)


def fills_picture(rows: Sequence[Mapping[str, Any]]) -> str:
    """SVG text, in the reader's light or dark scheme."""
    marks = []
    for place, row in enumerate(rows):
        y, end = TOP + ROW * place, at(row["rooms"])
        marks.append(f'<rect x="{LEFT}" y="{y}" width="{end - LEFT:.1f}" height="{ROW - 10}"/>')
        marks.append(
            f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(row["part"])}</text>'
        )
        marks.append(f'<text x="{end + 6:.1f}" y="{y + 15}">{row["rooms"]:,.0f}</text>')
    bottom = TOP + ROW * len(rows)
    for each in MARKS:
        x = at(each)
        marks.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{bottom}"/>')
        marks.append(f'<text x="{x:.1f}" y="{TOP - 14}" text-anchor="middle">{each:,}</text>')
    size = f'width="{LEFT + WIDTH + 70}" height="{bottom + 20}"'
    style = (
        f"text{{fill:{INKS[0]};font:13px sans-serif}}rect{{fill:{COLOURS[0]}}}"
        f"line{{stroke:{INKS[0]};stroke-opacity:.25}}.ground{{fill:{GROUNDS[0]}}}"
        f"@media(prefers-color-scheme:dark){{text{{fill:{INKS[1]}}}"
        f"line{{stroke:{INKS[1]}}}.ground{{fill:{GROUNDS[1]}}}}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{style}</style>'
        f"<title>By how many rooms each part is full</title>"
        f'<rect class="ground" width="100%" height="100%"/>{"".join(marks)}</svg>\n'
    )


def at(rooms: float) -> float:
    """Where so many rooms stand."""
    return LEFT + WIDTH * math.log10(max(rooms, 1)) / math.log10(MARKS[-1])
