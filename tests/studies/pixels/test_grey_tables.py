"""A look-up table says what its descriptor and its data say together, or is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom import Dataset

from senoscope.domain.errors import ImageError
from senoscope.studies.pixels.grey_tables import (
    LookupTable,
    descriptor,
    entries,
    lookup_table,
    stored_words,
)


def item(count: int, bits: int, data: Any) -> Dataset:
    dataset = Dataset()
    dataset.add_new("LUTDescriptor", "US", [count, 0, bits])
    dataset.add_new("LUTData", "OW" if isinstance(data, bytes) else "US", data)
    return dataset


@pytest.mark.parametrize(
    ("value", "little_endian", "words"),
    [
        (b"\x01\x02\x03\x04", True, [0x0201, 0x0403]),
        (b"\x01\x02\x03\x04", False, [0x0102, 0x0304]),
        (b"\x01\x02\x03", True, [0x0201, 0x0003]),
        ([1, -1, 65535], True, [1, 65535, 65535]),
        (7, True, [7]),
        (None, True, []),
    ],
)
def test_words_come_from_bytes_in_their_order_or_from_numbers(
    value: Any, little_endian: bool, words: list[int]
) -> None:
    assert stored_words(value, little_endian).tolist() == words


def test_a_value_between_two_has_the_entry_of_the_nearest() -> None:
    given = LookupTable(-1, np.array([10, 20, 40], np.uint16), 6)
    values = np.array([-9, -1, -0.6, -0.4, 0.6, 1, 9])
    assert given.at(values).tolist() == [10, 10, 10, 20, 40, 40, 40]
    assert given.shade(values) == pytest.approx(given.at(values) / 63)


@pytest.mark.parametrize("bits", [1, 16])
def test_entries_have_1_to_16_bits(bits: int) -> None:
    highest = 2**bits - 1
    given = lookup_table(item(2, bits, [0, highest]), signed=False, little_endian=True)
    assert given.shade(np.array([0.0, 1.0])).tolist() == [0, 1]


@pytest.mark.parametrize("bits", [0, 17])
def test_entries_of_other_bits_are_refused(bits: int) -> None:
    with pytest.raises(ImageError, match=f"entries of {bits} bits"):
        lookup_table(item(2, bits, [0, 0]), signed=False, little_endian=True)


def test_an_entry_of_more_bits_than_said_is_refused() -> None:
    assert entries([1, 255], 2, 8, True).tolist() == [1, 255]
    with pytest.raises(ImageError, match="has the entry 256; expected at most 255"):
        entries([1, 256], 2, 8, True)
    assert entries([1, 2, 256], 2, 8, True).tolist() == [1, 2], "what is beyond is padding"


def test_only_entries_of_8_bits_are_taken_two_to_a_word() -> None:
    assert entries(b"\x01\x02\x03\x04", 4, 8, True).tolist() == [1, 2, 3, 4]
    assert entries(b"\x01\x02\x03\x04", 4, 8, False).tolist() == [2, 1, 4, 3]
    with pytest.raises(ImageError, match="holds 2 entries; expected the 4"):
        entries(b"\x01\x02\x03\x04", 4, 9, True)


def test_the_first_value_turns_negative_at_half_of_16_bits() -> None:
    assert descriptor([1, 32767, 8], signed=True) == (1, 32767, 8)
    assert descriptor([1, 32768, 8], signed=True) == (1, -32768, 8)
    assert descriptor([1, -5, 8], signed=False) == (1, 65531, 8)
    with pytest.raises(ImageError, match="has 0 values; expected 3"):
        descriptor(None, signed=False)


def test_a_descriptor_of_no_entries_means_65536_and_a_first_value_may_be_negative() -> None:
    assert descriptor([0, 0, 16], signed=False) == (65536, 0, 16)
    assert descriptor([2, 65531, 16], signed=True) == (2, -5, 16)
    assert descriptor([2, 65531, 16], signed=False) == (2, 65531, 16)
    with pytest.raises(ImageError, match="expected 3"):
        descriptor([1, 2], signed=False)
