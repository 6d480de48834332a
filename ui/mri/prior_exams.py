"""The lesions of two breast MRI of one patient side by side: what grew and what shrank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from senoscope.models.programmed.breast_mri.analysis import EnhancingLesion
from senoscope.studies.mri.kept_analysis import KeptAnalysis
from senoscope.studies.mri.lesion_places import lesion_places
from senoscope.ui.frames.overlay import Header
from senoscope.ui.mri.mri_facts import lesion_facts

SAME_PLACE_MM = 40.0
"""Two lesions farther apart than this are not taken for the same."""
_Places = Mapping[int, tuple[float, float, float]]


def compared(now: Sequence[KeptAnalysis], before: Sequence[KeptAnalysis]) -> Header:
    """Lesions of both, the pairs that are proposed (number now: before), and whole FTV in ml."""
    ours, theirs = _lesions(now), _lesions(before)
    return {
        "now": [lesion_facts(each) for each in ours],
        "before": [lesion_facts(each) for each in theirs],
        "pairs": pairs_of(ours, theirs, _places(now), _places(before)),
        "functional_ml": {
            "now": round(sum(each.functional_mm3 for each in ours) / 1000, 3),
            "before": round(sum(each.functional_mm3 for each in theirs) / 1000, 3),
        },
    }


def pairs_of(
    now: Sequence[EnhancingLesion],
    before: Sequence[EnhancingLesion],
    places_now: _Places,
    places_before: _Places,
) -> dict[int, int]:
    """By number now the number before: of one side, the nearest first, each taken once."""
    away = sorted(
        (float(np.linalg.norm(np.subtract(places_now[a.number], places_before[b.number]))),
         a.number, b.number)
        for a in now
        for b in before
        if a.laterality == b.laterality
    )  # fmt: skip
    found: dict[int, int] = {}
    for mm, one, other in away:
        if mm <= SAME_PLACE_MM and one not in found and other not in found.values():
            found[one] = other
    return found


def _places(kept: Sequence[KeptAnalysis]) -> dict[int, tuple[float, float, float]]:
    """From the nipple, or from the middle of the volume where none is known."""
    return {number: place.away_mm for each in kept for number, place in lesion_places(each).items()}


def _lesions(kept: Sequence[KeptAnalysis]) -> list[EnhancingLesion]:
    return sorted((each for one in kept for each in one.analysis.lesions), key=lambda e: e.number)
