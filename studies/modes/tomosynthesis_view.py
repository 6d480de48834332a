"""One stored tomosynthesis view read by itself: what may be marked in it, and how high it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SenoscopeError
from senoscope.domain.reading import Unsuitable
from senoscope.domain.tomosynthesis import Slices
from senoscope.models.programmed.mammography.air import is_in_air
from senoscope.models.programmed.tomosynthesis.cade import volume_candidates
from senoscope.models.programmed.tomosynthesis.soft_volumes import SliceStage
from senoscope.models.programmed.tomosynthesis.sought import seek
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_tomosynthesis import StoredTomosynthesis, read_tomosynthesis
from senoscope.studies.modes.read_view import (
    ReadView,
    cautions_said,
    empty_reading,
    named,
    nipple_facts,
    stored_spacing,
    sure_side,
    unsuitable_of,
)

Watch = Callable[[int], None]
"""Told how many slices were looked at; what it raises ends the reading."""


def read_tomosynthesis_view(image: StoredImage, slices: SliceStage, watch: Watch) -> ReadView:
    """What cannot be read says so in its reading, and so does what is no view to be read.

    `slices` are those of the second stage. All slices are gone through once.
    """
    empty = empty_reading(image)
    if (why := unsuitable_of(image)) is not None:
        return ReadView(image, replace(empty, unsuitable={why: image.frames}))
    try:
        stored = read_tomosynthesis(image)
        side, cautions = sure_side(image, stored.hanging, stored.seen.laterality, stored.cautions)
        watched = _Watched(stored.seen.slices, watch)
        seen = replace(stored.seen, laterality=side, slices=watched)
        sought = seek(seen)
    except SenoscopeError as error:  # of this image alone: the others may be well
        return ReadView(image, replace(empty, trouble=str(error)))
    if not is_in_air(sought.mean.pixels, sought.parts.breast):
        return ReadView(image, replace(empty, unsuitable={Unsuitable.PART: image.frames}))
    found = volume_candidates(sought.sought, slices)
    reading = replace(
        empty,
        read=image.frames,
        spacing=stored_spacing(seen.spacing, stored.hanging),
        facts=(
            *named(side, seen.view),
            *cautions_said(cautions),
            *nipple_facts(image, found.flat, stored.hanging),
        ),
        heights_mm=_by_frame(stored),
    )
    return ReadView(
        image,
        reading,
        stored.hanging,
        found.flat,
        volume=found,
        frames=stored.frames,
    )


def _by_frame(stored: StoredTomosynthesis) -> tuple[float, ...]:
    """Heights in the order in which the frames are stored."""
    heights_mm = stored.seen.heights_mm
    if heights_mm is None:
        return ()
    of_frame = dict(zip(stored.frames, heights_mm, strict=True))
    return tuple(of_frame[number] for number in sorted(of_frame))


@dataclass(frozen=True, slots=True)
class _Watched:
    """Slices that say how far they were looked at."""

    slices: Slices
    watch: Watch

    def __len__(self) -> int:
        return len(self.slices)

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for number, each in enumerate(self.slices):
            self.watch(number)
            yield each
