"""How far readers' outlines are from each other, and the shipped network's from a reader's.

    python benchmarks/outline_error.py --data DIR --report report.json

`DIR` holds `bus-bra` and `busi`. `readers`: BUSI's images that it holds twice and that were so
outlined twice (`duplicates.csv`, "same image", one lesion, correlation of the pictures above 0.9
once they are of one size). `network`: lesions of BUS-BRA fold 3 and BUSI `val`, to which it was
not fitted, by the lesion's presence. Outlines that overlap by an IoU under 0.3 are of different
lesions and left out. Each figure is the 95th percentile: `axes` (both axes pooled) and `area` of
the logarithm of the ratio, `place` of the vertical shift of the upper edge, and `centre` of the
centre, over the long axis. `held`: the share of angles of the long axis, and, on lesions whose
figures come from the other half of the patients, of axes, within the intervals. The figures are
those of `calibration/outline_error.py`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.measurement import lesion_of, measured
from senoscope.calibration.outline_error import (
    DRAWN,
    EXACT,
    SUREST_FIRST,
    OutlineError,
    network_error,
)
from senoscope.domain.lesion import Lesion
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.matching import FOUND_IOU, best_match, lesion_components
from senoscope.models.evaluation.metrics import iou
from senoscope.models.evaluation.ultrasound_sets import (
    UltrasoundImage,
    read_bus_bra,
    read_busi,
)
from senoscope.models.package import SEGMENTER
from senoscope.ui.assemble import build_segmenter

PIXELS = CalibratedSpacing(PixelSpacing(1, 1), SpacingOrigin.PHANTOM, 0.0)
SAME_PICTURE = 0.9
GRID = 192


class Pair(NamedTuple):
    """Of two outlines of one lesion: logarithms of ratios, and shifts over the long axis."""

    group: str
    presence: float
    axes: tuple[float, float]
    area: float
    centre: float
    top: float
    angle_held: bool


def paired(one: Lesion, other: Lesion, error: OutlineError, group: str) -> Pair:
    """`error` is that of `one`, whose angle's interval should hold that of `other`."""
    mine, its = measured(one, PIXELS, error, -0.5), measured(other, PIXELS, EXACT, -0.5)
    assert mine.depth and its.depth and mine.skin_distance and its.skin_distance
    long_px = mine.long_axis.value
    return Pair(
        group,
        one.presence,
        (
            abs(np.log(its.long_axis.value / long_px)),
            abs(np.log(its.short_axis.value / mine.short_axis.value)),
        ),
        abs(np.log(other.area_px / one.area_px)),
        abs(its.depth.value - mine.depth.value) / long_px,
        abs(its.skin_distance.value - mine.skin_distance.value) / long_px,
        mine.orientation.lower <= its.orientation.value <= mine.orientation.upper,
    )


def readers(folder: Path) -> Iterator[Pair]:
    """Of BUSI's images that were outlined twice."""
    images = {image.image_path.name: image for image in read_busi(folder)}
    groups: dict[str, list[UltrasoundImage]] = {}
    with (folder / "duplicates.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            image = images.get(row["filename"])
            if image is not None and row["kind"] == "same image" and image.mask_paths:
                groups.setdefault(row["group"], []).append(image)
    for name, those in groups.items():
        parts = [lesion_components(image.mask()) for image in those[:2]]
        if [len(each) for each in parts] != [1, 1]:
            continue
        size = parts[0][0].shape[::-1]
        second = cv2.resize(those[1].pixels(), size, interpolation=cv2.INTER_AREA)
        again = cv2.resize(parts[1][0].astype(np.uint8) * 255, size) > 127
        if _alike(those[0].pixels(), second) and iou(parts[0][0], again) >= FOUND_IOU:
            yield paired(lesion_of(parts[0][0]), lesion_of(again), DRAWN, name)


def _alike(one: NDArray[np.generic], other: NDArray[np.generic]) -> bool:
    first, second = (
        cv2.GaussianBlur(np.asarray(each, np.float32), (0, 0), 2).ravel() for each in (one, other)
    )
    correlation = np.asarray(np.corrcoef(np.stack([first, second])))
    return float(correlation[0, 1]) > SAME_PICTURE


def network(images: Sequence[UltrasoundImage]) -> Iterator[Pair | None]:
    """Of each lesion; None for one that it does not outline."""
    segmenter = build_segmenter(SEGMENTER)
    for image in images:
        pixels = image.pixels()
        outlines = segmenter.segment(pixels).lesions
        for part in lesion_components(image.mask()):
            mine = best_match(outlines, part)
            if mine is None:
                yield None
                continue
            error = network_error(mine.presence, (pixels.shape[1], pixels.shape[0]), GRID)
            yield paired(mine, lesion_of(part), error, image.group)


def figures(pairs: Sequence[Pair]) -> dict[str, float]:
    """95th percentiles."""
    return {
        "n": len(pairs),
        "axes": _p95([each for pair in pairs for each in pair.axes]),
        "area": _p95([pair.area for pair in pairs]),
        "place": _p95([pair.top for pair in pairs]),
        "centre": _p95([pair.centre for pair in pairs]),
        "angle held": float(np.mean([pair.angle_held for pair in pairs])),
    }


def _p95(values: Sequence[float]) -> float:
    return float(np.quantile(values, 0.95))


def held_across(pairs: Sequence[Pair], rounds: int = 50) -> float:
    """The share of axes within what the other half of the patients gives, by presence."""
    rng, shares = np.random.default_rng(0), []
    groups = sorted({pair.group for pair in pairs})
    for _ in range(rounds):
        fitted = set(rng.permutation(groups)[: len(groups) // 2].tolist())
        for tier in tiers(pairs).values():
            limit = _p95([each for pair in tier if pair.group in fitted for each in pair.axes])
            shares += [
                each <= limit for pair in tier if pair.group not in fitted for each in pair.axes
            ]
    return float(np.mean(shares))


def tiers(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """By presence, as `SUREST_FIRST` has them."""
    found, above = {}, np.inf
    for least, _ in SUREST_FIRST:
        found[f"presence from {least}"] = [p for p in pairs if least <= p.presence < above]
        above = least
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of both data sets")
    parser.add_argument("--report", type=Path, help="a JSON file to write")
    given = parser.parse_args()
    images = [image for image in read_bus_bra(given.data / "bus-bra") if image.part == "3"]
    images += [each for each in read_busi(given.data / "busi") if each.part == "val"]
    every = list(network([image for image in images if image.mask_paths and image.mask().any()]))
    outlined = [pair for pair in every if pair is not None]
    rows = {"readers": figures(list(readers(given.data / "busi")))}
    rows |= {f"network, {name}": figures(those) for name, those in tiers(outlined).items()}
    rows["network, all"] = figures(outlined) | {
        "not outlined": len(every) - len(outlined),
        "axes held across halves": held_across(outlined),
    }
    for name, row in rows.items():
        print(name, {key: round(value, 3) for key, value in row.items()})
    if given.report is not None:
        given.report.write_text(json_text({"about": __doc__, **rows}), encoding="utf-8")


if __name__ == "__main__":
    main()
