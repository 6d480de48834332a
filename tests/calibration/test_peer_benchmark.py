"""A peer has a ratio only where it is there, stays alive and gives the same answer."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import NoReturn

import numpy as np
import pytest

from senoscope.calibration.peer_benchmark import Peer, PeerRow, agreed, peer_rows
from senoscope.domain.errors import EngineUnavailable
from senoscope.models.peers.reading import Answer, Given, Mask, Read

PIXELS = np.zeros((40, 60), np.uint8)
GIVEN = [Given(PIXELS, PIXELS, ())] * 2


def band(top: int) -> Mask:
    mask = np.zeros(PIXELS.shape, bool)
    mask[top : top + 20] = True
    return mask


def answering(probabilities: tuple[float, ...] = (0.5,), top: int = 5, busy_ms: int = 1) -> Read:
    def read(given: Given) -> Answer:
        assert given.pixels.shape == PIXELS.shape
        until = time.process_time() + busy_ms / 1e3
        while time.process_time() < until:
            pass
        return Answer(probabilities, partial(band, top))

    return read


def absent() -> NoReturn:
    raise EngineUnavailable("It is not installed.")


def broken() -> NoReturn:
    raise ValueError("line one\nline two")


def dying_at_once() -> NoReturn:
    os._exit(3)


def dying_later() -> Read:
    left = iter(range(len(GIVEN)))
    answer = answering()

    def read(given: Given) -> Answer:
        if next(left, None) is None:
            os._exit(4)
        return answer(given)

    return read


OURS = Peer("ours", "int8", answering)


def row_of(build: Callable[[], Read], rounds: int = 2) -> PeerRow:
    peer = Peer("theirs", "fp32", build, "ours")
    ours, row = peer_rows([OURS, peer], GIVEN, 4, rounds, lambda _: None)
    assert (ours.name, ours.ratio, ours.withheld) == ("ours", None, None)
    return row


def test_a_peer_costs_so_many_times_ours() -> None:
    row = row_of(partial(answering, busy_ms=8))
    assert row.withheld is None
    assert row.ratio is not None
    assert row.cpu_ms is not None
    assert row.cpu_ms.median == pytest.approx(8, rel=0.1)
    assert row.ratio.low <= row.ratio.median <= row.ratio.high
    assert 4 < row.ratio.median < 9


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (absent, "Not available: It is not installed."),
        (broken, "Not available: ValueError: line one line two"),
        (dying_at_once, "It ended its process (exit code 3)"),
        (dying_later, "It ended its process (exit code 4)"),
    ],
)
def test_what_cannot_be_measured_is_a_row_with_its_reason(
    build: Callable[[], Read], said: str
) -> None:
    row = row_of(build)
    assert said in (row.withheld or "")
    assert (row.cpu_ms, row.ratio) == (None, None)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (partial(answering, top=18), "mean Dice 0.350"),
        (partial(answering, (0.5, 0.2)), "2 frames with more or fewer findings"),
        (partial(answering, (0.6,)), "probabilities moved by"),
    ],
)
def test_another_answer_has_its_cost_and_no_ratio(build: Callable[[], Read], said: str) -> None:
    row = row_of(build, rounds=1)
    assert said in (row.withheld or "")
    assert row.ratio is None
    assert row.cpu_ms is not None


def test_nothing_is_beside_a_peer_that_is_not_there() -> None:
    with pytest.raises(EngineUnavailable, match=r"ours cannot be measured: It is not installed\."):
        peer_rows([Peer("ours", "int8", absent)], GIVEN, 1, 1, lambda _: None)


def test_frames_without_findings_prove_nothing() -> None:
    found = agreed([((), band(5))], [((), band(5))])
    assert found.refusal == "It does not give the same answer: no findings to compare."
