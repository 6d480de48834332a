"""The best frame of each lesion, kept by itself while the probe moves, for the person to judge."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock

import cv2

from senoscope.domain.errors import SettingsError
from senoscope.domain.track import Track
from senoscope.realtime.exam import ExamName
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.tracking.key_frames import CLEARLY_BETTER, frame_score
from senoscope.realtime.tracking.same_lesion import Offer, SameLesions, Seen

MOST = 12
"""Lesions of an exam that have a key frame; each keeps one frame."""
LONGEST_NOTE = 500
THUMB_COLUMNS = 160


class Verdict(StrEnum):
    """What the operator says of a suggestion."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Side(StrEnum):
    """ImageLaterality (0020,0062), "" where it was not said."""

    UNKNOWN = ""
    LEFT = "L"
    RIGHT = "R"


@dataclass(frozen=True, slots=True)
class Remark:
    """What the operator adds to a lesion. `clock` 1..12, `from_nipple_cm` 0..20, or None."""

    side: Side = Side.UNKNOWN
    clock: int | None = None
    from_nipple_cm: float | None = None
    note: str = ""
    verdict: Verdict = Verdict.OPEN

    def __post_init__(self) -> None:
        clock, distance = self.clock, self.from_nipple_cm
        if clock is not None and not 1 <= clock <= 12:
            raise SettingsError(f"Clock face {clock} was given; expected 1 to 12, or none.")
        if distance is not None and not (math.isfinite(distance) and 0 <= distance <= 20):
            raise SettingsError(
                f"A distance of {distance} cm from the nipple was given; expected 0 to 20, or none."
            )
        if len(self.note) > LONGEST_NOTE:
            raise SettingsError(
                f"A note of {len(self.note)} characters was given; expected at most "
                f"{LONGEST_NOTE}. Shorten it."
            )


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """`track` as of its best frame `shown`, and what was said of it.

    `offer`: it may be an older lesion, which the operator has yet to say. `joined`: it is that one;
    `parted`: it is none of these. `diameters_mm` where it is an older one seen across, and
    millimetres are known: that one's long and short axis, and this view's extent to the side.
    """

    track: Track
    shown: ReadFrame
    score: float
    remark: Remark = field(default_factory=Remark)
    offer: Offer | None = None
    joined: Offer | None = None
    parted: tuple[int, ...] = ()
    diameters_mm: tuple[float, float, float] | None = None

    @property
    def jpeg(self) -> bytes:
        """The frame as captured, compressed."""
        return cv2.imencode(".jpg", self.shown.frame.pixels)[1].tobytes()

    @property
    def thumb(self) -> bytes:
        """A small JPEG of the frame."""
        pixels = self.shown.frame.pixels
        rows = round(THUMB_COLUMNS * pixels.shape[0] / pixels.shape[1])
        small = cv2.resize(pixels, (THUMB_COLUMNS, rows), interpolation=cv2.INTER_AREA)
        return cv2.imencode(".jpg", small)[1].tobytes()


class KeyFrames:
    """Of the exam that is being shown. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[int, KeyFrame] = {}
        self._before: dict[int, Track] = {}
        self._same = SameLesions()
        self._exam: ExamName | None = None
        self.version = 0
        """Counts the changes, so that a page knows when to ask again."""

    def look(self, shown: ReadFrame) -> None:
        """Keep the frame for each steady lesion on it that was never shown better.

        The first frame of a later exam clears what was kept; a late one of an earlier is ignored.
        """
        self.begin(shown.exam)
        steady = {track.number: track for track in shown.tracks if track.is_steady}
        with self._lock:
            if shown.exam != self._exam:
                return
            for number, track in steady.items():
                if track.finding is not None and (number in self._kept or len(self._kept) < MOST):
                    self._offer(number, track, shown)
            self._before = steady
            known = [track for number, track in steady.items() if number in self._kept]
            self.version += self._same.look(shown.frame, shown.source_name, known)

    def begin(self, exam: ExamName) -> None:
        """Keep nothing of the exams before; without effect where it has begun."""
        with self._lock:
            if self._exam is None or exam.number > self._exam.number:
                self._exam, self._kept, self._before = exam, {}, {}
                self._same = SameLesions()
                self.version += 1

    def all(self) -> tuple[KeyFrame, ...]:
        """By the lesions' numbers."""
        with self._lock:
            return tuple(self._told(number) for number in sorted(self._kept))

    def one(self, number: int) -> KeyFrame:
        """That lesion's. SettingsError: it has none."""
        with self._lock:
            return self._told(self._known(number))

    def remark(self, number: int, remark: Remark) -> None:
        """Add what the operator says of a lesion. SettingsError: it has no key frame."""
        with self._lock:
            kept = self._kept[self._known(number)]
            self._kept[number] = replace(kept, remark=remark)
            self.version += 1

    def join(self, number: int, older: int, seen: Seen) -> None:
        """The operator says that the two are one lesion. SettingsError where they cannot be."""
        with self._lock:
            self._same.join(self._known(number), self._known(older), seen)
            self.version += 1

    def part(self, number: int, older: int) -> None:
        """The operator says that the two are not. SettingsError: they have no key frames."""
        with self._lock:
            self._same.part(self._known(number), self._known(older))
            self.version += 1

    def undo(self, number: int) -> None:
        """Take back what was said of a lesion and older ones. SettingsError: no key frame."""
        with self._lock:
            self._same.undo(self._known(number))
            self.version += 1

    def _known(self, number: int) -> int:
        if number not in self._kept:
            raise SettingsError(
                f"Lesion {number} has no key frame in this exam. Choose one of the filmstrip."
            )
        return number

    def _told(self, number: int) -> KeyFrame:
        """With what is asked and said of its being another."""
        kept, joined = self._kept[number], self._same.joined(number)
        offer, parted = self._same.offer(number), self._same.parted(number)
        told = replace(kept, offer=offer, joined=joined, parted=parted)
        if joined is None or joined.seen is Seen.AGAIN:
            return told
        return replace(told, diameters_mm=_diameters_mm(self._kept[joined.older], kept))

    def _offer(self, number: int, track: Track, shown: ReadFrame) -> None:
        kept = self._kept.get(number)
        score = frame_score(track, self._before.get(number), shown.frame)
        if kept is None:
            self._kept[number] = KeyFrame(track, shown, score)
        # What was judged stays as it was judged.
        elif kept.remark.verdict is Verdict.OPEN and score > CLEARLY_BETTER * kept.score:
            self._kept[number] = replace(kept, track=track, shown=shown, score=score)
        else:
            return
        self.version += 1


def _diameters_mm(first: KeyFrame, across: KeyFrame) -> tuple[float, float, float] | None:
    spacing, other = first.shown.frame.pixel_spacing, across.shown.frame.pixel_spacing
    if spacing is None or other is None:
        return None
    left, _, right, _ = across.track.lesion.box
    return *first.track.lesion.axes_mm(spacing), (right - left) * other.column_mm
