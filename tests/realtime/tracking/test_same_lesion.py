"""Two numbers are offered as one lesion where pictures allow it, and joined by a person alone."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.reading import Suspicion
from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.track import Track
from senoscope.realtime.tracking.same_lesion import (
    COMPARED_EVERY,
    LEAST_SEEN,
    Offer,
    SameLesions,
    Seen,
)
from tests import builders

PERIOD_NS = 33_000_000
ENOUGH = LEAST_SEEN + COMPARED_EVERY


class Cut(NamedTuple):
    """A lesion as a view shows it: the middle's row, the extents down and to the side."""

    depth: float = 30
    height: float = 20
    width: float = 30
    probability: float = 0.3


def track(number: int, cut: Cut) -> Track:
    lesion = builders.lesion(20, cut.depth - cut.height / 2, cut.width, cut.height)
    (usual,) = builders.tracks((builders.finding(cut.probability, Suspicion.LOW),))
    return replace(usual, number=number, lesion=lesion)


class Exam:
    """What two sweeps show, frame after frame."""

    def __init__(self) -> None:
        self.same = SameLesions()
        self.at_ns = 10**9

    def see(
        self,
        *tracks: Track,
        frames: int = ENOUGH,
        after_s: float = 0,
        source: str = "phantom",
        spacing: PixelSpacing | None = None,
    ) -> None:
        self.at_ns += round(after_s * 1e9)
        for _ in range(frames):
            frame = builders.frame(0, captured_at_ns=self.at_ns, pixel_spacing=spacing)
            self.same.look(frame, source, tracks)
            self.at_ns += PERIOD_NS

    def seen_twice(self, second: Cut, after_s: float = 3) -> Offer | None:
        self.see(track(1, Cut()))
        self.see(track(2, second), after_s=after_s)
        return self.same.offer(2)


def test_a_lesion_of_another_width_at_the_same_depth_may_be_the_first_seen_across() -> None:
    assert Exam().seen_twice(Cut(depth=32, height=18, width=18)) == Offer(2, 1, Seen.ACROSS)


def test_a_lesion_that_looks_the_same_may_have_come_back() -> None:
    assert Exam().seen_twice(Cut(depth=31, height=19, width=28)) == Offer(2, 1, Seen.AGAIN)


def test_no_probe_is_turned_in_less_than_a_second() -> None:
    across = Cut(depth=32, height=18, width=18)
    assert Exam().seen_twice(across, after_s=0.5) is None
    assert Exam().seen_twice(across, after_s=1.5) is not None


@pytest.mark.parametrize(
    "other",
    [
        Cut(depth=42),
        Cut(height=12),
        Cut(width=8),
        Cut(probability=0.7),
    ],
)
def test_a_lesion_that_differs_is_not_offered(other: Cut) -> None:
    assert Exam().seen_twice(other) is None


def test_after_minutes_nothing_is_offered() -> None:
    assert Exam().seen_twice(Cut(), after_s=121) is None
    assert Exam().seen_twice(Cut(), after_s=31) == Offer(2, 1, Seen.ACROSS)


def test_two_that_were_on_one_frame_are_two() -> None:
    exam = Exam()
    exam.see(track(1, Cut()))
    exam.see(track(1, Cut()), track(2, Cut(depth=50)), frames=1)
    exam.see(track(2, Cut()), after_s=3)
    assert exam.same.offer(2) is None
    with pytest.raises(SettingsError, match="one frame together"):
        exam.same.join(2, 1, Seen.AGAIN)
    assert exam.same.joined(2) is None


def test_one_that_is_kept_while_it_has_another_number_already_may_be_that_one() -> None:
    exam = Exam()
    exam.see(track(1, Cut()))
    gone = replace(track(1, Cut()), finding=None)
    exam.see(gone, track(2, Cut()))
    assert exam.same.offer(2) == Offer(2, 1, Seen.AGAIN)


def test_two_sources_or_scales_are_not_compared() -> None:
    for changed in ({"source": "camera 0"}, {"spacing": PixelSpacing(0.1, 0.1)}):
        exam = Exam()
        exam.see(track(1, Cut()))
        exam.see(track(2, Cut()), after_s=3, **changed)
        assert exam.same.offer(2) is None


def test_what_was_seen_too_shortly_is_not_offered() -> None:
    exam = Exam()
    exam.see(track(1, Cut()))
    exam.see(track(2, Cut()), after_s=3, frames=LEAST_SEEN - 1)
    exam.see(frames=COMPARED_EVERY)
    assert exam.same.offer(2) is None


def test_of_several_the_likest_is_offered() -> None:
    exam = Exam()
    exam.see(track(1, Cut(depth=32)))
    exam.see(track(2, Cut(depth=60)), after_s=3)
    exam.see(track(3, Cut(depth=30)), track(4, Cut(depth=50)), after_s=3)
    exam.see(track(5, Cut(depth=30.5)), after_s=3)
    assert exam.same.offer(5) == Offer(5, 3, Seen.AGAIN)


def test_nothing_is_joined_without_a_word_and_the_word_can_be_taken_back() -> None:
    exam = Exam()
    offer = exam.seen_twice(Cut(width=18))
    assert offer == Offer(2, 1, Seen.ACROSS)
    assert exam.same.joined(2) is None
    exam.same.join(2, 1, Seen.ACROSS)
    assert (exam.same.joined(2), exam.same.offer(2)) == (offer, None)
    exam.same.undo(2)
    assert (exam.same.joined(2), exam.same.offer(2)) == (None, offer)


def test_two_said_to_be_two_are_not_offered_again() -> None:
    exam = Exam()
    exam.seen_twice(Cut())
    exam.same.part(2, 1)
    exam.see(track(2, Cut()))
    assert (exam.same.offer(2), exam.same.parted(2), exam.same.parted(1)) == (None, (1,), (2,))
    exam.same.undo(2)
    assert exam.same.offer(2) == Offer(2, 1, Seen.AGAIN)


def test_an_offer_that_was_made_does_not_come_and_go() -> None:
    exam = Exam()
    exam.seen_twice(Cut())
    exam.see(track(2, Cut(depth=60)), frames=300)
    assert exam.same.offer(2) == Offer(2, 1, Seen.AGAIN)


def test_what_is_one_with_another_is_not_offered_as_one_with_its_neighbour() -> None:
    exam = Exam()
    exam.see(track(1, Cut()))
    exam.see(track(2, Cut()), track(3, Cut(depth=32)), after_s=3)
    exam.same.join(2, 1, Seen.AGAIN)
    exam.see(track(3, Cut()))
    assert exam.same.offer(3) is None


@pytest.mark.parametrize(("number", "older"), [(1, 2), (2, 2), (2, 7), (9, 1)])
def test_only_two_lesions_of_the_exam_can_be_one(number: int, older: int) -> None:
    exam = Exam()
    exam.seen_twice(Cut())
    with pytest.raises(SettingsError, match=r"expected an earlier one of this exam's \[1, 2\]"):
        exam.same.join(number, older, Seen.AGAIN)


def test_a_change_is_told_once() -> None:
    exam = Exam()
    exam.see(track(1, Cut()))
    exam.at_ns += 3 * 10**9
    told = []
    for _ in range(4 * COMPARED_EVERY):
        frame = builders.frame(0, captured_at_ns=exam.at_ns)
        told.append(exam.same.look(frame, "phantom", (track(2, Cut()),)))
        exam.at_ns += PERIOD_NS
    assert sum(told) == 1
