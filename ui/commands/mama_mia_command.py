"""`senoscope evaluate mama-mia` and `senoscope train breast-mri-network`: outlines of tumours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer

from senoscope import __version__
from senoscope.domain.breast_mri import DynamicSeries, Mask
from senoscope.domain.errors import DataSetError, ImageError, InstallationError, SettingsError
from senoscope.models.breast_mri_card import MriTarget
from senoscope.models.breast_mri_network import BreastMriNetwork, load_breast_mri_network
from senoscope.models.evaluation.breast_mri.mama_mia import (
    MamaMiaPatient,
    MamaMiaSplit,
    read_mama_mia,
)
from senoscope.models.evaluation.breast_mri.tumour_baselines import (
    BASELINES,
    SEED,
    enhancing,
    largest_part,
)
from senoscope.models.evaluation.breast_mri.tumour_figures import (
    FIGURES,
    PUBLISHED,
    TumourScores,
    tumour_row,
)
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.programmed.breast_mri.analysis import Tissue
from senoscope.ui.commands.simulated_mri import write_mama_mia_exams
from senoscope.ui.written import write_text

PROGRAMMED, ALL_LESIONS = "programmed: largest lesion", "programmed: all lesions"
NETWORK, IN_BREASTS = "network", "network: largest part in the breasts"
Data = Annotated[
    Path, typer.Option(exists=True, file_okay=False, help="Folder in MAMA-MIA's layout.")
]
Outlines = Callable[[DynamicSeries], Mapping[str, Mask]]
Found = Callable[[DynamicSeries], tuple[Mapping[str, Mask], Mask | None]]
"""Outlines, and where the breasts are."""


def evaluate_mama_mia(
    data: Data,
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    network: Annotated[
        Path | None, typer.Option(help="Folder of a network with card.json and model.onnx.")
    ] = None,
    split: Annotated[MamaMiaSplit, typer.Option(help="As published.")] = MamaMiaSplit.TEST,
    most: Annotated[int, typer.Option(min=2, help="Patients at most, the first by name.")] = 10_000,
    programmed: Annotated[
        bool, typer.Option(help="Read with the programmed analysis too: a minute each.")
    ] = True,
) -> None:
    """Outlines of the tumour beside trivial ones: Dice, HD95, volume; 95 % CI by patient."""
    cv2.setNumThreads(1)
    by_network = None if network is None else _tumour_network(network)
    patients = read_mama_mia(data, split)[:most]
    outlines = _outlines(_programmed() if programmed else _baselines, by_network)
    scores, troubles = _scored(patients, outlines)
    about = {
        "data": _called(patients, split),
        "simulated": any(each.is_simulated for each in patients),
        "network": None if by_network is None else by_network.card.title,
        "trivial_outlines_are_in": "the breasts as found" if programmed else "all but air",
    }
    content = _content(about, scores, troubles)
    write_text(report, json_text(content))
    _say(scores)
    typer.echo(f"Written to {report}")


def _content(
    about: Mapping[str, object], scores: TumourScores, troubles: Sequence[str]
) -> dict[str, object]:
    return {
        "about": {
            "senoscope": __version__,
            **about,
            "patients": len(scores.patients),
            "dice": "of the expert's outline of the primary tumour",
            "ci": "95 %, 2000 bootstrap resamples of patients, the same ones for a difference",
        },
        "figures": scores.figures(),
        "differences_of_dice": scores.differences(_pairs(scores)),
        "published_on_other_data": PUBLISHED,
        "rows": {name: table.tolist() for name, table in scores.values.items()},
        "patients": scores.patients,
        "not_read": troubles,
    }


def train_breast_mri_network(
    data: Data,
    model: Annotated[Path, typer.Option(help="The folder to write.")],
    run: Annotated[Path, typer.Option(help="Folder for checkpoints, prepared exams and the log.")],
    target: Annotated[MriTarget, typer.Option(help="What to outline.")] = MriTarget.TUMOUR,
    most: Annotated[int, typer.Option(min=2, help="Patients at most, the first by name.")] = 10_000,
    steps: Annotated[int, typer.Option(min=1, help="Batches learnt from.")] = 1000,
    batch: Annotated[int, typer.Option(min=1, help="Patches.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn.")] = 0,
    *,
    without_seed: Annotated[
        bool, typer.Option("--without-seed", help="Do not show it where the FTV's seed lies.")
    ] = False,
) -> None:
    """Fit a U-Net on the train split: 3-D for tumours, 2-D for tissue. Needs the extra "train"."""
    cv2.setNumThreads(1)
    patients = read_mama_mia(data, MamaMiaSplit.TRAIN)[:most]
    try:
        from senoscope.models.training.breast_mri.segmentation_training import (  # noqa: PLC0415
            tissue_plan,
            train_segmentation,
            tumour_plan,
        )
    except ImportError as error:
        raise InstallationError(
            f"Training needs more packages ({error}). Run: pip install 'senoscope[train]'"
        ) from error
    if target is MriTarget.TUMOUR:
        plan = tumour_plan(steps, batch, seed, not without_seed)
    else:
        plan = tissue_plan(target, steps, batch, seed)
    card = train_segmentation(plan, patients, run, model, typer.echo)
    typer.echo(f"{card.title} written to {model}")


def simulate_mama_mia(
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    exams: Annotated[int, typer.Option(min=1, max=5000, help="To train on, from seed 0.")] = 60,
    test: Annotated[int, typer.Option(min=1, max=1000, help="To test on, of other seeds.")] = 40,
) -> None:
    """Simulated dynamic MRI in MAMA-MIA's layout, with outlines. Goes on where it stopped."""
    cv2.setNumThreads(1)
    if out.exists() and not out.is_dir():
        raise SettingsError(f"{out} is a file; expected a folder to write into. Name another.")
    write_mama_mia_exams(out, exams, test, typer.echo)
    typer.echo(f"{exams} exams to train on and {test} to test on are in {out}")


def _tumour_network(folder: Path) -> BreastMriNetwork:
    network = load_breast_mri_network(folder)
    if network.card.target is not MriTarget.TUMOUR:
        raise SettingsError(
            f"{network.card.title} outlines {network.card.target}; expected a network for tumours. "
            "Give another."
        )
    return network


def _outlines(found: Found, network: BreastMriNetwork | None) -> Outlines:
    def outlines(series: DynamicSeries) -> Mapping[str, Mask]:
        drawn, breasts = found(series)
        if network is None:
            return drawn
        its: Mask = np.asarray(network.probability(series) >= 0.5)
        inside = {} if breasts is None else {IN_BREASTS: largest_part(its & breasts)}
        return {**drawn, NETWORK: its, **inside}

    return outlines


def _trivial(series: DynamicSeries, breasts: Mask | None) -> dict[str, Mask]:
    return {name: outline(series, breasts) for name, outline in BASELINES.items()}


def _baselines(series: DynamicSeries) -> tuple[Mapping[str, Mask], Mask | None]:
    return _trivial(series, None), None


def _programmed() -> Found:
    # SimpleITK takes half a second, which `senoscope --help` need not wait for.
    from senoscope.models.programmed.breast_mri.analyse import analyse  # noqa: PLC0415

    def outlines(series: DynamicSeries) -> tuple[Mapping[str, Mask], Mask | None]:
        found = analyse(series)
        assert found is not None, "nobody cancels it"
        every, largest = np.zeros(series.shape, np.bool_), np.zeros(series.shape, np.bool_)
        for lesion in found.lesions:
            every[lesion.box] |= lesion.mask
        if found.lesions:
            largest_lesion = max(found.lesions, key=lambda each: each.volume_mm3)
            largest[largest_lesion.box] = largest_lesion.mask
        breasts: Mask = np.asarray((found.tissue & Tissue.BREAST) > 0)
        return {**_trivial(series, breasts), PROGRAMMED: largest, ALL_LESIONS: every}, breasts

    return outlines


def _scored(
    patients: Sequence[MamaMiaPatient], outlines: Outlines
) -> tuple[TumourScores, list[str]]:
    """Of every patient that can be read; those that cannot are said and counted."""
    rows: dict[str, list[list[float]]] = {}
    names, troubles = [], [each.trouble for each in patients if each.trouble is not None]
    for place, patient in enumerate(patients, 1):
        try:
            series = patient.series()
            truth = patient.tumour(series.shape)
            found = outlines(series)
        except ImageError as error:
            troubles.append(f"{patient.name}: {error}")
            typer.echo(f"{patient.name} is not read: {error}")
            continue
        functional = enhancing(series)
        for name, mask in found.items():
            row = tumour_row(mask, truth, functional, series.geometry.spacing_mm)
            rows.setdefault(name, []).append(row)
        names.append(patient.name)
        told = ", ".join(f"{name} {its[-1][0]:.2f}" for name, its in rows.items())
        typer.echo(f"{patient.name} ({place} of {len(patients)}), Dice: {told}")
    if not names:
        raise DataSetError(
            "No patient could be read; expected some. What is wrong with each is said above."
        )
    return TumourScores(tuple(names), {name: np.array(its) for name, its in rows.items()}), troubles


def _pairs(scores: TumourScores) -> list[tuple[str, str]]:
    wanted = (
        (NETWORK, SEED),
        (IN_BREASTS, SEED),
        (IN_BREASTS, PROGRAMMED),
        (PROGRAMMED, SEED),
    )
    return [pair for pair in wanted if set(pair) <= set(scores.values)]


def _called(patients: Sequence[MamaMiaPatient], split: MamaMiaSplit) -> str:
    simulated = sum(each.is_simulated for each in patients)
    if simulated:
        return f"{simulated} of {len(patients)} simulated, {split} split"
    return f"MAMA-MIA, {split} split"


def _say(scores: TumourScores) -> None:
    typer.echo(f"n = {len(scores.patients)} patients")
    for name, its in scores.figures().items():
        typer.echo(name)
        for figure in FIGURES:
            told = its[figure]
            low, high = told.ci
            typer.echo(f"  {figure:24}{told.value:8.3f}  [{low:.3f}, {high:.3f}]")
    for name, gap in scores.differences(_pairs(scores)).items():
        low, high = gap.ci
        typer.echo(f"Dice, {name:56}{gap.value:+.3f}  [{low:+.3f}, {high:+.3f}]")
