"""Alarms, misses, delay and flicker, counted by hand on sweeps whose every frame is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from senoscope.calibration.phantoms.sweep import SweepFrame, TrueLesion
from senoscope.domain.frame import Frame, Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, Reading, Suspicion
from senoscope.domain.track import Track
from senoscope.models.segmenter import lesion_mask
from senoscope.realtime.sweep_figures import (
    Outline,
    SweepOutcome,
    SweepOutcomes,
    Tally,
    follow_sweep,
    sweep_figures,
)
from tests import builders

RATE_HZ = 10.0
LOW, UNCERTAIN, HIGH = Suspicion.LOW, Suspicion.UNCERTAIN, Suspicion.HIGH
THERE = builders.lesion()
ELSEWHERE = builders.lesion(left=70, top=40, width=15, height=15)
HALF_OFF = builders.lesion(left=42)
"""Overlaps THERE by more than 0.1 and less than 0.3."""
Shown = Sequence[Outline]


def picture(*lesions: Lesion, in_view: bool = True) -> SweepFrame:
    pixels = builders.pixels()
    truth = tuple(
        TrueLesion(number, lesion_mask((lesion,), (64, 96)), in_view)
        for number, lesion in enumerate(lesions, 1)
    )
    return SweepFrame(pixels, truth)


def counted(frames: Sequence[tuple[SweepFrame, Shown]]) -> SweepOutcome:
    tally = Tally(RATE_HZ)
    for frame, outlines in frames:
        tally.note(frame, outlines)
    return tally.outcome()


def said(*words: Suspicion | None, track: int = 0) -> list[tuple[SweepFrame, Shown]]:
    """THERE is in view, and called so; None where nothing is outlined."""
    return [
        (picture(THERE), [] if word is None else [Outline(THERE, word, track)]) for word in words
    ]


def alarmed(pattern: str, track: int = 0) -> list[tuple[SweepFrame, Shown]]:
    """Bare tissue, outlined where the pattern has an x."""
    outline = Outline(ELSEWHERE, HIGH, track)
    return [(picture(), [outline] if mark == "x" else []) for mark in pattern]


@pytest.mark.parametrize(
    ("pattern", "episodes"),
    [("......", 0), ("xxx...", 1), ("x.....x", 1), ("x......x", 2), ("x.x......xx......x", 3)],
)
def test_single_frames_alarms_are_one_episode_over_gaps_of_up_to_five_frames(
    pattern: str, episodes: int
) -> None:
    outcome = counted(alarmed(pattern))
    assert outcome.alarms == episodes
    assert outcome.alarm_frames == pattern.count("x")


def test_a_false_track_is_one_alarm_however_often_it_comes_and_goes() -> None:
    outcome = counted(alarmed("xx.........xx", 1) + alarmed("x", 2))
    assert outcome.alarms == 2
    assert outcome.alarm_frames == 5


def test_a_track_that_was_on_a_lesion_once_is_no_false_one_but_its_other_frames_alarm() -> None:
    outcome = counted(said(HIGH, track=1) + alarmed("xxx", 1))
    assert (outcome.alarms, outcome.alarm_frames) == (0, 3)


def test_an_alarm_is_stale_where_no_outline_of_it_was_found_in_the_frame() -> None:
    kept, found = Outline(ELSEWHERE, HIGH, 1, found=False), Outline(ELSEWHERE, HIGH, 1)
    shown: list[Shown] = [[kept], [found], [kept, found], []]
    outcome = counted([(picture(), outlines) for outlines in shown])
    assert (outcome.alarm_frames, outcome.stale_frames) == (3, 1)
    on_lesion = counted([(picture(THERE), [Outline(THERE, LOW, 1, found=False)])])
    assert on_lesion.stale_frames == 0


def test_an_outline_beside_the_lesion_is_an_alarm_and_one_half_on_it_is_none() -> None:
    beside = [(picture(THERE), [Outline(THERE, HIGH), Outline(ELSEWHERE, LOW)])]
    half_on = [(picture(THERE), [Outline(HALF_OFF, LOW)])]
    assert counted(beside).alarms == 1
    assert counted(half_on).alarms == 0


def test_what_is_mostly_out_of_view_may_be_outlined_and_need_not_be() -> None:
    edge = picture(THERE, in_view=False)
    outcome = counted([(edge, [Outline(THERE, HIGH)]), *[(edge, [])] * 9])
    assert (outcome.alarms, outcome.lesions, outcome.changes) == (0, 0, 0)


def test_a_lesion_is_missed_when_no_outline_ever_overlaps_it_by_three_tenths() -> None:
    half_on = [(picture(THERE), [Outline(HALF_OFF, LOW)])] * 10
    outcome = counted(half_on)
    assert (outcome.lesions, outcome.missed, outcome.delays_s) == (1, 1, ())
    found = counted([*half_on, *said(LOW)])
    assert (found.lesions, found.missed, found.delays_s) == (1, 0, (1.0,))


def test_a_lesion_in_view_for_less_than_half_a_second_need_not_be_found() -> None:
    assert counted(said(*[None] * 4)).lesions == 0
    assert counted(said(*[None] * 5)).missed == 1


def test_each_lesion_of_a_picture_is_counted_by_itself() -> None:
    both = picture(THERE, ELSEWHERE)
    outcome = counted([(both, [Outline(ELSEWHERE, LOW)])] * 10)
    assert (outcome.lesions, outcome.missed, outcome.alarms) == (2, 1, 0)
    assert outcome.in_view_s == 2.0


@pytest.mark.parametrize(
    ("words", "changes", "word_changes"),
    [
        ((LOW,) * 6, 0, 0),
        ((None, None, LOW, LOW, LOW), 0, 0),
        ((LOW, HIGH, LOW, HIGH, LOW), 4, 4),
        ((LOW, None, LOW, LOW, LOW), 2, 0),
        ((LOW, None, None, HIGH, HIGH), 2, 1),
        ((LOW, UNCERTAIN, HIGH, HIGH, None), 3, 2),
    ],
)
def test_what_is_said_changes_from_the_first_word_on_and_nothing_counts_as_said(
    words: tuple[Suspicion | None, ...], changes: int, word_changes: int
) -> None:
    outcome = counted(said(*words))
    assert (outcome.changes, outcome.word_changes) == (changes, word_changes)


def test_a_lesion_that_left_and_returned_may_be_called_otherwise() -> None:
    outcome = counted([*said(LOW, LOW, LOW), (picture(), []), *said(None, HIGH, HIGH)])
    assert (outcome.changes, outcome.word_changes, outcome.in_view_s) == (0, 0, 0.6)


class ShadeReader:
    """Finds THERE in every frame, with the word of the frame's number: low, high, low."""

    def __call__(self, pixels: Gray, index: int) -> Reading:
        word = HIGH if index % 2 else LOW
        return Reading(index, (Finding(THERE, 0.5, word),), 0.9)


class FakeTracker:
    """One track, steady from its third frame on, lost and elsewhere on its tenth."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int, bool]] = []

    def follow(self, frame: Frame, reading: Reading) -> tuple[Track, ...]:
        self.told.append((frame.index, frame.captured_at_ns, frame.simulated))
        steady = len(self.told) >= 3
        lesion = reading.findings[0].lesion
        word = UNCERTAIN if steady else None
        finding = None if len(self.told) == 10 else 0
        if finding is None:
            lesion = ELSEWHERE
        return (Track(int(steady), lesion, finding, len(self.told), 0, 0.5, 0.4, 0.6, word),)


def test_both_ways_see_the_same_frames_and_only_steady_tracks_are_shown() -> None:
    tracker = FakeTracker()
    frames = (picture(THERE) for _ in range(10))
    outcomes = follow_sweep("patient 1", frames, RATE_HZ, ShadeReader(), tracker)
    assert tracker.told == [(index, index * 100_000_000, True) for index in range(10)]
    assert outcomes.group == "patient 1"
    assert (outcomes.tracker.changes, outcomes.tracker.delays_s) == (1, (0.2,))
    assert (outcomes.tracker.alarms, outcomes.tracker.stale_frames) == (0, 1)
    assert (outcomes.single_frames.changes, outcomes.single_frames.delays_s) == (9, (0.0,))
    assert outcomes.tracker.seconds == outcomes.single_frames.seconds == 1.0


def outcome(**of: object) -> SweepOutcome:
    plain = dict(
        frames=300, seconds=10.0, alarms=0, alarm_frames=0, stale_frames=0, lesions=1, missed=0,
        delays_s=(), changes=0, word_changes=0, in_view_s=10.0,
    )  # fmt: skip
    return SweepOutcome(**(plain | of))  # type: ignore[arg-type]


def test_figures_are_ratios_of_sums_with_their_count_of_sweeps() -> None:
    tracked = [
        outcome(alarms=1, alarm_frames=30, stale_frames=9, changes=1, delays_s=(1.0,)),
        outcome(alarms=3, missed=1, in_view_s=5.0),
        outcome(lesions=0, in_view_s=0.0),
    ]
    both = [SweepOutcomes(str(row), each, outcome()) for row, each in enumerate(tracked)]
    figures = sweep_figures(both)["tracker"]
    values = {name: (figure.value, figure.n) for name, figure in figures.items()}
    assert values == {
        "alarms_per_minute": (pytest.approx(8.0), 3),
        "frames_with_alarm": (pytest.approx(1 / 30), 3),
        "frames_with_stale_alarm": (pytest.approx(0.01), 3),
        "missed_per_sweep": (0.5, 2),
        "missed_share": (0.5, 2),
        "first_outline_s": (1.0, 1),
        "changes_per_10_s": (pytest.approx(2 / 3), 2),
        "word_changes_per_10_s": (0.0, 2),
    }
    assert sweep_figures(both)["single_frames"]["alarms_per_minute"].value == 0


def test_the_interval_draws_patients_and_not_sweeps() -> None:
    one_has_all = [outcome(alarms=10), outcome(alarms=10), outcome(), outcome()]

    def width(groups: str) -> float:
        both = [
            SweepOutcomes(group, each, each)
            for group, each in zip(groups, one_has_all, strict=True)
        ]
        low, high = sweep_figures(both)["tracker"]["alarms_per_minute"].ci
        return high - low

    assert width("aabb") > width("aaaa") == 0
    assert math.isclose(width("aabb"), 60.0)


def test_without_lesions_what_hangs_on_them_counts_no_sweep() -> None:
    bare = outcome(lesions=0, in_view_s=0.0)
    figures = sweep_figures([SweepOutcomes("a", bare, bare)])["tracker"]
    assert np.isnan(figures["missed_share"].value)
    assert figures["changes_per_10_s"].n == 0
    assert figures["alarms_per_minute"].n == 1
