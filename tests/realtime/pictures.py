"""A source of given pictures, and what came of them in a loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle

from senoscope.domain.frame import Frame, Gray
from senoscope.realtime.sources.framing import Cut
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.sources.pacing import Pace


class Screens:
    """These, one after the other, as a grabber gives them: `usual_cut` says what they hold."""

    name = "screens"
    simulated = True

    def __init__(
        self,
        pictures: Iterable[Gray],
        usual_cut: Cut = Cut.FOUND,
        rate_hz: float | None = None,
        repeat: bool = False,
    ) -> None:
        self.usual_cut = usual_cut
        self._pace = Pace(rate_hz)
        self._pictures, self._repeat = tuple(pictures), repeat
        self._left: Iterator[Gray] = iter(())
        self._numbering = Numbering(self.name)

    def open(self) -> None:
        self._left = cycle(self._pictures) if self._repeat else iter(self._pictures)

    def grab(self) -> Frame | None:
        self._pace.wait()
        picture = next(self._left, None)
        return None if picture is None else self._numbering.frame(picture)

    def close(self) -> None:
        self._left = iter(())
        self._pace.stop()
