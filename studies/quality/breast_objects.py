"""Which objects of a breast exam are no plain mammograms and no slices, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator

from senoscope.studies.images.breast_object import REFUSALS, BreastObject
from senoscope.studies.images.series import Series
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.quality.quality_fact import Fact, Saying, facts_of_sayings


def facts_of_breast_objects(series: Series) -> Iterator[Fact]:
    """One for each kind: a synthetic picture is read, and no exposure; the others are not read."""
    return facts_of_sayings(series, _sayings)


def _sayings(image: StoredImage) -> Iterator[Saying]:
    kind = image.breast
    if kind is BreastObject.SYNTHETIC:
        text = (
            "is a synthetic 2-D picture made from tomosynthesis (ImageType), and no full-field "
            "mammogram"
        )
        yield "caution", "came", text
    elif kind in REFUSALS:
        what, _, todo = REFUSALS[kind].partition("; ")
        yield "caution", "missing", f"is not read: {what}; {todo}"
