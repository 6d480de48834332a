"""Which numbers may be one lesion: cut again after it was gone, or seen across with a turned probe.

A proposal for the operator, from pictures alone, and unvalidated. That the probe was turned, and
that two lesions at one depth are one, cannot be seen in them: nothing is joined without a word.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame
from senoscope.domain.track import Track
from senoscope.models.odds import logit

LEAST_SEEN = 15
"""Frames of each lesion, half a second: before, its size is still that of its edge."""
MOST_SEEN = 120
"""Of which the medians are taken."""
COMPARED_EVERY = 15
"""Frames from one comparison to the next."""


class Seen(StrEnum):
    """How a lesion was seen a second time."""

    AGAIN = "again"
    """In the same view: its extents down and to the side are alike."""
    ACROSS = "across"
    """In a view at right angles, which shares the depth and the extent down with the first."""


class Look(NamedTuple):
    """How a lesion looks: its middle's row, its extents down and to the side, what is said of it.

    In pixels of one scale; log odds of malignancy.
    """

    depth: float
    height: float
    width: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two lesions must be to be offered as one.

    `depth` is how far apart their middles may be down the picture, as a share of the mean of their
    heights; `height` and `width` the least ratio, smaller to larger, of their extents; `log_odds`
    the most between theirs. No more than `within_s` may pass.
    """

    depth: float
    height: float
    width: float
    log_odds: float
    within_s: float

    def holds(self, one: Look, other: Look) -> bool:
        """Whether two looks are so alike."""
        return (
            abs(one.depth - other.depth) <= self.depth * (one.height + other.height) / 2
            and _ratio(one.height, other.height) >= self.height
            and _ratio(one.width, other.width) >= self.width
            and abs(one.log_odds - other.log_odds) <= self.log_odds
        )


LIKE = {
    Seen.AGAIN: Likeness(depth=0.25, height=0.8, width=0.8, log_odds=0.7, within_s=30.0),
    Seen.ACROSS: Likeness(depth=0.25, height=0.7, width=0.3, log_odds=1.0, within_s=120.0),
}
"""Depth and extents were chosen on BUS-BRA outside fold 3 (benchmarks/same_lesion.py), log odds and
times by judgement."""
TURNED_IN_S = 1.0
"""No hand turns a probe about a lesion in less."""


class Offer(NamedTuple):
    """`number` may be `older`, the lower number, and if so it was `seen` like that."""

    number: int
    older: int
    seen: Seen


class SameLesions:
    """Offers and answers of one exam, by the lesions' numbers. Whoever uses it takes turns.

    A number means the same for ever: an answer joins two and changes neither.
    """

    def __init__(self) -> None:
        self._sightings: dict[int, _Sighting] = {}
        self._offers: dict[int, Offer] = {}
        self._joined: dict[int, Offer] = {}
        self._parted: set[frozenset[int]] = set()
        self._looks = 0

    def look(self, frame: Frame, source: str, tracks: Sequence[Track]) -> bool:
        """Note the steady lesions found on a frame; True where the offers changed."""
        found = [each for each in tracks if each.is_steady and each.finding is not None]
        # One that is kept through a gap may be the very lesion that got another number meanwhile.
        together = {each.number for each in found}
        for each in found:
            sighting = self._sightings.setdefault(each.number, _Sighting(source, frame))
            sighting.note(frame, each, together)
        self._looks += 1
        return self._looks % COMPARED_EVERY == 0 and self._compare()

    def offer(self, number: int) -> Offer | None:
        """The open question about a lesion."""
        return None if number in self._joined else self._offers.get(number)

    def joined(self, number: int) -> Offer | None:
        """What the operator said that it is; None where it is one of its own."""
        return self._joined.get(number)

    def parted(self, number: int) -> tuple[int, ...]:
        """The lesions that the operator said it is not."""
        pairs = [sorted(pair) for pair in self._parted if number in pair]
        return tuple(sorted(one if two == number else two for one, two in pairs))

    def join(self, number: int, older: int, seen: Seen) -> None:
        """The two are one lesion. SettingsError where they cannot be."""
        self._require(number, older)
        if not self._may_be_one(number, older):
            raise SettingsError(
                f"Lesions {older} and {number}, or lesions that they are one with, were found on "
                "one frame together; expected two that never were. Leave them two."
            )
        self._parted.discard(frozenset((number, older)))
        self._joined[number] = Offer(number, older, seen)

    def part(self, number: int, older: int) -> None:
        """The two are not one lesion, and will not be offered again. SettingsError as `join`."""
        self._require(number, older)
        self._joined.pop(number, None)
        self._parted.add(frozenset((number, older)))
        self._offers.pop(number, None)

    def undo(self, number: int) -> None:
        """Take back what was said of a lesion and the older ones."""
        self._joined.pop(number, None)
        self._parted = {pair for pair in self._parted if max(pair) != number}
        self._compare()

    def _require(self, number: int, older: int) -> None:
        known = sorted(self._sightings)
        if not (older < number and {number, older} <= set(known)):
            raise SettingsError(
                f"Lesion {number} was to be compared with lesion {older}; expected an earlier one "
                f"of this exam's {known or 'none'}."
            )

    def _compare(self) -> bool:
        """Make an offer for every lesion that is like an older one; one that was made stays."""
        before = dict(self._offers)
        known = sorted(self._sightings)
        for place, number in enumerate(known):
            if number in self._joined:
                continue
            made = self._offers.get(number)
            if made is not None and self._may_be_one(number, made.older):
                continue
            self._offers.pop(number, None)
            found = [self._likeness(number, older) for older in known[:place]]
            best = min((each for each in found if each is not None), default=None)
            if best is not None:
                self._offers[number] = best[1]
        return self._offers != before

    def _likeness(self, number: int, older: int) -> tuple[float, Offer] | None:
        if frozenset((number, older)) in self._parted or not self._may_be_one(number, older):
            return None
        first, second = self._sightings[older], self._sightings[number]
        # An offer of a lesion cut again before one of a turned probe: it asks for more.
        for rank, (seen, like) in enumerate(LIKE.items()):
            gap_s = second.first_s - first.last_s
            soon = seen is Seen.ACROSS and gap_s < TURNED_IN_S
            if first.is_like(second, like) and not soon:
                return rank + first.distance(second), Offer(number, older, seen)
        return None

    def _may_be_one(self, number: int, older: int) -> bool:
        """Whether the one, or what is one with it, was found on no frame with the other."""
        one, other = self._group(number), self._group(older)
        together = any(self._sightings[each].beside & other for each in one)
        return one == other or not together

    def _group(self, number: int) -> set[int]:
        group = {number}
        while True:
            more = {
                each
                for link in self._joined.values()
                if {link.number, link.older} & group
                for each in (link.number, link.older)
            }
            if more <= group:
                return group
            group |= more


class _Sighting:
    """One number: where it was found and how large, on the frames that showed it."""

    def __init__(self, source: str, frame: Frame) -> None:
        # Of another source or depth setting nothing can be compared.
        self._of = source, frame.size, frame.pixel_spacing
        self.first_s = self.last_s = frame.captured_at_ns / 1e9
        self.beside: set[int] = set()
        self._seen = 0
        self._log_odds = 0.0
        self._places: deque[tuple[float, float, float]] = deque(maxlen=MOST_SEEN)

    def note(self, frame: Frame, track: Track, together: set[int]) -> None:
        left, top, right, bottom = track.lesion.box
        self._places.append(((top + bottom) / 2, bottom - top, right - left))
        self.last_s = frame.captured_at_ns / 1e9
        self.beside |= together - {track.number}
        self._log_odds = logit(track.probability)
        self._seen += 1

    def is_like(self, later: _Sighting, like: Likeness) -> bool:
        if self._of != later._of or min(self._seen, later._seen) < LEAST_SEEN:
            return False
        soon = 0 < later.first_s - self.last_s <= like.within_s
        return soon and like.holds(self._look, later._look)

    def distance(self, later: _Sighting) -> float:
        """0..1 of two alike: how far apart they are in depth and height."""
        one, other = self._look, later._look
        apart = abs(one.depth - other.depth) / max(one.height + other.height, 1.0)
        return min(apart + 1 - _ratio(one.height, other.height), 1.0)

    @property
    def _look(self) -> Look:
        """Medians of what was noted, and the log odds of all."""
        depth, height, width = np.median(np.array(self._places), axis=0)
        return Look(float(depth), float(height), float(width), self._log_odds)


def _ratio(one: float, other: float) -> float:
    return min(one, other) / max(one, other, 1e-9)
