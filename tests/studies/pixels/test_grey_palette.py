"""A palette's entries, plain and in segments, of 8 and of 16 bits."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_color_lut

from senoscope.domain.errors import ImageError
from senoscope.studies.pixels.grey_palette import COLOURS, expanded, palette
from senoscope.studies.pixels.grey_scale import GreyScale

VALUES = np.arange(9, 19, dtype=np.float64)
SHOWN = [1, 1, 5, 30, 40, 50, 60, 70, 70, 70]
"""Of seven entries from the value 10 on; 9 has the first, 17 and 18 the last."""
SEGMENTS = [0, 3, 1, 5, 30, 1, 4, 70]


def tables(bits: int, data: bytes | list[int], keyword: str = "") -> Dataset:
    dataset = Dataset()
    for colour in COLOURS:
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [7, 10, bits])
        setattr(dataset, f"{keyword}{colour}PaletteColorLookupTableData", data)
    return dataset


def shown(dataset: Dataset) -> list[list[int]]:
    """Of VALUES, by colour."""
    return palette(dataset, VALUES, signed=False, little_endian=True).T.tolist()


@pytest.mark.parametrize(
    "dataset",
    [
        tables(8, bytes([1, 5, 30, 40, 50, 60, 70])),
        tables(16, [each << 8 for each in (1, 5, 30, 40, 50, 60, 70)]),
        tables(8, bytes(SEGMENTS), "Segmented"),
        tables(16, [0, 3, 256, 1280, 7680, 1, 4, 17920], "Segmented"),
    ],
    ids=["8 bits", "16 bits", "segments of 8 bits", "segments of 16 bits"],
)
def test_entries_begin_at_the_first_value_mapped_and_hold_beyond_the_ends(dataset: Dataset) -> None:
    assert shown(dataset) == [SHOWN] * 3


def test_each_colour_has_its_own_table() -> None:
    dataset = tables(8, bytes(7))
    dataset.GreenPaletteColorLookupTableData = bytes([9] * 7)
    assert shown(dataset) == [[0] * 10, [9] * 10, [0] * 10]


@pytest.mark.parametrize("bits", [7, 12, 17])
def test_entries_of_other_bits_are_refused(bits: int) -> None:
    with pytest.raises(ImageError, match=f"The palette's red has {bits} bits an entry"):
        shown(tables(bits, bytes(14)))


def test_a_segment_of_one_is_followed_and_one_of_none_is_damage() -> None:
    assert expanded([0, 1, 4, 1, 1, 8, 0, 1, 2], 3).tolist() == [4, 8, 2]
    for damaged in ([0, 0, 0, 3, 1, 2, 3], [0, 1, 4, 1, 0, 8, 0, 2, 1, 2], [0, 1, 4, 2, 2, 0, 0]):
        with pytest.raises(ImageError, match="do not make 3 entries"):
            expanded(damaged, 3)


def test_segments_of_a_palette_are_followed_and_damaged_ones_refused() -> None:
    # Three as they are, then four on a line from the last of them to 70.
    assert expanded([0, 3, 1, 5, 30, 1, 4, 70], 7).tolist() == [1, 5, 30, 40, 50, 60, 70]
    for damaged in ([], [1, 4, 70], [0, 3, 1], [2, 2, 0, 0], [0, 9, *range(9)], [0, 0]):
        with pytest.raises(ImageError, match="do not make 7 entries"):
            expanded(damaged, 7)


def test_a_palette_of_pydicom_s_wheel_has_the_colours_that_pydicom_gives() -> None:
    found = get_testdata_file("examples_palette.dcm", download=False)
    assert found is not None, "it came with pydicom"
    dataset = dcmread(str(found))
    pixels = dataset.pixel_array
    theirs = np.asarray(apply_color_lut(pixels, dataset))
    eight = theirs >> 8 if theirs.dtype == np.uint16 else theirs
    ours = GreyScale.of(dataset).display(pixels)
    assert np.abs(ours.astype(int) - eight).max() <= 1
    assert np.ptp(ours) > 50
