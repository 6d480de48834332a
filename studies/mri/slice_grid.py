"""Slices that lie one above the other, and the evenly spaced places at which they do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from senoscope.domain.breast_mri import SMALLEST, VolumeGeometry
from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.studies.images.series import SAME_DIRECTION
from senoscope.studies.mri.mri_slices import MriSlice

SAME_PLACE_MM = 0.1
"""Two slices nearer than this along the normal are at one place: header's roundings are less."""
_ASIDE_PX = 0.5
"""By how much slices may be shifted in their plane and lie above one another."""
_UNEVEN = 0.05
"""Share by which a step between slices may differ from the usual one."""
_APART = 5
"""Steps between the two breasts of a sagittal pair; a missing slice leaves two."""
_APART_MM = 10.0
_MOST_STACKS = 100


def stacks_of(slices: Sequence[MriSlice]) -> list[list[MriSlice]]:
    """Those alike in size, spacing and direction that lie above one another.

    The two breasts of a sagittal study are apart. SourceUnavailable, as half a sentence, where
    there are far too many.
    """
    stacks: list[list[MriSlice]] = []
    for each in slices:
        fitting = next((stack for stack in stacks if are_stacked(stack[0], each)), None)
        if fitting is not None:
            fitting.append(each)
        elif len(stacks) == _MOST_STACKS:
            raise SourceUnavailable(f"its pictures lie in more than {_MOST_STACKS} directions")
        else:
            stacks.append([each])
    return [block for stack in stacks for block in _blocks(stack)]


def are_stacked(one: MriSlice, other: MriSlice) -> bool:
    """Whether they are alike and the one lies straight above the other."""
    if (one.image.rows, one.image.columns) != (other.image.rows, other.image.columns):
        return False
    ours, theirs = one.said, other.said
    spacings = zip(ours.spacing_mm, theirs.spacing_mm, strict=True)
    if any(abs(a - b) > 0.01 * a for a, b in spacings):
        return False
    for part in (slice(0, 3), slice(3, 6)):
        along = zip(ours.orientation[part], theirs.orientation[part], strict=True)
        if sum(a * b for a, b in along) < SAME_DIRECTION:
            return False
    away = [b - a for a, b in zip(one.origin, other.origin, strict=True)]
    rise = sum(a * b for a, b in zip(away, one.normal, strict=True))
    aside = [each - rise * part for each, part in zip(away, one.normal, strict=True)]
    # Directions are written with few digits: far along the normal that shifts a little aside.
    allowed = _ASIDE_PX * min(ours.spacing_mm) + 1e-3 * abs(rise)
    return sum(each * each for each in aside) <= allowed * allowed


def places_of(slices: Sequence[MriSlice]) -> tuple[list[float], list[int]]:
    """Places along the normal, rising, mm, and of each slice which it is at."""
    by_offset = sorted(range(len(slices)), key=lambda each: slices[each].offset_mm)
    places: list[float] = []
    at = [0] * len(slices)
    for each in by_offset:
        offset = slices[each].offset_mm
        if not places or offset - places[-1] > SAME_PLACE_MM:
            places.append(offset)
        at[each] = len(places) - 1
    return places, at


def _blocks(stack: list[MriSlice]) -> list[list[MriSlice]]:
    places, at = places_of(stack)
    steps = [b - a for a, b in pairwise(places)]
    if not steps:
        return [stack]
    wide = max(_APART * median(steps), _APART_MM)
    cuts = [
        place
        for place, step in enumerate(steps, 1)
        if step > wide and place >= SMALLEST and len(places) - place >= SMALLEST
    ]
    numbers = [sum(place >= cut for cut in cuts) for place in at]
    blocks: list[list[MriSlice]] = [[] for _ in range(len(cuts) + 1)]
    for each, number in zip(stack, numbers, strict=True):
        blocks[number].append(each)
    return blocks


def step_of(places: Sequence[float]) -> float:
    """The usual step between places, mm."""
    return median(b - a for a, b in pairwise(places))


def uneven(places: Sequence[float]) -> str:
    """Why places are not evenly spaced, as half a sentence; "" where they are."""
    usual = step_of(places)
    wrong = [(a, b - a) for a, b in pairwise(places) if abs(b - a - usual) > _UNEVEN * usual + 0.02]
    if not wrong:
        return ""
    at, step = wrong[0]
    kind = "a slice is missing in every phase" if step > 1.5 * usual else "slices overlap unevenly"
    return (
        f"{kind}: {step:.2f} mm to the next one at {at:.1f} mm along the normal, where "
        f"{usual:.2f} mm are usual"
    )


def geometry_of(slices: Sequence[MriSlice]) -> tuple[VolumeGeometry, bool]:
    """Of slices at even places, in order; and whether the first along the normal comes last.

    Slices are counted from feet to head, right to left or front to back, whichever way their
    normal points. SourceUnavailable, as half a sentence, where no volume can be like that.
    """
    first, last = slices[0], slices[-1]
    step = (last.offset_mm - first.offset_mm) / (len(slices) - 1)
    normal = np.array(first.normal)
    is_turned = bool(normal[np.abs(normal).argmax()] < 0)
    across, down = np.split(np.array(first.said.orientation), 2)
    axes = np.stack([-normal if is_turned else normal, down, across])
    row_mm, column_mm = first.said.spacing_mm
    try:
        made = VolumeGeometry(
            (step, row_mm, column_mm), axes, (last if is_turned else first).origin
        )
    except ImageError as error:
        raise SourceUnavailable(str(error)) from error
    return made, is_turned


def plane_of(geometry: VolumeGeometry) -> str:
    """Which the slices are nearest to: "sagittal", "coronal" or "axial"."""
    return ("sagittal", "coronal", "axial")[int(np.abs(geometry.axes[0]).argmax())]
