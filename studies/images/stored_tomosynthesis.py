"""A tomosynthesis view of a study as readers see it: hung, in order of height, slice by slice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.images.breast_object import REFUSALS, BreastObject
from senoscope.studies.images.mammogram_pixels import GreyFrames
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import missing_of, turned, view_of
from senoscope.studies.images.tomosynthesis_frames import (
    HungSlices,
    TomosynthesisFrames,
    Values,
    decoded_frame,
    opened,
)
from senoscope.studies.images.tomosynthesis_header import (
    groups_of_frames,
    order_of,
    slice_side,
    slice_spacing,
)
from senoscope.studies.pixels.cine_frames import NATIVE
from senoscope.studies.study_reading import FramePlace

_SAMPLES = (0.5, 0.25, 0.75)
"""Of the height: slices by which it is hung, and its window judged.

Of coded ones the first that is sound: to decode one takes a second.
"""


@dataclass(frozen=True, eq=False)
class StoredTomosynthesis:
    """`hanging` turns each stored frame into what `seen` holds, and points back.

    `frames`: the stored number, from 1, of each slice, in order of height: along the normal of
    PlaneOrientation, where positions are said. `window` and `cautions` as of `StoredMammogram`,
    with more words: "no_heights", "heights_assumed" (from SliceThickness, in the stored order),
    "slices_at_one_place", "gap_between_slices", "two_sides", "spacing_differs".
    """

    image: StoredImage
    seen: TomosynthesisView
    slices: HungSlices
    hanging: Hanging
    window: str
    cautions: tuple[str, ...]
    frames: tuple[int, ...]

    def place_of(self, slice_: int) -> FramePlace:
        """Of the slice at that place, from 0, what to refer to."""
        return self.image.frame_place(self.frames[slice_])


def is_tomosynthesis(image: StoredImage) -> bool:
    """Slices in one object; those that come in another form are `is_other_tomosynthesis`."""
    return image.breast is BreastObject.SLICES and image.has_pixels


def is_other_tomosynthesis(image: StoredImage) -> bool:
    """Projections, private objects and so on: `read_tomosynthesis` says why it is not read."""
    return image.breast in REFUSALS and image.breast is not BreastObject.SYNTHETIC


def read_tomosynthesis(image: StoredImage) -> StoredTomosynthesis:
    """Up to three slices are decoded. SourceUnavailable or ImageError says why it is not read."""
    if not is_tomosynthesis(image):
        why = "it is no tomosynthesis" if image.breast is None else REFUSALS.get(image.breast)
        raise SourceUnavailable(
            f"File {image.place} of the study is not read: {why or 'it has no pixels'}."
        )
    stored = opened(image)
    groups = groups_of_frames(image, stored.header)
    order = order_of(groups)
    numbers = tuple(place + 1 for place in order.places)
    samples = _samples(image, stored, numbers)
    given = TomosynthesisFrames.of(image, stored, samples)
    hanging = _hanging(given, samples)
    spacing, differs = slice_spacing(groups, stored.header)
    side, sides = slice_side(image)
    slices = HungSlices(given, numbers, hanging)
    seen = TomosynthesisView(
        slices,
        order.heights_mm,
        side,
        view_of(image, stored.header),
        turned(spacing, hanging.wall),
    )
    missing = missing_of(image, seen.laterality, seen.view, seen.spacing)
    cautions = (*given.cautions, *order.cautions, *differs, *sides, *missing)
    return StoredTomosynthesis(image, seen, slices, hanging, given.window, cautions, numbers)


def _samples(image: StoredImage, stored: GreyFrames, numbers: tuple[int, ...]) -> dict[int, Values]:
    """Those that can be decoded: a damaged one is told when it is asked for."""
    found = {}
    trouble = None
    for number in dict.fromkeys(numbers[int(each * len(numbers))] for each in _SAMPLES):
        try:
            found[number] = decoded_frame(image, stored, number)
            if stored.frames.syntax not in NATIVE:
                break
        except SourceUnavailable as error:
            trouble = error
    if trouble is not None and not found:
        raise trouble
    return found


def _hanging(given: TomosynthesisFrames, samples: Mapping[int, Values]) -> Hanging:
    """Found once, on the mean of these slices: single ones show less of the outline."""
    mean = np.mean([given.shade(number, values) for number, values in samples.items()], axis=0)
    try:
        return Hanging.of(np.asarray(mean, np.float32))
    except ImageError as error:
        raise ImageError(f"File {given.image.place} of the study is not read. {error}") from error
