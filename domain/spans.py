"""Where the time of a long piece of work goes, for whoever watches from outside; usually nobody."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Spans(Protocol):
    """What is done within is a part of that name; parts lie in parts."""

    def __call__(self, name: str, /, **facts: str | int) -> AbstractContextManager[object]:
        """`facts` hold no name of a person, of a file or of a study."""


def no_spans(_name: str, /, **_facts: str | int) -> AbstractContextManager[object]:
    """Nobody watches."""
    return nullcontext()
