"""The fastest trusted way is taken, and what is kept of a trial is believed only where it holds."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from senoscope.calibration.engine_choice import (
    Trial,
    as_json,
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

CLIP = tuple(builders.pixels(value) for value in range(12))
GOOD = Verdict(12, 12, 1.0, 1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Reader:
    """Finds one lesion on every frame, with that probability, after a while."""

    probability: float = 0.7
    seconds: float = 0.0

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        time.sleep(self.seconds)
        return builders.reading(frame_index, (builders.finding(self.probability, Suspicion.HIGH),))


def build(way: str) -> Reader:
    if way == "missing":
        raise EngineUnavailable("It cannot be imported. Run: pip install it")
    return {"slow": Reader(seconds=0.02), "fast": Reader(), "wrong": Reader(0.9)}[way]


def trial(*ways: str) -> dict[str, Trial]:
    return {each.way: each for each in tried(ways, build, CLIP, lambda _: None)}


def test_the_fastest_is_taken() -> None:
    trials = trial("slow", "fast")
    assert fastest(list(trials.values())).way == "fast"
    assert trials["slow"].median_ms > 15 > trials["fast"].median_ms


def test_a_fast_engine_that_reads_wrongly_is_not_taken() -> None:
    trials = trial("slow", "wrong")
    assert fastest(list(trials.values())).way == "slow"
    assert "probability moved by 0.200" in trials["wrong"].in_words
    assert "Not used" in trials["wrong"].in_words


def test_one_that_cannot_be_loaded_says_why_and_the_next_is_tried() -> None:
    trials = trial("slow", "missing", "fast")
    assert "pip install it" in trials["missing"].in_words
    assert trials["missing"].verdict is None
    assert fastest(list(trials.values())).way == "fast"


def test_without_the_reference_nothing_can_be_said() -> None:
    with pytest.raises(EngineUnavailable, match="pip install it"):
        trial("missing", "fast")


def test_where_none_is_trusted_every_reason_is_given() -> None:
    with pytest.raises(EngineUnavailable, match=r"A: not used\. Gone\. B: not used\. Broken\."):
        fastest([Trial("A", "Gone."), Trial("B", "Broken.")])


def test_what_was_kept_is_read_again_where_nothing_changed() -> None:
    trials = (Trial("A", None, 12.5, 11.0, GOOD), Trial("B", "Gone."))
    state = fingerprint(["machine", "engine 1"])
    assert from_json(as_json(trials, state), state) == trials
    assert from_json(as_json(trials, state), fingerprint(["machine", "engine 2"])) is None


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
