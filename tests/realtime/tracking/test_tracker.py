"""A track gathers what frames say: one number, a word that holds, an outline that does not jump."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from senoscope.domain.frame import Frame
from senoscope.domain.reading import Finding, OperatingPoint, Reading, Suspicion
from senoscope.domain.track import Track
from senoscope.models.odds import logistic, logit
from senoscope.realtime.tracking.tracker import USUAL, LesionTracker, interquartile_mean, smoothed
from tests import builders

POINT = OperatingPoint(0.3, 0.7)
PERIOD_NS = 33_000_000
SETTINGS = replace(USUAL, steady_frames=4)


def found(probability: float, left: float = 20, top: float = 16) -> Finding:
    return Finding(builders.lesion(left, top), probability, POINT.suspicion(probability))


class Sweep:
    """Frames one after the other into one tracker."""

    def __init__(self) -> None:
        self.tracker = LesionTracker(POINT, SETTINGS)
        self.index = 0
        self.shown: list[tuple[Track, ...]] = []

    def see(self, *findings: Finding, frames: int = 1, after_s: float = 0) -> tuple[Track, ...]:
        self.index += round(after_s * 1e9 / PERIOD_NS)
        for _ in range(frames):
            at_ns = 10**9 + self.index * PERIOD_NS
            frame = builders.frame(self.index, captured_at_ns=at_ns)
            reading = Reading(self.index, findings, 0.9)
            self.shown.append(self.tracker.follow(frame, reading))
            self.index += 1
        return self.shown[-1]

    def words(self) -> list[Suspicion | None]:
        return [tracks[0].suspicion for tracks in self.shown if tracks]


def changes(words: Sequence[object]) -> int:
    return sum(one != other for one, other in pairwise(words))


def test_a_lesion_has_no_number_and_no_word_before_it_is_steady() -> None:
    sweep = Sweep()
    (first,) = sweep.see(found(0.9))
    assert (first.number, first.suspicion, first.is_steady) == (0, None, False)
    (steady,) = sweep.see(found(0.9), frames=3)
    assert (steady.number, steady.suspicion, steady.seen) == (1, Suspicion.HIGH, 4)


def test_what_flashes_now_and_then_never_becomes_steady() -> None:
    sweep = Sweep()
    for _ in range(12):
        sweep.see(found(0.9))
        sweep.see(frames=3)
    assert all(track.number == 0 for tracks in sweep.shown for track in tracks)


def test_what_is_found_in_every_other_frame_becomes_steady() -> None:
    sweep = Sweep()
    for _ in range(3):
        sweep.see(found(0.9))
        sweep.see()
    (track,) = sweep.see(found(0.9))
    assert (track.number, track.seen) == (1, 4)


def test_the_presence_is_smoothed_with_the_outline() -> None:
    mean = smoothed(builders.lesion(presence=0.5), builders.lesion(presence=1.0), 0.4)
    assert mean.presence == pytest.approx(0.7)


def test_the_probability_is_a_robust_mean_within_the_single_frames() -> None:
    sweep = Sweep()
    for probability in (0.2, 0.22, 0.24, 0.26, 0.99, 0.21, 0.23, 0.25):
        (track,) = sweep.see(found(probability))
    assert (track.lowest, track.highest) == (pytest.approx(0.2), pytest.approx(0.99))
    assert 0.22 < track.probability < 0.26
    assert (track.seen, track.agree) == (8, 7)
    assert track.suspicion is Suspicion.LOW


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 100])
def test_the_mean_is_never_beyond_the_most_extreme_frame(count: int) -> None:
    values = np.random.default_rng(count).normal(0, 3, count)
    assert values.min() <= interquartile_mean(values) <= values.max()


def test_the_mean_is_of_the_middle_half() -> None:
    assert interquartile_mean(deque([-50, 1, 90, 2, -60, 3, 4, 80])) == 2.5
    assert interquartile_mean(deque([1, 2, 9])) == 4


def test_the_mean_is_of_log_odds() -> None:
    sweep = Sweep()
    (track,) = sweep.see(found(0.5))
    (track,) = sweep.see(found(0.9))
    assert track.probability == pytest.approx(logistic((logit(0.5) + logit(0.9)) / 2))


def test_one_number_is_kept_through_a_short_gap_and_ends_after_a_long_one() -> None:
    sweep = Sweep()
    sweep.see(found(0.9), frames=6)
    (kept,) = sweep.see(frames=10)
    assert (kept.number, kept.finding, kept.seen) == (1, None, 6)
    assert sweep.see(found(0.9))[0].number == 1
    assert sweep.see(after_s=1) == ()
    (again,) = sweep.see(found(0.9), frames=6)
    assert again.number == 2
    assert again.seen == 6


def test_a_word_near_a_limit_does_not_flicker() -> None:
    sweep = Sweep()
    frame_words = []
    for nth in range(300):
        probability = logistic(logit(0.3) + 0.4 * math.sin(nth * 2.1))
        frame_words.append(POINT.suspicion(probability))
        sweep.see(found(probability))
    assert changes(frame_words) > 100
    assert changes([word for word in sweep.words() if word]) == 0


def test_a_word_follows_what_lasts() -> None:
    sweep = Sweep()
    sweep.see(found(0.1), frames=30)
    sweep.see(found(0.9), frames=200)
    words = [word for word in sweep.words() if word]
    assert (words[0], words[-1]) == (Suspicion.LOW, Suspicion.HIGH)
    assert changes(words) <= 2


def test_a_word_is_held_for_a_while() -> None:
    sweep = Sweep()
    sweep.see(found(0.01), frames=4)
    sweep.see(found(0.99), frames=40)
    held = [word for word in sweep.words() if word][:30]
    assert set(held) == {Suspicion.LOW}


def test_frames_that_disagree_make_no_clear_word() -> None:
    sweep = Sweep()
    for nth in range(60):
        sweep.see(found(0.72 if nth % 5 == 0 else 0.69))
    high = found(0.72)
    assert high.suspicion is Suspicion.HIGH
    assert sweep.words()[-1] is Suspicion.UNCERTAIN


def test_a_clear_word_needs_half_of_the_frames() -> None:
    def last(*probabilities: float) -> Suspicion | None:
        sweep = Sweep()
        sweep.tracker = LesionTracker(POINT, replace(SETTINGS, hold_s=0))
        for probability in probabilities * 4:
            (track,) = sweep.see(found(probability))
        assert track.probability > 0.75
        return track.suspicion

    assert last(0.69, 0.69, 0.69, 0.9, 0.9) is Suspicion.UNCERTAIN
    assert last(0.69, 0.9) is Suspicion.HIGH


@pytest.mark.parametrize(("limit", "side"), [(0.3, -1), (0.8, 1)])
def test_a_word_changes_only_clearly_beyond_a_limit(limit: float, side: int) -> None:
    point = OperatingPoint(0.3, 0.8)
    sweep = Sweep()
    sweep.tracker = LesionTracker(point, replace(SETTINGS, hold_s=0, most_frames=8))
    words = []
    for turns in ((-1, -1), (0.1, 0.1), (0.3, 0.3), (0.1, -0.3), (-0.3, -0.3)):
        for beyond in turns * 10:
            probability = logistic(logit(limit) + side * beyond)
            seen = Finding(builders.lesion(), probability, point.suspicion(probability))
            (track,) = sweep.see(seen)
        words.append(track.suspicion)
    between, clear = Suspicion.UNCERTAIN, Suspicion.LOW if side < 0 else Suspicion.HIGH
    assert words == [between, between, clear, clear, between]


def test_an_outline_that_is_not_found_goes_with_the_tissue() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (64, 96), np.uint8)
    tissue = np.asarray(cv2.resize(noise, (384, 256), interpolation=cv2.INTER_CUBIC), np.uint8)
    moved = np.roll(tissue, (-4, 6), axis=(0, 1))
    tracker = LesionTracker(POINT, SETTINGS)
    tracker.follow(Frame(tissue, 0, 0), Reading(0, (found(0.9, 100, 80),), 0.9))
    (track,) = tracker.follow(Frame(moved, 1, PERIOD_NS), Reading(1, (), 0.9))
    assert track.lesion.box == pytest.approx((106, 76, 136, 96), abs=1)
    assert track.lesion.contour.dtype == np.float32


def test_two_lesions_keep_their_numbers_when_their_order_changes() -> None:
    sweep = Sweep()
    left, right = found(0.8, left=2), found(0.4, left=60)
    sweep.see(left, right, frames=5)
    tracks = sweep.see(found(0.9, left=60), found(0.2, left=2))
    numbers = {track.number: track.lesion.box[0] for track in tracks}
    assert numbers == {1: pytest.approx(2, abs=2), 2: pytest.approx(60, abs=2)}
    assert {track.number: track.finding for track in tracks} == {1: 1, 2: 0}


def test_a_finding_belongs_to_one_lesion_only() -> None:
    sweep = Sweep()
    sweep.see(found(0.8, left=10), found(0.8, left=24), frames=5)
    tracks = sweep.see(found(0.8, left=12))
    assert sorted(track.finding is None for track in tracks) == [False, True]


def test_the_outline_is_smoother_than_the_frames() -> None:
    sweep = Sweep()
    edges, shown = [], []
    for nth in range(60):
        left = 20 + (6 if nth % 2 else 0)
        edges.append(left)
        shown.append(sweep.see(found(0.9, left=left))[0].lesion.box[0])
    assert np.ptp(shown[20:]) < 0.6 * np.ptp(edges)
    assert np.mean(shown[20:]) == pytest.approx(23, abs=1.5)


def test_another_picture_size_or_place_follows_nothing_on() -> None:
    sweep = Sweep()
    sweep.see(found(0.9), frames=6)
    sweep.tracker.interrupt()
    assert sweep.see(found(0.9))[0].seen == 1
    larger = builders.frame(sweep.index, columns=128, rows=96, captured_at_ns=2 * 10**9)
    (track,) = sweep.tracker.follow(larger, Reading(0, (found(0.9),), 0.9))
    assert track.seen == 1


def test_memory_is_bounded() -> None:
    sweep = Sweep()
    sweep.tracker = LesionTracker(POINT, replace(SETTINGS, most_frames=20))
    (track,) = sweep.see(found(0.1), frames=5)
    (track,) = sweep.see(found(0.9), frames=80)
    assert track.seen == 85
    assert track.agree == 20
    assert track.lowest == pytest.approx(0.9)
