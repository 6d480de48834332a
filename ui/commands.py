"""Every `senoscope` command, listed."""

from __future__ import annotations

from typing import Annotated

import typer

from senoscope import __version__
from senoscope.ui.account_command import account
from senoscope.ui.bench_command import bench
from senoscope.ui.bench_peers import peers
from senoscope.ui.calibrate_command import calibrate
from senoscope.ui.compare_command import compare
from senoscope.ui.deidentify_command import deidentify
from senoscope.ui.doctor_command import doctor
from senoscope.ui.engines_command import engines
from senoscope.ui.evaluate_command import evaluate
from senoscope.ui.gallery_command import gallery
from senoscope.ui.live_command import live
from senoscope.ui.pacs_command import pacs
from senoscope.ui.probability_command import probability
from senoscope.ui.store_command import store
from senoscope.ui.study_command import study
from senoscope.ui.train_command import train

app = typer.Typer(
    help="An open breast-ultrasound assistant. Not a medical device: suggestions, not diagnoses.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(live)
app.command()(doctor)
app.command()(engines)
app.command()(gallery)
bench.command()(peers)
app.add_typer(bench, name="bench")
calibrate.command()(probability)
app.add_typer(calibrate, name="calibrate")
app.add_typer(evaluate, name="evaluate")
app.add_typer(compare, name="compare")
app.add_typer(train, name="train")
study.command()(deidentify)
app.add_typer(study, name="study")
app.add_typer(store, name="store")
app.add_typer(pacs, name="pacs")
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
