"""Who may ask for metrics, and what they hold."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from senoscope import __version__
from senoscope.realtime.histogram import BOUNDS_MS, Histogram
from senoscope.realtime.published import AiState
from senoscope.studies.exams.store_figures import StoreFigures
from senoscope.ui.access.roles import Role
from senoscope.ui.access.scrape_token import ScrapeToken
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.live.live_route import LIVE_PATH
from senoscope.ui.monitoring.lately import Known
from tests import builders
from tests.fakes import FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.logged_in import accounts, log_in
from tests.ui.monitoring.scraped import assert_balances, assert_tells, scraped
from tests.ui.opened import PASSWORD, Asked, Page

TOKEN = "0123456789abcdef0123456789abcdef"
NO_NAMES = StoreFigures(
    {"received": 3, "read": 5, "signed": 9},
    {"waiting": 4, "sent": 30, "refused": 1},
    {"read": 12},
    41,
    9_000_000,
)


class FakeWatch:
    """Tells what a test puts there."""

    def __init__(self) -> None:
        self.held: Known[StoreFigures] = Known(NO_NAMES, 2.5, True)
        self.room: Known[int] = Known(10**10, 0.1, True)
        self.work = 1, 6

    def figures(self) -> Known[StoreFigures]:
        return self.held

    def free(self) -> Known[int]:
        return self.room

    def jobs(self) -> tuple[int, int]:
        return self.work


@contextmanager
def served(folder: Path, **settings: Any) -> Iterator[SimpleNamespace]:
    loop, watch = FakeLiveLoop([], status()), FakeWatch()
    page = PageSettings(folder, OPERATING_POINT, **settings)
    app = build_app(loop, Asked().actions, page, watch)  # type: ignore[arg-type]
    with TestClient(app, "http://localhost", follow_redirects=False) as client:
        yield SimpleNamespace(client=client, loop=loop, watch=watch)


def bearer(token: str, kind: str = "Bearer") -> dict[str, str]:
    return {"authorization": f"{kind} {token}"}


def test_on_this_machine_without_a_login_anybody_may_ask(opened: Page) -> None:
    answer = opened.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    assert "# HELP senoscope_frames_captured_total" in answer.text
    assert "# TYPE senoscope_read_latency_seconds histogram" in answer.text


def test_another_site_that_only_points_here_may_not_ask(opened: Page) -> None:
    answer = opened.client.get("/metrics", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer("0123456789abcdef0123456789abcdeF"),
        bearer(""),
        bearer(TOKEN, "Basic"),
        bearer(TOKEN[:-1]),
        bearer(TOKEN + "0"),
        {"authorization": TOKEN},
        {"cookie": f"senoscope_session={TOKEN}"},
    ],
)
def test_with_a_login_a_stranger_without_the_token_gets_nothing(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    with served(tmp_path, password=PASSWORD, scrape_token=ScrapeToken(TOKEN)) as there:
        answer = there.client.get("/metrics", headers=headers)
        assert (answer.status_code, answer.content) == (401, b"")


def test_who_has_the_token_may_ask_for_metrics_and_for_nothing_else(tmp_path: Path) -> None:
    with served(tmp_path, password=PASSWORD, scrape_token=ScrapeToken(TOKEN)) as there:
        assert scraped(there.client, headers=bearer(TOKEN))
        assert scraped(there.client, headers=bearer(TOKEN, "bearer"))
        for path in ("/", "/live/sources", "/person", "/metrics/", "/metrics/x"):
            answer = there.client.get(path, headers=bearer(TOKEN))
            assert answer.status_code == 401, path
        assert there.client.post("/metrics", headers=bearer(TOKEN)).status_code == 401
        assert there.client.post("/live/start", headers=bearer(TOKEN)).status_code == 401


def test_without_a_token_in_the_settings_none_opens(tmp_path: Path) -> None:
    with served(tmp_path, password=PASSWORD) as there:
        assert there.client.get("/metrics", headers=bearer("")).status_code == 401


@pytest.mark.parametrize("role", Role)
def test_of_those_who_log_in_administrators_alone_may_ask(tmp_path: Path, role: Role) -> None:
    known = accounts()
    with served(tmp_path, accounts=lambda: known) as there:
        log_in(there.client, role)
        answer = there.client.get("/metrics")
        assert answer.status_code == (200 if role is Role.ADMIN else 403)


def test_it_tells_the_loop_s_books_to_the_frame(tmp_path: Path) -> None:
    histogram = Histogram()
    for milliseconds in (12.0, 16.0, 20.0, 9000.0):
        histogram.add(milliseconds)
    with served(tmp_path) as there:
        books = replace(
            builders.run_books(),
            unusable=2,
            unshown=5,
            engine_falls=11,
            until_read=histogram.spread(),
            stages={"segment": histogram.spread(), "latency": histogram.spread()},
        )
        there.loop.counts = books
        told = scraped(there.client)
    assert_tells(told, books)
    assert_balances(told)
    bucket = "senoscope_stage_seconds_bucket"
    assert told[bucket, ("0.01", "segment")] == 0
    assert told[bucket, ("0.016", "segment")] == 2
    assert told[bucket, ("0.025", "segment")] == 3
    assert told[bucket, ("5.0", "segment")] == 3
    assert told[bucket, ("+Inf", "segment")] == 4
    assert told["senoscope_stage_seconds_sum", ("segment",)] == pytest.approx(9.048)
    assert len([key for key in told if key[0] == bucket]) == len(BOUNDS_MS) + 1
    assert told["senoscope_ready_latency_seconds_count", ()] == 4


def test_it_tells_how_the_loop_does(tmp_path: Path) -> None:
    with served(tmp_path) as there:
        there.loop.condition = status(
            ai_state=AiState.OFF, ai_restarts=3, lost=True, error="lost", fps=24.5
        )
        told = scraped(there.client)
        with there.client.websocket_connect(f"ws://localhost{LIVE_PATH}") as watching:
            watching.receive_bytes()
            watched = scraped(there.client)
    states = {key[1]: value for key, value in told.items() if key[0] == "senoscope_ai_state"}
    assert states == {("starting",): 0, ("reading",): 0, ("off",): 1}
    assert told["senoscope_ai_restarts_total", ()] == 3
    assert told["senoscope_frames_per_second", ()] == 24.5
    assert (told["senoscope_source_up", ()], told["senoscope_loop_error", ()]) == (0, 1)
    assert told["senoscope_exams_begun_total", ()] == builders.EXAM.number
    build = ("OpenVINO int8", "unet 1; googlenet 1", __version__)
    assert told["senoscope_build_info", build] == 1
    assert (told["senoscope_viewers", ()], watched["senoscope_viewers", ()]) == (0, 1)


def test_it_tells_what_is_kept_and_what_waits(tmp_path: Path) -> None:
    with served(tmp_path) as there:
        told = scraped(there.client)
        there.watch.room = Known(10**10, 60.0, False)
        there.watch.held = Known(None, 0.0, False)
        silent = scraped(there.client)
    assert told["senoscope_store_up", ()] == 1
    assert told["senoscope_store_exams", ("signed",)] == 9
    assert told["senoscope_outbox_files", ("waiting",)] == 4
    assert told["senoscope_archive_tasks", ("read",)] == 12
    assert told["senoscope_store_bytes", ()] == 9_000_000
    assert told["senoscope_store_files", ()] == 41
    assert told["senoscope_store_free_bytes", ()] == 10**10
    assert told["senoscope_store_figures_age_seconds", ()] == 2.5
    assert told["senoscope_study_jobs_running", ()] == 1
    assert told["senoscope_study_jobs_waiting", ()] == 6
    assert silent["senoscope_store_up", ()] == 0
    assert ("senoscope_store_bytes", ()) not in silent, "nothing is made up"


def test_where_no_studies_are_kept_nothing_is_told_of_them(opened: Page) -> None:
    assert not [name for name, _ in scraped(opened.client) if "store" in name or "job" in name]


def test_what_goes_wrong_is_counted_by_level(tmp_path: Path) -> None:
    own, server = logging.getLogger("senoscope.realtime"), logging.getLogger("uvicorn.error")
    records = "senoscope_log_records_total"
    with served(tmp_path) as there:
        before = scraped(there.client)
        own.warning("one")
        own.info("not counted")
        server.error("two")
        server.critical("three")
        after = scraped(there.client)
    own.warning("after the end")
    assert (before[records, ("warning",)], before[records, ("error",)]) == (0, 0)
    assert (after[records, ("warning",)], after[records, ("error",)]) == (1, 2)
