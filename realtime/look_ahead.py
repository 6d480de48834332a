"""The field of view of a clip, found on its first seconds before any of it is read."""

from __future__ import annotations

from senoscope.calibration.screen.field_of_view import FieldOfView, NoField, find_field_of_view
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.frame import Gray
from senoscope.realtime.sources.base import Source

KEPT_EVERY, MOST_KEPT = 5, 22
"""Frames: every fifth of the first three and a half seconds."""


def find_ahead(source: Source) -> ScreenTemplate | NoField:
    """Opens `source`, which is not yet open, and closes it again.

    The clip is then read with the template, which has the field at once on every frame alike.
    SenoscopeError where it cannot be read.
    """
    pictures: list[Gray] = []
    try:
        source.open()
        for place in range(KEPT_EVERY * MOST_KEPT):
            frame = source.grab()
            if frame is None or (pictures and frame.pixels.shape != pictures[0].shape):
                break
            if place % KEPT_EVERY == 0:
                pictures.append(frame.pixels)
    finally:
        source.close()
    if not pictures:
        return NoField.NO_TISSUE
    found = find_field_of_view(pictures)
    if isinstance(found, FieldOfView):
        return ScreenTemplate.of("this clip", found, pictures)
    return found
