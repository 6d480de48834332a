from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reading import Suspicion
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.studies.cases.breast_place import Third
from senoscope.studies.cases.mark_places import is_turned, longest_mm, mark_place, view_place
from senoscope.studies.study_reading import (
    FindingKind,
    FramePlace,
    ImageReading,
    Outlined,
    ReadingFact,
    StudyFinding,
)

SPACING = CalibratedSpacing(PixelSpacing(0.5, 0.5), SpacingOrigin.DICOM_SPACING)
WALLS = {
    "left": (140, 200), "right": (260, 200), "top": (200, 140), "bottom": (200, 260)
}  # fmt: skip
"""With the nipple at (200, 200): where a place 30 mm behind it is stored, by the chest wall."""
UPWARD = {"left": (0, -40), "right": (0, -40), "top": (-40, 0), "bottom": (-40, 0)}
"""And what 20 mm up as the picture hangs adds to it."""


def image(view: str, side: str = "L", wall: str = "left", down: str = "") -> ImageReading:
    facts = [
        ReadingFact("laterality", word=side),
        ReadingFact("view", word=view),
        ReadingFact("nipple_x", 200.0, "px"),
        ReadingFact("nipple_y", 200.0, "px"),
        ReadingFact("nipple_depth", 80.0, "mm"),
        ReadingFact("chest_wall", word=wall),
    ]
    if down:
        facts.append(ReadingFact("down", word=down))
    return ImageReading(1, "1.2", view, "1", 1, 1, spacing=SPACING, facts=tuple(facts))


def square(view: str, x: float, y: float) -> Outlined:
    around = np.array([[x - 4, y - 4], [x + 4, y - 4], [x + 4, y + 4], [x - 4, y + 4]], np.float32)
    return Outlined(FramePlace("1.2", view, "1"), around)


def finding(*outlines: Outlined) -> StudyFinding:
    return StudyFinding(
        1, "1.5", outlines[0], outlines, 0.5, 0.5, 0.5, Suspicion.UNCERTAIN, None,
        kind=FindingKind.MASS,
    )  # fmt: skip


@pytest.mark.parametrize("wall", WALLS)
def test_behind_and_across_are_told_however_the_picture_is_stored(wall: str) -> None:
    (x, y), (right, below) = WALLS[wall], UPWARD[wall]
    place = view_place(image("CC", wall=wall), square("CC", x + right, y + below))
    assert place is not None
    assert (place.behind_mm, place.depth_mm) == pytest.approx((30.0, 80.0))
    assert place.offset.across_mm == pytest.approx(20.0)


def test_cc_and_mlo_together_give_quadrant_distance_and_third() -> None:
    cc, mlo = image("CC", "R", "right", "L"), image("MLO", "R", "right", "FL")
    up = 10 * 2**0.5  # of 20 mm lateral and 0 up, as MLO sees it
    found = finding(square("CC", 260, 160), square("MLO", 260, 200 - 2 * up))
    place = mark_place(found, {"CC": cc, "MLO": mlo})
    assert place.side is Laterality.RIGHT
    assert place.up_mm == pytest.approx(0.0, abs=1e-4)
    assert place.clock is not None and place.clock.hour == pytest.approx(9.0)
    assert place.quadrant == "outer" and place.third is Third.MIDDLE
    assert place.from_nipple_mm == pytest.approx((20**2 + 30**2) ** 0.5)


@pytest.mark.parametrize(
    ("down", "side", "angle", "turned"),
    [
        ("R", "L", 0.0, False),
        ("L", "L", 0.0, True),
        ("L", "R", 0.0, False),
        ("R", "R", 0.0, True),
        ("", "L", 0.0, False),
        ("F", "L", pi / 4, False),
        ("FR", "L", pi / 4, False),
        ("HL", "L", pi / 4, True),
        ("H", "R", pi / 2, True),
    ],
)
def test_a_picture_stored_upside_down_is_told_by_its_orientation(
    down: str, side: str, angle: float, turned: bool
) -> None:
    assert is_turned(down, Laterality(side), angle) is turned


def test_turned_it_lies_on_the_other_side() -> None:
    usual, turned = (
        view_place(image("CC", down=each), square("CC", 140, 160)) for each in ("R", "L")
    )
    assert usual is not None and turned is not None
    assert usual.offset.across_mm == pytest.approx(-turned.offset.across_mm)


def without(name: str) -> ImageReading:
    whole = image("CC")
    return replace(whole, facts=tuple(each for each in whole.facts if each.name != name))


@pytest.mark.parametrize("name", ["view", "nipple_x", "nipple_depth", "chest_wall"])
def test_what_an_older_reading_lacks_leaves_the_side(name: str) -> None:
    place = mark_place(finding(square("CC", 140, 160)), {"CC": without(name)})
    assert place.side is Laterality.LEFT and not place.is_known
    assert mark_place(finding(square("CC", 140, 160)), {"CC": without("laterality")}).side is None
    unscaled = replace(image("CC"), spacing=None)
    assert not mark_place(finding(square("CC", 140, 160)), {"CC": unscaled}).is_known


def test_two_sides_of_one_mark_are_none() -> None:
    found = finding(square("CC", 140, 160), square("MLO", 140, 160))
    images = {"CC": image("CC", "L"), "MLO": image("MLO", "R")}
    assert mark_place(found, images).side is None
    assert mark_place(found, {}).side is None


def test_the_longest_diameter_goes_by_both_spacings() -> None:
    contour = np.array([[0, 0], [30, 0], [30, 40], [0, 40], [15, 20]], np.float32)
    assert longest_mm(contour, PixelSpacing(0.1, 0.1)) == pytest.approx(5.0)
    assert longest_mm(contour, PixelSpacing(0.2, 0.1)) == pytest.approx((9 + 64) ** 0.5)
