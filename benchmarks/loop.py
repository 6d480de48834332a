"""What the live loop itself costs: a reader that does nothing, 1024x768 at 60 frames a second.

    python benchmarks/loop.py --seconds 20

Prints a LoopReport as JSON. Its `cpu_ms_per_frame` is capture, duplicate check, JPEG encoding, the
way to the AI process and back, and publishing to one viewer.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict

import cv2
import numpy as np

from senoscope.domain.frame import Frame, Gray
from senoscope.domain.reading import ReaderDescription, Reading
from senoscope.realtime.loop import LiveLoop


class SpeckleSource:
    """A few speckled pictures over and over, each due at its own moment; none costs anything."""

    name = "speckle"
    simulated = True

    def __init__(self, columns: int, rows: int, rate_hz: float, frames: int) -> None:
        self._rate_hz = rate_hz
        self._frames = frames
        self._index = 0
        self._started_at = 0.0
        self._closed = False
        random_source = np.random.default_rng(0)
        self._pictures = [_speckle(random_source, columns, rows) for _ in range(8)]

    def open(self) -> None:
        """Nothing to open."""

    def grab(self) -> Frame | None:
        """Wait until the next frame is due."""
        if self._closed or self._index == self._frames:
            return None
        self._started_at = self._started_at or time.monotonic()
        time.sleep(max(0.0, self._started_at + self._index / self._rate_hz - time.monotonic()))
        pixels = self._pictures[self._index % len(self._pictures)]
        frame = Frame(pixels, self._index, time.monotonic_ns(), simulated=True)
        self._index += 1
        return frame

    def close(self) -> None:
        """End at the next grab."""
        self._closed = True


class NoReader:
    """Finds nothing, in no time."""

    description = ReaderDescription("none", ())

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Look at nothing."""
        del pixels
        return Reading(frame_index, (), presence=0.0, stage_ms={})


def _speckle(random_source: np.random.Generator, columns: int, rows: int) -> Gray:
    noise = random_source.rayleigh(60, (rows, columns)).astype(np.float32)
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 1.5), 0, 255).astype(np.uint8)


def main() -> None:
    """Run the loop for a while and print what it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=60.0, help="frames a second")
    parser.add_argument("--columns", type=int, default=1024)
    parser.add_argument("--rows", type=int, default=768)
    given = parser.parse_args()
    frames = round(given.seconds * given.rate)
    loop = LiveLoop(SpeckleSource(given.columns, given.rows, given.rate, frames), NoReader)
    loop.subscribe(lambda _: None)
    loop.start(wait_for_reader=True)
    try:
        loop.wait(None, timeout_s=3 * given.seconds + 10)
    finally:
        loop.stop()
    print(json.dumps(asdict(loop.report()), indent=2))


if __name__ == "__main__":
    main()
