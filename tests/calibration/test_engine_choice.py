"""The fastest trusted way is taken, and what is kept of a trial is believed only where it holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from senoscope.calibration import engine_choice
from senoscope.calibration.engine_choice import (
    Attempt,
    Trial,
    as_json,
    attempted,
    fastest,
    fingerprint,
    from_json,
    tried,
)
from senoscope.calibration.engine_trust import Verdict
from senoscope.domain.errors import EngineUnavailable
from senoscope.domain.frame import Gray
from senoscope.domain.reading import Reading, Suspicion
from tests import builders

SHAPES = ((64, 96),) * 12
GOOD = Verdict(12, 12, 1.0, 1.0, 0.0, 0.0, 0.0)


def read(median_ms: float, probability: float = 0.7) -> Attempt:
    """One lesion on every frame, with that probability."""
    findings = (builders.finding(probability, Suspicion.HIGH),)
    return Attempt(tuple(builders.reading(k, findings) for k in range(12)), SHAPES, median_ms)


def attempt(way: str) -> Attempt:
    if way == "missing":
        raise EngineUnavailable("It cannot be imported. Run: pip install it")
    return {"slow": read(20.0), "fast": read(5.0), "wrong": read(1.0, 0.9)}[way]


def trial(*ways: str) -> dict[str, Trial]:
    return {each.way: each for each in tried(ways, attempt, lambda _: None)}


def test_the_fastest_is_taken() -> None:
    trials = trial("slow", "fast")
    assert fastest(list(trials.values())).way == "fast"
    assert (trials["slow"].median_ms, trials["fast"].median_ms) == (20.0, 5.0)


def test_a_fast_engine_that_reads_wrongly_is_not_taken() -> None:
    trials = trial("slow", "wrong")
    assert fastest(list(trials.values())).way == "slow"
    assert "probability moved by 0.200" in trials["wrong"].in_words
    assert "Not used" in trials["wrong"].in_words


def test_one_that_cannot_be_loaded_says_why_and_the_next_is_tried() -> None:
    trials = trial("slow", "missing", "fast")
    assert "pip install it" in trials["missing"].in_words
    assert (trials["missing"].verdict, trials["missing"].median_ms) == (None, 0)
    assert fastest(list(trials.values())).way == "fast"


def test_an_engine_must_read_the_user_s_own_frames_as_the_reference_does_too() -> None:
    steady = read(20.0)
    astray = Attempt((*steady.readings[:8], *read(1.0, 0.9).readings[8:]), SHAPES, 1.0)
    attempts = {"slow": steady, "astray": astray}
    trials = tried(("slow", "astray"), attempts.__getitem__, lambda _: None, simulated=8)
    assert trials[0].own is not None
    assert (trials[0].own.frames, trials[0].refused) == (4, None)
    assert "on 8 simulated frames; Dice 1.0000" in trials[0].in_words
    assert "on 4 frames of your own" in trials[0].in_words
    assert trials[1].verdict == trials[0].verdict
    assert str(trials[1].refused).startswith("On frames of your own: It does not read as")
    assert from_json(as_json(trials, "x"), "x") == trials


def test_own_frames_without_a_finding_refuse_nothing() -> None:
    bare = tuple(builders.reading(k, ()) for k in range(4))
    attempts = {"slow": Attempt((*read(9.0).readings[:8], *bare), SHAPES, 9.0)}
    (only,) = tried(("slow",), attempts.__getitem__, lambda _: None, simulated=8)
    assert only.refused is None
    assert "of 0 findings changed, on 4 frames of your own" in only.in_words


class Looker:
    """Keeps the frames it was shown."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        self.seen.append(int(pixels[0, 0]))
        return builders.reading(frame_index)


def test_a_clip_is_read_frame_by_frame_after_a_few_that_do_not_count() -> None:
    looker = Looker()
    found = attempted(looker, [builders.pixels(value) for value in range(5)])
    assert looker.seen == [0, 1, 2, 0, 1, 2, 3, 4]
    assert [reading.frame_index for reading in found.readings] == [0, 1, 2, 3, 4]
    assert found.shapes == ((64, 96),) * 5
    assert found.median_ms > 0


def test_the_time_of_a_frame_is_the_median_in_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.004, 1.0, 1.5, 2.0, 2.006])
    monkeypatch.setattr(engine_choice, "perf_counter", lambda: next(clock))
    found = attempted(Looker(), [builders.pixels(value) for value in range(3)])
    assert found.median_ms == pytest.approx(6.0)


def test_each_way_is_named_before_it_is_tried() -> None:
    said: list[str] = []
    tried(("slow", "missing", "fast"), attempt, said.append)
    assert said == ["trying slow", "trying missing", "trying fast"]


def test_without_the_reference_nothing_can_be_said() -> None:
    with pytest.raises(EngineUnavailable, match="pip install it"):
        trial("missing", "fast")


def test_where_none_is_trusted_every_reason_is_given() -> None:
    with pytest.raises(EngineUnavailable, match=r"A: not used\. Gone\. B: not used\. Broken\."):
        fastest([Trial("A", "Gone."), Trial("B", "Broken.")])


def test_what_was_kept_is_read_again_where_nothing_changed() -> None:
    trials = (Trial("A", None, 12.5, GOOD), Trial("B", "Gone."))
    state = fingerprint(["machine", "engine 1"])
    assert from_json(as_json(trials, state), state) == trials
    assert from_json(as_json(trials, state), fingerprint(["machine", "engine 2"])) is None
    assert fingerprint(["machine", "engine 1"]) != fingerprint(["machineengine 1"])


@pytest.mark.parametrize(
    "spoilt",
    ["", "[]", "{}", "nonsense", '{"of": "x"}', '{"of": "x", "trials": [{"way": 1, "more": 2}]}'],
)
def test_what_was_kept_and_is_spoilt_is_tried_again(spoilt: str) -> None:
    assert from_json(spoilt, "x") is None


def test_figures_survive_being_kept_exactly() -> None:
    found = trial("slow", "wrong")
    kept = from_json(as_json(list(found.values()), "x"), "x")
    assert kept == tuple(found.values())


def test_an_engine_that_leaves_a_frame_to_another_is_not_judged_by_it() -> None:
    class Leaves:
        def read(self, pixels: Gray, frame_index: int) -> Reading:
            return replace(builders.reading(frame_index), fell_back=frame_index == 3)

    clip = [builders.pixels(0, 96, 64)] * 5
    with pytest.raises(EngineUnavailable, match="left frame 3 to another engine"):
        attempted(Leaves(), clip)
