"""The stored values of an image: how many bits, signed or not, and which are padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError

if TYPE_CHECKING:
    from pydicom import Dataset


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """A stored value's place, 0 to 2 ** `bits` - 1, is its low bits, read as unsigned.

    `padding`, (2 ** bits,), is True at the places of values that are no part of the image.
    """

    bits: int
    signed: bool
    samples: int
    padding: NDArray[np.bool_]

    @classmethod
    def of(cls, dataset: Dataset) -> Stored:
        """As the Image Pixel module says; ImageError unless 1 to 16 bits are in their low bits."""
        allocated, bits = int(dataset.BitsAllocated), int(dataset.BitsStored)
        high = dataset.get("HighBit")
        low_bits = high is None or int(high) == bits - 1
        if allocated not in (1, 8, 16) or not 1 <= bits <= allocated or not low_bits:
            raise ImageError(
                f"The image's values have {bits} bits stored of {allocated}, the highest at "
                f"{high}; expected 1 to 16 stored in the low bits of 1, 8 or 16. Export it again "
                "with integer values of 16 bits."
            )
        signed = int(dataset.get("PixelRepresentation") or 0) == 1
        samples = int(dataset.get("SamplesPerPixel") or 1)
        plain = cls(bits, signed, samples, np.zeros(2**bits, bool))
        return cls(bits, signed, samples, plain._padded(dataset))

    def values(self) -> NDArray[np.float64]:
        """(2 ** bits,), the stored value of each place."""
        values = np.arange(2**self.bits, dtype=np.float64)
        if self.signed:
            values[2 ** (self.bits - 1) :] -= 2**self.bits
        return values

    def places(self, pixels: NDArray[np.integer]) -> NDArray[np.intp]:
        """Of one frame's stored values; what lies in bits above `bits` is passed over.

        ImageError unless they are integers, (rows, columns) or (rows, columns, 3).
        """
        shape_fits = pixels.ndim == 2 if self.samples == 1 else pixels.shape[2:] == (3,)
        if pixels.dtype.kind not in "iu" or not shape_fits or not pixels.size:
            expected = "(rows, columns)" if self.samples == 1 else "(rows, columns, 3)"
            raise ImageError(
                f"One frame's stored values came as {pixels.dtype} {pixels.shape}; expected "
                f"integers of the shape {expected}. Give one decoded frame."
            )
        return np.asarray(pixels.astype(np.int64) & (2**self.bits - 1), np.intp)

    def _padded(self, dataset: Dataset) -> NDArray[np.bool_]:
        """None in colour, and none by a value that these bits cannot say."""
        first = dataset.get("PixelPaddingValue")
        if first is None or self.samples != 1:
            return self.padding
        limit = dataset.get("PixelPaddingRangeLimit")
        ends = sorted(self._meant(each) for each in (first, first if limit is None else limit))
        values = self.values()
        return np.asarray((ends[0] <= values) & (values <= ends[1]))

    def _meant(self, value: int) -> int:
        """Signed as the pixels are, whichever VR (US or SS) it was written with."""
        low = int(value) % 2**16
        return low - 2**16 if self.signed and low >= 2**15 else low
