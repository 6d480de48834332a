"""`senoscope train breast-mri-lesions` and `senoscope evaluate breast-mri-lesions`, simulated.

Malignant or benign, by kinetics and radiomics, by a slice and by a box, on identical folds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated

import cv2
import typer

from senoscope import __version__
from senoscope.domain.errors import InstallationError
from senoscope.models.evaluation.breast_mri.lesion_case import LesionCase
from senoscope.models.evaluation.breast_mri.lesion_figures import (
    FOLDS,
    PUBLISHED,
    ReadLesions,
)
from senoscope.models.evaluation.comparison import Difference
from senoscope.models.evaluation.kept_figures import as_json, json_text
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.programmed.breast_mri.lesion_model import SHIPPED, load_lesion_model
from senoscope.ui.commands.simulated_mri import FITTED_BELOW, TEST_FROM, lesion_cases
from senoscope.ui.written import write_text

Run = Annotated[Path, typer.Option(help="Folder for simulated lesions and checkpoints.")]
Women = Annotated[
    int,
    typer.Option(
        min=FOLDS, max=FITTED_BELOW, help="To fit on, a benign and a malignant lesion each."
    ),
]
Test = Annotated[int, typer.Option(min=FOLDS, max=1000, help="Women to test on, of other seeds.")]
COMBINED, SLICE, BOX = "kinetics and radiomics", "GoogLeNet, middle slice", "3-D DenseNet, box"
T2, ADC = "and T2", "and T2 and ADC"
_ABOUT = {
    "senoscope": __version__,
    "simulated": True,
    "outline": "found by the programmed search at the true place, never the true one",
    "ci": "95 %, 2000 bootstrap resamples of women, the same ones for a difference",
}
_REST = ("kinetics", "radiomics", "baseline: size", "baseline: peak enhancement")


def train_breast_mri_lesions(
    model: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    run: Run,
    women: Women = 300,
    test: Test = 150,
) -> None:
    """Fit the model of kinetics and radiomics that scores lesions; it says how well it does."""
    cv2.setNumThreads(1)
    training = _training()
    fitted, unseen = _lesions(women, test, run)
    trained_on = f"{len(fitted)} simulated lesions of {women} women"
    made = training.fit_lesion_model(fitted, trained_on)
    figures = training.of_unseen(made, unseen).figures()[COMBINED]
    about = {"tested_on": f"{len(unseen)} simulated lesions of {test} others", "figures": figures}
    training.write_lesion_model(made, as_json(about), model)
    _say({COMBINED: figures}, "")
    typer.echo(f"{trained_on}: written to {model}")


def evaluate_breast_mri_lesions(
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    run: Run,
    women: Women = 300,
    test: Test = 150,
    slice_steps: Annotated[
        int, typer.Option(min=1, help="Batches of GoogLeNet, in each fold.")
    ] = 300,
    box_steps: Annotated[int, typer.Option(min=1, help="Batches of DenseNet, in each fold.")] = 600,
    model: Annotated[Path, typer.Option(help="A fitted model; the shipped one.")] = SHIPPED,
    *,
    networks: Annotated[bool, typer.Option(help="Fit and measure networks too.")] = True,
) -> None:
    """Readers of lesions on identical folds, and a fitted model on unseen women; with 95 % CI."""
    cv2.setNumThreads(1)
    scoring = load_lesion_model(model)
    training = _training()
    fitted, unseen = _lesions(women, test, run)
    plans = training.comparison_plans(slice_steps, box_steps) if networks else {}
    tables: dict[str, ReadLesions] = {
        "in_folds": training.read_in_folds(fitted, plans, run, typer.echo),
        "unseen": training.of_unseen(scoring, unseen),
    }
    figures = {name: read.figures() for name, read in tables.items()}
    differences = {name: read.differences(_pairs(read)) for name, read in tables.items()}
    about = {
        "in_folds": _about(fitted, f"seeds 0 to {women - 1}, {FOLDS} folds by woman"),
        "unseen": _about(unseen, f"seeds {TEST_FROM} to {TEST_FROM + test - 1}"),
        "steps": {"slice": slice_steps, "box": box_steps} if networks else None,
        "model": scoring.trained_on,
    }
    write_text(report, json_text(_content(about, figures, differences)))
    for name, read in tables.items():
        typer.echo(f"{name}, n = {len(read.malignant)}, {int(read.malignant.sum())} malignant")
        _say(figures[name], "")
        _say({"differences of AUC": differences[name]}, "+")
    typer.echo(f"Written to {report}")


def _content(
    about: Mapping[str, object], figures: object, differences: object
) -> dict[str, object]:
    return {
        "about": {**_ABOUT, **about},
        "figures": figures,
        "differences_of_auc": differences,
        "published_on_other_data": PUBLISHED,
    }


def _lesions(women: int, test: int, run: Path) -> tuple[list[LesionCase], list[LesionCase]]:
    seeds = range(women), range(TEST_FROM, TEST_FROM + test)
    fitted, unseen = (lesion_cases(each, run / "cases", typer.echo) for each in seeds)
    return fitted, unseen


def _training() -> ModuleType:
    """Running needs no torch; only these commands do."""
    try:
        from senoscope.models.training.breast_mri import lesion_training  # noqa: PLC0415
    except ImportError as error:
        raise InstallationError(
            f"Networks of lesions need more packages ({error}). Run: pip install 'senoscope[train]'"
        ) from error
    return lesion_training


def _pairs(read: ReadLesions) -> list[tuple[str, str]]:
    wanted = [(COMBINED, each) for each in (*_REST, "baseline: curve type", SLICE, BOX)]
    wanted += [(BOX, SLICE)]
    wanted += [(f"{one} {more}", one) for one in (COMBINED, SLICE, BOX) for more in (T2, ADC)]
    return [pair for pair in wanted if set(pair) <= set(read.logits)]


def _about(cases: Sequence[LesionCase], which: str) -> dict[str, object]:
    malignant = sum(case.is_malignant for case in cases)
    women = len({case.anatomy for case in cases})
    return {"which": which, "women": women, "lesions": len(cases), "malignant": malignant}


def _say(rows: Mapping[str, Mapping[str, Estimate | Difference]], sign: str) -> None:
    for reader, its in rows.items():
        typer.echo(reader)
        for name, told in its.items():
            low, high = told.ci
            form = f"{sign}.3f"
            typer.echo(f"  {name:60}{told.value:{form}}  [{low:{form}}, {high:{form}}]")
