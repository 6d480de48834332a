"""`senoscope evaluate sweep`: what a moving probe is told, on simulated sweeps."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import typer

from senoscope import __version__
from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.phantoms.still_sweep import StillSweep
from senoscope.calibration.phantoms.sweep import Mask, SweepFrame, phantom_sweep
from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.kept_figures import as_json, estimate_cell, json_text
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.evaluation.outlines import true_mask
from senoscope.models.evaluation.ultrasound_sets import (
    Diagnosis,
    UltrasoundImage,
    read_bus_bra,
    read_busi,
    side_strip,
)
from senoscope.realtime.sweep_figures import SweepOutcomes, follow_sweep, sweep_figures
from senoscope.realtime.tracking.tracker import USUAL, LesionTracker
from senoscope.ui.assemble import build_reader
from senoscope.ui.written import write_text

FOLD, PART = "3", "val"
"""The development test: of BUS-BRA and of BUSI, to which no network here was fitted."""
RATE_HZ = 30.0
SEED = 10
FIRST_PHANTOM = 100
METHOD = (
    "SIMULATED sweeps. Pan, zoom, rotation, speckle decorrelation, gain drift and one probe lift "
    "over real stills that no network was fitted to, and simulated breasts. Each frame is read "
    "once; the tracker's steady tracks and the findings of single frames are judged against the "
    "truth of the same frames. 95 % intervals by 2000 bootstrap resamples of patients, "
    "near-duplicate groups or phantoms; n counts sweeps."
)
Folder = Annotated[Path | None, typer.Option(help="The data set's folder. Left out: not measured.")]


Still = Callable[[UltrasoundImage], tuple[Gray, Mask | None]]
"""The part of an image that a sweep is made from, and its lesions; None without any."""


class Planned(NamedTuple):
    """A sweep to be made: `group` shares a patient; `frames` makes so many pictures."""

    group: str
    frames: Callable[[int], Iterator[SweepFrame]]


def sweep(
    bus_bra: Folder = None,
    busi: Folder = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A JSON file to write.")
    ] = None,
    sweeps: Annotated[int, typer.Option(min=1, help="Of each kind; half as many phantoms.")] = 20,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Of each sweep.")] = 10.0,
) -> None:
    """Alarms, misses, delay and flicker of tracks and of single frames, on simulated sweeps."""
    kinds = planned_sweeps(bus_bra, busi, sweeps)
    reader = build_reader()
    frames = max(1, round(seconds * RATE_HZ))
    every = [(kind, planned) for kind, those in kinds.items() for planned in those]
    outcomes: dict[str, list[SweepOutcomes]] = {kind: [] for kind in kinds}
    with typer.progressbar(every, label="Simulated sweeps", file=sys.stderr) as progress:
        for kind, planned in progress:
            tracker = LesionTracker(reader.operating_point)
            shown = planned.frames(frames)
            outcomes[kind].append(follow_sweep(planned.group, shown, RATE_HZ, reader.read, tracker))
    figures = {kind: sweep_figures(those) for kind, those in outcomes.items()}
    typer.echo("\n".join(_lines(figures)))
    if report is None:
        return
    about = {
        "senoscope": __version__,
        "method": METHOD,
        "seconds": seconds,
        "rate_hz": RATE_HZ,
        "engine": reader.description.engine,
        "models": reader.description.models,
        "operating_point": asdict(reader.operating_point),
        "tracker": asdict(USUAL),
        "lesions": {
            kind: sum(each.tracker.lesions for each in those) for kind, those in outcomes.items()
        },
    }
    write_text(report, json_text({"about": about, "simulated_sweeps": figures}))
    typer.echo(f"Written to {report}")


def planned_sweeps(
    bus_bra: Path | None, busi: Path | None, sweeps: int
) -> dict[str, list[Planned]]:
    """The sweeps by what a table calls them; a kind without a still is left out.

    DataSetError where a folder is no such data set or lacks the development test.
    """
    kinds: dict[str, list[Planned]] = {}
    if busi is not None:
        images = _development_test(read_busi(busi), PART)
        normal = [image for image in images if image.diagnosis is Diagnosis.NORMAL]
        lesions = [image for image in images if image.diagnosis is not Diagnosis.NORMAL]
        kinds["BUSI val, normal"] = _stills(normal, sweeps, _bare)
        kinds["BUSI val, lesions"] = _stills(lesions, sweeps, _with_lesions)
    if bus_bra is not None:
        images = _development_test(read_bus_bra(bus_bra), FOLD)
        strips = [image for image in images if side_strip(image.mask()) is not None]
        kinds["BUS-BRA fold 3, side strips"] = _stills(strips, sweeps, _strip)
        kinds["BUS-BRA fold 3, lesions"] = _stills(images, sweeps, _with_lesions)
    kinds["phantoms"] = [
        _phantom(seed) for seed in range(FIRST_PHANTOM, FIRST_PHANTOM + (sweeps + 1) // 2)
    ]
    return {kind: those for kind, those in kinds.items() if those}


def _development_test(images: Sequence[UltrasoundImage], part: str) -> list[UltrasoundImage]:
    chosen = [image for image in images if image.part == part]
    if not chosen:
        raise DataSetError(
            f"None of {len(images)} images belongs to part {part!r}, the development test: BUS-BRA "
            "fold 3 by bus_data.csv or 5-fold-cv.csv, BUSI val by split.csv. Add the file."
        )
    return chosen


def _stills(images: Sequence[UltrasoundImage], sweeps: int, still: Still) -> list[Planned]:
    """Up to so many, drawn alike each time; a second of a group only when each has one."""
    order = np.random.default_rng(SEED).permutation(len(images))
    rounds: dict[str, int] = {}
    by_round = []
    for place in order:
        group = images[place].group
        rounds[group] = rounds.get(group, 0) + 1
        by_round.append((rounds[group], images[place]))
    chosen = [image for _, image in sorted(by_round, key=lambda each: each[0])[:sweeps]]
    return [
        Planned(image.group, partial(_still_frames, image, seed, still))
        for seed, image in enumerate(chosen)
    ]


def _still_frames(
    image: UltrasoundImage, seed: int, still: Still, frames: int
) -> Iterator[SweepFrame]:
    pixels, mask = still(image)
    return StillSweep(pixels, mask, seed).frames(frames, RATE_HZ)


def _bare(image: UltrasoundImage) -> tuple[Gray, Mask | None]:
    return image.pixels(), None


def _with_lesions(image: UltrasoundImage) -> tuple[Gray, Mask | None]:
    pixels = image.pixels()
    return pixels, true_mask(image, pixels)


def _strip(image: UltrasoundImage) -> tuple[Gray, Mask | None]:
    """The wider lesion-free side strip of an image that has one."""
    columns = side_strip(image.mask())
    return np.ascontiguousarray(image.pixels()[:, columns or slice(None)]), None


def _phantom(seed: int) -> Planned:
    return Planned(f"phantom {seed}", partial(phantom_sweep, BModePhantom(seed)))


def _lines(figures: Mapping[str, Mapping[str, Mapping[str, Estimate]]]) -> list[str]:
    """A head for each kind of sweep, and a line for each figure: tracks, then single frames."""
    lines = []
    for kind, ways in figures.items():
        lines += ["", f"SIMULATED sweeps, {kind}", f"{'':24}{'tracks':36}single frames"]
        tracks, single = ways["tracker"], ways["single_frames"]
        lines += [
            f"{key:24}{_cell(figure):36}{_cell(single[key])}"
            for key, figure in tracks.items()
            if figure.n
        ]
    return lines


def _cell(figure: Estimate) -> str:
    return f"{estimate_cell(as_json(figure))}, n {figure.n}"
