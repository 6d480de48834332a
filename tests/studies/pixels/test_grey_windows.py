"""Each VOI has a name, and what it shows is that of the table or window at its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom import Dataset

from senoscope.domain.errors import ImageError
from senoscope.studies.pixels.grey_tables import LookupTable
from senoscope.studies.pixels.grey_windows import FullRange, Window, shading, voi_names


def source(tables: int = 0, **attributes: Any) -> Dataset:
    """`tables` tables, the first of the value 0, the next of the value 1, and so on."""
    dataset = Dataset()
    for name, value in attributes.items():
        setattr(dataset, name, value)
    items = []
    for first in range(tables):
        item = Dataset()
        item.add_new("LUTDescriptor", "US", [2, first, 8])
        item.add_new("LUTData", "US", [0, 255])
        items.append(item)
    if items:
        items[0].LUTExplanation = " HARD "
        dataset.VOILUTSequence = items
    return dataset


def test_tables_come_before_windows_in_names_and_in_what_is_shown() -> None:
    both = source(2, WindowCenter=[10, 20], WindowWidth=[5, 6])
    assert voi_names(both) == ("HARD", "table 2", "window 1", "window 2")
    ways = [shading(both, place, signed=False, little_endian=True) for place in range(4)]
    assert [each.first for each in ways if isinstance(each, LookupTable)] == [0, 1]
    assert ways[2:] == [Window(10, 5), Window(20, 6)]


def test_a_window_without_an_explanation_has_a_number_and_a_long_one_is_cut() -> None:
    three = source(WindowCenter=[1, 2, 3], WindowWidth=[5, 5, 5])
    three.WindowCenterWidthExplanation = ["A" * 65, "  "]
    assert voi_names(three) == ("A" * 64, "window 2", "window 3")
    assert voi_names(source()) == ()


def test_a_function_is_known_in_small_letters_too() -> None:
    given = source(WindowCenter=10, WindowWidth=5, VOILUTFunction="sigmoid ")
    assert shading(given, 0, signed=False, little_endian=True) == Window(10, 5, "SIGMOID")


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_the_narrowest_window_of_each_function(function: str) -> None:
    narrowest = 1 if function == "LINEAR" else 0.001
    assert Window(40, narrowest, function).width == narrowest
    for width in (0.999 if function == "LINEAR" else 0, float("nan"), float("inf")):
        with pytest.raises(ImageError, match="of at least 1" if function == "LINEAR" else "above"):
            Window(40, width, function)
    with pytest.raises(ImageError, match="centre nan"):
        Window(float("nan"), 4, function)


def test_a_sigmoid_far_from_its_centre_is_black_or_white() -> None:
    assert Window(0, 1, "SIGMOID").shade(np.array([-1e6, 0, 1e6])).tolist() == pytest.approx(
        [0, 0.5, 1]
    )


def test_the_full_range_is_black_to_white_and_one_value_is_black() -> None:
    values = np.array([[-3.0, -2.0, 0.0, 2.0, 3.0]])
    assert FullRange(-2, 2).shade(values).tolist() == [[0, 0, 0.5, 1, 1]]
    assert FullRange(2, 2).shade(values).tolist() == [[0] * 5]


def test_a_window_of_one_is_a_step() -> None:
    values = np.array([39.0, 39.5, 40.0])
    assert Window(40, 1).shade(values).tolist() == [0, 0, 1]
