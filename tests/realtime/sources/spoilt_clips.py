"""Plays spoilt copies of a clip, to be run in a process of its own.

    python -m tests.realtime.sources.spoilt_clips CLIP FIRST_SEED COUNT

Prints each seed before it is played, so that whoever finds the process dead or hanging knows which
it was, and at the end a line of JSON: how many were refused, lost or played, and the most memory.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from senoscope.domain.errors import ImageError, SourceLost, SourceUnavailable
from senoscope.realtime.sources.video_file import VideoFileSource

MOST_PICTURES = 400
"""Of a clip of 12: more than any copied part of it can hold."""
EXTREMES = (b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\xff\xff")


Fault = Callable[[bytearray, int, int, np.random.Generator], None]


def _flip(data: bytearray, at: int, length: int, rng: np.random.Generator) -> None:
    data[at] ^= 1 << int(rng.integers(8))


def _scramble(data: bytearray, at: int, length: int, rng: np.random.Generator) -> None:
    data[at : at + length] = rng.bytes(len(data[at : at + length]))


def _cut_short(data: bytearray, at: int, length: int, rng: np.random.Generator) -> None:
    del data[at:]


def _take_out(data: bytearray, at: int, length: int, rng: np.random.Generator) -> None:
    del data[at : at + length]


def _double(data: bytearray, at: int, length: int, rng: np.random.Generator) -> None:
    data[at:at] = data[at : at + length]


def _claim(data: bytearray, at: int, length: int, rng: np.random.Generator) -> None:
    data[at : at + 4] = EXTREMES[int(rng.integers(len(EXTREMES)))]


def _blank(data: bytearray, at: int, length: int, rng: np.random.Generator) -> None:
    data[at : at + length] = bytes(len(data[at : at + length]))


def _append(data: bytearray, at: int, length: int, rng: np.random.Generator) -> None:
    data += rng.bytes(length)


FAULTS: tuple[Fault, ...] = (
    _flip, _scramble, _cut_short, _take_out, _double, _claim, _blank, _append,
)  # fmt: skip


def spoilt(content: bytes, seed: int) -> bytes:
    """`content` with one to four faults, always the same for a seed."""
    rng = np.random.default_rng(seed)
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        if not data:
            break
        at = _place(rng, len(data))
        FAULTS[int(rng.integers(len(FAULTS)))](data, at, int(rng.integers(1, 200)), rng)
    return bytes(data)


def _place(rng: np.random.Generator, length: int) -> int:
    """Headers, at either end, as often as all the rest."""
    near = int(rng.integers(min(600, length)))
    return (int(rng.integers(length)), near, length - 1 - near)[int(rng.integers(3))]


def played(file: Path) -> str:
    """What became of a clip; anything but a picture, its end or an error of ours is raised."""
    source = VideoFileSource(file, flat_out=True)
    try:
        source.open()
        for _ in range(MOST_PICTURES):
            try:
                if source.grab() is None:
                    return "played"
            except ImageError:
                continue
    except SourceUnavailable:
        return "refused"
    except SourceLost:
        return "lost"
    finally:
        source.close()
    raise AssertionError(f"more than {MOST_PICTURES} pictures came of a clip of 12")


def main() -> None:
    """Play them all."""
    clip, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    content = clip.read_bytes()
    copy = clip.with_name(f"spoilt{clip.suffix}")
    fates: Counter[str] = Counter()
    for seed in range(first, first + count):
        sys.stdout.write(f"{seed}\n")
        sys.stdout.flush()
        copy.write_bytes(spoilt(content, seed))
        fates[played(copy)] += 1
    # `resource.getrusage` would count what the parent held when it started this one.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    memory_mb = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    sys.stdout.write(json.dumps({**fates, "memory_mb": memory_mb}) + "\n")


if __name__ == "__main__":
    main()
