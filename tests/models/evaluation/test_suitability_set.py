"""The list of caliper-free images is read whole; what is made is what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation import suitability_set as made
from senoscope.models.evaluation.marks import How, read_tags


def test_every_listed_image_was_looked_at_and_has_no_calipers() -> None:
    tags, listed = read_tags(), made.caliper_free()
    assert len(listed) >= 100
    assert all(not tags["bus-bra", name].calipers for name in listed)
    assert all(tags["bus-bra", name].how is How.EYE for name in listed)


def test_a_list_that_names_an_image_twice_or_is_absent_is_refused(tmp_path: Path) -> None:
    twice = tmp_path / "twice.txt"
    twice.write_text("bus_0001-l.png\nbus_0001-l.png\n")
    with pytest.raises(DataSetError, match="names an image twice"):
        made.caliper_free(twice)
    with pytest.raises(DataSetError, match="cannot be read"):
        made.caliper_free(tmp_path / "absent.txt")


def test_a_picture_is_found_in_an_uncompressed_file(tmp_path: Path) -> None:
    red = np.zeros((4, 6, 3), np.uint8)
    red[..., 0] = 200
    file = tmp_path / "still.dcm"
    element = b"\xe0\x7f\x10\x00OB\x00\x00" + red.size.to_bytes(4, "little")
    file.write_bytes(b"any" * 50 + element + red.tobytes() + b"rest")
    assert np.array_equal(made.uncompressed_still(file, 4, 6), red[..., ::-1])
    with pytest.raises(DataSetError, match="no uncompressed picture of 60x40"):
        made.uncompressed_still(file, 40, 60)


def test_what_is_made_is_the_same_each_time_and_differs_by_seed() -> None:
    first, again, other = (
        made.made_air(np.random.default_rng(seed), 96, 128) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_two_pictures_stand_side_by_side_with_a_black_gap() -> None:
    both = made.side_by_side(np.full((80, 70), 9, np.uint8), np.full((90, 75), 7, np.uint8), 4)
    assert both.shape == (80, 144)
    assert [set(part.ravel().tolist()) for part in np.split(both, [70, 74], axis=1)] == [
        {9},
        {0},
        {7},
    ]
