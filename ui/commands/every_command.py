"""Every `senoscope` command, listed."""

from __future__ import annotations

from typing import Annotated

import typer

from senoscope import __version__
from senoscope.ui.commands.account_command import account
from senoscope.ui.commands.bcs_dbt_command import evaluate_bcs_dbt
from senoscope.ui.commands.bench_command import bench
from senoscope.ui.commands.bench_peers import peers
from senoscope.ui.commands.breast_mri_lesion_command import (
    evaluate_breast_mri_lesions,
    train_breast_mri_lesions,
)
from senoscope.ui.commands.breast_mri_simulate_command import simulate_breast_mri
from senoscope.ui.commands.calibrate_command import calibrate
from senoscope.ui.commands.compare_command import compare
from senoscope.ui.commands.dce_command import evaluate_dce
from senoscope.ui.commands.deidentify_command import deidentify
from senoscope.ui.commands.density_command import evaluate_density, train_density_command
from senoscope.ui.commands.doctor_command import doctor
from senoscope.ui.commands.engines_command import engines
from senoscope.ui.commands.evaluate_command import evaluate
from senoscope.ui.commands.gallery_command import gallery
from senoscope.ui.commands.live_command import live
from senoscope.ui.commands.mama_mia_command import (
    evaluate_mama_mia,
    simulate_mama_mia,
    train_breast_mri_network,
)
from senoscope.ui.commands.mammogram_words_command import evaluate_mammogram_words
from senoscope.ui.commands.mammography_cade_command import (
    evaluate_mammography_cade,
    train_mammography_cade,
)
from senoscope.ui.commands.mammography_network_command import (
    evaluate_mammography_network,
    train_mammography_network,
)
from senoscope.ui.commands.models_command import models
from senoscope.ui.commands.pacs_command import pacs
from senoscope.ui.commands.probability_command import probability
from senoscope.ui.commands.proof_command import proof
from senoscope.ui.commands.proof_study_command import proof_replay, proof_study
from senoscope.ui.commands.reader_log_command import log, pathology
from senoscope.ui.commands.risk_command import risk
from senoscope.ui.commands.risk_model_command import (
    evaluate_risk,
    simulate_risk_cohort,
    train_risk,
)
from senoscope.ui.commands.rooms_command import rooms
from senoscope.ui.commands.simulate_command import simulate
from senoscope.ui.commands.stopping import StoppableGroup
from senoscope.ui.commands.store_command import store
from senoscope.ui.commands.study_command import study
from senoscope.ui.commands.tomosynthesis_cade_command import (
    evaluate_tomosynthesis_cade,
    train_tomosynthesis_cade_command,
)
from senoscope.ui.commands.tomosynthesis_network_command import (
    evaluate_tomosynthesis_network,
    train_tomosynthesis_network,
)
from senoscope.ui.commands.train_command import train
from senoscope.ui.commands.wrap_command import wrap

app = typer.Typer(
    help=(
        "An open breast-imaging assistant: ultrasound live, mammograms and tomosynthesis offline. "
        "Not a medical device: suggestions, not diagnoses."
    ),
    cls=StoppableGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(live)
app.command()(doctor)
app.command()(engines)
app.command()(gallery)
app.command()(rooms)
bench.command()(peers)
app.add_typer(bench, name="bench")
calibrate.command()(probability)
app.add_typer(calibrate, name="calibrate")
evaluate.command("mammography-cade")(evaluate_mammography_cade)
evaluate.command("mammogram-words")(evaluate_mammogram_words)
evaluate.command("mammography-network")(evaluate_mammography_network)
evaluate.command("tomosynthesis-cade")(evaluate_tomosynthesis_cade)
evaluate.command("tomosynthesis-network")(evaluate_tomosynthesis_network)
evaluate.command("bcs-dbt")(evaluate_bcs_dbt)
evaluate.command("mama-mia")(evaluate_mama_mia)
evaluate.command("breast-mri-lesions")(evaluate_breast_mri_lesions)
evaluate.command("density")(evaluate_density)
evaluate.command("dce")(evaluate_dce)
evaluate.command("risk")(evaluate_risk)
app.add_typer(evaluate, name="evaluate")
app.add_typer(compare, name="compare")
train.command("mammography-cade")(train_mammography_cade)
train.command("mammography-network")(train_mammography_network)
train.command("tomosynthesis-cade")(train_tomosynthesis_cade_command)
train.command("tomosynthesis-network")(train_tomosynthesis_network)
train.command("breast-mri-network")(train_breast_mri_network)
train.command("breast-mri-lesions")(train_breast_mri_lesions)
train.command("density")(train_density_command)
train.command("risk")(train_risk)
app.add_typer(train, name="train")
simulate.command("mama-mia")(simulate_mama_mia)
simulate.command("breast-mri")(simulate_breast_mri)
simulate.command("risk-cohort")(simulate_risk_cohort)
app.add_typer(simulate, name="simulate")
study.command()(deidentify)
study.command()(wrap)
app.add_typer(study, name="study")
app.add_typer(store, name="store")
proof.command()(log)
proof.command()(pathology)
proof.command("study")(proof_study)
proof.command("replay")(proof_replay)
app.add_typer(proof, name="proof")
app.add_typer(risk, name="risk")
app.add_typer(pacs, name="pacs")
app.add_typer(models, name="models")
app.add_typer(account, name="account")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    pass
