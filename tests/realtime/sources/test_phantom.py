from threading import Thread

import numpy as np
import pytest

from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.realtime.sources.phantom import PhantomSource

SIZE = (128, 96)


def test_the_sweep_repeats_without_end_and_is_marked_as_simulated() -> None:
    source = PhantomSource(seed=5, rate_hz=None, size=SIZE, frames=3)
    source.open()
    frames = [source.grab() for _ in range(7)]
    source.close()
    kept = [frame for frame in frames if frame is not None]
    assert [frame.index for frame in kept] == list(range(7))
    assert all(frame.simulated and frame.size == SIZE for frame in kept)
    assert all(frame.pixel_spacing is not None for frame in kept)
    assert np.array_equal(kept[0].pixels, kept[3].pixels)
    assert not np.array_equal(kept[0].pixels, kept[1].pixels)
    assert source.grab() is None


def test_opening_tells_how_far_it_is() -> None:
    source = PhantomSource(rate_hz=None, size=SIZE, frames=8)
    assert source.progress == 0
    opening = Thread(target=source.open)
    opening.start()
    told = set()
    while opening.is_alive():
        told.add(source.progress)
        opening.join(0.005)  # a busy wait would keep the opening thread from running
    assert any(0 < progress < 1 for progress in told)
    assert source.progress == 1


def test_closing_ends_an_opening() -> None:
    source = PhantomSource(rate_hz=None, size=SIZE)
    source.close()
    with pytest.raises(SourceUnavailable, match="closed while it opened"):
        source.open()


def test_grabbing_before_opening_is_refused() -> None:
    with pytest.raises(SourceLost, match="open it before"):
        PhantomSource(rate_hz=None).grab()


def test_the_name_tells_the_seed() -> None:
    assert PhantomSource().name == "phantom"
    assert PhantomSource(7).name == "phantom 7"
