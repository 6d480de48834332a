"""`senoscope train tomosynthesis-cade` and `senoscope evaluate tomosynthesis-cade`, simulated."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from senoscope import __version__
from senoscope.calibration.phantoms.breast.screening import VIEWS
from senoscope.calibration.phantoms.breast.tomosynthesis_screening import (
    screened_view,
    training_view,
)
from senoscope.calibration.phantoms.breast.victre import VictreBreast
from senoscope.calibration.phantoms.breast.victre_tomosynthesis import (
    mass_height_mm,
    victre_tomosynthesis,
)
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.mammography.froc import Growth, curve, hits
from senoscope.models.evaluation.mammography.froc_plot import froc_picture
from senoscope.models.evaluation.tomosynthesis.cade_figures import (
    MAMMOGRAM,
    depth_errors,
    found_by_one_alone,
    images_of,
    scores_by_exam,
    scores_by_view,
    sensitivities,
    thresholds,
)
from senoscope.models.evaluation.tomosynthesis.cade_rows import CadeRow, read_rows, row_of
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.second_stage import load_second_stage
from senoscope.models.programmed.tomosynthesis.cade import find_volume_marks
from senoscope.models.programmed.tomosynthesis.second_stage import (
    SHIPPED,
    SHOWN_FROM,
    VolumeStage,
    load_volume_stage,
)
from senoscope.models.training.learnt_volume import learnt_views
from senoscope.models.training.tomosynthesis_cade import train_tomosynthesis_cade
from senoscope.ui.commands.mammography_cade_command import FITTED_BELOW, VICTRE
from senoscope.ui.written import write_text

TEST_FROM = 25000
"""From here on no seed is for anything but the last figures."""


class Views(StrEnum):
    """Which views of a breast are read."""

    CC = "CC"
    BOTH = "both"


def train_tomosynthesis_cade_command(
    work: Annotated[Path, typer.Option(file_okay=False, help="Folder of views gone through.")],
    breasts: Annotated[int, typer.Option(min=10, max=FITTED_BELOW, help="How many women.")] = 55,
    both: Annotated[int, typer.Option(min=0, help="Of how many the MLO view as well.")] = 14,
    folder: Annotated[Path, typer.Option(help="Where the models are written.")] = SHIPPED,
) -> None:
    """Fit CADe of tomosynthesis on simulated breasts, some 15 s a view. Goes on where it was."""
    cv2.setNumThreads(1)
    which = [(seed, VIEWS[0]) for seed in range(breasts)]
    which += [(seed, VIEWS[1]) for seed in range(min(both, breasts))]
    about = f"simulated breasts, seeds 0 to {breasts - 1}: CC, and MLO of the first {both}"
    views = learnt_views(which, training_view, work, typer.echo)
    train_tomosynthesis_cade(views, about, folder, typer.echo)
    typer.echo(f"CADe of tomosynthesis written to {folder}")


def evaluate_tomosynthesis_cade(
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    work: Annotated[
        Path,
        typer.Option(dir_okay=False, help="File of views that are read; goes on where it was."),
    ],
    first: Annotated[int, typer.Option(min=FITTED_BELOW, help="The first seed.")] = TEST_FROM,
    breasts: Annotated[int, typer.Option(min=2, help="How many women, one breast each.")] = 60,
    views: Annotated[Views, typer.Option(help="Of each breast.")] = Views.CC,
    models: Annotated[Path, typer.Option(help="Folder of the models.")] = SHIPPED,
    pictures: Annotated[Path | None, typer.Option(help="A folder for the FROC curves.")] = None,
    victre: Annotated[
        Path | None, typer.Option(help="Folder of VICTRE's two volumes, to be read as well.")
    ] = None,
) -> None:
    """FROC of CADe on simulated tomosynthesis and on its mammograms, with 95 % CI and n."""
    cv2.setNumThreads(1)
    seeds = range(first, first + breasts)
    stage, flat = load_volume_stage(models), load_second_stage()
    on_victre = [] if victre is None else _on_victre(victre, stage)
    names = VIEWS if views is Views.BOTH else VIEWS[:1]
    which = [(seed, name) for seed in seeds for name in names]
    rows = read_rows(
        which, screened_view, lambda known: row_of(known, stage, flat), work, typer.echo
    )
    write_text(report, json_text(_content(rows, seeds, on_victre)))
    for name, picture in (_pictures(rows) if pictures else {}).items():
        write_text(Path(pictures or ".") / name, picture)
    for name, figure in sensitivities(rows).items():
        typer.echo(
            f"{name:44}{figure.value:.3f}  [{figure.ci[0]:.3f}, {figure.ci[1]:.3f}]  n = {figure.n}"
        )
    for row in on_victre:
        typer.echo(f"VICTRE {row}")
    typer.echo(f"Written to {report}")


def _content(rows: list[CadeRow], seeds: range, on_victre: list[dict[str, object]]) -> object:
    return {
        "about": {
            "senoscope": __version__,
            "data": "simulated tomosynthesis and the simulated mammogram of the same breast",
            "seeds": [seeds.start, seeds.stop - 1],
            "anatomies": len({row.anatomy for row in rows}),
            "views": len(rows),
            "hit": "in the plane: centre within the growth's extent, at least 5 mm",
            "ci": "95 %, bootstrap resamples of anatomies; differences paired",
            "baseline": "the brightest places of the mean of all slices",
            "cpu_s_per_slice": round(float(np.median([r.cpu_s / r.slices for r in rows])), 3),
        },
        "thresholds": thresholds(rows),
        "sensitivity": sensitivities(rows),
        "found_at_1": {str(kind): found_by_one_alone(rows, kind) for kind in MarkKind},
        "depth_at_1": {str(kind): depth_errors(rows, kind) for kind in MarkKind},
        "auc_of_views": scores_by_view(rows),
        "auc_of_exams": scores_by_exam(rows),
        "victre": on_victre,
    }


def _pictures(rows: list[CadeRow]) -> dict[str, str]:
    """SVG by file name, one of each kind that was sought."""
    counted = f"{len(rows)} simulated views; a growth counts once in each"
    readers = ("tomosynthesis", MAMMOGRAM, "baseline")
    return {
        f"froc-{kind}.svg": froc_picture(
            f"Programmed CADe, simulated: {kind}",
            counted,
            {reader: curve(images_of(rows, reader), kind) for reader in readers},
        )
        for kind in MarkKind
    }


def _on_victre(folder: Path, stage: VolumeStage) -> list[dict[str, object]]:
    """One breast, with its mass and without, at the thresholds where marks are shown."""
    rows: list[dict[str, object]] = []
    for name in VICTRE:
        breast = VictreBreast.read(folder / f"{name}.raw.gz")
        view, mass, height_mm = (
            victre_tomosynthesis(breast, 0),
            breast.mass_mm,
            mass_height_mm(breast),
        )
        (found,) = find_volume_marks([view], stage)
        steps = np.array([view.spacing.column_mm, view.spacing.row_mm]) if view.spacing else 1.0
        on_mass, off_mm, shown = 0, [], 0
        for mark in found.marks:
            if mark.score < SHOWN_FROM[mark.kind]:
                continue
            shown += 1
            x, y = (np.array(mark.centre) * steps).tolist()
            if mass is not None and hits((x, y), Growth(MarkKind.MASS, name, mass[:2], mass[2])):
                on_mass += 1
                off_mm.append(abs((mark.height_mm or 0.0) - (height_mm or 0.0)))
        rows.append(
            {
                "volume": name,
                "masses": int(mass is not None),
                "marks": shown,
                "marks_on_mass": on_mass,
                "depth_off_mm": [round(each, 1) for each in off_mm],
            }
        )
    return rows
