from __future__ import annotations

import numpy as np
import pytest

from senoscope.models.programmed.mammography import masses
from senoscope.models.programmed.mammography.marks import Candidate, MarkKind
from senoscope.models.programmed.mammography.masses import find_blobs, marking_ground
from senoscope.models.programmed.mammography.soft_tissue import soft_tissue
from tests.models.programmed.mammography.drawn_breasts import at_step, plain_breast, with_ball

SHRINK = 4


def nearest(found: list[Candidate], at: tuple[float, float]) -> Candidate:
    return min(found, key=lambda each: float(np.hypot(*np.subtract(each.centre, at))))


@pytest.mark.parametrize("radius_px", [35, 60, 90])
def test_a_ball_is_found_and_outlined(radius_px: int) -> None:
    at = (200.0, 420.0)
    picture = at_step(with_ball(plain_breast(), at, radius_px), masses.STEP_MM)
    blobs = find_blobs(picture)
    assert blobs.at[0] * SHRINK == pytest.approx(at, abs=20)
    of_mass = [each for each in soft_tissue(picture) if each.kind is MarkKind.MASS]
    found = nearest(of_mass, (at[0] / SHRINK, at[1] / SHRINK))
    away = np.linalg.norm(found.outline - found.centre, axis=1) * SHRINK
    assert np.median(away) == pytest.approx(radius_px, rel=0.35)
    others = [each.features["ball"] for each in of_mass if each is not found]
    assert found.features["ball"] > max(others)
    assert found.features["contrast"] > 1


def test_neither_skin_nor_nipple_is_marked() -> None:
    picture = at_step(plain_breast(), masses.STEP_MM)
    ground = marking_ground(picture)
    assert not ground[100, 100:].any()
    assert ground[100, 50]
    assert not ground[:, :3].any()
    assert not ground[20 // SHRINK].any()
