from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senoscope.domain.mammogram import Laterality
from senoscope.models.programmed.breast_mri.analysis import Tissue
from senoscope.studies.mri.kept_analysis import KeptAnalysis
from senoscope.studies.mri.lesion_places import STANDING, lesion_places
from tests.studies.mri.analyses import small_analysis

SPACING = [3.0, 2.0, 1.0]


def kept(plane: str = "axial", side: Laterality | None = Laterality.RIGHT) -> KeptAnalysis:
    given = small_analysis()
    lesion = replace(
        given.lesions[0], corner=(7, 9, 11), mask=np.ones((1, 1, 1), bool), laterality=side
    )
    analysis = replace(given, lesions=(lesion,), nipples={"R": (5.0, 2.0, 8.0)})
    phases = {"read": 1, "sets": [{"set": 1, "plane": plane, "spacing_mm": SPACING}]}
    return KeptAnalysis(analysis, phases=phases)


@pytest.mark.parametrize(
    ("plane", "head", "back", "left"),
    [("axial", 6, 14, 3), ("sagittal", -14, 3, 6), ("coronal", -14, 6, 3)],
)
def test_a_lesion_lies_where_the_planes_say(
    plane: str, head: float, back: float, left: float
) -> None:
    place = lesion_places(kept(plane))[1]
    assert place.away_mm == pytest.approx((head, back, left))
    assert place.is_from_nipple
    assert set(STANDING) == {"axial", "sagittal", "coronal"}


def test_the_depth_is_that_of_the_breast_behind_the_nipple() -> None:
    """Its tissue ends with row 17, and the nipple is at row 2, of 2 mm each."""
    assert lesion_places(kept())[1].depth_mm == pytest.approx(30.0)
    bare = kept()
    tissue = np.where(bare.analysis.tissue > 0, Tissue.FIBROGLANDULAR, 0).astype(np.uint8)
    empty = replace(bare, analysis=replace(bare.analysis, tissue=tissue))
    assert lesion_places(empty)[1].depth_mm is None


def test_without_a_nipple_or_millimetres_it_is_from_nowhere() -> None:
    assert not lesion_places(kept(side=None))[1].is_from_nipple
    assert not lesion_places(kept(side=Laterality.LEFT))[1].is_from_nipple
    unscaled = replace(kept(), phases={})
    assert not lesion_places(unscaled)[1].is_from_nipple
