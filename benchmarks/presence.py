"""Can the network tell a frame with a lesion from one without? Sensitivity against false alarms.

    python benchmarks/presence.py --data DIR --report presence.json --picture presence.svg

On BUS-BRA fold 3 and BUSI val, which no network here was fitted to. A lesion counts as found when
an outline has IoU >= 0.3 with it *and* the score passes the threshold; a normal image or a
lesion-free side strip (at least 45 % of a BUS-BRA image's width) is a false alarm when the score
passes and anything is outlined. Scores: the most convincing 16x16 window of the mask, the presence
head, and the mean of both; the shipped card says which mixture the segmenter uses.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray
from senoscope.models.engines import openvino
from senoscope.models.evaluation.matching import best_match
from senoscope.models.evaluation.ultrasound_sets import (
    Diagnosis,
    read_bus_bra,
    read_busi,
    side_strip,
)
from senoscope.models.package import SEGMENTER, Precision, load_package
from senoscope.models.segmenter import Segmenter, most_convincing_window

SCORES = ("window", "head", "mean of both")
COLOURS = {"window": "#E69F00", "head": "#56B4E9", "mean of both": "#000000"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture: its three scores, and whether anything counts there (found, or outlined)."""

    scores: tuple[float, float, float]
    counts: bool


def look(segmenter: Segmenter, pixels: Gray, truth: NDArray[np.bool_] | None) -> Seen:
    """Segment one picture without a presence threshold."""
    probability, head, _ = segmenter.look(pixels)
    window = most_convincing_window(probability)
    lesions = segmenter.segment(pixels).lesions
    found = bool(lesions) if truth is None else best_match(lesions, truth) is not None
    return Seen((window, head, (window + head) / 2), found)


def share(of: Iterable[Seen], score: int, threshold: float) -> float:
    """Of the pictures whose score passes and where something counts."""
    return float(np.mean([seen.counts and seen.scores[score] >= threshold for seen in of]))


def curve(lesions: list[Seen], bare: list[Seen], score: int) -> list[tuple[float, float]]:
    """(false alarms, sensitivity) from the strictest threshold to none."""
    thresholds = sorted({seen.scores[score] for seen in (*lesions, *bare)} | {0.0}, reverse=True)
    return [(share(bare, score, t), share(lesions, score, t)) for t in thresholds]


def alarms_at(points: list[tuple[float, float]], sensitivity: float) -> float | None:
    """Fewest false alarms at which so many lesions are found."""
    return min((alarms for alarms, found in points if found >= sensitivity), default=None)


def drawn(panels: dict[str, dict[str, list[tuple[float, float]]]]) -> str:
    """Two plots side by side as SVG."""
    side, parts = 300, []
    for column, (title, curves) in enumerate(panels.items()):
        left = 60 + column * (side + 80)
        parts.append(f'<text x="{left}" y="24" font-weight="bold">{title}</text>')
        parts.append(
            f'<rect x="{left}" y="40" width="{side}" height="{side}" fill="none" stroke="#999"/>'
        )
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
            parts.append(f'<text x="{left - 34}" y="{45 + side * (1 - tick)}">{tick:.2f}</text>')
            parts.append(f'<text x="{left + side * tick - 12}" y="{58 + side}">{tick:.2f}</text>')
        parts.append(f'<text x="{left}" y="{78 + side}">false alarms (share)</text>')
        for row, (name, points) in enumerate(curves.items()):
            line = " ".join(f"{left + side * x:.1f},{40 + side * (1 - y):.1f}" for x, y in points)
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>'
            )
            parts.append(
                f'<text x="{left + 130}" y="{230 + 22 * row}" fill="{COLOURS[name]}">{name}</text>'
            )
    body = "\n".join(parts)
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="800" height="400"'
    style = 'font-family="sans-serif" font-size="13"'
    return f'{head} {style}><rect width="800" height="400" fill="#fff"/>\n{body}\n</svg>\n'


def seen_in(data: Path, segmenter: Segmenter) -> tuple[list[Seen], list[Seen], list[Seen]]:
    """Of both development tests: images with a lesion, lesion-free strips, normal images."""
    lesions, strips, normals = [], [], []
    for image in read_bus_bra(data / "bus-bra"):
        if image.part == "3":
            pixels, truth = image.pixels(), image.mask()
            lesions.append(look(segmenter, pixels, truth))
            columns = side_strip(truth)
            if columns is not None:
                strips.append(look(segmenter, np.ascontiguousarray(pixels[:, columns]), None))
    for image in read_busi(data / "busi"):
        if image.part == "val":
            bare = image.diagnosis is Diagnosis.NORMAL
            seen = look(segmenter, image.pixels(), None if bare else image.mask())
            (normals if bare else lesions).append(seen)
    return lesions, strips, normals


def main() -> None:
    """Read both development tests, write figures and the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--picture", type=Path, required=True)
    given = parser.parse_args()
    package = load_package(SEGMENTER)
    ungated = replace(package, settings={**package.settings, "presence_from": 0.0})
    segmenter = Segmenter(openvino.load(package.weights(Precision.INT8)), ungated)
    lesions, strips, normals = seen_in(given.data, segmenter)
    bare = {
        f"{len(normals)} BUSI normals": normals,
        f"{len(strips)} lesion-free strips of BUS-BRA": strips,
    }
    panels = {
        title: {name: curve(lesions, those, k) for k, name in enumerate(SCORES)}
        for title, those in bare.items()
    }
    report = {
        "model": package.title,
        "lesion_images": len(lesions),
        "false_alarm_share_at_sensitivity": {
            title: {
                name: {str(at): alarms_at(points, at) for at in (0.85, 0.9, 0.925, 0.95)}
                for name, points in curves.items()
            }
            for title, curves in panels.items()
        },
    }
    given.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    given.picture.write_text(drawn(panels), encoding="utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
