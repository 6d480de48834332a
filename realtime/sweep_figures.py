"""What a viewer of a sweep is told, beside the truth: alarms, misses, delays and flicker.

A tracker's steady tracks and the single frames' findings are judged alike, lesion by lesion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.sweep import SweepFrame, TrueLesion
from senoscope.domain.frame import Frame, Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Reading, Suspicion
from senoscope.domain.track import Track
from senoscope.models.evaluation.matching import FOUND_IOU
from senoscope.models.evaluation.metrics import Estimate, bootstrap, iou
from senoscope.models.segmenter import lesion_mask

OVERLAP_IOU = 0.1
"""An outline that overlaps every true lesion by less is an alarm."""
BRIDGED = 5
"""Frames without an alarm that do not end one."""
DUE_S = 0.5
"""A lesion that is in view for less, all its times together, need not be outlined."""
Read = Callable[[Gray, int], Reading]
"""A (rows, columns) picture and its index in; its reading."""


class Follower(Protocol):
    """A lesion tracker."""

    def follow(self, frame: Frame, reading: Reading) -> tuple[Track, ...]:
        """The tracks on this frame. Called once for each frame, in order."""


class Outline(NamedTuple):
    """What is shown of one lesion. `track` is its number, 0 of a finding of a single frame.

    `found` is False where the frame itself does not show it and the track is kept through a gap.
    """

    lesion: Lesion
    word: Suspicion
    track: int = 0
    found: bool = True


@dataclass(frozen=True, slots=True)
class SweepOutcome:
    """What one sweep came to, as one way of reading shows it.

    `alarms` are episodes, or false tracks; `alarm_frames` frames with an outline that overlaps no
    lesion, `stale_frames` those of them where no such outline was found in the frame itself.
    `lesions` were due to be outlined, `missed` of them never were. `delays_s` holds for
    each other one the seconds in view before its first correct outline. `changes` counts what is
    said of lesions in view changing, "nothing" included, `word_changes` only word to word, over
    `in_view_s`, all lesions together.
    """

    frames: int
    seconds: float
    alarms: int
    alarm_frames: int
    stale_frames: int
    lesions: int
    missed: int
    delays_s: tuple[float, ...]
    changes: int
    word_changes: int
    in_view_s: float


class SweepOutcomes(NamedTuple):
    """One sweep, read both ways. `group` is the patient, or whatever else sweeps may share."""

    group: str
    tracker: SweepOutcome
    single_frames: SweepOutcome


def follow_sweep(
    group: str, frames: Iterable[SweepFrame], rate_hz: float, read: Read, tracker: Follower
) -> SweepOutcomes:
    """Read every frame once, in order, as if captured `rate_hz` a second."""
    tracked, single = Tally(rate_hz), Tally(rate_hz)
    for index, shown in enumerate(frames):
        frame = Frame(shown.pixels, index, round(index / rate_hz * 1e9), simulated=True)
        reading = read(shown.pixels, index)
        single.note(shown, [Outline(each.lesion, each.suspicion) for each in reading.findings])
        tracked.note(
            shown,
            [
                Outline(track.lesion, track.suspicion, track.number, track.finding is not None)
                for track in tracker.follow(frame, reading)
                if track.suspicion is not None
            ],
        )
    return SweepOutcomes(group, tracked.outcome(), single.outcome())


class Tally:
    """Counts one sweep's frames, in their order."""

    def __init__(self, rate_hz: float) -> None:
        self._rate_hz = rate_hz
        self._frames = 0
        self._lesions: dict[int, _Followed] = {}
        self._alarm_frames = self._stale_frames = 0
        self._episodes = 0
        self._last_alarm: int | None = None
        self._tracks: set[int] = set()
        self._true_tracks: set[int] = set()

    def note(self, frame: SweepFrame, outlines: Sequence[Outline]) -> None:
        """The next frame, and what is shown on it."""
        shape = (frame.pixels.shape[0], frame.pixels.shape[1])
        overlaps = np.zeros((len(outlines), len(frame.lesions)))
        for row, outline in enumerate(outlines):
            drawn = lesion_mask((outline.lesion,), shape)
            for column, truth in enumerate(frame.lesions):
                overlaps[row, column] = iou(drawn, truth.mask)
        self._note_alarms(outlines, overlaps)
        self._note_lesions(frame.lesions, outlines, overlaps)
        self._frames += 1

    def outcome(self) -> SweepOutcome:
        """Of the frames so far."""
        false_tracks = self._tracks - self._true_tracks
        due = [each for each in self._lesions.values() if each.seen >= DUE_S * self._rate_hz]
        waited = [each.waited for each in due if each.waited is not None]
        return SweepOutcome(
            frames=self._frames,
            seconds=self._frames / self._rate_hz,
            alarms=len(false_tracks) + self._episodes,
            alarm_frames=self._alarm_frames,
            stale_frames=self._stale_frames,
            lesions=len(due),
            missed=len(due) - len(waited),
            delays_s=tuple(frames / self._rate_hz for frames in waited),
            changes=sum(each.changes for each in due),
            word_changes=sum(each.word_changes for each in due),
            in_view_s=sum(each.seen for each in due) / self._rate_hz,
        )

    def _note_alarms(self, outlines: Sequence[Outline], overlaps: NDArray[np.float64]) -> None:
        off = overlaps.max(axis=1, initial=0.0) < OVERLAP_IOU
        self._tracks |= {each.track for each in outlines if each.track}
        self._true_tracks |= {
            each.track for each, alarm in zip(outlines, off, strict=True) if not alarm
        }
        alarms = [each for each, alarm in zip(outlines, off, strict=True) if alarm]
        self._alarm_frames += bool(alarms)
        self._stale_frames += bool(alarms) and not any(each.found for each in alarms)
        if any(not each.track for each in alarms):
            last, self._last_alarm = self._last_alarm, self._frames
            self._episodes += last is None or self._frames - last > BRIDGED + 1

    def _note_lesions(
        self,
        lesions: Sequence[TrueLesion],
        outlines: Sequence[Outline],
        overlaps: NDArray[np.float64],
    ) -> None:
        for column, truth in enumerate(lesions):
            if not truth.in_view:
                continue
            followed = self._lesions.setdefault(truth.number, _Followed())
            best = int(overlaps[:, column].argmax()) if outlines else -1
            overlap = float(overlaps[best, column]) if outlines else 0.0
            word = outlines[best].word if overlap >= OVERLAP_IOU else None
            followed.note(self._frames, word, overlap >= FOUND_IOU)


@dataclass(slots=True)
class _Followed:
    """What was said of one true lesion while it was in view; `waited` in frames, None if missed."""

    seen: int = 0
    waited: int | None = None
    changes: int = 0
    word_changes: int = 0
    _frame: int = -2
    _said: Suspicion | None = None
    _word: Suspicion | None = None

    def note(self, frame: int, word: Suspicion | None, correct: bool) -> None:
        """It is in view in this frame. `word` is None where nothing is outlined there."""
        if frame != self._frame + 1:
            # It has just come into view: the first word is no change.
            self._said = self._word = None
        if self._word is not None:
            self.changes += word is not self._said
            self.word_changes += word is not None and word is not self._word
        if correct and self.waited is None:
            self.waited = self.seen
        self._frame, self._said, self._word = frame, word, word or self._word
        self.seen += 1


def sweep_figures(outcomes: Sequence[SweepOutcomes]) -> dict[str, dict[str, Estimate]]:
    """By way of reading, then by figure; `n` counts sweeps. See docs/sweeps.md for each."""
    groups = [each.group for each in outcomes]
    return {
        "tracker": _figures([each.tracker for each in outcomes], groups),
        "single_frames": _figures([each.single_frames for each in outcomes], groups),
    }


def _figures(of: Sequence[SweepOutcome], groups: Sequence[str]) -> dict[str, Estimate]:
    def ratio(
        above: Callable[[SweepOutcome], float], below: Callable[[SweepOutcome], float], times: float
    ) -> Estimate:
        """Of the sums, over the sweeps that have a divisor."""
        rows = [row for row, each in enumerate(of) if below(each)]
        tops = np.array([above(of[row]) for row in rows], np.float64)
        bottoms = np.array([below(of[row]) for row in rows], np.float64)
        return bootstrap(
            lambda drawn: times * float(tops[drawn].sum() / bottoms[drawn].sum()),
            [groups[row] for row in rows],
        )

    return {
        "alarms_per_minute": ratio(lambda o: o.alarms, lambda o: o.seconds, 60),
        "frames_with_alarm": ratio(lambda o: o.alarm_frames, lambda o: o.frames, 1),
        "frames_with_stale_alarm": ratio(lambda o: o.stale_frames, lambda o: o.frames, 1),
        "missed_per_sweep": ratio(lambda o: o.missed, lambda o: bool(o.lesions), 1),
        "missed_share": ratio(lambda o: o.missed, lambda o: o.lesions, 1),
        "first_outline_s": ratio(lambda o: sum(o.delays_s), lambda o: len(o.delays_s), 1),
        "changes_per_10_s": ratio(lambda o: o.changes, lambda o: o.in_view_s, 10),
        "word_changes_per_10_s": ratio(lambda o: o.word_changes, lambda o: o.in_view_s, 10),
    }
