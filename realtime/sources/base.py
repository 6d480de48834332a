"""The seam every source of frames is behind."""

from __future__ import annotations

from typing import Protocol

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
