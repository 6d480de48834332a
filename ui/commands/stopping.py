"""How a command ends that is stopped: by Ctrl-C, or by whoever ends programs."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

STOPPED, TERMINATED = 130, 143
"""Exit statuses of a program that Ctrl-C or SIGTERM ended, as a shell counts them."""


class StoppableGroup(TyperGroup):
    """Ctrl-C ends a command that has no word of its own for it in one line."""

    def invoke(self, ctx: Any) -> Any:
        """Run what was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("\nsenoscope: stopped by Ctrl-C.", err=True)
            raise typer.Exit(STOPPED) from None


@contextmanager
def ended_by_sigterm(status: int) -> Iterator[None]:
    """SIGTERM ends what is within as an exit does, so that the AI process and its memory go too.

    What SIGTERM did before, it does again after.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(status))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
