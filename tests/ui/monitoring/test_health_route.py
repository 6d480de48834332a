"""Health is told to anybody, in fixed words, in bounded time, and nothing else is."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from senoscope.realtime.published import AiState
from senoscope.ui.monitoring.health_route import FULL_BELOW, LIVE, READY, Unready
from senoscope.ui.monitoring.lately import Known, Lately
from tests.fakes import FakeLiveLoop
from tests.realtime.running import HANG_LIMIT_S
from tests.ui.built_frames import status
from tests.ui.monitoring.test_metrics_route import FakeWatch, served
from tests.ui.opened import PASSWORD, Page

NAME = "Zwillingsberg^Adelheid"


def test_it_lives_and_is_ready_when_all_is_well(tmp_path: Path) -> None:
    with served(tmp_path) as there:
        live, ready = there.client.get(LIVE), there.client.get(READY)
    assert (live.status_code, live.json()) == (200, {"live": True})
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})
    assert ready.headers["cache-control"] == live.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ai_state": AiState.STARTING}, Unready.AI_STARTING),
        ({"ai_state": AiState.OFF}, Unready.AI_OFF),
        ({"lost": True}, Unready.SOURCE_LOST),
        ({"lost": True, "ended": True}, Unready.SOURCE_LOST),
        ({"ended": True}, Unready.SOURCE_ENDED),
    ],
)
def test_a_loop_that_cannot_work_is_not_ready(
    tmp_path: Path, changed: dict[str, Any], reason: Unready
) -> None:
    with served(tmp_path) as there:
        there.loop.condition = status(**changed)
        answer = there.client.get(READY)
        assert there.client.get(LIVE).status_code == 200
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": [reason]})


def no_frame_yet(loop: FakeLiveLoop, _watch: FakeWatch) -> None:
    loop.counts = replace(loop.counts, captured=0)


def silent(_loop: FakeLiveLoop, watch: FakeWatch) -> None:
    watch.room = Known(10**12, 600.0, False)


def full(_loop: FakeLiveLoop, watch: FakeWatch) -> None:
    watch.room = Known(FULL_BELOW - 1, 0.0, True)


def just_not_full(_loop: FakeLiveLoop, watch: FakeWatch) -> None:
    watch.room = Known(FULL_BELOW, 0.0, True)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (no_frame_yet, [Unready.SOURCE_STARTING]),
        (silent, [Unready.STORE_SILENT]),
        (full, [Unready.DISK_FULL]),
        (just_not_full, []),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, made: Any, told: list[Unready]) -> None:
    with served(tmp_path) as there:
        made(there.loop, there.watch)
        answer = there.client.get(READY)
    assert answer.json() == {"ready": not told, "reasons": told}


def test_without_a_store_it_is_not_ready(opened: Page) -> None:
    answer = opened.client.get(READY)
    assert (answer.status_code, answer.json()["reasons"]) == (503, [Unready.STORE_MISSING])


def test_all_reasons_are_told_and_none_of_the_loop_s_own_words(tmp_path: Path) -> None:
    with served(tmp_path, password=PASSWORD) as there:
        full(there.loop, there.watch)
        exam = replace(status().exam, patient=NAME)
        there.loop.condition = status(
            ai_state=AiState.OFF, ai_message=NAME, error=NAME, source_name=NAME, lost=True,
            exam=exam, engine=NAME, models=(NAME,),
        )  # fmt: skip
        answer = there.client.get(READY)
        assert answer.json() == {
            "ready": False,
            "reasons": [Unready.AI_OFF, Unready.SOURCE_LOST, Unready.DISK_FULL],
        }
        for path in ("/health", "/health/", "/health/ready/", "/health/live/x", "/healthy"):
            assert there.client.get(path).status_code == 401, path
        assert there.client.post(READY).status_code == 401
        assert NAME not in str(answer.headers)


def test_a_database_that_hangs_holds_up_no_answer(tmp_path: Path) -> None:
    free = threading.Event()
    with served(tmp_path, password=PASSWORD) as there:
        hanging: Lately[int] = Lately(lambda: int(free.wait(HANG_LIMIT_S)), 0.0, 0.1)
        there.watch.free = hanging.known
        try:
            answers = [there.client.get(READY).json() for _ in range(20)]
            assert there.client.get(LIVE).status_code == 200
        finally:
            free.set()
    assert answers == [{"ready": False, "reasons": [Unready.STORE_SILENT]}] * 20
