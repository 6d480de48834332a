"""`senoscope compare`: every way to score a lesion in one table, on equal terms."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from senoscope import __version__
from senoscope.models.evaluation.rival_table import (
    RivalFigures,
    markdown,
    rival_figures,
)
from senoscope.models.evaluation.ultrasound_sets import (
    UltrasoundImage,
    read_bi_rads,
    read_bus_bra,
    read_busi,
)
from senoscope.models.package import load_package
from senoscope.models.training.rivals import SIZE_ALONE, fit_rivals, rival_lesions
from senoscope.models.training.samples import is_inner
from senoscope.ui.assemble import CLASSIFIER, SEGMENTER, build_classifier, build_segmenter
from senoscope.ui.written import write_text

compare = typer.Typer(help="Compare ways to score a lesion.", no_args_is_help=True)

LEARNT = {"bus-bra": ("1", "2"), "busi": ("train",)}
TESTED = {"bus-bra": ("3",), "busi": ("val",)}
INNER_SHARE = 0.1
BI_RADS = "radiologist's BI-RADS"


@compare.callback()
def _group() -> None:
    pass


@compare.command()
def ultrasound(
    data: Annotated[Path, typer.Option(help="Folder that holds bus-bra/ and busi/.")],
    report: Annotated[Path, typer.Option(help="The JSON file to write.")],
    package: Annotated[
        list[Path], typer.Option(help="A classifier package's folder; may be given often.")
    ] = [CLASSIFIER],  # noqa: B006 - typer copies it
    segmenter: Annotated[Path, typer.Option(help="A model package's folder.")] = SEGMENTER,
) -> None:
    """Size alone, BI-RADS, networks, CADx, radiomics and their fusion; AUC with CI and n.

    What is fitted learns from BUS-BRA folds 1 and 2 and BUSI train; thresholds and the fusion come
    from their inner split; figures are of BUS-BRA fold 3 and BUSI val.
    """
    # One thread, as the loop has it: figures must not hang on the number of cores.
    cv2.setNumThreads(1)
    segment = build_segmenter(segmenter)
    networks = {load_package(folder).title: build_classifier(folder) for folder in package}
    sets = {"bus-bra": read_bus_bra(data / "bus-bra"), "busi": read_busi(data / "busi")}
    learnt = [image for name, every in sets.items() for image in _of(every, LEARNT[name])]
    fitted = [image for image in learnt if not is_inner(image, INNER_SHARE)]
    inner = [image for image in learnt if is_inner(image, INNER_SHARE)]
    rivals = fit_rivals(
        rival_lesions(fitted, segment, networks, typer.echo),
        rival_lesions(inner, segment, networks, typer.echo),
    )
    content: dict[str, Any] = {
        "about": {
            "senoscope": __version__,
            "learnt_from": LEARNT,
            "images": {"fitted": len(fitted), "inner": len(inner)},
            "fusion": {name: asdict(each) for name, each in rivals.fusion.weights.items()},
            "ci": "95 %: bootstrap by patient; differences of AUC by Obuchowski's covariance",
        }
    }
    for name, every in sets.items():
        lesions = rival_lesions(_of(every, TESTED[name]), segment, networks, typer.echo)
        columns = rivals.columns(lesions)
        if name == "bus-bra":
            category = read_bi_rads(data / name)
            columns[BI_RADS] = np.array([float(category[lesion.name]) for lesion in lesions])
        labels = np.array([lesion.malignant for lesion in lesions], dtype=bool)
        groups = [lesion.group for lesion in lesions]
        figures = rival_figures(labels, columns, groups, rivals.thresholds, SIZE_ALONE)
        content[f"{name} {','.join(TESTED[name])}"] = _as_json(figures)
        missed = sum(not lesion.found for lesion in lesions)
        typer.echo(f"\n{name}: {len(lesions)} lesions, {missed} missed\n\n{markdown(figures)}")
    write_text(report, json.dumps(content, indent=2) + "\n")
    typer.echo(f"Written to {report}")


def _of(images: Sequence[UltrasoundImage], parts: Sequence[str]) -> list[UltrasoundImage]:
    return [image for image in images if image.part in parts]


def _as_json(figures: Mapping[str, RivalFigures]) -> dict[str, Any]:
    """JSON has no nan: a figure that could not be computed is null."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        if isinstance(value, float):
            return None if math.isnan(value) else round(value, 4)
        return value

    return {name: plain(asdict(row)) for name, row in figures.items()}
