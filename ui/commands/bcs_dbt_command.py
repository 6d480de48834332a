"""`senoscope evaluate bcs-dbt`: BCS-DBT's official score of anyone's boxes, or of this CADe's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import cv2
import typer

from senoscope import __version__
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.evaluation.tomosynthesis.bcs_dbt import (
    BcsDbtPart,
    BcsDbtView,
    read_bcs_dbt,
)
from senoscope.models.evaluation.tomosynthesis.bcs_dbt_score import (
    PUBLISHED,
    Prediction,
    official_figures,
    predictions_text,
    read_predictions,
    scored,
    with_shuffled_scores,
)
from senoscope.models.evaluation.tomosynthesis.bcs_dbt_volume import predictions_of
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.cade import find_volume_marks
from senoscope.models.programmed.tomosynthesis.second_stage import load_volume_stage
from senoscope.models.programmed.tomosynthesis.volume_marks import VolumeMark
from senoscope.ui.commands.bcs_dbt_volumes import downloaded, read_volume
from senoscope.ui.written import write_text

FindMarks = Callable[[TomosynthesisView], Sequence[VolumeMark]]


def evaluate_bcs_dbt(
    data: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="Folder with the set's tables.")
    ],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    predictions: Annotated[
        Path | None, typer.Option(help="Boxes to score, a table as teams hand them in.")
    ] = None,
    cade: Annotated[
        bool, typer.Option("--cade", help="Score programmed CADe, on volumes that are there.")
    ] = False,
    part: Annotated[BcsDbtPart, typer.Option(help="Of the set, as published.")] = BcsDbtPart.TEST,
    boxes: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A table to write CADe's boxes to.")
    ] = None,
) -> None:
    """Mean sensitivity at 1 to 4 false positives a volume, by the official rule, with 95 % CI."""
    cv2.setNumThreads(1)
    _require_one(predictions, cade, boxes)
    views = read_bcs_dbt(data, (part,))
    troubles: list[str] = []
    if predictions is not None:
        found: Sequence[Prediction] = read_predictions(predictions, views)
        by = predictions.name
    else:
        views = tuple(downloaded(views, typer.echo))
        found, troubles = _by_cade(views, _cade())
        by = "programmed CADe of Senoscope, fitted on simulated breasts"
    tables = {
        "figures": official_figures(scored(views, found)),
        "baseline_shuffled_scores": official_figures(scored(views, with_shuffled_scores(found))),
    }
    content = {
        "about": _about(views, part, by, len(found)),
        **tables,
        "published": PUBLISHED,
        "not_read": troubles,
    }
    write_text(report, json_text(content))
    if boxes is not None:
        write_text(boxes, predictions_text(views, found))
    for name, figures in tables.items():
        _say(name, figures)
    typer.echo(f"Written to {report}")


def _require_one(predictions: Path | None, cade: bool, boxes: Path | None) -> None:
    if (predictions is None) != cade:
        raise SettingsError(
            "Either --predictions or --cade was expected, one of them. Give a table of boxes, or "
            "have the volumes read."
        )
    if boxes is not None and not cade:
        raise SettingsError("--boxes writes what --cade finds. Give --cade, or leave --boxes out.")


def _by_cade(
    views: Sequence[BcsDbtView], find_marks: FindMarks
) -> tuple[list[Prediction], list[str]]:
    """What it finds, and what is wrong with volumes in which it could not look."""
    found: list[Prediction] = []
    troubles = []
    for place, view in enumerate(views, 1):
        try:
            volume = read_volume(view)
            its = predictions_of(volume, find_marks(volume.seen))
        except ImageError as error:
            # Its boxes count as not found: leaving the volume out would flatter.
            troubles.append(f"{view.patient} {view.view}: {error}")
            typer.echo(f"{view.patient} {view.view} is not read: {error}")
            continue
        found += its
        typer.echo(f"{view.patient} {view.view}: {len(its)} marks, {place} of {len(views)}")
    return found, troubles


def _cade() -> FindMarks:
    """Masses and distortions: calcifications have no boxes in this set."""
    stage = load_volume_stage()

    def find(view: TomosynthesisView) -> list[VolumeMark]:
        (found,) = find_volume_marks([view], stage)
        if found.trouble is not None:
            raise ImageError(found.trouble)
        return [mark for mark in found.marks if mark.kind is not MarkKind.CALCIFICATIONS]

    return find


def _about(views: Sequence[BcsDbtView], part: BcsDbtPart, by: str, boxes: int) -> dict[str, object]:
    return {
        "senoscope": __version__,
        "data": f"BCS-DBT, {part}",
        "volumes": len(views),
        "volumes_with_boxes": sum(bool(view.boxes) for view in views),
        "true_boxes": sum(len(view.boxes) for view in views),
        "patients": len({view.patient for view in views}),
        "by": by,
        "predicted_boxes": boxes,
        "hit": "centre within half the diagonal or 100 pixels, and a quarter of the slices",
        "ci": "95 %, 2000 bootstrap resamples of patients",
    }


def _say(title: str, figures: dict[str, Estimate]) -> None:
    typer.echo(title)
    for name, figure in figures.items():
        low, high = figure.ci
        typer.echo(f"  {name:34}{figure.value:.3f}  [{low:.3f}, {high:.3f}]  n = {figure.n}")
