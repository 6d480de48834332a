from __future__ import annotations

import tracemalloc
import zlib

import numpy as np
import pytest

from senoscope.realtime.recording.pixel_packing import pack, unpack
from tests import builders
from tests.realtime.recordings import speckle

RNG = np.random.default_rng(1)
PICTURES = {
    "speckle": speckle(7).pixels,
    "noise": RNG.integers(0, 256, (64, 96), np.uint8),
    "turned": speckle(3, 64, 96).pixels.T,
    "every second": RNG.integers(0, 256, (128, 192), np.uint8)[::2, ::2],
    "white": builders.pixels(255),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_comes_back_pixel_for_pixel(name: str) -> None:
    pixels = PICTURES[name]
    assert np.array_equal(unpack(pack(pixels), 64, 96), pixels)


def test_what_is_smooth_becomes_small() -> None:
    slope = np.add.outer(np.arange(64), np.arange(96)).astype(np.uint8)
    assert len(pack(slope)) < slope.size / 20
    assert len(pack(speckle(0).pixels)) < 0.9 * speckle(0).pixels.size


@pytest.mark.parametrize(
    "data",
    [
        zlib.compress(bytes(96 * 64 + 1)),
        zlib.compress(bytes(96 * 64 - 1)),
        zlib.compress(bytes(96 * 64))[:-1],
        b"no zlib",
        b"",
    ],
)
def test_pixels_that_are_not_as_many_as_asked_for_are_refused(data: bytes) -> None:
    with pytest.raises((ValueError, zlib.error)):
        unpack(data, 64, 96)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zlib.compress(bytes(10**8), 9)
    tracemalloc.start()
    with pytest.raises(ValueError, match="too many"):
        unpack(bomb, 64, 96)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10**6
