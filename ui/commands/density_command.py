"""`senoscope train density` on simulated breasts, `senoscope evaluate density` on a data set."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from senoscope import __version__
from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.film import on_film
from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.models.evaluation.mammography.density import density_figures, measure_images
from senoscope.models.evaluation.mammography.density_set import read_density_images
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.density_category import SHIPPED as SCALE
from senoscope.models.training.density import TrueDensity, train_density
from senoscope.ui.written import write_text

FITTED_BELOW = 5000
"""Seeds below are fitted on, from it on the figures of the card are made."""
_REDUCED = 4


class DensityLayout(StrEnum):
    """Of a data set's folder."""

    IMAGES_CSV = "images+csv"


def train_density_command(
    breasts: Annotated[int, typer.Option(min=8, max=FITTED_BELOW, help="How many to draw.")] = 60,
    scale: Annotated[Path, typer.Option(help="The file of A to D to write.")] = SCALE,
) -> None:
    """Fit which percent density is which letter on simulated breasts. Needs no torch, no data."""
    cv2.setNumThreads(1)
    held = range(FITTED_BELOW, FITTED_BELOW + max(4, breasts // 3))
    train_density(_drawn(range(breasts)), _drawn(held), scale, typer.echo)
    typer.echo(f"Letters of density written to {scale}")


def evaluate_density(
    data: Annotated[Path, typer.Option(help="Folder of the images and their table.")],
    layout: Annotated[DensityLayout, typer.Option(help="Which layout the folder has.")],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
) -> None:
    """Density against letters A to D and tissue masks, with 95 % CI by image and n."""
    cv2.setNumThreads(1)
    images = read_density_images(data)
    with typer.progressbar(
        measure_images(images), length=len(images), label=f"Reading {layout}"
    ) as reading:
        outcomes = list(reading)
    figures = density_figures(outcomes)
    content: dict[str, Any] = {
        "about": {
            "senoscope": __version__,
            "images": len(images),
            "measured": sum(each.letter is not None for each in outcomes),
            "breast": "the whole breast with its pectoral muscle",
            "ci": "95 %, 2000 bootstrap resamples of images",
        },
        **{name: _as_json(figure) for name, figure in figures.items()},
        "not_measured": [
            {"image": each.image.name, "why": each.trouble} for each in outcomes if each.trouble
        ],
        "images": [
            {
                "image": each.image.name,
                "density": each.image.density,
                "suggested": each.letter,
                "percent": _number(each.percent),
                "breast_dice": _number(each.breast_dice),
                "dense_dice": _number(each.dense_dice),
                "pectoral_dice": _number(each.pectoral_dice),
            }
            for each in outcomes
        ],
    }
    write_text(report, json.dumps(content, indent=2) + "\n")
    for name, figure in figures.items():
        typer.echo(f"{name:34}{_in_words(figure)}")
    for each in outcomes:
        if each.trouble:
            typer.echo(f"Not measured: {each.image.name}: {each.trouble}")
    typer.echo(f"Written to {report}")


def _drawn(seeds: range) -> Iterator[TrueDensity]:
    """Each breast in both views, as shown, as exposed and on film; with masses in some."""
    for seed in seeds:
        kinds = ((), ("round mass",), ("spiculated mass", "calcifications"), ())[seed % 4]
        side = Laterality.LEFT if seed % 2 else Laterality.RIGHT
        anatomy = BreastAnatomy.drawn(seed, side, None, kinds)
        for view in ("MLO", "CC"):
            drawn = SimulatedMammogram.of(anatomy, view)
            dense = _reduced(drawn.dense.astype(np.float32)) > 0.5
            shown = _reduced(drawn.presentation.astype(np.float32)) / 4095
            looks = (
                (shown, Intent.PRESENTATION),
                (_exposed(_reduced(drawn.processing.astype(np.float32))), Intent.PROCESSING),
                (on_film(drawn, seed, _REDUCED), Intent.PRESENTATION),
            )
            for pixels, intent in looks:
                seen = Mammogram(np.asarray(pixels, np.float32), intent, side, view, None)
                yield TrueDensity(seen, np.asarray(dense), drawn.density, seed)


def _reduced(pixels: Grey) -> Grey:
    scale = 1 / _REDUCED
    shrunk = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, np.float32)


def _exposed(counts: Grey) -> Grey:
    """The logarithm of attenuation, nearly from its lowest to its highest."""
    depth = -np.log(np.maximum(counts, 1))
    low, high = np.percentile(depth, [0.1, 99.9])
    return np.asarray(np.clip((depth - low) / max(high - low, 1e-6), 0, 1), np.float32)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _as_json(figure: Estimate) -> dict[str, Any]:
    ends = [_number(end) for end in figure.ci]
    return {"value": _number(figure.value), "ci": ends, "n": figure.n}


def _in_words(figure: Estimate) -> str:
    if not figure.n or math.isnan(figure.value):
        return "none here"
    return f"{figure.value:.3f}  [{figure.ci[0]:.3f}, {figure.ci[1]:.3f}]  n = {figure.n}"
