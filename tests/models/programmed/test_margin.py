from __future__ import annotations

import cv2
import numpy as np
import pytest

from senoscope.domain.frame import Gray
from senoscope.models.programmed.margin import FEATURES, measure_margin
from senoscope.models.programmed.region import lesion_region
from tests.models.programmed.outlines import LEFT, TOP, Outline, ellipse, frame, speckled, star


def margin_of(pixels: Gray, outline: Outline) -> dict[str, float]:
    return dict(measure_margin(lesion_region(pixels, outline)))


OVAL = ellipse(70, 40)


def test_every_feature_is_measured_and_no_other() -> None:
    assert set(margin_of(frame(OVAL), OVAL)) == {feature.name for feature in FEATURES}


def test_the_edge_s_contrast_is_the_step_in_grey() -> None:
    measured = margin_of(frame(OVAL, inside=50, outside=152), OVAL)
    assert measured["edge_contrast"] == pytest.approx(0.4, abs=0.04)
    assert measured["weakest_edge"] == pytest.approx(0.4, abs=0.06)
    assert measured["edge_unevenness"] < 0.03
    assert measured["edge_gradient"] > 0.95


def test_a_bright_lesion_has_the_opposite_sign() -> None:
    measured = margin_of(frame(OVAL, inside=152, outside=50), OVAL)
    assert measured["edge_contrast"] == pytest.approx(-0.4, abs=0.04)
    assert measured["edge_gradient"] < -0.95


def test_a_blurred_edge_is_weaker() -> None:
    sharp = frame(OVAL)
    blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 12), np.uint8)
    assert margin_of(blurred, OVAL)["edge_contrast"] < 0.5 * margin_of(sharp, OVAL)["edge_contrast"]


def test_an_edge_that_is_lost_on_one_side_shows_in_the_weakest_sector() -> None:
    pixels = frame(OVAL)
    pixels[:, int(LEFT) + 20 :] = 40
    measured = margin_of(pixels, OVAL)
    assert measured["weakest_edge"] == pytest.approx(0, abs=0.02)
    assert measured["edge_unevenness"] > 0.1


def test_a_smooth_oval_has_no_corner_and_a_star_has_its_points() -> None:
    assert margin_of(frame(OVAL), OVAL)["angularity"] == 0
    pointed = star(6, 0.3)
    assert margin_of(frame(pointed), pointed)["angularity"] == 6


def test_a_circle_bends_evenly() -> None:
    circle = ellipse(60, 60)
    assert margin_of(frame(circle), circle)["bending"] == pytest.approx(1, abs=0.05)
    wavy = star(10, 0.1)
    assert margin_of(frame(wavy), wavy)["bending"] > 3


@pytest.mark.parametrize("count", [6, 10])
def test_dark_rays_beyond_the_outline_are_counted(count: int) -> None:
    circle = ellipse(50, 50)
    pixels = frame(circle)
    for angle in np.linspace(0.1, 2 * np.pi + 0.1, count, endpoint=False):
        end = np.array([LEFT, TOP]) + 95 * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(pixels, (int(LEFT), int(TOP)), tuple(np.rint(end).astype(int).tolist()), 40, 5)
    assert margin_of(pixels, circle)["spicules"] == pytest.approx(count, abs=1)


def test_a_bright_rim_is_a_halo() -> None:
    circle = ellipse(50, 50)
    pixels = frame(circle)
    cv2.circle(pixels, (int(LEFT), int(TOP)), 56, 220, 8)
    assert margin_of(pixels, circle)["halo"] > 0.2
    assert margin_of(frame(circle), circle)["halo"] == pytest.approx(0, abs=0.02)


def test_a_lesion_cut_by_the_frame_is_assessed_where_it_can_be() -> None:
    cut = OVAL - [LEFT, 0]
    measured = margin_of(speckled(frame(cut)), cut)
    assert measured["edge_contrast"] > 0.2
    assert not np.isnan(measured["weakest_edge"])
