"""ROC and reliability pictures as SVG text, for reports that need no plotting library.

The four colours are those of Okabe & Ito (2008) with a contrast of 3 or more to both grounds, and
each has a dash of its own, so that neither colour vision nor a printer is needed. Text and ground
follow the reader's light or dark scheme.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.by_patient import require_both_classes, require_rows
from senoscope.models.evaluation.calibration_error import ReliabilityBin
from senoscope.models.evaluation.metrics import Bools, Estimate, Floats, auc, bootstrap

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
DASHES = ("none", "9 4", "2 3", "9 3 2 3")
GROUNDS = ("#ffffff", "#0d1117")
INKS = ("#1f2328", "#e6edf3")
"""Light scheme first, then dark."""
SIDE, LEFT, TOP, LINE = 360, 64, 64, 20
"""Pixels: of the square that is plotted in, its place, and from one line of text to the next."""


def roc_points(labels: Bools, scores: Floats) -> Floats:
    """(points, 2): [1 - specificity, sensitivity], from [0, 0], a point per distinct score."""
    order = np.argsort(-scores)
    called = np.cumsum(np.stack([~labels[order], labels[order]], axis=1), axis=0)
    last_of_score = np.append(np.diff(scores[order]) != 0, True)
    return np.vstack([np.zeros((1, 2)), called[last_of_score] / called[-1]])


def roc_picture(
    title: str, labels: Bools, scores: Mapping[str, Floats], groups: Sequence[Hashable]
) -> str:
    """SVG of one to four ROC curves of the same (n,) rows, with AUC and interval by patients.

    Raises SettingsError for another number of curves, DataSetError unless both classes are there
    and rows agree.
    """
    if not 1 <= len(scores) <= len(COLOURS):
        raise SettingsError(
            f"{len(scores)} curves were given; expected 1 to {len(COLOURS)}, or they cannot be "
            "told apart. Make several pictures."
        )
    require_rows(labels, *scores.values(), groups=groups)
    require_both_classes(labels)
    marks: list[str] = []
    legend: list[str] = []
    for (name, of), colour, dash in zip(scores.items(), COLOURS, DASHES, strict=False):
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        marks.append(f'<polyline points="{_placed(roc_points(labels, of))}" {style}/>')
        area = _area(labels, of, groups)
        low, high = area.ci
        y = TOP + SIDE + 48 + LINE * (len(legend) + 1)
        legend.append(
            f'<line x1="{LEFT}" y1="{y - 4}" x2="{LEFT + 32}" y2="{y - 4}" {style}/>'
            f'<text x="{LEFT + 42}" y="{y}">{escape(name)}: AUC {area.value:.3f} '
            f"({low:.3f} to {high:.3f})</text>"
        )
    counted = (
        f"{int(labels.sum())} positive and {int((~labels).sum())} negative rows of "
        f"{len(set(groups))} patients, 95 % intervals by patients"
    )
    return _picture(
        title, counted, ("1 - specificity", "sensitivity"), [*marks, *legend], len(legend)
    )


def reliability_picture(title: str, bins: Sequence[ReliabilityBin]) -> str:
    """SVG of the share of positives against the mean probability of each bin, with intervals.

    Raises SettingsError where there is no bin.
    """
    if not bins:
        raise SettingsError("No bins were given; expected at least 1. Make them from some rows.")
    marks = []
    for one in bins:
        (low, high), x = one.frequency.ci, one.probability
        middle = np.array([[x, one.frequency.value]])
        cx, cy = _placed(middle).split(",")
        marks.append(
            f'<polyline points="{_placed(np.array([[x, low], [x, high]]))}" fill="none" '
            f'stroke="{COLOURS[0]}" stroke-width="2"/>'
            f'<circle cx="{cx}" cy="{cy}" r="5" fill="{COLOURS[0]}"/>'
        )
    sizes = [one.frequency.n for one in bins]
    counted = (
        f"{sum(sizes)} rows in {len(sizes)} bins of {min(sizes)} to {max(sizes)}, "
        "95 % intervals by Wilson"
    )
    return _picture(title, counted, ("predicted probability", "share of positives"), marks, 0)


def _area(labels: Bools, scores: Floats, groups: Sequence[Hashable]) -> Estimate:
    return bootstrap(lambda rows: auc(labels[rows], scores[rows]), groups)


def _placed(points: NDArray[np.floating]) -> str:
    """(points, 2) in 0..1, y upwards, as SVG coordinates."""
    return " ".join(f"{LEFT + SIDE * x:.1f},{TOP + SIDE * (1 - y):.1f}" for x, y in points)


def _picture(
    title: str, counted: str, axes: tuple[str, str], marks: Sequence[str], below: int
) -> str:
    """`marks` are drawn last; `below` lines of text are left under the plot for them."""
    width, height = LEFT + SIDE + 136, TOP + SIDE + 60 + LINE * below
    across, up = axes
    middle = TOP + SIDE / 2
    ticks = "".join(
        f'<text x="{LEFT + SIDE * at}" y="{TOP + SIDE + 18}" text-anchor="middle">{at:g}</text>'
        f'<text x="{LEFT - 8}" y="{TOP + SIDE * (1 - at) + 4}" text-anchor="end">{at:g}</text>'
        for at in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    chance = _placed(np.array([[0.0, 0.0], [1.0, 1.0]]))
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
        f'<polyline class="axis" points="{chance}" stroke-dasharray="4 4"/>',
        ticks,
        f'<text x="{LEFT + SIDE / 2}" y="{TOP + SIDE + 40}" text-anchor="middle">{across}</text>',
        f'<text transform="rotate(-90 20 {middle})" x="20" y="{middle}" '
        f'text-anchor="middle">{up}</text>',
        *marks,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _scheme(dark: int) -> str:
    return (
        f".figure .ground{{fill:{GROUNDS[dark]}}}.figure text{{fill:{INKS[dark]}}}"
        f".figure .axis{{fill:none;stroke:{INKS[dark]};stroke-opacity:0.6}}"
    )
