"""A tomosynthesis view of a study as readers see it: hung, in order of height, slice by slice."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.images.breast_object import REFUSALS, BreastObject
from senoscope.studies.images.opened_tomosynthesis import OpenedTomosynthesis
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import turned
from senoscope.studies.images.tomosynthesis_frames import HungSlices


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
    given = OpenedTomosynthesis.of(image)
    try:
        hanging = Hanging.of(given.mean)
    except ImageError as error:
        raise ImageError(f"File {image.place} of the study is not read. {error}") from error
    slices = HungSlices(given.frames, given.numbers, hanging)
    seen = TomosynthesisView(
        slices,
        given.order.heights_mm,
        given.laterality,
        given.view,
        turned(given.spacing, hanging.wall),
    )
    window = given.frames.window
    return StoredTomosynthesis(image, seen, slices, hanging, window, given.cautions, given.numbers)
