"""How well the tissue of a screen is found, and whether any of a burned-in name is left.

    python -m benchmarks.field_of_view --first 1000 --screens 200 --data DIR --report report.json

Made screens (`benchmarks/field_screens.py`), one picture and six of a sweep; with `--data`, stills
of BUS-BRA and BUSI in place of simulated tissue. `iou`: over the union with the true area, found
screens only. `lost`: share of the tissue that is left out. `named`: screens where any pixel of the
name is left, of all. `changes`: how often the area changes in 300 frames once it has settled.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from benchmarks.field_screens import MadeScreen, made_screen
from senoscope.calibration.screen.field_of_view import FieldOfView, NoField, find_field_of_view
from senoscope.calibration.screen.steady_field import SteadyField
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.ultrasound_sets import read_bus_bra, read_busi

LOOK_EVERY = 15
SWEEP, SETTLED = 300, 8 * LOOK_EVERY


class Found(NamedTuple):
    """Of one screen; `iou` and `lost` are None where nothing was found, `named` is False then."""

    iou: float | None
    lost: float | None
    named: bool
    cpu_ms: float
    dual: bool
    called_dual: bool
    written_on: bool
    refused: str


def judged(screen: MadeScreen) -> Found:
    """What the finder makes of one screen. Of a dual one that moves the live half is true."""
    started = time.process_time()
    field = find_field_of_view(screen.pictures)
    cpu_ms = (time.process_time() - started) * 1e3
    layout, true = screen.layout, screen.live if len(screen.pictures) > 1 else screen.whole
    if isinstance(field, NoField):
        return Found(None, None, False, cpu_ms, layout.dual, False, layout.inside, field.name)
    inside = field.inside
    return Found(
        iou=float((inside & true).sum() / (inside | true).sum()),
        lost=float((true & ~inside).sum() / true.sum()),
        named=bool((inside & screen.written).any()),
        cpu_ms=cpu_ms,
        dual=layout.dual,
        called_dual=field.dual,
        written_on=layout.inside,
        refused="",
    )


def figures(all_found: Iterable[Found]) -> dict[str, object]:
    """The table's row."""
    every = list(all_found)
    found = [each for each in every if each.iou is not None]
    ious, lost = [each.iou for each in found], [each.lost for each in found]
    dual, other = ([each for each in found if each.dual == kind] for kind in (True, False))
    return {
        "n": len(every),
        "refused": sorted(each.refused for each in every if each.refused),
        "iou median, p5, min": [round(float(np.percentile(ious, at)), 3) for at in (50, 5, 0)],
        "lost median, p95": [round(float(np.percentile(lost, at)), 3) for at in (50, 95)],
        "named": sum(each.named for each in every),
        "name on tissue": sum(each.written_on for each in every),
        "called dual, of dual": [sum(each.called_dual for each in dual), len(dual)],
        "called dual, of others": [sum(each.called_dual for each in other), len(other)],
        "cpu_ms median, p95": [
            round(float(np.percentile([each.cpu_ms for each in every], at)), 1) for at in (50, 95)
        ],
    }


def changes(seed: int) -> int:
    """How often the settled area of one made exam changes in SWEEP frames."""
    steady, areas = SteadyField(), []
    for picture in made_screen(seed, SETTLED + SWEEP).pictures[::LOOK_EVERY]:
        field = steady.look(picture)
        areas.append(field.area if isinstance(field, FieldOfView) else None)
    kept = areas[SETTLED // LOOK_EVERY :]
    return sum(one != other for one, other in pairwise(kept))


def stills(folder: Path, count: int) -> Iterator[Gray]:
    """Every so many of BUS-BRA's and BUSI's, half and half."""
    for images in (read_bus_bra(folder / "bus-bra"), read_busi(folder / "busi")):
        for image in images[:: max(1, len(images) // (count // 2))][: count // 2]:
            yield image.pixels()


def main() -> None:
    """Print the figures and write the report."""
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    parser.add_argument("--screens", type=int, default=200)
    parser.add_argument("--sweeps", type=int, default=2)
    parser.add_argument("--data", type=Path, help="the folder of bus-bra and busi")
    parser.add_argument("--report", type=Path, help="a JSON file to write")
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.screens)
    rows: dict[str, object] = {
        "one picture": figures(judged(made_screen(seed)) for seed in seeds),
        "six pictures": figures(judged(made_screen(seed, 6)) for seed in seeds),
    }
    if given.data is not None:
        real = zip(seeds, stills(given.data, given.screens), strict=False)
        rows["real stills"] = figures(judged(made_screen(seed, 1, still)) for seed, still in real)
    rows["changes"] = [changes(seed) for seed in seeds[: given.sweeps]]
    text = json.dumps({"about": __doc__, "screens": rows}, indent=2)
    print(text)
    if given.report is not None:
        given.report.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
