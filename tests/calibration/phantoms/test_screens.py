from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.screens import Layout, TickStyle, made_screen

SEEDS = range(4000, 4080)


def test_a_seed_is_one_screen() -> None:
    assert np.array_equal(made_screen(4000).pixels, made_screen(4000).pixels)
    assert made_screen(4000).pixels.shape != made_screen(4001).pixels.shape or not np.array_equal(
        made_screen(4000).pixels, made_screen(4001).pixels
    )


def test_all_styles_and_layouts_come_and_depths_of_two_to_ten_centimetres() -> None:
    screens = [made_screen(seed) for seed in SEEDS]
    assert {screen.style for screen in screens} == set(TickStyle)
    assert {screen.layout for screen in screens} == set(Layout)
    depths = [screen.depth_mm for screen in screens]
    assert min(depths) == 20
    assert max(depths) == 100


def test_only_a_screen_with_a_ruler_has_millimetres() -> None:
    for seed in SEEDS:
        screen = made_screen(seed)
        assert (screen.row_mm is None) == (screen.style is TickStyle.NONE)


def test_twice_the_depth_is_twice_the_millimetres_a_row() -> None:
    seed = next(seed for seed in SEEDS if made_screen(seed).style is TickStyle.DOTS)
    one = made_screen(seed)
    two = made_screen(seed, depth_mm=2 * one.depth_mm)
    assert one.pixels.shape == two.pixels.shape
    assert one.row_mm is not None
    assert two.row_mm == pytest.approx(2 * one.row_mm)


def test_the_tissue_is_as_deep_as_the_screen_says() -> None:
    for seed in SEEDS:
        screen = made_screen(seed)
        if screen.row_mm is not None:
            share = screen.depth_mm / screen.row_mm / screen.pixels.shape[0]
            assert 0.7 <= share <= 0.91
