"""The seam every source of frames is behind."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from senoscope.domain.frame import Frame


class Source(Protocol):
    """Frames from a scanner, a file or a simulation.

    Opened, grabbed from and closed by one thread; `close` may also be called from another, and
    then ends a waiting `grab`.
    """

    @property
    def name(self) -> str:
        """What the page calls it: "phantom", "camera 0", "video file".

        Never a file's name, which is often a patient's.
        """

    @property
    def simulated(self) -> bool:
        """True where the frames show no real tissue."""

    def open(self) -> None:
        """Get ready to grab. SourceUnavailable says in plain words why not and what to do."""

    def grab(self) -> Frame | None:
        """Wait for the next frame, at the source's own rate. None at the end.

        SourceLost when it stops delivering, ImageError when a frame cannot be used.
        """

    def close(self) -> None:
        """Let go of the device or file. Safe to call twice, or before `open`."""


@runtime_checkable
class Stills(Protocol):
    """A source whose frames each stand for themselves, as in a folder of images."""

    @property
    def stills(self) -> bool:
        """False for one whose frames follow each other."""


@runtime_checkable
class ComesBack(Protocol):
    """A source that can be opened again after it was lost, and goes on where it is then."""

    @property
    def comes_back(self) -> bool:
        """False for a source that would begin anew."""


@runtime_checkable
class OpensSlowly(Protocol):
    """A source that can say how far its opening has come."""

    @property
    def progress(self) -> float:
        """0..1."""


@runtime_checkable
class KnowsItsEnd(Protocol):
    """A source that can say how much of it has come."""

    @property
    def share(self) -> float | None:
        """0..1; None where it cannot be told."""
