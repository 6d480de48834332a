from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import StorageError
from senoscope.realtime.frame_spool import FrameSpool
from tests.realtime.recordings import speckle


def test_frames_come_back_as_they_were_in_any_order(tmp_path: Path) -> None:
    spool = FrameSpool(tmp_path / "new")
    frames = [speckle(index, columns=64 + index).pixels for index in range(5)]
    for pixels in frames:
        spool.add(pixels)
    assert len(spool) == 5
    for place in (4, 0, 2):
        assert np.array_equal(spool.pixels(place), frames[place])
    with pytest.raises(IndexError):
        spool.pixels(5)
    with pytest.raises(IndexError):
        spool.pixels(-1)
    spool.close()
    assert list((tmp_path / "new").iterdir()) == []


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path: Path) -> None:
    spool = FrameSpool(tmp_path, kept_free=2**62)
    with pytest.raises(StorageError, match=r"only \d+ MB are free.*Free space"):
        spool.add(speckle(0).pixels)
    spool.close()


def test_a_folder_that_cannot_be_one_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be kept"):
        FrameSpool(tmp_path / "file")


def test_closed_it_says_so(tmp_path: Path) -> None:
    spool = FrameSpool(tmp_path)
    spool.add(speckle(0).pixels)
    spool.close()
    with pytest.raises(StorageError, match="can no longer be read"):
        spool.pixels(0)
