"""Tomosynthesis to be looked at: hung, in order of height, a slice or a slab of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError, SourceUnavailable
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.images.hung_mammogram import (
    NOT_HUNG,
    BreastBox,
    box_of,
    from_stored,
    shape_as_hung,
)
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import missing_of, turned, view_of
from senoscope.studies.images.tomosynthesis_frames import (
    TomosynthesisFrames,
    Values,
    decoded_frame,
    opened,
)
from senoscope.studies.images.tomosynthesis_header import (
    SliceOrder,
    groups_of_frames,
    order_of,
    slice_side,
    slice_spacing,
)
from senoscope.studies.pixels.grey_windows import AS_STORED, Contrast

_SAMPLES = (0.5, 0.25, 0.75)
"""Of the height: slices by which it is hung, and its window judged."""


@dataclass(frozen=True, eq=False)
class HungTomosynthesis:
    """Slices are counted from 0 in order of height, as `order.places` of the stored frames.

    `hanging` None: no breast stands out at one edge, and slices are shown as they are stored.
    `spacing` and `breast` are those of a slice as it is shown. `cautions` are the words of
    `StoredTomosynthesis`, and "not_hung".
    """

    frames: TomosynthesisFrames
    order: SliceOrder
    hanging: Hanging | None
    spacing: PixelSpacing | None
    breast: BreastBox
    cautions: tuple[str, ...]

    @classmethod
    def of(cls, image: StoredImage) -> HungTomosynthesis:
        """Three slices are decoded. SourceUnavailable or ImageError says why it cannot be shown.

        A slice that is damaged does not keep the others from being seen: the next one is sampled.
        """
        stored = opened(image)
        groups = groups_of_frames(image, stored.header)
        order = order_of(groups)
        samples = _samples(image, order, lambda number: decoded_frame(image, stored, number))
        given = TomosynthesisFrames.of(image, stored, samples)
        shades = [given.shade(number, values) for number, values in samples.items()]
        mean = np.asarray(np.mean(shades, axis=0), np.float32)
        try:
            hanging = Hanging.of(mean)
        except ImageError:  # a spot view may be all breast: it is shown, and said not to hang
            hanging = None
        shown = mean if hanging is None else np.asarray(hanging.hang(mean), np.float32)
        spacing, differs = slice_spacing(groups, stored.header)
        if hanging is not None:
            spacing = turned(spacing, hanging.wall)
        side, sides = slice_side(image)
        missing = missing_of(image, side, view_of(image, stored.header), spacing)
        not_hung = [NOT_HUNG] * (hanging is None)
        cautions = (*given.cautions, *order.cautions, *differs, *sides, *missing, *not_hung)
        return cls(given, order, hanging, spacing, box_of(shown), cautions)

    def __len__(self) -> int:
        """How many slices there are."""
        return len(self.order.places)

    @property
    def numbers(self) -> list[int]:
        """The stored number, from 1, of each slice."""
        return [place + 1 for place in self.order.places]

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


def _samples(
    image: StoredImage, order: SliceOrder, decode: Callable[[int], Values]
) -> Mapping[int, Values]:
    """Up to three slices by their stored number, spread over the height where they can be."""
    count = len(order.places)
    chosen = [int(each * count) for each in _SAMPLES]
    found: dict[int, Values] = {}
    trouble: SourceUnavailable | None = None
    for place in dict.fromkeys([*chosen, *range(count)]):
        try:
            found[order.places[place] + 1] = decode(order.places[place] + 1)
        except SourceUnavailable as error:
            trouble = error
        if len(found) == min(len(set(chosen)), count):
            break
    if trouble is not None and not found:
        raise SourceUnavailable(
            f"Not one of the {count} slices of file {image.place} of the study can be decoded. "
            "Copy it again, or export it again from the scanner."
        ) from trouble
    return found
