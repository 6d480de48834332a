"""`senoscope engines`: which ways of reading can be trusted here, and how fast they are."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from senoscope.ui.engine_record import kept_trials, new_trials, server_trials, taken
from senoscope.ui.inference_server import named_server


def engines(
    again: Annotated[
        bool, typer.Option("--again", help="Try them even if nothing changed.")
    ] = False,
) -> None:
    """Say which engines read as the fp32 reference does here, and how fast each is."""
    named_server()  # what cannot be one is refused before anything is tried
    say = partial(typer.echo, err=True)
    trials = (None if again else kept_trials()) or new_trials(say)
    served = server_trials(say, again)
    for trial in (*trials, *served):
        typer.echo(f"{trial.way:20}{trial.in_words}")
    typer.echo(f"Taken: {taken(trials, served)}")
