"""SimpleITK on plain arrays: one thread, voxels in mm with the first voxel's centre at zero."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.breast_mri.coarse_grid import Three


@cache
def simple_itk() -> Any:
    """The library, which takes half a second to come: nothing else need wait for it."""
    import SimpleITK  # noqa: PLC0415

    return SimpleITK


@contextmanager
def one_thread() -> Iterator[None]:
    """A study is read on one thread; others in this process keep what they had."""
    before = simple_itk().ProcessObject.GetGlobalDefaultNumberOfThreads()
    simple_itk().ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        yield
    finally:
        simple_itk().ProcessObject.SetGlobalDefaultNumberOfThreads(before)


def as_image(volume: NDArray[Any], spacing_mm: Three, first_mm: Three = (0.0, 0.0, 0.0)) -> Any:
    """SimpleITK has its axes the other way round."""
    image = simple_itk().GetImageFromArray(
        volume.astype(np.uint8) if volume.dtype == np.bool_ else volume
    )
    image.SetSpacing([float(each) for each in spacing_mm[::-1]])
    image.SetOrigin([float(each) for each in first_mm[::-1]])
    return image


def as_array(image: Any) -> NDArray[Any]:
    """(slices, rows, columns), with the parts of a vector last."""
    return np.asarray(simple_itk().GetArrayFromImage(image))
