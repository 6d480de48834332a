"""Which values an image can hold, which are padding, and what is no frame of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom import Dataset

from senoscope.domain.errors import ImageError
from senoscope.studies.pixels.grey_stored import Stored


def stored(allocated: int, bits: int, signed: bool = False, **attributes: Any) -> Stored:
    dataset = Dataset()
    dataset.BitsAllocated, dataset.BitsStored = allocated, bits
    dataset.PixelRepresentation = int(signed)
    for name, value in attributes.items():
        setattr(dataset, name, value)
    return Stored.of(dataset)


@pytest.mark.parametrize(("allocated", "bits"), [(1, 1), (8, 1), (8, 8), (16, 9), (16, 16)])
def test_all_values_of_these_bits_are_known(allocated: int, bits: int) -> None:
    plain = stored(allocated, bits)
    assert plain.samples == 1
    assert plain.values().tolist() == list(range(2**bits))
    signed = stored(allocated, bits, signed=True)
    assert sorted(signed.values()) == list(range(-(2 ** (bits - 1)), 2 ** (bits - 1)))
    assert not plain.padding.any() and not signed.padding.any()


@pytest.mark.parametrize(
    ("allocated", "bits", "high"), [(8, 0, None), (8, 9, None), (12, 12, None), (16, 12, 15)]
)
def test_bits_that_are_not_the_low_ones_are_refused(
    allocated: int, bits: int, high: int | None
) -> None:
    with pytest.raises(ImageError, match=f"{bits} bits stored of {allocated}"):
        stored(allocated, bits, HighBit=high)


def padded(values: Stored) -> list[float]:
    return sorted(values.values()[values.padding].tolist())


@pytest.mark.parametrize("first", [-3, 65533])
def test_padding_is_signed_as_the_pixels_are_however_it_was_written(first: int) -> None:
    dataset = Dataset()
    dataset.add_new("PixelPaddingValue", "SS" if first < 0 else "US", first)
    dataset.add_new("PixelPaddingRangeLimit", "US", 2**16 - 1)
    both = {each.keyword: each.value for each in dataset}
    assert padded(stored(8, 4, signed=True, PixelPaddingValue=first)) == [-3]
    assert padded(stored(8, 4, signed=True, **both)) == [-3, -2, -1]
    assert padded(stored(16, 16, PixelPaddingValue=first)) == [65533]
    assert padded(stored(8, 4, PixelPaddingValue=first)) == [], "no 4 bits say that"


def test_the_lowest_signed_value_may_be_padding() -> None:
    assert padded(stored(16, 16, signed=True, PixelPaddingValue=-(2**15))) == [-(2**15)]
    assert padded(stored(16, 16, signed=True, PixelPaddingValue=2**15 - 1)) == [2**15 - 1]


def test_padding_runs_from_either_end_and_is_none_in_colour() -> None:
    ends = {"PixelPaddingValue": 5, "PixelPaddingRangeLimit": 2}
    assert padded(stored(8, 8, **ends)) == [2, 3, 4, 5]
    assert padded(stored(8, 8, **ends, SamplesPerPixel=3)) == []


@pytest.mark.parametrize(
    ("samples", "shape", "kind"),
    [
        (1, (4,), np.uint8),
        (1, (4, 4, 3), np.uint8),
        (1, (0, 4), np.uint8),
        (1, (4, 4), np.float32),
        (3, (4, 4), np.uint8),
        (3, (4, 4, 4), np.uint8),
    ],
)
def test_what_is_no_frame_is_refused(samples: int, shape: tuple[int, ...], kind: type) -> None:
    expected = r"shape \(rows, columns, 3\)\." if samples == 3 else r"shape \(rows, columns\)\."
    with pytest.raises(ImageError, match=expected):
        stored(8, 8, SamplesPerPixel=samples).places(np.zeros(shape, kind))


def test_the_place_of_a_value_is_in_its_low_bits() -> None:
    assert stored(16, 4).places(np.array([[0x3F, 15, 16]])).tolist() == [[15, 15, 0]]
    assert stored(8, 4, signed=True).places(np.array([[-1, -8, 7]])).tolist() == [[15, 8, 7]]
    colours = np.full((2, 2, 3), 9, np.uint8)
    assert stored(8, 8, SamplesPerPixel=3).places(colours).shape == (2, 2, 3)
