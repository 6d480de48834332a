"""Boxes of a volume, and the connected parts of a mask in theirs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, prod

import numpy as np

from senoscope.domain.breast_mri import Mask
from senoscope.models.programmed.breast_mri.coarse_grid import Three
from senoscope.models.programmed.breast_mri.itk import as_array, as_image, one_thread, simple_itk

Box = tuple[slice, slice, slice]
"""With starts and stops."""


def whole(shape: Sequence[int]) -> Box:
    """Everything."""
    one, two, three = (slice(0, extent) for extent in shape)
    return one, two, three


def ranges(box: Box) -> tuple[range, range, range]:
    """Its voxels along each axis."""
    one, two, three = (range(each.start, each.stop) for each in box)
    return one, two, three


def padded(box: Box, mm: float, spacing_mm: Three, shape: Sequence[int]) -> Box:
    """Wider by so much each way, within the volume."""
    one, two, three = (
        slice(max(0, its.start - ceil(mm / each)), min(extent, its.stop + ceil(mm / each)))
        for its, each, extent in zip(box, spacing_mm, shape, strict=True)
    )
    return one, two, three


def at_least(box: Box, voxels: int, shape: Sequence[int]) -> Box:
    """Wider where it is narrower than that, within the volume."""
    found = []
    for its, extent in zip(box, shape, strict=True):
        lacking = max(0, voxels - (its.stop - its.start))
        start = max(0, its.start - (lacking + 1) // 2)
        stop = min(extent, max(its.stop, start + voxels))
        found.append(slice(max(0, min(start, stop - voxels)), stop))
    return found[0], found[1], found[2]


def within(box: Box, outer: Box) -> Box:
    """A box in voxels of one that holds it."""
    one, two, three = (
        slice(its.start - other.start, its.stop - other.start)
        for its, other in zip(box, outer, strict=True)
    )
    return one, two, three


def outside(box: Box, outer: Box) -> Box:
    """What `within` was given."""
    one, two, three = (
        slice(its.start + other.start, its.stop + other.start)
        for its, other in zip(box, outer, strict=True)
    )
    return one, two, three


def trimmed(box: Box, mask: Mask) -> tuple[Box, Mask]:
    """The smallest box that holds a mask of `box`, which is not empty, and the mask there."""
    cut = []
    for axis in range(3):
        others = tuple(each for each in range(3) if each != axis)
        where = np.flatnonzero(mask.any(axis=others))
        cut.append(slice(int(where[0]), int(where[-1]) + 1))
    inner = (cut[0], cut[1], cut[2])
    return outside(inner, box), np.ascontiguousarray(mask[inner])


def parts(mask: Mask, spacing_mm: Three, least_mm3: float) -> list[tuple[Box, Mask]]:
    """Regions connected by faces, of this volume or more, the largest first, in their boxes."""
    if not mask.any():
        return []
    with one_thread():
        image = simple_itk().ConnectedComponent(as_image(mask, spacing_mm))
        image = simple_itk().RelabelComponent(image, max(1, ceil(least_mm3 / prod(spacing_mm))))
        labels = as_array(image)
        shapes = simple_itk().LabelShapeStatisticsImageFilter()
        shapes.Execute(image)
    found = []
    for label in shapes.GetLabels():
        x, y, z, wide, high, deep = shapes.GetBoundingBox(label)
        box = (slice(z, z + deep), slice(y, y + high), slice(x, x + wide))
        found.append((box, labels[box] == label))
    return found
