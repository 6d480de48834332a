"""Tomosynthesis to be looked at: hung, in order of height, a slice or a slab of them at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.images.hung_mammogram import (
    NOT_HUNG,
    BreastBox,
    box_of,
    from_stored,
    shape_as_hung,
)
from senoscope.studies.images.opened_tomosynthesis import OpenedTomosynthesis
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import turned
from senoscope.studies.images.tomosynthesis_frames import (
    TomosynthesisFrames,
    Values,
    decoded_frame,
)
from senoscope.studies.images.tomosynthesis_header import SliceOrder
from senoscope.studies.pixels.grey_windows import AS_STORED, Contrast


@dataclass(frozen=True, eq=False)
class HungTomosynthesis:
    """Slices are counted from 0 in order of height, as `order.places` of the stored frames.

    `hanging` None: no breast stands out at one edge, and slices are shown as they are stored.
    `spacing` and `breast` are those of a slice as it is shown.
    """

    given: OpenedTomosynthesis
    hanging: Hanging | None
    spacing: PixelSpacing | None
    breast: BreastBox

    @classmethod
    def of(cls, image: StoredImage) -> HungTomosynthesis:
        """Errors as of `OpenedTomosynthesis.of`."""
        given = OpenedTomosynthesis.of(image)
        try:
            hanging = Hanging.of(given.mean)
        except ImageError:  # a spot view may be all breast: it is shown, and said not to hang
            return cls(given, None, given.spacing, box_of(given.mean))
        shown = np.asarray(hanging.hang(given.mean), np.float32)
        return cls(given, hanging, turned(given.spacing, hanging.wall), box_of(shown))

    @property
    def cautions(self) -> tuple[str, ...]:
        """The words of `StoredTomosynthesis`, and "not_hung"."""
        return (*self.given.cautions, *([NOT_HUNG] if self.hanging is None else ()))

    @property
    def frames(self) -> TomosynthesisFrames:
        """As they are stored."""
        return self.given.frames

    @property
    def order(self) -> SliceOrder:
        """Of the stored frames."""
        return self.given.order

    def __len__(self) -> int:
        """How many slices there are."""
        return len(self.order.places)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The stored number, from 1, of each slice."""
        return self.given.numbers

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a slice as it is shown."""
        header = self.frames.stored.header
        return shape_as_hung(self.hanging, (int(header.Rows), int(header.Columns)))

    @property
    def from_stored(self) -> NDArray[np.float64]:
        """See `hung_mammogram.from_stored`."""
        return from_stored(self.hanging)

    def slab(self, place: int, slab_mm: float | None) -> range:
        """The slices of a slab so thick round that one, of all where it is None.

        A slice belongs to it that lies from half of it below to less than half above: of slices
        1 mm apart 5 mm are five. SettingsError for no slice, and where heights are not known.
        """
        if not 0 <= place < len(self):
            raise SettingsError(
                f"Slice {place + 1} was asked for; the image has {len(self)}, counted from 1. "
                "Choose another."
            )
        if slab_mm is None:
            return range(len(self))
        heights = self.order.heights_mm
        if heights is None:
            raise SettingsError(
                f"A slab of {slab_mm:g} mm was asked for; this image does not say how high its "
                "slices lie. Ask for one slice, or for all."
            )
        if not 0 < slab_mm < np.inf:
            raise SettingsError(f"A slab of {slab_mm:g} mm was asked for; expected more than 0 mm.")
        half, middle = slab_mm / 2, heights[place]
        # A thousandth, so that how the header rounds does not decide.
        inside = [
            rank
            for rank, each in enumerate(heights)
            if rank == place or -half - 1e-3 <= each - middle < half - 1e-3
        ]
        return range(inside[0], inside[-1] + 1)

    def decoded(self, place: int) -> Values:
        """Stored values. SourceUnavailable, which names the frame, where it is damaged."""
        return decoded_frame(self.frames.image, self.frames.stored, self.numbers[place])

    def shade(
        self, place: int, values: Values, voi: int = 0, contrast: Contrast = AS_STORED
    ) -> NDArray[np.float32]:
        """(rows, columns) in 0..1 as stored, of what was decoded of that slice.

        SettingsError where there is no window at that place.
        """
        return self.frames.shade(self.numbers[place], values, voi, contrast)

    def hung(self, shade: NDArray[np.float32]) -> NDArray[np.uint8]:
        """(rows, columns) as it is shown, of what was shaded."""
        grey = np.asarray(np.rint(shade * 255), np.uint8)
        return grey if self.hanging is None else np.asarray(self.hanging.hang(grey), np.uint8)
