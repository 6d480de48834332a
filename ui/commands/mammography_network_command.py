"""`senoscope train mammography-network` and `senoscope evaluate mammography-network`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import typer

from senoscope import __version__
from senoscope.domain.errors import InstallationError
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.mammogram_sets.layouts import SetLayout, read_marked_views
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView
from senoscope.models.evaluation.mammography.network import (
    PUBLISHED,
    NetworkOutcome,
    network_figures,
    read_by_network,
)
from senoscope.models.mammogram_model import load_mammogram_model
from senoscope.models.training.mammography.learnt_views import (
    LearntViews,
    load_views,
    split_by_patient,
)
from senoscope.models.training.mammography.network_kind import NetworkKind
from senoscope.ui.commands.mammogram_pictures import read_picture, said_of
from senoscope.ui.written import write_text

Data = Annotated[Path, typer.Option(exists=True, file_okay=False, help="The data set's folder.")]
Layout = Annotated[SetLayout, typer.Option(help="In which layout it is.")]


def train_mammography_network(
    data: Data,
    layout: Layout,
    network: Annotated[
        NetworkKind,
        typer.Option(help="googlenet and resnet learn patches, multiple-instance whole views."),
    ],
    model: Annotated[Path, typer.Option(help="The folder to write, as a user's own network.")],
    run: Annotated[Path, typer.Option(help="Folder for checkpoints and the log.")],
    choose: Annotated[
        Path | None, typer.Option(help="A folder of the same layout to calibrate on.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Batches learnt from.")] = 2000,
    batch: Annotated[int, typer.Option(min=2, help="Patches, or views.")] = 16,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn.")] = 0,
) -> None:
    """Fit a network for mammograms, split by patient. Needs the extra "train"."""
    cv2.setNumThreads(1)
    # Running needs no torch; only this command does.
    try:
        from senoscope.models.training.mammography import network_training  # noqa: PLC0415
    except ImportError as error:
        raise InstallationError(
            f"Training needs more packages ({error}). Run: pip install 'senoscope[train]'"
        ) from error
    size = network_training.SIZE
    views = read_marked_views(layout, data, said_of)
    fitted, inner = split_by_patient(views, typer.echo)
    if choose is not None:
        fitted = [*fitted, *inner]
        both = split_by_patient(read_marked_views(layout, choose, said_of), typer.echo)
        inner = [*both[0], *both[1]]
    loaded = LearntViews(
        load_views(fitted, read_picture, size, typer.echo),
        load_views(inner, read_picture, size, typer.echo),
    )
    plan = network_training.NetworkPlan(
        kind=network,
        seed=seed,
        steps=steps,
        batch=batch,
        trained_on=_trained_on(layout, fitted),
        is_clinical=layout.is_clinical,
    )
    card = network_training.train_mammogram_network(plan, loaded, run, model, typer.echo)
    typer.echo(f"{card.title} written to {model}")


def evaluate_mammography_network(
    data: Data,
    layout: Layout,
    model: Annotated[Path, typer.Option(help="Folder of a network: model.onnx and card.json.")],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
) -> None:
    """AUC of a network by view and by breast, and where it looks, with 95 % CI by patient."""
    cv2.setNumThreads(1)
    loaded = load_mammogram_model(model)
    views = read_marked_views(layout, data, said_of)
    # A set with a published test part is tested on that alone.
    views = tuple(view for view in views if view.part == "test") or views
    outcomes = []
    for outcome in read_by_network(views, loaded, read_picture):
        outcomes.append(outcome)
        typer.echo(f"{outcome.marked.name}: {outcome.trouble or f'{outcome.malignant:.3f}'}")
    figures = network_figures(outcomes)
    content = {
        "about": {
            "senoscope": __version__,
            "network": loaded.card.title,
            "is_clinical": loaded.card.is_clinical,
            "data": layout.value + ("" if layout.is_clinical else ", all of it simulated"),
            "patients": len({view.patient for view in views}),
            "ci": "95 %, 2000 bootstrap resamples of patients",
        },
        "figures": figures,
        "published_on_other_data": PUBLISHED,
        "views": [_as_row(outcome) for outcome in outcomes],
    }
    write_text(report, json_text(content))
    for name, figure in figures.items():
        typer.echo(
            f"{name:36}{figure.value:.3f}  [{figure.ci[0]:.3f}, {figure.ci[1]:.3f}]  n = {figure.n}"
        )
    typer.echo(f"Written to {report}")


def _trained_on(layout: SetLayout, views: list[MarkedView]) -> str:
    patients = len({view.patient for view in views})
    if layout is SetLayout.SIMULATED:
        return f"simulated, {patients} anatomies"
    return f"{layout.value}, {patients} patients"


def _as_row(outcome: NetworkOutcome) -> dict[str, object]:
    return {
        "view": outcome.marked.name,
        "patient": outcome.marked.patient,
        "diagnosis": outcome.marked.diagnosis,
        "malignant": outcome.malignant,
        "hit": outcome.hit,
        "trouble": outcome.trouble,
    }
