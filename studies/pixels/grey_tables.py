"""Look-up tables as DICOM writes them: LUT Descriptor and LUT Data (PS3.3 C.11.1.1, C.11.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError

if TYPE_CHECKING:
    from pydicom import Dataset

MOST_ENTRIES = 2**16
"""What 0 in a descriptor's first value means, and the most that it can say."""


@dataclass(frozen=True, slots=True, eq=False)
class LookupTable:
    """`entries[n]`, of `bits` bits, is what the value `first` + n becomes.

    Values below the first or above the last mapped become the first or last entry.
    """

    first: int
    entries: NDArray[np.uint16]
    bits: int

    def at(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The entries of these values, each rounded to the nearest integer; of the same shape."""
        places = np.clip(np.rint(values) - self.first, 0, len(self.entries) - 1)
        return np.asarray(self.entries[places.astype(np.intp)], np.float64)

    def shade(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """From 0, the darkest that `bits` can say, to 1, the brightest; of the same shape."""
        return np.asarray(self.at(values) / (2**self.bits - 1))


def lookup_table(item: Dataset, *, signed: bool, little_endian: bool) -> LookupTable:
    """The table of a Modality or VOI LUT Sequence's item.

    `signed` says whether its input may be negative: only then is the descriptor's second value.
    ImageError where descriptor and data do not fit each other.
    """
    count, first, bits = descriptor(item.get("LUTDescriptor"), signed=signed)
    if not 1 <= bits <= 16:
        raise ImageError(
            f"A grey-scale table has entries of {bits} bits; expected 8 to 16. Export the image "
            "again from the device that made it."
        )
    return LookupTable(first, entries(item.get("LUTData"), count, bits, little_endian), bits)


def descriptor(value: Any, *, signed: bool) -> tuple[int, int, int]:
    """(entries, first value mapped, bits an entry) of a LUT Descriptor.

    Its VR is US or SS for all three, though only the second may be negative: a 65000 written as SS,
    or a -5 written as US, is read as what is meant.
    """
    numbers = [] if value is None else [int(each) % MOST_ENTRIES for each in value]
    if len(numbers) != 3:
        raise ImageError(
            f"A look-up table's descriptor has {len(numbers)} values; expected 3. Export the image "
            "again from the device that made it."
        )
    count, first, bits = numbers
    if signed and first >= 2**15:
        first -= 2**16
    return count or MOST_ENTRIES, first, bits


def entries(value: Any, count: int, bits: int, little_endian: bool) -> NDArray[np.uint16]:
    """`count` entries from the value of LUT Data or Palette Color Lookup Table Data.

    They come as bytes (OW) or as numbers (US), one to a word; of 8 bits also two to a word, the
    first in its lower half. ImageError where there are fewer, or they need more bits.
    """
    words = stored_words(value, little_endian)
    if len(words) < count and bits <= 8:
        words = words.astype("<u2").view(np.uint8).astype(np.uint16)
    if len(words) < count:
        raise ImageError(
            f"A look-up table holds {len(words)} entries; expected the {count} that its descriptor "
            "says. The file is damaged; export it again from the device that made it."
        )
    found = words[:count]
    if (highest := int(found.max())) >= 2**bits:
        raise ImageError(
            f"A look-up table has the entry {highest}; expected at most {2**bits - 1}, since its "
            f"descriptor says {bits} bits. Export the image again from the device that made it."
        )
    return found


def stored_words(value: Any, little_endian: bool) -> NDArray[np.uint16]:
    """16-bit words from bytes (an odd last byte is padded) or from numbers; none from None."""
    if value is None:
        return np.zeros(0, np.uint16)
    if isinstance(value, bytes):
        padded = value + b"\0" * (len(value) % 2)
        return np.frombuffer(padded, "<u2" if little_endian else ">u2").astype(np.uint16)
    return np.atleast_1d(np.asarray(value, np.int64)).astype(np.uint16)
