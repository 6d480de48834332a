"""FROC pictures as SVG text, in the colours and dashes of `plots`."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.plots import COLOURS, DASHES, GROUNDS, INKS, LEFT, LINE, SIDE, TOP

MOST_FALSE = 4
"""False marks an image at the right edge."""


def froc_picture(title: str, counted: str, curves: Mapping[str, Floats]) -> str:
    """SVG of one to four FROC curves, (points, 2) of false marks an image and sensitivity.

    `counted` says of how many images and anatomies. SettingsError for another number of curves.
    """
    if not 1 <= len(curves) <= len(COLOURS):
        raise SettingsError(
            f"{len(curves)} curves were given; expected 1 to {len(COLOURS)}, or they cannot be "
            "told apart. Make several pictures."
        )
    marks = []
    for row, ((name, points), colour, dash) in enumerate(
        zip(curves.items(), COLOURS, DASHES, strict=False)
    ):
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        y = TOP + SIDE + 48 + LINE * (row + 1)
        marks += [
            f'<polyline points="{_placed(points)}" {style}/>',
            f'<line x1="{LEFT}" y1="{y - 4}" x2="{LEFT + 32}" y2="{y - 4}" {style}/>',
            f'<text x="{LEFT + 42}" y="{y}">{escape(name)}</text>',
        ]
    width, height = LEFT + SIDE + 136, TOP + SIDE + 60 + LINE * len(curves)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" '
        'font-size="13">',
        f"<title>{escape(title)}</title><desc>{escape(counted)}</desc>",
        f"<style>{_scheme(0)}@media (prefers-color-scheme: dark){{{_scheme(1)}}}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text x="{LEFT}" y="24" font-size="15" font-weight="bold">{escape(title)}</text>',
        f'<text x="{LEFT}" y="{24 + LINE}" font-size="11">{escape(counted)}</text>',
        f'<rect class="axis" x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none"/>',
        *_ticks(),
        *marks,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _placed(points: Floats) -> str:
    """Steps, as SVG coordinates: between thresholds nothing is gained."""
    corners, before = [], 0.0
    for false, share in points:
        if false > MOST_FALSE:
            break
        corners += [(false, before), (false, share)]
        before = share
    corners.append((float(MOST_FALSE), before))
    return " ".join(
        f"{LEFT + SIDE * x / MOST_FALSE:.1f},{TOP + SIDE * (1 - y):.1f}" for x, y in corners
    )


def _ticks() -> list[str]:
    middle = TOP + SIDE / 2
    drawn = []
    for at in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawn += [
            f'<text x="{LEFT + SIDE * at}" y="{TOP + SIDE + 18}" text-anchor="middle">'
            f"{at * MOST_FALSE:g}</text>",
            f'<text x="{LEFT - 8}" y="{TOP + SIDE * (1 - at) + 4}" text-anchor="end">{at:g}</text>',
        ]
    return [
        *drawn,
        f'<text x="{LEFT + SIDE / 2}" y="{TOP + SIDE + 40}" text-anchor="middle">'
        "false marks an image</text>",
        f'<text transform="rotate(-90 20 {middle})" x="20" y="{middle}" '
        'text-anchor="middle">sensitivity</text>',
    ]


def _scheme(dark: int) -> str:
    return (
        f".figure .ground{{fill:{GROUNDS[dark]}}}.figure text{{fill:{INKS[dark]}}}"
        f".figure .axis{{fill:none;stroke:{INKS[dark]};stroke-opacity:0.6}}"
    )
