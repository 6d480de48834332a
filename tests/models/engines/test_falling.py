"""Whatever the server owes, the network here reads at once; and the server's reads when it can."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.errors import EngineUnavailable
from senoscope.models.engines import falling
from senoscope.models.engines.base import Tensors
from senoscope.models.engines.falling import FallingEngine, fell
from tests.realtime.running import until

SHAPE = (1, 1, 2, 2)
PICTURE = np.ones(SHAPE, np.float32)
NETWORK = "unet 1.0"


class Here:
    """Answers with `value`."""

    input_shape = SHAPE

    def __init__(self, value: float, name: str) -> None:
        self.value, self.name = value, name
        self.pictures: list[NDArray[np.float32]] = []

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        self.pictures.append(picture.copy())
        return {"said": np.array([self.value], np.float32)}


class There(Here):
    """The same, until it is down."""

    def __init__(self) -> None:
        super().__init__(2.0, "there")
        self.down = ""
        self.broken = False
        self.opened = 0
        self.may_open = Event()
        self.may_open.set()

    def open(self) -> There:
        self.may_open.wait(10)
        self.opened += 1
        if self.broken:
            raise RuntimeError("what a library says is not the log's")
        if self.down:
            raise EngineUnavailable(self.down)
        return self

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        if self.down:
            raise EngineUnavailable(self.down)
        return super().run(picture)


class Clock:
    """Sleeps for no time at all."""

    monotonic = staticmethod(time.monotonic)

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self.sleep = sleep


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(falling, "FIRST_BACK_OFF_S", 0.02)
    monkeypatch.setattr(falling, "LAST_BACK_OFF_S", 0.08)
    monkeypatch.setattr(falling, "START_LIMIT_S", 5.0)


@pytest.fixture
def there() -> There:
    return There()


@pytest.fixture
def here() -> Here:
    return Here(1.0, "here")


@pytest.fixture
def engine(here: Here, there: There) -> FallingEngine:
    return FallingEngine(here, there.open, NETWORK)


def said(engine: FallingEngine) -> float:
    return float(engine.run(PICTURE)["said"][0])


def test_while_the_server_answers_nothing_is_read_here(engine: FallingEngine, here: Here) -> None:
    assert [said(engine) for _ in range(3)] == [2.0] * 3
    assert (engine.name, engine.input_shape) == ("there", SHAPE)
    assert here.pictures == []
    assert not fell(engine)


def test_the_picture_of_a_late_answer_is_read_here_at_once(
    engine: FallingEngine, here: Here, there: There
) -> None:
    there.down = "It was late."
    assert said(engine) == 1.0
    assert fell(engine)
    assert [picture.tolist() for picture in here.pictures] == [PICTURE.tolist()]
    assert engine.name == "here"


def test_after_a_loss_the_server_is_not_waited_for_but_asked_aside(
    engine: FallingEngine, there: There
) -> None:
    there.down = "It was late."
    said(engine)
    there.may_open.clear()
    before = len(there.pictures)
    assert [said(engine) for _ in range(50)] == [1.0] * 50
    assert len(there.pictures) == before
    there.may_open.set()


def test_when_the_server_answers_again_it_reads_again(engine: FallingEngine, there: There) -> None:
    there.down = "It was late."
    said(engine)
    until(lambda: there.opened >= 3)
    there.down = ""
    until(lambda: said(engine) == 2.0)
    assert not fell(engine)


def test_a_fault_of_the_asking_itself_does_not_end_it(
    engine: FallingEngine, there: There, caplog: pytest.LogCaptureFixture
) -> None:
    there.down, there.broken = "It was late.", True
    with caplog.at_level(logging.WARNING, falling.log.name):
        said(engine)
        until(lambda: there.opened >= 4)
    assert "server. Asking it failed by a RuntimeError." in caplog.text
    assert "what a library says" not in caplog.text
    there.down, there.broken = "", False
    until(lambda: said(engine) == 2.0)


def test_it_is_asked_ever_more_seldom_up_to_a_bound(
    here: Here, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(falling, "time", Clock(waited.append))
    there.down = "It is away."
    engine = FallingEngine(here, there.open, NETWORK)
    until(lambda: there.opened >= 6)
    there.down = ""
    until(lambda: said(engine) != 1.0)
    # The first is that of the start.
    assert waited[:6] == [0.0, 0.02, 0.04, 0.08, 0.08, 0.08]


def test_one_that_is_away_at_the_start_holds_up_nobody(here: Here, there: There) -> None:
    there.down = "It is away."
    engine = FallingEngine(here, there.open, NETWORK)
    assert said(engine) == 1.0 and fell(engine)
    there.down = ""
    until(lambda: said(engine) == 2.0)


def test_the_start_waits_for_a_silent_server_only_so_long(
    here: Here, there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(falling, "START_LIMIT_S", 0.05)
    there.may_open.clear()
    engine = FallingEngine(here, there.open, NETWORK)
    assert said(engine) == 1.0
    there.may_open.set()
    until(lambda: said(engine) == 2.0)


def test_a_reason_is_logged_once_however_often_it_is_asked_in_vain_and_so_is_the_return(
    engine: FallingEngine, there: There, caplog: pytest.LogCaptureFixture
) -> None:
    there.down = "It was late."
    with caplog.at_level(logging.WARNING, falling.log.name):
        said(engine)
        until(lambda: there.opened >= 5)
        there.down = ""
        until(lambda: said(engine) == 2.0)
    assert [record.getMessage() for record in caplog.records] == [
        "unet 1.0: here reads in place of the server. It was late.",
        "unet 1.0: the server reads again.",
    ]


def test_an_engine_without_another_behind_it_never_fell(here: Here) -> None:
    assert not fell(here)


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_an_engine_that_nobody_holds_is_asked_for_no_more(here: Here, there: There) -> None:
    there.down = "It is away."
    engine = FallingEngine(here, there.open, NETWORK)
    until(lambda: there.opened >= 3)
    del engine
    gc.collect()
    until(lambda: "senoscope-server" not in {thread.name for thread in threading.enumerate()})
