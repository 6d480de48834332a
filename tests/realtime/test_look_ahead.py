"""The field of a clip is known before its first frame is read."""

from __future__ import annotations

import numpy as np

from benchmarks.field_screens import made_screen
from senoscope.calibration.screen.field_of_view import NoField
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.realtime.look_ahead import find_ahead
from tests.realtime.pictures import Screens


def test_the_field_is_that_of_the_tissue() -> None:
    made = made_screen(0, 16)
    found = find_ahead(Screens(made.pictures))
    assert isinstance(found, ScreenTemplate)
    inside = found.field.inside
    assert (inside & made.whole).sum() / (inside | made.whole).sum() > 0.9
    assert all(found.matches(picture) for picture in made.pictures)


def test_without_tissue_or_frames_there_is_none() -> None:
    black = np.zeros((480, 640), np.uint8)
    assert find_ahead(Screens([black] * 3)) is NoField.NO_TISSUE
    assert find_ahead(Screens([])) is NoField.NO_TISSUE
