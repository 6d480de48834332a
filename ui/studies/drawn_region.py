"""Words for a region that a reader draws on a mammogram, as the page asks for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.results.drawn_words import drawn_words
from senoscope.studies.study_reading import FindingKind
from senoscope.ui.frames.overlay import Header
from senoscope.ui.studies.sign_off_asked import MOST_COORDINATES, contour_of


class RegionAsked(BaseModel):
    """`outline` is x, y, x, y ... in pixels of the stored image."""

    image: Annotated[int, Field(ge=0)]
    kind: FindingKind
    outline: Annotated[list[float], Field(min_length=6, max_length=MOST_COORDINATES)]


def region_words(image: StoredImage, asked: RegionAsked) -> list[Header]:
    """A line for each name. SettingsError where there are none for that kind; else as decoding."""
    return [
        {"name": each.name, "word": each.word, "agreement": each.agreement, "reason": each.reason}
        for each in drawn_words(image, contour_of(asked.outline), asked.kind)
    ]
