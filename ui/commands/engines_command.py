"""`senoscope engines`: which ways of reading can be trusted here, and how fast they are."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from senoscope.ui.engine_record import kept_trials, new_trials, server_record, usual_choice


def engines(
    again: Annotated[
        bool, typer.Option("--again", help="Try them even if nothing changed.")
    ] = False,
) -> None:
    """Say which engines read as the fp32 reference does here, and how fast each is."""
    say = partial(typer.echo, err=True)
    server = server_record(say)  # what cannot be one is refused before anything is tried
    trials = (None if again else kept_trials()) or new_trials(say)
    served = () if server is None else server.all(again)
    for trial in (*trials, *served):
        typer.echo(f"{trial.way:20}{trial.in_words}")
    typer.echo(f"Taken: {usual_choice(server, trials, say).way.title}")
