"""Are millimetres right, and do their intervals hold the truth? On simulated breasts.

    python benchmarks/lengths.py --report report.json

The truth is the lesion's own outline at three times the picture's resolution. It is measured on
the picture by its mask there ("mask") and by the shipped network's outline ("network"), each at
the phantom's own scale ("exact") and at one set by two points ("two points"): the scanner's scale
is drawn off by 2 % and each click by a pixel (95 %). Lesions that the network does not outline
(IoU with the truth under 0.3) are counted and left out; so are lesions cut by the picture's edge
or shown smaller than 3 mm. 95 % intervals come from resampling phantoms. No figure measured here
says anything of patients.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, fields
from math import hypot
from pathlib import Path

import numpy as np

from senoscope.calibration.measurement import (
    LesionMeasurements,
    Measured,
    distance,
    lesion_of,
    measured,
)
from senoscope.calibration.outline_error import EXACT, OutlineError, network_error
from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.spacing import spacing_from_two_points
from senoscope.domain.lesion import Lesion
from senoscope.domain.spacing import SCANNER_PERCENT, CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.models.evaluation.kept_figures import as_json, estimate_cell, json_text
from senoscope.models.evaluation.matching import Mask, best_match
from senoscope.models.evaluation.metrics import Estimate, bootstrap
from senoscope.models.package import SEGMENTER
from senoscope.models.segmenter import Segmenter
from senoscope.ui.assemble import build_segmenter

FIRST_SEED, FRAMES = 5000, 6
SIZE, FINER = (1024, 768), 3
GRID = 192
SKIN_ROW = -0.5
SMALLEST_MM = 3.0
CLOSE_MM, CLOSE_SHARE = 0.5, 0.03
NORMAL_95 = 1.96
NO_LENGTHS = ("orientation", "area")
NAMES = tuple(each.name for each in fields(LesionMeasurements))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measurement of one lesion: its error (measured minus true) and whether it held."""

    phantom: int
    name: str
    error: float
    close: bool
    held: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`median` and `p95` are of the error's size, `close` is of lengths, within 0.5 mm or 3 %."""

    n: int
    median: float
    p95: float
    bias: float
    close: Estimate | None
    held: Estimate


def outcome(phantom: int, name: str, found: Measured, truth: float) -> Outcome:
    """Compared."""
    error = found.value - truth
    close = abs(error) <= max(CLOSE_MM, CLOSE_SHARE * truth)
    return Outcome(phantom, name, error, close, found.lower <= truth <= found.upper)


def row_of(outcomes: list[Outcome]) -> Row:
    """Of one kind of measurement."""
    errors = np.array([each.error for each in outcomes])
    close, held = (
        np.array([getattr(each, what) for each in outcomes], float) for what in ("close", "held")
    )
    phantoms = [each.phantom for each in outcomes]
    return Row(
        n=len(outcomes),
        median=float(np.median(abs(errors))),
        p95=float(np.quantile(abs(errors), 0.95)),
        bias=float(errors.mean()),
        close=None
        if outcomes[0].name in NO_LENGTHS
        else bootstrap(lambda drawn: float(close[drawn].mean()), phantoms),
        held=bootstrap(lambda drawn: float(held[drawn].mean()), phantoms),
    )


def two_points(true: PixelSpacing, rng: np.random.Generator) -> CalibratedSpacing:
    """What an operator sets on a scanner whose scale is off, along a 20 mm ruler."""
    off = 1 + rng.normal(0, SCANNER_PERCENT / 100 / NORMAL_95)
    length_px = 20 * off / true.row_mm
    first, second = (place + rng.normal(0, 1 / NORMAL_95) for place in (0.0, length_px))
    return spacing_from_two_points((5, first), (5, second), 20)


def facts(
    lesion: Lesion, spacing: CalibratedSpacing, outline: OutlineError
) -> Iterator[tuple[str, Measured]]:
    """Every measurement by its name."""
    found = measured(lesion, spacing, outline, SKIN_ROW)
    yield from ((name, getattr(found, name)) for name in NAMES)


def at_edge(mask: Mask) -> bool:
    """Whether the picture cuts it."""
    return any(side.any() for side in (mask[0], mask[-1], mask[:, 0], mask[:, -1]))


def of_phantom(seed: int, segmenter: Segmenter) -> Iterator[tuple[str, Outcome | None]]:
    """By the way it was measured; None for a lesion that the network did not outline."""
    rng = np.random.default_rng(seed)
    phantom = BModePhantom(seed, *SIZE)
    finer = BModePhantom(seed, SIZE[0] * FINER, SIZE[1] * FINER)
    fine_mm = CalibratedSpacing(finer.pixel_spacing, SpacingOrigin.PHANTOM, 0.0)
    scales = {
        "exact": CalibratedSpacing(phantom.pixel_spacing, SpacingOrigin.PHANTOM, 0.0),
        "two points": two_points(phantom.pixel_spacing, rng),
    }
    for frame, fine in zip(phantom.sweep(FRAMES), finer.sweep(FRAMES), strict=True):
        outlines = segmenter.segment(frame.pixels).lesions
        for seen, truth in zip(frame.truth, fine.truth, strict=True):
            true = dict(facts(lesion_of(truth.mask), fine_mm, EXACT))
            if at_edge(seen.mask) or true["short_axis"].value < SMALLEST_MM:
                continue
            mine = best_match(outlines, seen.mask)
            yield "network", None if mine is None else Outcome(seed, "outlined", 0, True, True)
            for way, spacing in scales.items():
                named = {f"mask, {way}": (lesion_of(seen.mask), EXACT)}
                if mine is not None:
                    named[f"network, {way}"] = mine, network_error(mine.presence, SIZE, GRID)
                for by, (lesion, outline) in named.items():
                    for name, found in facts(lesion, spacing, outline):
                        yield by, outcome(seed, name, found, true[name].value)
                yield f"calipers, {way}", by_hand(seed, truth.mask, spacing, fine_mm, rng)


def by_hand(
    seed: int,
    truth: Mask,
    spacing: CalibratedSpacing,
    fine: CalibratedSpacing,
    rng: np.random.Generator,
) -> Outcome:
    """Calipers on the box's upper left and lower right, each click a pixel off (95 %)."""
    rows, columns = np.nonzero(truth)
    ends = [(float(at(columns)), float(at(rows))) for at in (np.min, np.max)]
    true = hypot(ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]) * fine.spacing.row_mm
    clicked = [
        tuple(((np.array(end) + 0.5) / FINER - 0.5 + rng.normal(0, 1 / NORMAL_95, 2)).tolist())
        for end in ends
    ]
    return outcome(seed, "distance", distance(clicked[0], clicked[1], spacing), true)


def report_of(phantoms: int) -> dict[str, dict[str, Row | int]]:
    """By way, then by measurement."""
    segmenter = build_segmenter(SEGMENTER)
    found: dict[str, dict[str, list[Outcome]]] = {}
    outlined = missed = 0
    for seed in range(FIRST_SEED, FIRST_SEED + phantoms):
        for way, each in of_phantom(seed, segmenter):
            if way == "network":
                outlined, missed = outlined + (each is not None), missed + (each is None)
            elif each is not None:
                found.setdefault(way, {}).setdefault(each.name, []).append(each)
    rows: dict[str, dict[str, Row | int]] = {"lesions": {"outlined": outlined, "missed": missed}}
    for way, by_name in found.items():
        rows[way] = {name: row_of(those) for name, those in by_name.items()}
    return rows


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phantoms", type=int, default=150, help="how many, usually 150")
    parser.add_argument("--report", type=Path, help="a JSON file to write")
    given = parser.parse_args()
    found = report_of(given.phantoms)
    print(found["lesions"])
    print(f"{'':42} n   median  95 %    bias   within 0.5 mm or 3 %    interval holds")
    for way, rows in found.items():
        for name, row in rows.items():
            if isinstance(row, Row):
                cells = "   ".join(
                    "-" * 20 if each is None else estimate_cell(as_json(each))
                    for each in (row.close, row.held)
                )
                errors = f"{row.median:7.3f} {row.p95:7.3f} {row.bias:7.3f}"
                print(f"{way:22} {name:15} {row.n:5} {errors}   {cells}")
    if given.report is not None:
        given.report.write_text(json_text({"about": __doc__, **found}), encoding="utf-8")


if __name__ == "__main__":
    main()
