"""How often two stills of one lesion are alike enough to be offered as one, and two lesions' too.

    python benchmarks/same_lesion.py --data bus-bra --report report.json

BUS-BRA has two stills of many lesions. Their boxes are the truth's; the log odds the shipped
classifier's, which was not fitted to fold 3. `same`: the share of lesions whose two stills are
alike. `other`: the share of the other patients' lesions, at the same scanner and picture height,
that a lesion is alike to; it is what chance alone offers of one other lesion. 95 % intervals by
resampling patients. Stills hold no times, so no limit of time is measured, and none is a track.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from senoscope.models.evaluation.kept_figures import as_json, estimate_cell, json_text
from senoscope.models.evaluation.metrics import Estimate, bootstrap
from senoscope.models.evaluation.ultrasound_sets import (
    UltrasoundImage,
    read_bus_bra,
    read_scanners,
)
from senoscope.models.package import CLASSIFIER
from senoscope.realtime.tracking.same_lesion import LIKE, Likeness, Look
from senoscope.ui.assemble import build_classifier

FOLD = "3"
SAME_HEIGHT = 0.01


class Still(NamedTuple):
    """One lesion on one still."""

    patient: str
    scanner: str
    rows: int
    look: Look


def figures(stills: Sequence[Still], like: Likeness) -> dict[str, Estimate]:
    """`same` and `other`, as above."""
    by_patient: dict[str, list[Still]] = {}
    for still in stills:
        by_patient.setdefault(still.patient, []).append(still)
    pairs = [those for those in by_patient.values() if len(those) == 2]
    same = [float(like.holds(one.look, two.look)) for one, two in pairs]
    first = [those[0] for those in by_patient.values()]
    other = {one.patient: shares for one in first if (shares := _alike(one, first, like))}
    return {
        "same": _mean(same, [one.patient for one, _ in pairs]),
        "other": _mean([float(np.mean(shares)) for shares in other.values()], list(other)),
    }


def _alike(one: Still, others: Sequence[Still], like: Likeness) -> list[bool]:
    return [
        like.holds(one.look, other.look)
        for other in others
        if other.patient != one.patient
        and other.scanner == one.scanner
        and abs(other.rows - one.rows) <= SAME_HEIGHT * one.rows
    ]


def _mean(values: Sequence[float], groups: Sequence[str]) -> Estimate:
    of = np.array(values)
    return bootstrap(lambda drawn: float(of[drawn].mean()), groups)


def read_stills(folder: Path, fold: str | None) -> list[Still]:
    """Of one fold with the classifier's log odds; of all others, None, with log odds of 0."""
    scanners = read_scanners(folder)
    classifier = None if fold is None else build_classifier(CLASSIFIER)
    stills = []
    for image in read_bus_bra(folder):
        if (image.part == FOLD) == (fold is None):
            continue
        left, top, right, bottom = box = _box(image)
        odds = 0.0 if classifier is None else classifier.log_odds(image.pixels(), box)
        look = Look((top + bottom) / 2, bottom - top, right - left, odds)
        stills.append(Still(image.group, scanners[image.name], image.mask().shape[0], look))
    return stills


def _box(image: UltrasoundImage) -> tuple[float, float, float, float]:
    rows, columns = np.nonzero(image.mask())
    return float(columns.min()), float(rows.min()), float(columns.max()), float(rows.max())


def measured(folder: Path) -> dict[str, dict[str, dict[str, Estimate]]]:
    """By stills, then by kind of likeness, then by figure."""
    others, held_out = read_stills(folder, None), read_stills(folder, FOLD)
    shapes = [still._replace(look=still.look._replace(log_odds=0.0)) for still in held_out]
    parts = {
        "other folds, shape alone": others,
        "fold 3, shape alone": shapes,
        "fold 3, shape and log odds": held_out,
    }
    return {
        part: {seen.value: figures(stills, like) for seen, like in LIKE.items()}
        for part, stills in parts.items()
    }


def _line(name: str, of: Mapping[str, Estimate]) -> str:
    cells = [f"{key} {estimate_cell(as_json(each))}, n {each.n}" for key, each in of.items()]
    return f"  {name:8}{'   '.join(cells)}"


def main() -> None:
    """Print the figures and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="BUS-BRA's folder")
    parser.add_argument("--report", type=Path, help="a JSON file to write")
    given = parser.parse_args()
    found = measured(given.data)
    for part, kinds in found.items():
        print(part)
        for seen, of in kinds.items():
            print(_line(seen, of))
    if given.report is not None:
        given.report.write_text(json_text({"about": __doc__, "stills": found}), encoding="utf-8")


if __name__ == "__main__":
    main()
