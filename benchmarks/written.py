"""How much of the writing on real pictures is painted over, and how much tissue with it.

    python -m benchmarks.written --data bus-bra --folds 1 2 --report report.json

`written_cases.csv`: in pictures of BUS-BRA, a box round each line of writing on the tissue, set by
eye on enlarged pictures: a `line` has four signs or more, a `short` one two or three, a `mark` is
a single sign beside a caliper or on a ruler, of which not all are listed. `none`: a picture that
nothing is written on but such marks and a logo. Dark letters on a light ground are left out.

A line is covered where at least 98 % of its letters' pixels lie in the boxes that `SteadyWriting`
gives of this one picture; its letters are what is brighter than midway between the median and the
98th percentile of its box. `false`: boxes on a picture nothing is written on, `share`: of it.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.screen.screen_text import Box
from senoscope.calibration.screen.writing import SteadyWriting
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.thresholds import wilson
from senoscope.models.evaluation.ultrasound_sets import read_bus_bra, read_scanners

CASES = Path(__file__).with_name("written_cases.csv")
COVERED = 0.98
KINDS = "line", "short", "mark"


class Line(NamedTuple):
    """One that is listed."""

    kind: str
    box: Box

    def letters(self, pixels: Gray) -> NDArray[np.bool_]:
        """(rows, columns) of its box: its bright pixels."""
        box = self.box
        inside = pixels[box.top : box.bottom, box.left : box.right]
        return np.asarray(inside >= (np.median(inside) + np.percentile(inside, 98)) / 2)


class Seen(NamedTuple):
    """Of one picture: its lines and which are covered, the boxes, their share, the time."""

    name: str
    scanner: str
    lines: Sequence[Line]
    covered: Sequence[bool]
    boxes: int
    share: float
    cpu_ms: float


def read_cases() -> dict[str, list[Line]]:
    """The listed lines of each picture by its name; none where nothing is written on it."""
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = [(row.pop("image"), row.pop("kind"), row) for row in csv.DictReader(file)]
    return {
        name: [
            Line(kind, Box(*(int(side) for side in sides.values())))
            for _, kind, sides in own
            if kind != "none"
        ]
        for name, own in groupby(rows, itemgetter(0))
    }


def looked_at(name: str, scanner: str, pixels: Gray, lines: Sequence[Line]) -> Seen:
    """What the finder makes of one picture."""
    started = time.process_time()
    boxes = SteadyWriting().look(pixels)
    cpu_ms = (time.process_time() - started) * 1e3
    inside = np.zeros(pixels.shape, np.bool_)
    for box in boxes:
        inside[box.top : box.bottom, box.left : box.right] = True
    covered = []
    for line in lines:
        letters = line.letters(pixels)
        box = line.box
        within = inside[box.top : box.bottom, box.left : box.right] & letters
        covered.append(bool(within.sum() >= COVERED * letters.sum()))
    return Seen(name, scanner, lines, covered, len(boxes), float(inside.mean()), cpu_ms)


def of_all(hits: int, n: int) -> str:
    """A share with its 95 % interval (Wilson; lines of one picture are not independent)."""
    if n == 0:
        return "none"
    share = wilson(hits, n)
    return f"{hits} of {n}, {share.value:.2f} ({share.ci[0]:.2f} to {share.ci[1]:.2f})"


def figures(every: Sequence[Seen]) -> dict[str, object]:
    """The table."""
    counts: Counter[tuple[str, bool]] = Counter()
    for each in every:
        for line, covered in zip(each.lines, each.covered, strict=True):
            for row in (line.kind, f"{each.scanner}, line or short"):
                counts[row, covered] += row in KINDS or line.kind != "mark"
    rows = sorted({row for row, _ in counts}, key=lambda row: (row not in KINDS, row))
    clean = [each for each in every if not each.lines]
    return {
        "pictures written on, not": [len(every) - len(clean), len(clean)],
        "covered": {
            row: of_all(counts[row, True], counts[row, True] + counts[row, False]) for row in rows
        },
        "not covered": sorted(
            f"{each.name} {line.kind} {tuple(line.box)}"
            for each in every
            for line, covered in zip(each.lines, each.covered, strict=True)
            if not covered and line.kind != "mark"
        ),
        "pictures with a false box": of_all(sum(each.boxes > 0 for each in clean), len(clean)),
        "false boxes": {each.name: each.boxes for each in clean if each.boxes},
        "their share of those pictures": {
            each.name: round(each.share, 3) for each in clean if each.boxes
        },
        "cpu_ms median, p95": [
            round(float(np.percentile([each.cpu_ms for each in every], at)), 1) for at in (50, 95)
        ],
    }


def main() -> None:
    """Print the figures and write the report."""
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="BUS-BRA's folder")
    parser.add_argument("--folds", nargs="+", default=["1", "2"], help="which of its folds")
    parser.add_argument("--report", type=Path, help="a JSON file to write")
    given = parser.parse_args()
    cases, scanners = read_cases(), read_scanners(given.data)
    every = [
        looked_at(image.name, scanners[image.name], image.pixels(), cases[image.name])
        for image in read_bus_bra(given.data)
        if image.name in cases and image.part in given.folds
    ]
    text = json.dumps({"about": __doc__, "written": figures(every)}, indent=2)
    print(text)
    if given.report is not None:
        given.report.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
