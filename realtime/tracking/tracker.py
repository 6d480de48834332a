"""Lesions followed over frames: matched, smoothed, kept through gaps, and judged together.

The single frames' words flicker; a track's does not. Its probability is the interquartile mean of
the frames' log odds, which one odd frame cannot move and which is never beyond the most extreme
frame. Its word changes only after it was clearly beyond the limit, and not again for a while.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from senoscope.domain.frame import Frame, Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, OperatingPoint, Reading, Suspicion
from senoscope.domain.track import Track
from senoscope.models.odds import logistic, logit
from senoscope.realtime.tracking.motion import motions, reduced
from senoscope.realtime.tracking.outlines import mean_outline, overlap


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """When a lesion is the same, steady, gone, and when its word changes.

    `same_from` is the overlap (intersection over union) from which it is the same lesion. It is
    steady once it was found in `steady_frames` frames and in at least half of those since it first
    was. It is gone after `keep_s` without being found. `new_share` is the newest outline's part of
    the smoothed one. Its word changes when the log odds are `margin` beyond a limit, at most once
    in `hold_s`. A clear word needs `agree_share` of the frames to have it; else it is uncertain.
    `most_frames` are remembered.
    """

    same_from: float = 0.2
    steady_frames: int = 8
    keep_s: float = 0.5
    new_share: float = 0.4
    margin: float = 0.2
    hold_s: float = 2.0
    agree_share: float = 0.5
    most_frames: int = 600


USUAL = TrackerSettings()


class LesionTracker:
    """The lesions of one exam. One thread's; `follow` is told each read frame in its order."""

    def __init__(self, operating_point: OperatingPoint, settings: TrackerSettings = USUAL) -> None:
        self._point, self._settings = operating_point, settings
        self._followed: list[_Followed] = []
        self._before: tuple[Gray, int] | None = None
        self._numbers = 0

    def interrupt(self) -> None:
        """What comes next is of another place: nothing is followed on into it."""
        self._followed, self._before = [], None

    def follow(self, frame: Frame, reading: Reading) -> tuple[Track, ...]:
        """The tracks on this frame, steady ones first, then the most suspicious."""
        self._move(frame)
        at_s = frame.captured_at_ns / 1e9
        self._match(reading.findings, at_s)
        kept = self._settings.keep_s
        self._followed = [each for each in self._followed if at_s - each.last_s <= kept]
        for each in self._followed:
            if each.number == 0 and each.is_steady:
                self._numbers += 1
                each.number = self._numbers
        tracks = [each.track(at_s) for each in self._followed]
        return tuple(sorted(tracks, key=lambda track: (not track.is_steady, -track.probability)))

    def _move(self, frame: Frame) -> None:
        """Carry every outline along with the tissue."""
        now = reduced(frame.pixels)
        before, self._before = self._before, now
        if before is None or before[0].shape != now[0].shape:
            self._followed = []
            return
        boxes = [each.lesion.box for each in self._followed]
        moved = motions(before[0], now[0], boxes, now[1])
        for each, step in zip(self._followed, moved, strict=True):
            contour = each.lesion.contour + step.astype(np.float32)
            each.lesion = replace(each.lesion, contour=contour)

    def _match(self, findings: tuple[Finding, ...], at_s: float) -> None:
        """Give each finding to the track that it overlaps most, or to a new one."""
        pairs = sorted(
            (
                (overlap(each.lesion.contour, finding.lesion.contour), nth, place)
                for nth, each in enumerate(self._followed)
                for place, finding in enumerate(findings)
            ),
            reverse=True,
        )
        for each in self._followed:
            each.finding = None
        taken: set[int] = set()
        for shared, nth, place in pairs:
            each = self._followed[nth]
            if shared >= self._settings.same_from and each.finding is None and place not in taken:
                taken.add(place)
                each.add(findings[place], place, at_s)
        for each in self._followed:
            each.since_first += 1
        self._followed += [
            _Followed(finding, place, at_s, self._point, self._settings)
            for place, finding in enumerate(findings)
            if place not in taken
        ]


class _Followed:
    """One lesion: where it is now, and what every frame said of it."""

    def __init__(
        self,
        finding: Finding,
        place: int,
        at_s: float,
        point: OperatingPoint,
        settings: TrackerSettings,
    ) -> None:
        self._point, self._settings = point, settings
        self._log_odds: deque[float] = deque(maxlen=settings.most_frames)
        self._words: deque[Suspicion] = deque(maxlen=settings.most_frames)
        self._word: Suspicion | None = None
        self._worded_s = 0.0
        self.number = 0
        self.since_first = 1
        self.seen = 0
        self.lesion = finding.lesion
        self.finding: int | None = None
        self.last_s = at_s
        self._note(finding, place, at_s)

    def add(self, finding: Finding, place: int, at_s: float) -> None:
        """It was found on the frame just read."""
        self.lesion = smoothed(self.lesion, finding.lesion, self._settings.new_share)
        self._note(finding, place, at_s)

    @property
    def is_steady(self) -> bool:
        """Once it was, it remains so."""
        enough = self.seen >= self._settings.steady_frames
        return self.number > 0 or (enough and 2 * self.seen >= self.since_first)

    def track(self, at_s: float) -> Track:
        """What is said of it now."""
        probability = logistic(interquartile_mean(self._log_odds))
        if self.is_steady:
            self._say(probability, at_s)
        return Track(
            number=self.number,
            lesion=self.lesion,
            finding=self.finding,
            seen=self.seen,
            agree=sum(word is self._word for word in self._words),
            probability=probability,
            lowest=logistic(min(self._log_odds)),
            highest=logistic(max(self._log_odds)),
            suspicion=self._word,
        )

    def _note(self, finding: Finding, place: int, at_s: float) -> None:
        self._log_odds.append(logit(finding.probability))
        self._words.append(finding.suspicion)
        self.seen += 1
        self.finding, self.last_s = place, at_s

    def _say(self, probability: float, at_s: float) -> None:
        word = self._next_word(probability)
        if word is self._word:
            return
        if self._word is None or at_s - self._worded_s >= self._settings.hold_s:
            self._word, self._worded_s = word, at_s

    def _next_word(self, probability: float) -> Suspicion:
        """The probability's word, or the present one where it is not clearly another's."""
        word = self._point.suspicion(probability)
        agreed = sum(each is word for each in self._words) / len(self._words)
        if word is not Suspicion.UNCERTAIN and agreed < self._settings.agree_share:
            return Suspicion.UNCERTAIN
        if self._word is None or word is self._word:
            return word
        margin, log_odds = self._settings.margin, logit(probability)
        limits = self._point.low_below, self._point.high_from
        near = any(abs(log_odds - logit(limit)) < margin for limit in limits)
        return self._word if near else word


def smoothed(before: Lesion, now: Lesion, share: float) -> Lesion:
    """The lesion between the two, `share` in 0..1 that of `now`."""
    contour, area = mean_outline(before.contour, now.contour, share)
    presence = (1 - share) * before.presence + share * now.presence
    return Lesion(contour=contour, area_px=area, presence=presence)


def interquartile_mean(values: deque[float]) -> float:
    """The mean of the middle half; of all where there are fewer than four."""
    ordered = np.sort(np.fromiter(values, float))
    cut = len(ordered) // 4
    return float(ordered[cut : len(ordered) - cut].mean())
