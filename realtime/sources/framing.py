"""What of a source's picture is shown and read: a part found or drawn, or all of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable

from senoscope.domain.frame import ScanArea
from senoscope.realtime.sources.base import Source


class Cut(StrEnum):
    """What no hand drew."""

    FOUND = "found"
    """The field of view, looked for on the screen; nothing is shown where none is found."""
    CLEARED = "cleared"
    """All of it, known to be tissue; what is written on it is painted over."""
    WHOLE = "whole"
    """All of the picture, with whatever is written on it."""


Framing = Cut | ScanArea


@runtime_checkable
class MayBeWrittenOn(Protocol):
    """A source whose pictures may have a name on them."""

    @property
    def usual_cut(self) -> Cut:
        """FOUND where they are whole screens, CLEARED where they are tissue all over."""


def usual_framing(source: Source) -> Cut:
    """Where the operator chose nothing: no name may leave a screen unasked."""
    return source.usual_cut if isinstance(source, MayBeWrittenOn) else Cut.WHOLE


def parse_framing(text: str) -> Framing:
    """Read what `str` gives of a `Cut` or a `ScanArea`. SettingsError says why not."""
    return Cut(text) if text in set(Cut) else ScanArea.parse(text)
