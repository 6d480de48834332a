"""A dynamic series as DICOM: MR images, a file for each slice, or enhanced objects."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom import Dataset

from senoscope.domain.errors import SettingsError
from senoscope.studies.wrapping.classic_mri_object import classic_objects, more_objects
from senoscope.studies.wrapping.enhanced_mri_object import enhanced_objects
from senoscope.studies.wrapping.mri_to_wrap import LAYOUTS, MriToWrap


def mri_objects(given: MriToWrap, layout: str = "series per phase") -> Iterator[Dataset]:
    """One after the other, whole: each can be written as it is. SettingsError for other layouts.

    Subtractions and T2 are a file for each slice whatever the layout is.
    """
    if layout not in LAYOUTS:
        raise SettingsError(
            f"The layout {layout[:24]!r} was given; expected one of {', '.join(LAYOUTS)}."
        )
    if layout in ("enhanced", "enhanced per phase"):
        yield from enhanced_objects(given, per_phase=layout != "enhanced")
    else:
        yield from classic_objects(given, one_series=layout == "one series")
    yield from more_objects(given)
