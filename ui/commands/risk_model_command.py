"""`senoscope simulate risk-cohort`, `senoscope train risk` and `senoscope evaluate risk`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from senoscope import __version__
from senoscope.calibration.phantoms.risk_cohort import (
    EFFECTS,
    SHARES,
    CohortPlan,
    Gaps,
    draw_cohort,
)
from senoscope.calibration.phantoms.risk_images import risk_mammogram
from senoscope.domain.errors import DataSetError, InstallationError, SettingsError
from senoscope.domain.risk import RaceGroup
from senoscope.models.evaluation.comparison import Difference
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.metrics import Estimate
from senoscope.models.evaluation.risk.bcrat_column import with_bcrat
from senoscope.models.evaluation.risk.cohort_table import TABLE, cohort_text, read_cohort
from senoscope.models.evaluation.risk.measured_images import measured_images, with_measures
from senoscope.models.evaluation.risk.nested import Judged, judged
from senoscope.models.evaluation.risk.risk_figures import (
    PUBLISHED,
    Calibration,
    Recovered,
    areas,
    by_group,
    calibration,
    differences,
    recovered,
)
from senoscope.models.risk.fusion import fusion_text
from senoscope.models.risk.hybrid import FUSION, HYBRID, RiskCase
from senoscope.models.risk.risk_map_network import load_risk_map_network
from senoscope.models.training.risk.fusion_training import fit_fusion
from senoscope.ui.written import write_bytes, write_text

EFFECTS_FILE = "effects.json"
"""Beside a simulated cohort: what its outcome was drawn with. Nothing is fitted on it."""
Folder = Annotated[Path, typer.Argument(help=f"Folder with {TABLE}, and its images if it has any.")]


def simulate_risk_cohort(
    folder: Annotated[Path, typer.Argument(help="The folder to write; it must be new or empty.")],
    women: Annotated[int, typer.Option(min=20, max=200_000, help="How many.")] = 5000,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn.")] = 0,
    missing: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share of values that are not known.")
    ] = 0.0,
    gaps: Annotated[
        Gaps, typer.Option(help="What decides it: chance, or her age and relatives.")
    ] = Gaps.RANDOM,
    cancers: Annotated[
        float, typer.Option(min=0.001, max=0.5, help="Share of women with a cancer in 5 years.")
    ] = 0.10,
    images: Annotated[
        int, typer.Option(min=0, help="Of so many women also a mammogram, seconds each.")
    ] = 0,
    texture_effect: Annotated[
        float, typer.Option(help="Log odds ratio of a standard deviation of texture.")
    ] = EFFECTS["texture"],
    *,
    even_groups: Annotated[
        bool, typer.Option("--even-groups", help="All race groups alike in size.")
    ] = False,
) -> None:
    """Women with factors, image scores and an outcome of known odds, as a table. Simulated."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(
            f"{folder.name} was given as the folder to write; expected a new or an empty one. Name "
            "another."
        )
    shares = dict.fromkeys(RaceGroup, 1.0) if even_groups else SHARES
    if images > women:
        raise SettingsError(f"{images} images of {women} women were asked for; expected fewer.")
    plan = CohortPlan(women, seed, cancers, missing, gaps, shares, texture_effect)
    cases = list(draw_cohort(plan))
    whole = draw_cohort(replace(plan, missing=0.0))
    for place in range(images):
        path = folder / f"{cases[place].woman}.png"
        write_bytes(path, _png(risk_mammogram(whole[place], seed + place)))
        # What can be measured on her picture is not told beside it.
        cases[place] = replace(cases[place], image=path, texture_sd=None, image_risk=None)
        typer.echo(f"{path.name}: {place + 1} of {images}")
    about = {
        "senoscope": __version__,
        "simulated": True,
        "women": women,
        "seed": seed,
        "missing": missing,
        "gaps": gaps,
        "log_odds_ratios": plan.effects,
    }
    write_text(folder / TABLE, cohort_text(cases))
    write_text(folder / EFFECTS_FILE, json_text(about))
    sick = sum(case.cancer for case in cases)
    typer.echo(f"{women} simulated women, {sick} with a cancer, written to {folder}")


def _png(picture: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()


def train_risk(
    folder: Folder,
    model: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    network: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Also fit a network on its mammograms: its JSON file."),
    ] = None,
    run: Annotated[
        Path, typer.Option(help="Folder for the network's checkpoints, where it goes on.")
    ] = Path("runs/risk-map"),
    steps: Annotated[int, typer.Option(min=1, help="Batches the network learns from.")] = 100,
) -> None:
    """Fit the fusion of image models, BCRAT, density, age, genes and pathology on a cohort."""
    cases, refused = with_bcrat(read_cohort(folder))
    simulated = _simulation(folder)
    kind = "simulated women" if simulated else "women"
    if network is not None:
        _train_network(cases, (f"mammograms of {kind}", bool(simulated)), run, steps, network)
    fusion, penalty = fit_fusion(cases, f"{len(cases)} {kind}", bool(simulated))
    about = {
        "senoscope": __version__,
        "cohort": {key: simulated.get(key) for key in ("women", "seed")} if simulated else None,
        "cancers": sum(case.cancer for case in cases),
        "penalty": penalty,
        "bcrat_refused": refused,
    }
    write_text(model, fusion_text(fusion, about))
    for name in fusion.model.names:
        found, error = fusion.model.of_unit(name)
        typer.echo(f"{name:16}{found:+.3f} log odds a unit, standard error {error:.3f}")
    typer.echo(f"Fitted on {fusion.trained_on}, ridge {penalty:g}; written to {model}")


def _train_network(
    cases: Sequence[RiskCase], trained_on: tuple[str, bool], run: Path, steps: int, network: Path
) -> None:
    # Running needs no torch; only this does.
    try:
        from senoscope.models.training.risk.risk_map_training import (  # noqa: PLC0415
            train_risk_map,
        )
    except ImportError as error:
        raise InstallationError(
            f"The network needs more packages ({error}). Run: pip install 'senoscope[train]'"
        ) from error
    cv2.setNumThreads(1)
    images = measured_images(cases, typer.echo)
    about = f"{len(images)} {trained_on[0]}", trained_on[1]
    made = train_risk_map(cases, images, run, steps, about, typer.echo)
    write_text(network, json.dumps(made.as_json()) + "\n")
    typer.echo(f"Network of texture fitted on {made.trained_on}, written to {network}")


def evaluate_risk(
    folder: Folder,
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    network: Annotated[
        Path | None, typer.Option(help="What `train risk --network` wrote, for mammograms.")
    ] = None,
) -> None:
    """All models of risk on identical nested folds by woman: AUC, calibration, differences."""
    reader = None if network is None else load_risk_map_network(network)
    cv2.setNumThreads(1)
    cases, refused = with_bcrat(read_cohort(folder))
    cases = with_measures(cases, measured_images(cases, typer.echo), reader)
    simulated = _simulation(folder)
    read = judged(cases, typer.echo)
    figures, gaps = areas(read), differences(read)
    calibrations = {model: calibration(read, model) for model in read.log_odds}
    # Of what was measured on pictures, the odds are not those that the cohort was drawn with.
    drawn = all(case.image is None for case in cases)
    known = recovered(cases, simulated["log_odds_ratios"]) if simulated and drawn else {}
    content = {
        "about": {
            **_about(read, refused),
            "simulated": simulated or False,
            "network": None if reader is None else reader.trained_on,
        },
        "auc": figures,
        "differences_of_auc": gaps,
        "calibration": calibrations,
        "by_race_group": {
            model: by_group(read, model) for model in (HYBRID, FUSION) if model in read.log_odds
        },
        "known_log_odds_ratios": {
            name: {**asdict(each), "inside": each.is_inside} for name, each in known.items()
        },
        "published_on_other_data": PUBLISHED,
    }
    write_text(report, json_text(content))
    typer.echo(f"n = {len(cases)}, {int(read.cancer.sum())} with a cancer")
    _say(figures, gaps, calibrations)
    _say_known(known)
    for model, why in read.left_out.items():
        typer.echo(f"Left out: {model}: {why}")
    typer.echo(f"Written to {report}")


def _about(read: Judged, refused: Mapping[str, int]) -> dict[str, object]:
    return {
        "senoscope": __version__,
        "rows": len(read.cases),
        "women": len(set(read.women)),
        "cancers": int(read.cancer.sum()),
        "folds": "5 outer, 3 inner, by woman, the same for all models",
        "ci": "95 %, 2000 bootstrap resamples of women, the same ones for a difference; 300 of a "
        "calibration slope",
        "weighed": read.names,
        "penalties": read.penalties,
        "left_out": read.left_out,
        "bcrat_refused": refused,
    }


def _simulation(folder: Path) -> dict[str, Any]:
    """What is known of a simulated cohort; empty for one of real women."""
    path = folder / EFFECTS_FILE
    if not path.is_file():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        known = {str(name): float(one) for name, one in told["log_odds_ratios"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataSetError(
            f"{EFFECTS_FILE} says nothing of a simulated cohort ({error}). Take it out, or "
            "simulate the cohort again."
        ) from error
    return {**told, "log_odds_ratios": known}


def _say(
    figures: Mapping[str, Estimate],
    gaps: Mapping[str, Difference],
    calibrations: Mapping[str, Calibration],
) -> None:
    for model, area in figures.items():
        of = calibrations[model]
        typer.echo(
            f"{model:26}AUC {_told(area, '.3f')}  slope {_told(of.slope, '.2f')}  "
            f"expected/observed {_told(of.expected_observed, '.2f')}"
        )
    for name, gap in gaps.items():
        typer.echo(f"{name:52}{_told(gap, '+.3f')}")


def _say_known(known: Mapping[str, Recovered]) -> None:
    if not known:
        return
    inside = sum(each.is_inside for each in known.values())
    of_all = sum(each.is_inside_of(len(known)) for each in known.values())
    typer.echo(
        f"Known log odds ratios inside their 95 % interval: {inside} of {len(known)}; inside those "
        f"that hold all of them at 95 %: {of_all}"
    )
    for name, each in known.items():
        mark = "" if each.is_inside else "  outside"
        low, high = each.ci
        typer.echo(
            f"  {name:18}{each.known:+.3f}  {each.found:+.3f} [{low:+.3f}, {high:+.3f}]{mark}"
        )


def _told(figure: Estimate | Difference, form: str) -> str:
    return f"{figure.value:{form}} [{figure.ci[0]:{form}}, {figure.ci[1]:{form}}]"
