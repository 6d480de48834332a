"""The colours of a PALETTE COLOR image (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6 and C.7.9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.studies.pixels.grey_tables import LookupTable, descriptor, entries, stored_words

if TYPE_CHECKING:
    from pydicom import Dataset

COLOURS = ("Red", "Green", "Blue")
DISCRETE, LINEAR = 0, 1
"""Kinds of a segment."""


def palette(
    dataset: Dataset, values: NDArray[np.float64], *, signed: bool, little_endian: bool
) -> NDArray[np.uint8]:
    """(n, 3), the red, green and blue of each of n stored values.

    Of 16-bit entries the upper byte is taken: some devices write 8 significant bits there and
    leave the lower byte empty. ImageError where a table is missing or damaged.
    """
    shown = []
    for colour in COLOURS:
        table = _table(dataset, colour, signed, little_endian)
        shown.append(table.at(values).astype(np.uint16) >> (table.bits - 8))
    return np.stack(shown, axis=-1).astype(np.uint8)


def _table(dataset: Dataset, colour: str, signed: bool, little_endian: bool) -> LookupTable:
    given = dataset.get(f"{colour}PaletteColorLookupTableDescriptor")
    count, first, bits = descriptor(given, signed=signed)
    if bits not in (8, 16):
        raise ImageError(
            f"The palette's {colour.lower()} has {bits} bits an entry; expected 8 or 16. Export "
            "the image again from the device that made it."
        )
    whole = dataset.get(f"{colour}PaletteColorLookupTableData")
    if whole is not None:
        return LookupTable(first, entries(whole, count, bits, little_endian), bits)
    segments = stored_words(
        dataset.get(f"Segmented{colour}PaletteColorLookupTableData"), little_endian
    )
    if bits == 8:
        segments = segments.astype("<u2").view(np.uint8).astype(np.uint16)
    return LookupTable(first, expanded([int(each) for each in segments], count), bits)


def expanded(segments: list[int], count: int) -> NDArray[np.uint16]:
    """The `count` entries that discrete and linear segments stand for.

    ImageError where they do not, or where a segment is indirect: that kind is not read.
    """
    found: list[float] = []
    place = 0
    while len(found) < count:
        kind, length = (*segments[place : place + 2], -1, -1)[:2]
        end = place + {DISCRETE: 2 + length, LINEAR: 3}.get(kind, len(segments) + 1)
        # Each segment adds something, so that a damaged table comes to an end.
        if length < 1 or end > len(segments) or len(found) + length > count:
            raise _does_not_fit(count)
        if kind == DISCRETE:
            found += segments[place + 2 : end]
        elif found:
            found += np.linspace(found[-1], segments[end - 1], length + 1)[1:].tolist()
        else:
            raise _does_not_fit(count)
        place = end
    return np.rint(found).astype(np.uint16)


def _does_not_fit(count: int) -> ImageError:
    return ImageError(
        f"The palette's segments do not make {count} entries, as its descriptor says; expected "
        "discrete and linear ones that do. Export the image with a plain palette, or as RGB."
    )
