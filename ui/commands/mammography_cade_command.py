"""`senoscope train mammography-cade` and `senoscope evaluate mammography-cade`, on simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from senoscope import __version__
from senoscope.calibration.phantoms.breast.mammogram import PIXEL_MM
from senoscope.calibration.phantoms.breast.screening import screening_exams, training_exams
from senoscope.calibration.phantoms.breast.victre import VictreBreast
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.mammography.froc import Growth, hits
from senoscope.models.evaluation.mammography.mammogram_cade import (
    froc_figures,
    froc_pictures,
    read_known_exams,
    thresholds,
)
from senoscope.models.programmed.mammography.cade import find_marks
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.programmed.mammography.second_stage import (
    SHIPPED,
    SHOWN_FROM,
    SecondStage,
    load_second_stage,
)
from senoscope.models.training.mammogram_cade import train_mammogram_cade
from senoscope.ui.written import write_text

FITTED_BELOW = 5000
TEST_FROM = 20000
VICTRE = ("pcl_1", "pc_1_crop")
"""With a mass and without; the same breast."""
"""Seeds below the first are fitted on, from the second on nothing but the last figures is made."""


def train_mammography_cade(
    exams: Annotated[int, typer.Option(min=10, max=FITTED_BELOW, help="How many women.")] = 40,
    folder: Annotated[Path, typer.Option(help="Where the six models are written.")] = SHIPPED,
) -> None:
    """Fit CADe of mammograms on simulated breasts. Needs no torch and no data."""
    cv2.setNumThreads(1)
    about = f"simulated exams, seeds 0 to {exams - 1}"
    train_mammogram_cade(training_exams(range(exams)), about, folder, typer.echo)
    typer.echo(f"CADe of mammograms written to {folder}")


def evaluate_mammography_cade(
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    first: Annotated[int, typer.Option(min=FITTED_BELOW, help="The first seed.")] = TEST_FROM,
    exams: Annotated[int, typer.Option(min=2, help="How many women.")] = 60,
    models: Annotated[Path, typer.Option(help="Folder of the six models.")] = SHIPPED,
    pictures: Annotated[Path | None, typer.Option(help="A folder for the FROC curves.")] = None,
    victre: Annotated[
        Path | None, typer.Option(help="Folder of VICTRE's two volumes, to be read as well.")
    ] = None,
) -> None:
    """FROC of programmed CADe on simulated mammograms, with 95 % CI by anatomy and n."""
    cv2.setNumThreads(1)
    seeds = range(first, first + exams)
    stage = load_second_stage(models)
    on_victre = [] if victre is None else _on_victre(victre, stage)
    outcome = read_known_exams(screening_exams(seeds), stage, typer.echo)
    figures = froc_figures(outcome)
    content = {
        "about": {
            "senoscope": __version__,
            "data": "simulated mammograms, two breasts, CC and MLO",
            "seeds": [seeds.start, seeds.stop - 1],
            "anatomies": outcome.anatomies,
            "images": len(outcome.images),
            "hit": "centre within the growth's extent, at least 5 mm",
            "ci": "95 %, 2000 bootstrap resamples of anatomies",
            "baseline": "the brightest places over their surroundings",
            "cpu_s_per_exam": round(float(np.median(outcome.cpu_s)), 2),
        },
        "thresholds": thresholds(outcome),
        "figures": figures,
        "victre": on_victre,
    }
    write_text(report, json_text(content))
    for name, picture in (froc_pictures(outcome) if pictures else {}).items():
        write_text(Path(pictures or ".") / name, picture)
    for name, figure in figures.items():
        typer.echo(
            f"{name:36}{figure.value:.3f}  [{figure.ci[0]:.3f}, {figure.ci[1]:.3f}]  n = {figure.n}"
        )
    for row in on_victre:
        typer.echo(f"VICTRE {row}")
    typer.echo(f"Written to {report}")


def _on_victre(folder: Path, stage: SecondStage) -> list[dict[str, object]]:
    """One breast, with its mass and without, at the thresholds where marks are shown."""
    rows: list[dict[str, object]] = []
    for name in VICTRE:
        breast = VictreBreast.read(folder / f"{name}.raw.gz")
        view, mass = breast.mammogram(0), breast.mass_mm
        (found,) = find_marks([view], [find_parts(view)], stage)
        shown = [each for each in found.marks if each.score >= SHOWN_FROM[each.kind]]
        at_mm = [(each.centre[0] * PIXEL_MM, each.centre[1] * PIXEL_MM) for each in shown]
        growth = None if mass is None else Growth(MarkKind.MASS, name, mass[:2], mass[2])
        on_mass = [each for each in at_mm if growth is not None and hits(each, growth)]
        rows.append(
            {
                "volume": name,
                "masses": int(mass is not None),
                "marks": len(shown),
                "marks_on_mass": len(on_mass),
            }
        )
    return rows
