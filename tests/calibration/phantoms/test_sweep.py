"""A phantom's sweep knows which lesion is which from picture to picture."""

from __future__ import annotations

from itertools import pairwise

import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.phantoms.sweep import SweepFrame, phantom_sweep
from senoscope.models.evaluation.metrics import iou

FRAMES = 60


@pytest.fixture(scope="module")
def sweeps() -> list[list[SweepFrame]]:
    return [list(phantom_sweep(BModePhantom(seed, 256, 192), FRAMES)) for seed in (0, 1)]


def test_the_pictures_and_masks_are_the_phantom_s_own(sweeps: list[list[SweepFrame]]) -> None:
    for sweep, own in zip(sweeps[0], BModePhantom(0, 256, 192).sweep(FRAMES), strict=True):
        assert (sweep.pixels == own.pixels).all()
        assert len(sweep.lesions) == len(own.truth)
        for lesion, truth in zip(sweep.lesions, own.truth, strict=True):
            assert (lesion.mask == truth.mask).all()


def test_some_pictures_show_a_lesion_and_some_bare_tissue(
    sweeps: list[list[SweepFrame]],
) -> None:
    for sweep in sweeps:
        assert {bool(frame.lesions) for frame in sweep} == {True, False}


def test_a_lesion_keeps_its_number_while_it_is_cut_and_shares_it_with_no_other(
    sweeps: list[list[SweepFrame]],
) -> None:
    for sweep in sweeps:
        for before, now in pairwise(sweep):
            numbers = [lesion.number for lesion in now.lesions]
            assert len(set(numbers)) == len(numbers)
            for old in before.lesions:
                for new in now.lesions:
                    if iou(old.mask, new.mask) > 0.5:
                        assert old.number == new.number


def test_the_way_back_counts_as_new_lesions(sweeps: list[list[SweepFrame]]) -> None:
    for sweep in sweeps:
        there, back = (
            {lesion.number for frame in half for lesion in frame.lesions}
            for half in (sweep[: FRAMES // 3], sweep[-FRAMES // 3 :])
        )
        assert there and back and not there & back
