"""One stored mammogram read by itself: its parts, its density, and places that may be marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SenoscopeError
from senoscope.domain.mammogram import Intent, Mammogram
from senoscope.domain.reading import Unsuitable
from senoscope.models.mammogram_model import MammogramModel
from senoscope.models.programmed.mammography.air import is_in_air
from senoscope.models.programmed.mammography.asymmetry import DensityLattice
from senoscope.models.programmed.mammography.breast import Mask
from senoscope.models.programmed.mammography.cade import partner, view_candidates
from senoscope.models.programmed.mammography.density import BreastDensity, measure_density
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.models.programmed.mammography.parts import BreastParts, find_parts
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import read_mammogram
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
from senoscope.studies.study_reading import (
    NETWORK,
    NO_MARKS_SOUGHT,
    NOT_READ_BY_NETWORK,
    FramePlace,
    ReadingFact,
    Region,
)

_LEAST_PIECE = 0.0005
"""Of the breast's area: what is smaller of dense tissue is not outlined."""
_SMOOTH_PX = 1.0
"""How far an outline may be off the mask."""


def read_mammogram_view(image: StoredImage, networks: Sequence[MammogramModel] = ()) -> ReadView:
    """What cannot be read says so in its reading, and so does what is no picture to be read.

    `networks` are those that read one view at a time.
    """
    empty = empty_reading(image)
    if (why := unsuitable_of(image)) is not None:
        return ReadView(image, replace(empty, unsuitable={why: 1}))
    try:
        stored = read_mammogram(image)
        if stored.seen.intent is Intent.PROCESSING:
            return ReadView(image, replace(empty, unsuitable={Unsuitable.FOR_PROCESSING: 1}))
        side, cautions = sure_side(image, stored.hanging, stored.seen.laterality, stored.cautions)
        seen = replace(stored.seen, laterality=side)
        parts = find_parts(seen)
        if not is_in_air(seen.pixels, parts.breast):
            return ReadView(image, replace(empty, unsuitable={Unsuitable.PART: 1}))
        density = measure_density(seen, parts)
    except SenoscopeError as error:  # of this image alone: the others may be well
        return ReadView(image, replace(empty, trouble=str(error)))
    found = view_candidates(seen, parts)
    if found.trouble is not None:
        cautions.append(NO_MARKS_SOUGHT)
    reading = replace(
        empty,
        read=1,
        spacing=stored_spacing(seen.spacing, stored.hanging),
        facts=(
            *named(seen.laterality, seen.view),
            *_measured(density),
            *cautions_said(cautions),
            *nipple_facts(image, found, stored.hanging),
            *(_opinion(each, seen) for each in networks),
        ),
        regions=_regions(parts, density, stored.hanging, image.frame_place(1)),
    )
    lattice = DensityLattice.of(parts, density.dense)
    return ReadView(image, reading, stored.hanging, found, density.percent, lattice)


def _opinion(network: MammogramModel, seen: Mammogram) -> ReadingFact:
    """The probability of malignancy that it gives, and whose it is; a refusal in words."""
    try:
        (score,) = network.read([seen])
    except ImageError as error:
        return ReadingFact(NOT_READ_BY_NETWORK, word=str(error))
    return ReadingFact(NETWORK, score.malignant, word=score.by)


def _measured(density: BreastDensity) -> list[ReadingFact]:
    facts = [ReadingFact("density_percent", density.percent, "%")]
    if density.dense_cm2 is not None and density.breast_cm2 is not None:
        facts.append(ReadingFact("dense_area", density.dense_cm2, "cm²"))
        facts.append(ReadingFact("breast_area", density.breast_cm2, "cm²"))
    return facts


def _regions(
    parts: BreastParts, density: BreastDensity, hanging: Hanging, at: FramePlace
) -> tuple[Region, ...]:
    named: dict[str, Mask | None] = {
        "breast": parts.breast,
        "pectoral": parts.pectoral,
        "dense": density.dense,
    }
    least = _LEAST_PIECE * float(parts.breast.sum())
    return tuple(
        Region(name, at, hanging.points_back(piece))
        for name, mask in named.items()
        if mask is not None
        for piece in pieces_of(mask, least)
    )


def with_asymmetry(views: Sequence[ReadView]) -> list[ReadView]:
    """Each with regions "asymmetry": where it is clearly denser than the other breast."""
    read = [each for each in views if each.lattice is not None]
    found = [each.found for each in read if each.found is not None]
    other = {
        each.image.instance_uid: read[place]
        for number, each in enumerate(read)
        if (place := partner(found, number, same_breast=False)) is not None
    }
    return [_compared(each, other.get(each.image.instance_uid)) for each in views]


def _compared(view: ReadView, other: ReadView | None) -> ReadView:
    if other is None or other.lattice is None or view.lattice is None or view.hanging is None:
        return view
    at, hanging = view.image.frame_place(1), view.hanging
    denser = tuple(
        Region("asymmetry", at, hanging.within(hanging.points_back(each)))
        for each in view.lattice.denser_than(other.lattice)
    )
    return replace(view, reading=replace(view.reading, regions=(*view.reading.regions, *denser)))


def pieces_of(mask: Mask, least_px: float) -> list[NDArray[np.float32]]:
    """Outlines of (rows, columns) pieces and of holes in them, each (n, 2), of that area at least.

    By the even-odd rule they make up the mask again.
    """
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    kept = []
    for each in found:
        if cv2.contourArea(each) >= max(least_px, 1.0):
            plain = cv2.approxPolyDP(each, _SMOOTH_PX, closed=True).reshape(-1, 2)
            if len(plain) >= 3:
                kept.append(plain.astype(np.float32))
    return kept
