"""The AI process killed, stopped, and out of memory."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from bedside import Run, Stage, ai_process, at_bedside, reads, shows

from senoscope.domain.frame import Gray
from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.realtime.worker import BuildReader, FrameReader

AI_OFF = shows("ai_off", "ai_off_again")
ROOM = 64 * 2**20
"""Bytes free when the AI is to run out of memory."""
_EATEN: list[bytearray] = []
"""Never given back, as by a leak: in the AI process."""


@dataclass(frozen=True)
class HungryReader:
    """Another reader, but once `sign` exists its process has no memory left."""

    reader: FrameReader
    sign: Path

    @property
    def description(self) -> ReaderDescription:
        """The other's."""
        return self.reader.description

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """As the other reads, while there is memory."""
        if self.sign.exists():
            self.sign.unlink()
            _, most = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(
                resource.RLIMIT_AS, (psutil.Process().memory_info().vms + ROOM, most)
            )
            while True:
                _EATEN.append(bytearray(2**20))
        return self.reader.read(pixels, frame_index)


@dataclass(frozen=True)
class BuildHungry:
    """Picklable builder of one."""

    build: BuildReader
    sign: Path

    def __call__(self) -> HungryReader:
        """Build."""
        return HungryReader(self.build(), self.sign)


def killed(stage: Stage, times: int) -> list[Run]:
    """`kill -9` of the AI process."""

    def strike() -> float:
        os.kill(ai_process(), signal.SIGKILL)
        return time.monotonic()

    return _ai_faults(stage, times, stage.build, strike)


def hung(stage: Stage, times: int) -> list[Run]:
    """SIGSTOP of the AI process, for good: it is given up and another started."""

    def strike() -> float:
        os.kill(ai_process(), signal.SIGSTOP)
        return time.monotonic()

    return _ai_faults(stage, times, stage.build, strike)


def out_of_memory(stage: Stage, times: int) -> list[Run]:
    """An allocation that fails under RLIMIT_AS, in the AI process."""
    with TemporaryDirectory() as folder:
        sign = Path(folder) / "eat"

        def strike() -> float:
            sign.touch()
            return time.monotonic()

        return _ai_faults(stage, times, BuildHungry(stage.build, sign), strike)


def _ai_faults(
    stage: Stage, times: int, build: BuildReader, strike: Callable[[], float]
) -> list[Run]:
    runs = []
    with at_bedside(stage.phantom(), build) as bed:
        for nth in range(times):
            bed.settle(stage.between_s if nth else 1.0)
            at = strike()
            off = bed.viewer.first(AI_OFF, at)
            well = bed.viewer.first(reads, off)
            runs.append(Run(bed.viewer.longest_gap(at, well), off - at, well - at))
    return runs


def paused(stage: Stage, times: int) -> list[Run]:
    """SIGSTOP of the AI process, and SIGCONT two seconds later."""
    runs = []
    with at_bedside(stage.phantom(), stage.build) as bed:
        for _ in range(times):
            bed.settle()
            pid = ai_process()
            os.kill(pid, signal.SIGSTOP)
            at = time.monotonic()
            off = bed.viewer.first(AI_OFF, at)
            time.sleep(2.0)
            os.kill(pid, signal.SIGCONT)
            again = time.monotonic()
            well = bed.viewer.first(reads, again)
            runs.append(Run(bed.viewer.longest_gap(at, well), off - at, well - again))
    return runs
