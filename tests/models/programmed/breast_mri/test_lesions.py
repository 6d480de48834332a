"""What enhances is found, as wide as it is, and what is no lesion is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask
from senoscope.models.evaluation.metrics import dice
from senoscope.models.programmed.breast_mri.coarse_grid import blurred
from senoscope.models.programmed.breast_mri.lesions import (
    Region,
    Uptake,
    find_regions,
    is_line,
    is_patch,
)

SHAPE, MM = (40, 48, 48), (2.0, 2.0, 2.0)


def ball(radius_mm: float, at: tuple[int, int, int] = (20, 24, 24)) -> Mask:
    away = np.indices(SHAPE, np.float32) - np.array(at, np.float32)[:, None, None, None]
    return np.asarray((np.square(away) * 4).sum(axis=0) < radius_mm**2)


def uptake(
    rises: list[tuple[Mask, float]], background: float = 20.0, uneven: float = 0.0
) -> Uptake:
    """Gland of 100 before contrast in the middle, fat of 40 round it; `rises` in grey values."""
    random = np.random.default_rng(6)
    gland = ball(36.0)
    before = np.where(gland, 100.0, 40.0)
    texture = blurred(random.normal(0, 1, SHAPE).astype(np.float32), (1.5, 1.5, 1.5))
    rise = np.where(gland, background * (1 + uneven * texture / texture.std()), 0.0)
    for mask, by in rises:
        before, rise = np.where(mask, 100.0, before), np.where(mask, by, rise)
    early = before + rise + random.normal(0, 3, SHAPE)
    before = before + random.normal(0, 3, SHAPE)
    inside = np.ones(SHAPE, bool)
    return Uptake(before.astype(np.float32), early.astype(np.float32), inside, gland, MM)


def whole(region: Region) -> Mask:
    found = np.zeros(SHAPE, bool)
    found[region.box] = region.mask
    return found


@pytest.mark.parametrize("radius_mm", [4.0, 6.0, 12.0])
def test_a_mass_is_found_as_wide_as_it_is(radius_mm: float) -> None:
    (found,) = find_regions(uptake([(ball(radius_mm), 150.0)]), 70.0)
    assert dice(whole(found), ball(radius_mm)) > 0.85


def test_a_mass_that_is_most_of_the_gland_is_found() -> None:
    mass = ball(26.0) | ball(18.0, (20, 24, 36))
    exam = uptake([(mass, 150.0)], uneven=0.3)
    small_gland = replace(exam, gland=exam.gland & (ball(30.0) | mass))
    assert mass.sum() > 0.7 * small_gland.gland.sum()
    (found,) = find_regions(small_gland, 70.0)
    assert dice(whole(found), mass) > 0.9


def test_background_that_rises_everywhere_is_no_mass() -> None:
    assert find_regions(uptake([], background=100.0), 70.0) == []


def test_a_bright_mass_does_not_swallow_what_rises_a_little_beside_it() -> None:
    mass, beside = ball(8.0), ball(11.0, (20, 24, 32)) & ~ball(8.0)
    found = find_regions(uptake([(mass, 400.0), (beside, 110.0)]), 70.0)
    assert dice(whole(found[0]), mass) > 0.9


def test_a_mass_shows_in_strong_and_uneven_background() -> None:
    mass = ball(9.0)
    exam = uptake([(mass, 160.0)], background=60.0, uneven=0.5)
    found = find_regions(exam, 70.0)
    assert max((dice(whole(each), mass) for each in found), default=0.0) > 0.8


def test_background_that_is_strong_and_uneven_is_hardly_ever_a_lesion() -> None:
    exam = uptake([], background=60.0, uneven=0.5)
    found = find_regions(exam, 70.0)
    assert sum(int(each.mask.sum()) for each in found) < 0.05 * exam.gland.sum()
    assert len(found) <= 1


def test_what_rises_less_than_asked_is_none() -> None:
    exam = uptake([(ball(8.0), 90.0)])
    assert len(find_regions(exam, 70.0)) == 1
    assert find_regions(exam, 150.0) == []


def test_the_clearest_is_the_first() -> None:
    small, large = ball(5.0, (20, 24, 12)), ball(9.0, (20, 24, 36))
    found = find_regions(uptake([(small, 120.0), (large, 160.0)]), 70.0)
    assert [dice(whole(each), mask) > 0.8 for each, mask in zip(found, (large, small), strict=True)]
    assert found[0].contrast > found[1].contrast > 0


def test_a_vessel_and_a_sheet_are_lines_and_a_ball_is_none() -> None:
    vessel = np.zeros(SHAPE, bool)
    vessel[20:22, 24:26, 5:40] = True
    sheet = np.zeros(SHAPE, bool)
    sheet[20, 10:30, 10:30] = True
    assert is_line(vessel, MM) and is_line(sheet, MM) and not is_line(ball(6.0), MM)
    assert find_regions(uptake([(vessel, 200.0)]), 70.0) == []


def region(mask: NDArray[np.bool_], contrast: float) -> Region:
    return Region((slice(0, 40), slice(0, 48), slice(0, 48)), mask, contrast)


def test_a_patch_is_faint_and_ragged() -> None:
    ragged = ball(10.0, (14, 16, 16)) | ball(8.0, (24, 30, 30))
    assert is_patch(region(ragged, 2.5), MM)
    assert not is_patch(region(ragged, 6.0), MM)
    assert not is_patch(region(ball(10.0), 2.5), MM)
