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


THEIRS: dict[str, Callable[[], Read]] = {
    "eight times": partial(answering, busy_ms=8),
    "absent": absent,
    "broken": broken,
    "dying at once": dying_at_once,
    "dying later": dying_later,
    "elsewhere": partial(answering, top=18),
    "two findings": partial(answering, (0.5, 0.2)),
    "surer": partial(answering, (0.6,)),
}


@pytest.fixture(scope="module")
def rows() -> dict[str, PeerRow]:
    peers = [OURS, *(Peer(name, "fp32", build, "ours") for name, build in THEIRS.items())]
    return {row.name: row for row in peer_rows(peers, GIVEN, 4, 2, lambda _: None)}


def test_a_peer_costs_so_many_times_ours(rows: dict[str, PeerRow]) -> None:
    assert (rows["ours"].ratio, rows["ours"].withheld) == (None, None)
    row = rows["eight times"]
    assert row.withheld is None
    assert row.ratio is not None
    assert row.cpu_ms is not None
    assert row.cpu_ms.median == pytest.approx(8, rel=0.1)
    assert row.ratio.low <= row.ratio.median <= row.ratio.high
    assert 4 < row.ratio.median < 9


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent", "Not available: It is not installed."),
        ("broken", "Not available: ValueError: line one line two"),
        ("dying at once", "It ended its process (exit code 3)"),
        ("dying later", "It ended its process (exit code 4)"),
    ],
)
def test_what_cannot_be_measured_is_a_row_with_its_reason(
    rows: dict[str, PeerRow], name: str, said: str
) -> None:
    assert said in (rows[name].withheld or "")
    assert (rows[name].cpu_ms, rows[name].ratio) == (None, None)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("elsewhere", "mean Dice 0.350"),
        ("two findings", "2 frames with more or fewer findings"),
        ("surer", "probabilities moved by"),
    ],
)
def test_another_answer_has_its_cost_and_no_ratio(
    rows: dict[str, PeerRow], name: str, said: str
) -> None:
    assert said in (rows[name].withheld or "")
    assert rows[name].ratio is None
    assert rows[name].cpu_ms is not None


def test_nothing_is_beside_a_peer_that_is_not_there() -> None:
    with pytest.raises(EngineUnavailable, match=r"ours cannot be measured: It is not installed\."):
        peer_rows([Peer("ours", "int8", absent)], GIVEN, 1, 1, lambda _: None)


def test_frames_without_findings_prove_nothing() -> None:
    found = agreed([((), band(5))], [((), band(5))])
    assert found.refusal == "It does not give the same answer: no findings to compare."
