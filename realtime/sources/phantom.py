"""A simulated breast under a sweeping probe, without end."""

from __future__ import annotations

from threading import Event

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame, Gray
from senoscope.domain.spacing import CalibratedSpacing, SpacingOrigin
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.sources.pacing import Pace


class PhantomSource:
    """Plays one sweep round and round at `rate_hz`, or flat out where that is None.

    `size` is (columns, rows); `frames` is the length of the sweep. All are rendered in `open`, so
    that a grab costs nothing.
    """

    simulated = True

    def __init__(
        self,
        seed: int = 0,
        rate_hz: float | None = 30.0,
        size: tuple[int, int] = (1024, 768),
        frames: int = 150,
    ) -> None:
        self._phantom = BModePhantom(seed, *size)
        self._sweep = self._phantom.sweep(frames)
        self._frames = frames
        self._pace = Pace(rate_hz)
        spacing = CalibratedSpacing(self._phantom.pixel_spacing, SpacingOrigin.PHANTOM)
        self._numbering = Numbering(self.name, spacing, simulated=True)
        self._pictures: list[Gray] = []
        self._closed = Event()

    @property
    def name(self) -> str:
        """The word phantom, and its seed where that is not 0."""
        return f"phantom {self._phantom.seed}" if self._phantom.seed else "phantom"

    @property
    def progress(self) -> float:
        """How much of the sweep is rendered, 0..1."""
        return len(self._pictures) / self._frames

    def open(self) -> None:
        """Render the sweep: some seconds. SourceUnavailable when closed meanwhile."""
        for frame in self._sweep:
            if self._closed.is_set():
                raise SourceUnavailable(f"{self.name} was closed while it opened. Open it again.")
            frame.pixels.flags.writeable = False
            self._pictures.append(frame.pixels)

    def grab(self) -> Frame | None:
        """Wait for the next frame; None once closed."""
        if not self._pace.wait():
            return None
        pictures = self._pictures
        if not pictures:
            raise SourceLost(f"{self.name} was not opened; open it before grabbing from it.")
        return self._numbering.frame(pictures[self._numbering.count % len(pictures)])

    def close(self) -> None:
        """Stop and forget the pictures."""
        self._closed.set()
        self._pace.stop()
        self._pictures = []
