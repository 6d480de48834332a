"""A tomosynthesis object opened, but not hung yet: for who reads it and for who looks at it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SourceUnavailable
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.mammogram_pixels import GreyFrames
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import missing_of, view_of
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
from senoscope.studies.pixels.cine_frames import NATIVE

_SAMPLES = (0.5, 0.25, 0.75)
"""Of the height: slices by which it is hung, and its window judged."""


@dataclass(frozen=True, eq=False)
class OpenedTomosynthesis:
    """`spacing` and `mean`, (rows, columns) of some slices in 0..1, are as it is stored.

    `cautions` as of `StoredTomosynthesis`.
    """

    frames: TomosynthesisFrames
    order: SliceOrder
    spacing: PixelSpacing | None
    laterality: Laterality | None
    view: str | None
    mean: NDArray[np.float32] = field(repr=False)
    cautions: tuple[str, ...]

    @classmethod
    def of(cls, image: StoredImage) -> OpenedTomosynthesis:
        """Up to three slices are decoded, of coded ones one, which take long.

        A damaged slice does not keep the others from being seen. SourceUnavailable or ImageError
        says why it cannot be opened.
        """
        stored = opened(image)
        groups = groups_of_frames(image, stored.header)
        order = order_of(groups)
        samples = _samples(image, stored, order)
        frames = TomosynthesisFrames.of(image, stored, samples)
        # Single slices show less of the outline.
        mean = np.mean([frames.shade(number, each) for number, each in samples.items()], axis=0)
        spacing, differs = slice_spacing(groups, stored.header)
        side, sides = slice_side(image)
        view = view_of(image, stored.header)
        missing = missing_of(image, side, view, spacing)
        cautions = (*frames.cautions, *order.cautions, *differs, *sides, *missing)
        return cls(frames, order, spacing, side, view, np.asarray(mean, np.float32), cautions)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The stored number, from 1, of each slice in order of height."""
        return tuple(place + 1 for place in self.order.places)


def _samples(image: StoredImage, stored: GreyFrames, order: SliceOrder) -> dict[int, Values]:
    """Slices by their stored number, spread over the height where they can be."""
    count = len(order.places)
    chosen = list(dict.fromkeys(int(each * count) for each in _SAMPLES))
    wanted = len(chosen) if stored.frames.syntax in NATIVE else 1
    found: dict[int, Values] = {}
    trouble: SourceUnavailable | None = None
    for place in dict.fromkeys([*chosen, *range(count)]):
        number = order.places[place] + 1
        try:
            found[number] = decoded_frame(image, stored, number)
        except SourceUnavailable as error:
            trouble = error
        if len(found) == wanted:
            return found
    if found:
        return found
    raise SourceUnavailable(
        f"Not one of the {count} slices of file {image.place} of the study can be decoded. Copy it "
        "again, or export it again from the scanner."
    ) from trouble
