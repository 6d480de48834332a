"""`senoscope train tomosynthesis-network` and `senoscope evaluate tomosynthesis-network`.

Three classes by tomosynthesis alone, the mammogram alone and both; on simulated breasts, or on
BCS-DBT, which has tomosynthesis alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import cv2
import typer

from senoscope import __version__
from senoscope.domain.errors import DataSetError, InstallationError
from senoscope.models.evaluation.comparison import Difference
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.evaluation.tomosynthesis.bcs_dbt import BcsDbtPart, read_bcs_dbt
from senoscope.models.evaluation.tomosynthesis.class_figures import (
    PUBLISHED,
    ReadViews,
    class_differences,
    class_figures,
)
from senoscope.models.evaluation.tomosynthesis.class_view import CLASSES, ClassView
from senoscope.models.training.tomosynthesis.class_network_kind import ClassNetworkKind
from senoscope.ui.commands.bcs_dbt_volumes import bcs_dbt_class_views, downloaded
from senoscope.ui.commands.simulated_class_views import (
    ViewToDraw,
    choosing_views,
    class_views,
    classed_views,
    learnt_views,
)
from senoscope.ui.written import write_text

FITTED_BELOW, TEST_FROM = 5000, 25100
Data = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, help="BCS-DBT's folder; simulated views without."),
]
Kept = Annotated[
    Path | None, typer.Option(help="A folder where views are kept small, to go on and to reuse.")
]
Views = list[ClassView]


def train_tomosynthesis_network(
    model: Annotated[Path, typer.Option(help="The folder to write.")],
    run: Annotated[Path, typer.Option(help="Folder for checkpoints, views and the log.")],
    data: Data = None,
    network: Annotated[
        ClassNetworkKind, typer.Option(help="Whose features are pooled over depth.")
    ] = ClassNetworkKind.RESNET,
    views: Annotated[
        int, typer.Option(min=1, max=FITTED_BELOW, help="Simulated views to learn from.")
    ] = 40,
    choose: Annotated[
        int, typer.Option(min=3, help="Simulated views that the fusion is fitted on.")
    ] = 30,
    steps: Annotated[int, typer.Option(min=1, help="Batches learnt from, of each network.")] = 600,
    batch: Annotated[int, typer.Option(min=3, help="Crops.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn.")] = 0,
) -> None:
    """Fit networks that tell malignant, benign and normal views. Needs the extra "train"."""
    cv2.setNumThreads(1)
    _require_extra()
    from senoscope.models.training.tomosynthesis.class_crops import ClassSource  # noqa: PLC0415
    from senoscope.models.training.tomosynthesis.class_training import (  # noqa: PLC0415
        ClassPlan,
        train_class_networks,
    )

    kept = run / "views"
    fitted, inner, sources = (
        _simulated(views, choose, kept) if data is None else _of_bcs_dbt(data, kept)
    )
    plan = ClassPlan(
        kind=network,
        sources=tuple(ClassSource(source) for source in sources),
        seed=seed,
        steps=steps,
        batch=batch,
        trained_on=_trained_on("simulated" if data is None else "BCS-DBT, train", fitted),
        is_clinical=data is not None,
    )
    train_class_networks(plan, fitted, inner, run, model, typer.echo)
    typer.echo(f"{network} trained on {plan.trained_on}, written to {model}")


def evaluate_tomosynthesis_network(
    model: Annotated[Path, typer.Option(help="Folder that the training wrote.")],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    data: Data = None,
    first: Annotated[int, typer.Option(min=FITTED_BELOW, help="The first seed.")] = TEST_FROM,
    anatomies: Annotated[int, typer.Option(min=3, help="How many, CC and MLO of each.")] = 60,
    kept: Kept = None,
) -> None:
    """Three classes by tomosynthesis, mammogram and both, with 95 % CI and paired differences."""
    cv2.setNumThreads(1)
    _require_extra()
    from senoscope.models.training.tomosynthesis.class_training import (  # noqa: PLC0415
        load_class_reader,
    )

    reader = load_class_reader(model)
    with _folder(kept) as folder:
        views = _tested(data, classed_views(first, anatomies), folder)
    by_view = reader.read(views, typer.echo)
    tables = {"by_view": by_view, "by_breast": by_view.by_breast()}
    figures = {name: class_figures(table) for name, table in tables.items()}
    differences = {name: class_differences(table, _pairs(table)) for name, table in tables.items()}
    content = {
        "about": {
            "senoscope": __version__,
            "network": reader.kind,
            "trained_on": reader.trained_on,
            "is_clinical": reader.is_clinical,
            **_about(by_view, "BCS-DBT, test" if data else f"simulated, seeds {first} on"),
        },
        "figures": figures,
        "differences": differences,
        "published_on_other_data": PUBLISHED,
        "views": _rows(views, by_view),
    }
    write_text(report, json_text(content))
    for name, table in tables.items():
        typer.echo(f"{name}, n = {len(table.truth)}, {_counts(table)}")
        _say(figures[name], "")
        _say(differences[name], "+")
    typer.echo(f"Written to {report}")


def _tested(data: Path | None, wanted: list[ViewToDraw], folder: Path) -> Views:
    if data is None:
        return list(class_views(wanted, folder, typer.echo))
    there = downloaded(read_bcs_dbt(data, (BcsDbtPart.TEST,)), typer.echo)
    views = list(bcs_dbt_class_views(there, folder, typer.echo))
    if not views:
        raise DataSetError(
            "No volume could be read; expected some of each class. What is wrong with each is said "
            "above."
        )
    return views


def _trained_on(data: str, fitted: Views) -> str:
    return f"{data}, {len({view.anatomy for view in fitted})} anatomies"


def _simulated(views: int, choose: int, kept: Path) -> tuple[Views, Views, tuple[str, ...]]:
    fitted = list(class_views(learnt_views(views), kept, typer.echo))
    inner = list(class_views(choosing_views(FITTED_BELOW, choose), kept, typer.echo))
    return fitted, inner, ("DBT", "DM")


def _of_bcs_dbt(data: Path, kept: Path) -> tuple[Views, Views, tuple[str, ...]]:
    """Learnt from the train part, chosen by the validation part, as published."""
    parts = []
    for part in (BcsDbtPart.TRAIN, BcsDbtPart.VALIDATION):
        there = downloaded(read_bcs_dbt(data, (part,)), typer.echo)
        parts.append(list(bcs_dbt_class_views(there, kept, typer.echo)))
    return parts[0], parts[1], ("DBT",)


def _require_extra() -> None:
    """Running needs no torch; only these commands do."""
    try:
        from senoscope.models.training.tomosynthesis import (  # noqa: F401, PLC0415
            class_training,
        )
    except ImportError as error:
        raise InstallationError(
            f"Networks of three classes need more packages ({error}). Run: pip install "
            "'senoscope[train]'"
        ) from error


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="senoscope-views-") as folder:
        yield Path(folder)


def _pairs(read: ReadViews) -> list[tuple[str, str]]:
    wanted = (("DBT", "DM"), ("DBT and DM", "DM"), ("DBT and DM", "DBT"))
    return [pair for pair in wanted if set(pair) <= set(read.probabilities)]


def _counts(read: ReadViews) -> dict[str, int]:
    return {str(name): int((read.truth == place).sum()) for place, name in enumerate(CLASSES)}


def _about(read: ReadViews, data: str) -> dict[str, object]:
    return {
        "data": data,
        "anatomies": len(set(read.anatomies)),
        "classes": _counts(read),
        "ci": "95 %, 2000 bootstrap resamples of anatomies, the same ones for a difference",
    }


def _rows(views: Sequence[ClassView], read: ReadViews) -> list[dict[str, object]]:
    return [
        {
            "anatomy": view.anatomy,
            "laterality": view.laterality,
            "view": view.view,
            "diagnosis": view.diagnosis,
            **{name: table[row].tolist() for name, table in read.probabilities.items()},
        }
        for row, view in enumerate(views)
    ]


def _say(rows: Mapping[str, Mapping[str, Estimate | Difference]], sign: str) -> None:
    for reader, its in rows.items():
        for name, told in its.items():
            low, high = told.ci
            form = f"{sign}.3f"
            typer.echo(f"  {reader:34}{name:14}{told.value:{form}}  [{low:{form}}, {high:{form}}]")
