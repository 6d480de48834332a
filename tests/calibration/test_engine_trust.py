"""An engine that reads as the reference does is trusted, and a wrong one is told."""

from __future__ import annotations

import math
from itertools import islice

import pytest

from senoscope.calibration import engine_trust
from senoscope.calibration.engine_trust import (
    CLIP_SEEDS,
    CLIP_SIZE,
    FRAMES_A_SEED,
    LEAST_LESION_FRAMES,
    calibration_clip,
    compared,
)
from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, Reading, Suspicion
from tests import builders

SHAPE = (64, 96)


def found(*findings: Finding) -> Reading:
    return builders.reading(findings=findings)


def one(
    lesion: Lesion | None = None, probability: float = 0.7, word: Suspicion = Suspicion.HIGH
) -> Finding:
    return Finding(lesion or builders.lesion(), probability, word)


def verdict(reference: list[Reading], candidate: list[Reading]) -> engine_trust.Verdict:
    return compared(reference, candidate, [SHAPE] * len(reference))


def test_the_reference_beside_itself_is_trusted() -> None:
    readings = [found(one()), found(), found(one(), one(builders.lesion(60, 2, 20, 12)))]
    same = verdict(readings, readings)
    assert (same.mean_dice, same.worst_dice, same.worst_shift, same.flips) == (1, 1, 0, 0)
    assert (same.frames, same.findings) == (3, 3)
    assert same.refusal is None


def test_dice_is_over_frames_where_either_outlines_anything() -> None:
    """Many empty frames would hide one bad outline."""
    half = builders.lesion(width=15)
    differing = verdict([found(one())] + 99 * [found()], [found(one(half))] + 99 * [found()])
    assert differing.mean_dice == differing.worst_dice == pytest.approx(2 / 3, abs=0.03)
    assert differing.refusal is not None
    assert "Dice" in differing.refusal


def test_one_frame_outlined_wrongly_among_many_is_told() -> None:
    many = 199 * [found(one())]
    shrunk = [found(one(builders.lesion(width=22)))]
    refusal = verdict([*many, found(one())], [*many, *shrunk]).refusal
    assert refusal is not None
    assert "on one frame" in refusal


def test_a_probability_that_moves_is_told_though_the_word_stays() -> None:
    moved = verdict([found(one())], [found(one(probability=0.78))])
    assert moved.worst_shift == pytest.approx(0.08)
    assert moved.flips == 0
    assert moved.refusal is not None
    assert "probability moved by 0.080" in moved.refusal


def test_a_word_that_changes_is_a_flip() -> None:
    reference = 9 * [found(one())] + [found(one(probability=0.70))]
    candidate = 9 * [found(one())] + [found(one(probability=0.69, word=Suspicion.UNCERTAIN))]
    changed = verdict(reference, candidate)
    assert changed.flips == pytest.approx(0.1)
    assert changed.refusal is not None
    assert "10.0% of findings changed" in changed.refusal


@pytest.mark.parametrize("swap", [False, True])
def test_a_finding_that_only_one_has_is_a_flip(swap: bool) -> None:
    both = [found(one(), one(builders.lesion(60, 2, 20, 12)))], [found(one())]
    reference, candidate = reversed(both) if swap else both
    changed = verdict(reference, candidate)
    assert (changed.findings, changed.flips) == (2, 0.5)


def test_findings_are_paired_by_place_not_by_order() -> None:
    first, second = one(probability=0.9), one(builders.lesion(60, 2, 20, 12), 0.2, Suspicion.LOW)
    assert verdict([found(first, second)], [found(second, first)]).flips == 0


def test_where_the_reference_finds_nothing_nothing_can_be_trusted() -> None:
    refusal = verdict([found()], [found()]).refusal
    assert refusal is not None
    assert "nothing to compare" in refusal


def test_the_clip_shows_lesions_and_is_the_same_every_time() -> None:
    clip = calibration_clip()
    assert len(clip) == len(CLIP_SEEDS) * FRAMES_A_SEED > LEAST_LESION_FRAMES
    last = BModePhantom(CLIP_SEEDS[-1], *CLIP_SIZE).sweep(FRAMES_A_SEED)
    for frame, again in zip(clip[-FRAMES_A_SEED:], islice(last, 3), strict=False):
        assert (frame == again.pixels).all()


def test_a_number_that_is_none_is_told_wherever_it_stands() -> None:
    """Python's max skips one that is not first."""
    word = Suspicion.UNCERTAIN
    reference = 80 * [found(one(probability=0.3, word=word))]
    candidate = [reference[0], *79 * [found(one(probability=math.nan, word=word))]]
    assert verdict(reference, candidate).refusal is not None
    gone = [builders.reading(presence=0.9), builders.reading(presence=math.nan)]
    assert verdict(2 * [builders.reading(presence=0.9)], gone).refusal is not None


def test_a_presence_that_moves_is_told() -> None:
    refusal = verdict([builders.reading(presence=0.9)], [builders.reading(presence=0.7)]).refusal
    assert refusal is not None
    assert "presence of a lesion moved by 0.200" in refusal
