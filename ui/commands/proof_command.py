"""`senoscope proof`: what was said of exams, what became of them, and the figures made of both."""

from __future__ import annotations

import typer

proof = typer.Typer(
    help="Log what readers and the AI say, add what became of it, and make the study of both.",
    no_args_is_help=True,
)
