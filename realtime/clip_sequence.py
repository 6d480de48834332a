"""Clips read whole, one after the other, by one loop: the AI process is started once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.errors import InstallationError
from senoscope.domain.reading import ReaderDescription
from senoscope.realtime.feeder import FIRST_BACK_OFF_S, LAST_BACK_OFF_S
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.picture import Picture
from senoscope.realtime.published import AiState, ReadFrame
from senoscope.realtime.sources.clip import ClipSource
from senoscope.realtime.sources.framing import Framing
from senoscope.realtime.worker import BuildReader

LOOK_EVERY_S = 0.1
NOBODY = ReaderDescription("", ())

Hear = Callable[[int, ReadFrame], None]
"""Told a frame's place in the clip, from 0, and what was read of it, or why it was not to be."""


@dataclass(frozen=True, slots=True)
class ClipEnd:
    """What is left to say of a clip.

    `alike`: places of frames with the very pixels of an earlier one, and that one's place: its
    reading, where there is one, is theirs. `error`: the last thing that went wrong, "" for nothing.
    """

    alike: Mapping[int, int]
    error: str


class ClipSequence:
    """A context manager: what it started is gone at its end.

    Each clip is read as `ClipReview` and the live loop read it, bit for bit: no lesion is followed
    from one into the next.
    """

    def __init__(self, build_reader: BuildReader) -> None:
        self._build_reader = build_reader
        self._loop: LiveLoop | None = None
        # The loop asks for them when it is given a source.
        self._templates: list[ScreenTemplate] = []
        self._falls_before = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        if self._loop is not None:
            self._loop.stop()

    def begin_study(self) -> None:
        """The clips from here on are of another study than those before."""
        self._falls_before = 0 if self._loop is None else self._loop.status().engine_falls

    @property
    def reader(self) -> ReaderDescription:
        """Who reads this study; NOBODY before the first clip."""
        if self._loop is None:
            return NOBODY
        status = self._loop.status()
        has_fallen = status.engine_falls > self._falls_before
        return status.reader.in_part() if has_fallen else status.reader

    def read(
        self,
        source: ClipSource,
        framing: Framing,
        template: ScreenTemplate | None,
        hear: Hear,
        goes_on: Callable[[], bool],
    ) -> ClipEnd | None:
        """Read `source` to its end, each frame in its turn; `goes_on` is asked meanwhile.

        `template`: of its screen, where the field of view was found ahead. `hear` is told on
        another thread, of frames that are alike only the first; what it raises is raised here.
        None where it did not go on. InstallationError where the AI cannot be started.
        """
        self._templates[:] = [] if template is None else [template]
        heard = _Hearing(source, hear)
        loop = self._loop
        if loop is None:
            loop = LiveLoop(
                source, self._build_reader, framing, reads_all=True, templates=self._templates
            )
            endings = heard.listen(loop)
            self._loop = loop
            loop.start()
        else:
            endings = heard.listen(loop)
            loop.switch_source(source, framing)
        while not loop.wait(None, LOOK_EVERY_S):
            if not goes_on():
                return None
        for end in endings:
            end()
        if heard.fault is not None:
            raise heard.fault
        _require_reader(loop, goes_on)
        status = loop.status()
        return ClipEnd(heard.alike, status.error or status.ai_message)


class _Hearing:
    """Of one clip: which place in it a frame had."""

    def __init__(self, source: ClipSource, hear: Hear) -> None:
        self.alike: dict[int, int] = {}
        self.fault: Exception | None = None
        self._source, self._hear = source, hear
        self._places: dict[int, int] = {}

    def listen(self, loop: LiveLoop) -> list[Callable[[], None]]:
        return [
            loop.subscribe_captured(self._take_picture),
            loop.subscribe_read(self._take_reading),
        ]

    def _take_picture(self, picture: Picture) -> None:
        """On the capture thread, before it is read and before the next one comes."""
        place = self._source.place
        self._places[picture.frame.index] = place
        if picture.twin is not None:
            self.alike[place] = self._places[picture.twin.frame.index]

    def _take_reading(self, read: ReadFrame) -> None:
        if self.fault is not None:
            return
        try:
            self._hear(self._places[read.frame.index], read)
        except Exception as fault:  # noqa: BLE001 - a thread's border: raised again where it is read
            self.fault = fault


def _require_reader(loop: LiveLoop, goes_on: Callable[[], bool]) -> None:
    """One that died is started again after a pause; one that cannot be built is not."""
    pause_s = min(FIRST_BACK_OFF_S * 2 ** min(loop.status().ai_restarts, 8), LAST_BACK_OFF_S)
    deadline_s = time.monotonic() + pause_s + 1.0
    while (status := loop.status()).ai_state is AiState.OFF and goes_on():
        if time.monotonic() > deadline_s:
            raise InstallationError(f"The images cannot be read: {status.ai_message}")
        time.sleep(LOOK_EVERY_S)
