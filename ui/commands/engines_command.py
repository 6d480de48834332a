"""`senoscope engines`: which ways of reading can be trusted here, and how fast they are."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from senoscope.calibration.engine_choice import fastest
from senoscope.ui.engine_record import kept_trials, new_trials


def engines(
    again: Annotated[
        bool, typer.Option("--again", help="Try them even if nothing changed.")
    ] = False,
) -> None:
    """Say which engines read as the fp32 reference does here, and how fast each is."""
    trials = (None if again else kept_trials()) or new_trials(partial(typer.echo, err=True))
    for trial in trials:
        typer.echo(f"{trial.way:20}{trial.in_words}")
    typer.echo(f"Taken: {fastest(trials).way}")
