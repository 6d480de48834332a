"""What the calibrations say of distances that a scanner printed beside its own caliper marks.

    python -m benchmarks.caliper_readouts --data bus-bra --dicom ultrasound-dicom

`caliper_cases.csv`: 133 pairs of marks in 78 images of BUS-BRA's GE Logiq 5. All images of the set
were looked at for read-outs: the other scanners' have none, over 100 more of this one's are not
listed. 73 images have a line such as 'D 17.5MM 11.3MM', + marks first and, in all but one, x marks
second; in 5 the mark's own sign stands before its number. Centres were pointed at, moved to the
nearest cross by template, each looked at again enlarged 5 times and mended by hand, to about a
pixel; read-outs are by eye. Pairs that tissue or text covers are left out.

`ruler`: `find_ruler` on the picture alone, then with the depth said, which the marks tell (rows
times their mean scale, whole millimetres). An image is right where all its pairs are.
`two points`: `spacing_from_two_points` on the longer pair of an image, the shorter then measured.
Right is within 3 %, or within what the marks and the read-out are good to.
`rows over columns`: how much taller than wide a pixel is, where an image has both pairs.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import hypot
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.ruler import bus_bra_image, dicom
from senoscope.calibration.screen.ruler import Ruler, find_ruler
from senoscope.calibration.spacing import spacing_from_two_points
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Gray
from senoscope.domain.spacing import PixelSpacing

CASES = Path(__file__).with_name("caliper_cases.csv")
RIGHT = 0.03
CLICK_PX = 1.0
"""How far a mark's centre may be from where it is listed."""
ROUNDING_MM = 0.05
"""Read-outs have one decimal."""


class Pair(NamedTuple):
    """Two marks, [x, y] in pixels of the image, and the millimetres printed for them."""

    image: str
    a: tuple[float, float]
    b: tuple[float, float]
    apart_mm: float

    @property
    def across(self) -> float:
        """Columns from one mark to the other."""
        return abs(self.b[0] - self.a[0])

    @property
    def down(self) -> float:
        """Rows from one mark to the other."""
        return abs(self.b[1] - self.a[1])

    @property
    def scale_mm(self) -> float:
        """Millimetres a pixel along the pair."""
        return self.apart_mm / hypot(self.across, self.down)

    @property
    def uncertainty(self) -> float:
        """Of the scale, as a share: a click at each end, and the last decimal."""
        click = hypot(CLICK_PX, CLICK_PX) / hypot(self.across, self.down)
        return hypot(click, ROUNDING_MM / self.apart_mm)

    def error(self, spacing: PixelSpacing) -> float:
        """Share by which the pair measures too long."""
        length_mm = hypot(self.across * spacing.column_mm, self.down * spacing.row_mm)
        return length_mm / self.apart_mm - 1

    def is_right(self, spacing: PixelSpacing) -> bool:
        """Within 3 %, or within what the pair is good to."""
        return abs(self.error(spacing)) <= max(RIGHT, self.uncertainty)


def read_cases() -> dict[str, list[Pair]]:
    """The pairs of each image, by its name."""
    with CASES.open(encoding="utf-8", newline="") as file:
        pairs = [
            Pair(
                row["image"],
                (float(row["x1"]), float(row["y1"])),
                (float(row["x2"]), float(row["y2"])),
                float(row["apart_mm"]),
            )
            for row in csv.DictReader(file)
        ]
    return {name: list(own) for name, own in groupby(pairs, attrgetter("image"))}


def by_ruler(pixels: Gray, pairs: Sequence[Pair], depth_said: bool) -> bool | None:
    """Whether all pairs measure right with the ruler found; None where it refuses."""
    depth_mm = float(round(pixels.shape[0] * float(np.mean([each.scale_mm for each in pairs]))))
    found = find_ruler(pixels, depth_mm if depth_said else None)
    if not isinstance(found, Ruler):
        return None
    return all(each.is_right(found.spacing().spacing) for each in pairs)


def by_two_points(pairs: Sequence[Pair]) -> tuple[bool, float] | None:
    """Whether the shorter pair measures right by the longer, and its error; None if refused."""
    shorter, longer = sorted(pairs, key=lambda each: hypot(each.across, each.down))
    try:
        known = spacing_from_two_points(longer.a, longer.b, longer.apart_mm, CLICK_PX)
    except SettingsError:
        return None
    return shorter.is_right(known.spacing), shorter.error(known.spacing)


def rows_over_columns(pairs: Sequence[Pair]) -> float:
    """The row's millimetres over the column's, with which both read-outs hold."""
    squares = np.array([(each.across**2, each.down**2) for each in pairs])
    column, row = np.linalg.solve(squares, np.array([each.apart_mm**2 for each in pairs]))
    return float(np.sqrt(row / column))


def counted(answers: Iterable[bool | None]) -> dict[str, Any]:
    """n, answered, right, wrong, refused."""
    listed = list(answers)
    right, refused = sum(each is True for each in listed), sum(each is None for each in listed)
    return {
        "n": len(listed),
        "answered": len(listed) - refused,
        "right": right,
        "wrong": len(listed) - refused - right,
        "refused": refused,
    }


def read_outs(folder: Path) -> dict[str, dict[str, Any]]:
    """The tables of BUS-BRA's images."""
    cases = read_cases()
    pictures = {name: bus_bra_image(folder, name) for name in cases}
    both = [pairs for pairs in cases.values() if len(pairs) == 2]
    two_points = [by_two_points(pairs) for pairs in both]
    errors = np.array([each[1] for each in two_points if each is not None])
    shapes = np.array([rows_over_columns(pairs) for pairs in both])
    return {
        "ruler": counted(by_ruler(pictures[name], cases[name], False) for name in cases),
        "ruler, depth said": counted(by_ruler(pictures[name], cases[name], True) for name in cases),
        "two points": counted(None if each is None else each[0] for each in two_points)
        | {
            f"error_percent_{q}": round(100 * float(np.percentile(errors, q)), 1)
            for q in (5, 50, 95)
        },
        "rows over columns": {"n": len(shapes)}
        | {f"p{q}": round(float(np.percentile(shapes, q)), 3) for q in (5, 50, 95)},
    }


def main() -> None:
    """Print the tables and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="BUS-BRA's folder")
    parser.add_argument("--dicom", type=Path, help="a folder of ultrasound DICOM files")
    parser.add_argument("--report", type=Path, help="a JSON file to write")
    given = parser.parse_args()
    tables: dict[str, Mapping[str, Any]] = dict(read_outs(given.data))
    if given.dicom is not None:
        tables |= dicom(given.dicom)
    for kind, figures in tables.items():
        print(f"{kind:24}", "  ".join(f"{key} {value}" for key, value in figures.items()))
    if given.report is not None:
        given.report.write_text(json.dumps(tables, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
