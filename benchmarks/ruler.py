"""How often the burned-in ruler is read, how well, and how often wrongly; and what it costs.

    python benchmarks/ruler.py --data bus-bra --dicom ultrasound-dicom --report report.json

Made: the screens of seeds 1000 to 1299 (`calibration/phantoms/screens.py`), to which nothing was
fitted; seeds 0 to 299 were for that. Once with nothing said and once with the depth shown.
Changed: after a ruler is found, the same scanner at another depth (seed and depth apart), which
`still_there` has to notice. Real: `ruler_cases.csv`, the first 45 images of BUS-BRA's Toshiba
Aplio 300 in file order, all there are from the first patient to the 24th. Of 39, two ticks of the
ruler were read off enlarged strips by eye, to about 0.6 rows each, 0.8 % of their distance at
worst; rows count from 0 at the top, `apart_mm` is by the printed numbers. 6 show no ruler.
DICOM: the first frame of each file with
a region in centimetres, with nothing said and with the region's depth said. Its delta is the truth
where the product takes it to be (`calibrated_area`); elsewhere any answer counts as wrong.
Elsewhere: all BUS-BRA images of the other scanners. A ruler that some show at an edge was not read
by eye, so any answer counts as wrong.

`wrong` is a spacing off by more than 2 %, or any where there is no ruler. CPU milliseconds are of
one thread and hold for this machine only.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from pydicom import Dataset, dcmread

from senoscope.calibration.phantoms.screens import MadeScreen, made_screen
from senoscope.calibration.screen.ruler import Ruler, find_ruler
from senoscope.domain.frame import Gray
from senoscope.studies.images.ultrasound_region import calibrated_area

SEEDS = range(1000, 1300)
WRONG = 0.02
CASES = Path(__file__).with_name("ruler_cases.csv")


class Outcome(NamedTuple):
    """`error` is a share; None without an answer, infinite for an answer where no ruler is."""

    kind: str
    error: float | None
    uncertainty: float
    search_ms: float
    verify_ms: float


def outcome(kind: str, pixels: Gray, row_mm: float | None, depth_mm: float | None) -> Outcome:
    """One picture, searched and then verified."""
    start = time.process_time()
    found = find_ruler(pixels, depth_mm)
    search_ms = 1e3 * (time.process_time() - start)
    if not isinstance(found, Ruler):
        return Outcome(kind, None, 0.0, search_ms, 0.0)
    start = time.process_time()
    found.still_there(pixels)
    verify_ms = 1e3 * (time.process_time() - start)
    error = float("inf") if row_mm is None else abs(found.row_mm / row_mm - 1)
    return Outcome(kind, error, found.uncertainty_percent / 100, search_ms, verify_ms)


def table(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """By kind and for all: n, answered, wrong, errors in per cent."""
    kinds = sorted({each.kind for each in outcomes})
    parts = {kind: [each for each in outcomes if each.kind == kind] for kind in kinds}
    return {kind: _figures(those) for kind, those in (parts | {"all": list(outcomes)}).items()}


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    answered = [each for each in outcomes if each.error is not None]
    errors = np.array([each.error for each in answered if np.isfinite(each.error or 0.0)])
    covered = [(each.error or 0.0) <= 1.96 * each.uncertainty for each in answered]
    return {
        "n": len(outcomes),
        "answered": len(answered),
        "right": sum((each.error or 0.0) <= WRONG for each in answered),
        "wrong": sum((each.error or 0.0) > WRONG for each in answered),
        "refused": len(outcomes) - len(answered),
        "median_percent": round(100 * float(np.median(errors)), 4) if len(errors) else None,
        "largest_percent": round(100 * float(errors.max()), 4) if len(errors) else None,
        "within_95": round(float(np.mean(covered)), 3) if covered else None,
        "search_ms_p50": round(float(np.median([each.search_ms for each in outcomes])), 2),
        "search_ms_p95": round(float(np.percentile([e.search_ms for e in outcomes], 95)), 2),
        "verify_ms_p95": (
            round(float(np.percentile([e.verify_ms for e in answered], 95)), 3)
            if answered
            else None
        ),
    }


def made(screens: Iterable[MadeScreen], depth_said: bool) -> dict[str, dict[str, Any]]:
    """The table of made screens, by tick style and whether it has numbers."""
    return table(
        [
            outcome(
                f"{each.style}{', numbers' if each.numbered else ''}",
                each.pixels,
                each.row_mm,
                each.depth_mm if depth_said else None,
            )
            for each in screens
        ]
    )


def changed(seeds: Iterable[int]) -> dict[str, int]:
    """Of rulers found: how many are seen to be gone at another depth, and stay at their own."""
    found = gone = kept = 0
    for seed in seeds:
        before = made_screen(seed)
        ruler = find_ruler(before.pixels)
        if not isinstance(ruler, Ruler):
            continue
        deeper = before.depth_mm * 2 if before.depth_mm <= 50 else before.depth_mm / 2
        found += 1
        gone += not ruler.still_there(made_screen(seed, depth_mm=deeper).pixels)
        kept += ruler.still_there(before.pixels)
    return {"found": found, "gone_at_twice_or_half": gone, "kept": kept}


def real(folder: Path) -> dict[str, dict[str, Any]]:
    """The images of `ruler_cases.csv`, and all of the scanners that are not in it."""
    with CASES.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    outcomes = []
    for case in cases:
        shown = case["apart_mm"] != ""
        rows = float(case["second_row"]) - float(case["first_row"]) if shown else 1.0
        row_mm = float(case["apart_mm"]) / rows if shown else None
        kind = "ruler read by eye" if shown else "no ruler"
        outcomes.append(outcome(kind, bus_bra_image(folder, case["image"]), row_mm, None))
    with (folder / "bus_data.csv").open(encoding="utf-8", newline="") as file:
        others = [row["ID"] for row in csv.DictReader(file) if "Toshiba" not in row["Device"]]
    outcomes += [outcome("elsewhere", bus_bra_image(folder, name), None, None) for name in others]
    return table(outcomes)


def dicom(folder: Path) -> dict[str, dict[str, Any]]:
    """Files with a two-dimensional region in cm: nothing said, and the region's depth said."""
    outcomes = []
    for path in sorted(folder.glob("*.dcm")):
        header = dcmread(path)
        regions = header.get("SequenceOfUltrasoundRegions", [])
        in_cm = [(each.PhysicalUnitsXDirection, each.PhysicalUnitsYDirection) for each in regions]
        if (3, 3) not in in_cm:
            continue
        pixels = _first_frame(header)
        area, spacing = calibrated_area(regions, (pixels.shape[1], pixels.shape[0]))
        if area is None or spacing is None:
            outcomes.append(outcome("DICOM, no scale holds", pixels, None, None))
            continue
        for said in (None, round(area.height * spacing.row_mm)):
            kind = "DICOM" if said is None else "DICOM, depth said"
            outcomes.append(outcome(kind, pixels, spacing.row_mm, said))
    return table(outcomes)


def _first_frame(header: Dataset) -> Gray:
    """Grey; of a palette the indices, which serve where a brighter colour has a higher one."""
    frames = header.pixel_array
    first = frames[0] if int(header.get("NumberOfFrames", 1)) > 1 else frames
    if first.ndim == 3 and "RGB" in header.PhotometricInterpretation:
        first = cv2.cvtColor(np.ascontiguousarray(first), cv2.COLOR_RGB2GRAY)
    elif first.ndim == 3:
        first = first[..., 0]  # luminance
    return np.ascontiguousarray(first, np.uint8)


def bus_bra_image(folder: Path, name: str) -> Gray:
    """(rows, columns) of one image of BUS-BRA; SystemExit where the folder has none."""
    pixels = cv2.imread(str(folder / "Images" / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise SystemExit(f"{folder} has no Images/{name}.png; expected the folder of BUS-BRA.")
    return np.asarray(pixels, np.uint8)


def main() -> None:
    """Print the tables and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="BUS-BRA's folder; without, made screens only")
    parser.add_argument("--dicom", type=Path, help="a folder of ultrasound DICOM files")
    parser.add_argument("--report", type=Path, help="a JSON file to write")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    tables: dict[str, Any] = {
        "made": made(map(made_screen, SEEDS), False),
        "made, depth said": made(map(made_screen, SEEDS), True),
    }
    if given.data is not None:
        tables["real"] = real(given.data)
    if given.dicom is not None:
        tables["dicom"] = dicom(given.dicom)
    for name, rows in tables.items():
        print(name)
        for kind, figures in rows.items():
            print(f"  {kind:20}", "  ".join(f"{key} {value}" for key, value in figures.items()))
    tables["changed"] = changed(SEEDS)
    print("changed", tables["changed"])
    if given.report is not None:
        given.report.write_text(json.dumps(tables, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
