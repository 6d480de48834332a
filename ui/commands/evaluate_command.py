"""`senoscope evaluate`: the reader's figures on a public data set."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from senoscope import __version__
from senoscope.domain.errors import DataSetError
from senoscope.models.engines.ways import Way
from senoscope.models.evaluation.breast_set import read_breast_lesions
from senoscope.models.evaluation.descriptors import (
    evaluate_descriptors,
    predicted_outline,
    reader_outline,
)
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.evaluation.ultrasound import pictures_of, read_images, summarise
from senoscope.models.evaluation.ultrasound_sets import UltrasoundImage, read_bus_bra, read_busi
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision
from senoscope.ui.assemble import build_reader, build_segmenter
from senoscope.ui.commands.suitability_command import suitability
from senoscope.ui.commands.sweep_command import sweep
from senoscope.ui.written import write_text

evaluate = typer.Typer(help="Measure the networks on data sets.", no_args_is_help=True)
evaluate.command()(suitability)
evaluate.command()(sweep)


class Layout(StrEnum):
    """Of a data set's folder, as its authors published it."""

    BUS_BRA = "bus-bra"
    BUSI = "busi"


@evaluate.callback()
def _group() -> None:
    pass


@evaluate.command()
def ultrasound(
    data: Annotated[Path, typer.Option(help="The data set's folder.")],
    layout: Annotated[Layout, typer.Option(help="Whose layout the folder has.")],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    folds: Annotated[
        str, typer.Option(help="BUS-BRA folds, for example 4,5. All if left out.")
    ] = "",
    split: Annotated[str, typer.Option(help="BUSI part, for example val. All if left out.")] = "",
    precision: Annotated[
        Precision, typer.Option(help="Precision of the weights.")
    ] = Precision.INT8,
    segmenter: Annotated[Path, typer.Option(help="A model package's folder.")] = SEGMENTER,
    classifier: Annotated[Path, typer.Option(help="A model package's folder.")] = CLASSIFIER,
    into_cards: Annotated[
        bool, typer.Option(help="Also write the figures into the packages' card.json.")
    ] = False,
    pictures: Annotated[
        Path | None, typer.Option(help="A folder for roc.svg and reliability.svg.")
    ] = None,
) -> None:
    """Dice, sensitivity, false alarms, AUC and calibration, each with 95 % CI and n."""
    images = _chosen(data, layout, folds, split)
    reader = build_reader(Way("openvino", precision), segmenter, classifier)
    with typer.progressbar(
        read_images(reader, images), length=len(images), label=f"Reading {layout}"
    ) as reading:
        outcomes = list(reading)
    figures = summarise(outcomes, reader.operating_point.low_below)
    about = {
        "senoscope": __version__,
        "data_set": layout.value,
        "parts": folds or split or "all",
        "images": len(images),
        "engine": reader.description.engine,
        "models": list(reader.description.models),
        "operating_point": asdict(reader.operating_point),
        "ci": "95 %, 2000 bootstrap resamples of patients or near-duplicate groups",
    }
    content = {"about": about} | {key: _as_json(figure) for key, figure in figures.items()}
    write_text(report, json.dumps(content, indent=2) + "\n")
    if pictures is not None:
        title = f"{layout} {folds or split or 'all'}, {reader.description.models[-1]}"
        _write_pictures(pictures, pictures_of(title, outcomes))
    if into_cards:
        for folder in (segmenter, classifier):
            _record(folder, content)
    for key, figure in figures.items():
        typer.echo(f"{key:32}{_in_words(figure)}")
    typer.echo(f"Written to {report}")


def _write_pictures(folder: Path, pictures: Mapping[str, str]) -> None:
    for name, picture in pictures.items():
        write_text(folder / name, picture)
        typer.echo(f"Drawn: {name}")


class Outlines(StrEnum):
    """Whose outline the words are found on."""

    READER = "reader"
    PREDICTED = "predicted"


@evaluate.command()
def descriptors(
    data: Annotated[Path, typer.Option(help="Folder of BrEaST-Lesions-USG images and masks.")],
    table: Annotated[Path, typer.Option(help="Its clinical table, .xlsx or .csv.")],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    outlines: Annotated[Outlines, typer.Option(help="Whose outlines.")] = Outlines.PREDICTED,
    segmenter: Annotated[Path, typer.Option(help="A model package's folder.")] = SEGMENTER,
) -> None:
    """BI-RADS words against a reader's: share that agree, kappa, AC1, with 95 % CI and n."""
    images = read_breast_lesions(data, table)
    predicted = outlines is Outlines.PREDICTED
    outline_of = predicted_outline(build_segmenter(segmenter)) if predicted else reader_outline
    found = evaluate_descriptors(images, outline_of)
    content: dict[str, Any] = {
        "about": {
            "senoscope": __version__,
            "outlines": outlines.value,
            "lesions": found.lesions,
            "not_outlined": found.not_outlined,
        }
    }
    typer.echo(f"{found.lesions} lesions, {found.not_outlined} not outlined")
    for name, figures in found.figures.items():
        agreed = figures.agreement
        content[name] = {
            **{key: _as_json(getattr(agreed, key)) for key in ("share", "kappa", "ac1")},
            "confusion": [
                {"reader": list(said), "program": word, "n": n}
                for (said, word), n in agreed.confusion.items()
            ],
            "always": figures.always,
            "baseline_share": _as_json(figures.baseline.share),
            "not_by_reader": figures.not_by_reader,
            "not_by_program": figures.not_by_program,
        }
        typer.echo(
            f"{name:20}agree {_in_words(agreed.share)}   kappa {_in_words(agreed.kappa)}   "
            f"always {figures.always}: {_in_words(figures.baseline.share)}"
        )
    write_text(report, json.dumps(content, indent=2) + "\n")
    typer.echo(f"Written to {report}")


def _chosen(data: Path, layout: Layout, folds: str, split: str) -> tuple[UltrasoundImage, ...]:
    wanted = {part.strip() for part in (folds or split).split(",") if part.strip()}
    every = read_bus_bra(data) if layout is Layout.BUS_BRA else read_busi(data)
    chosen = tuple(image for image in every if not wanted or image.part in wanted)
    if not chosen:
        present = ", ".join(sorted({image.part or "none" for image in every}))
        raise DataSetError(
            f"No image of {data.name} belongs to {folds or split!r}; the parts present are: "
            f"{present}. BUS-BRA takes --folds 1,2, BUSI --split val."
        )
    return chosen


def _record(folder: Path, content: dict[str, Any]) -> None:
    """Keep a report in a package's card, under the data it was measured on."""
    path = folder / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    about = content["about"]
    card.setdefault("metrics", {})[f"{about['data_set']} {about['parts']}"] = content
    write_text(path, json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def _as_json(figure: Estimate) -> dict[str, Any]:
    """JSON has no nan: a figure that could not be computed is null."""
    numbers = [None if math.isnan(x) else round(x, 4) for x in (figure.value, *figure.ci)]
    return {"value": numbers[0], "ci": numbers[1:], "n": figure.n}


def _in_words(figure: Estimate) -> str:
    if not figure.n or math.isnan(figure.value):
        return "none here"
    return f"{figure.value:.3f}  [{figure.ci[0]:.3f}, {figure.ci[1]:.3f}]  n = {figure.n}"
