"""`senoscope evaluate mammogram-words`, on simulation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import typer

from senoscope import __version__
from senoscope.calibration.phantoms.breast.worded_growths import worded_views
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.mammography.mammogram_words import (
    read_worded_views,
    word_figures,
)
from senoscope.ui.commands.mammography_cade_command import FITTED_BELOW
from senoscope.ui.written import write_text

TEST_FROM = 22000


def evaluate_mammogram_words(
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    first: Annotated[int, typer.Option(min=FITTED_BELOW, help="The first seed.")] = TEST_FROM,
    exams: Annotated[int, typer.Option(min=2, help="How many women.")] = 60,
) -> None:
    """Words of masses and calcifications against the truth of simulated mammograms."""
    cv2.setNumThreads(1)
    seeds = range(first, first + exams)
    figures = word_figures(read_worded_views(worded_views(seeds), typer.echo))
    about = {
        "senoscope": __version__,
        "data": "simulated mammograms, one breast, CC and MLO; outlines as a person might draw",
        "seeds": [seeds.start, seeds.stop - 1],
        "ci": "95 %, 2000 bootstrap resamples of women",
        "baseline": "always the word that is true most often of these regions",
        "right": "what could not be assessed counts as wrong",
    }
    kept = {
        name: {
            "right": each.right,
            "of_assessed": each.agreed.share,
            "kappa": each.agreed.kappa,
            "not_assessed": each.not_assessed,
            "baseline": each.baseline,
            "baseline_of_assessed": each.baseline_of_assessed,
            "always": each.always,
            "confusion": [
                {"true": [str(word) for word in true], "said": str(said), "n": count}
                for (true, said), count in each.agreed.confusion.items()
            ],
        }
        for name, each in figures.items()
    }
    write_text(report, json_text({"about": about, "figures": kept}))
    for name, each in figures.items():
        right, usual = each.right, each.baseline
        typer.echo(
            f"{name:28}{right.value:.3f}  [{right.ci[0]:.3f}, {right.ci[1]:.3f}]  "
            f"n = {right.n}, not assessed {each.not_assessed}; always {each.always}: "
            f"{usual.value:.3f}  [{usual.ci[0]:.3f}, {usual.ci[1]:.3f}]"
        )
    typer.echo(f"Written to {report}")
