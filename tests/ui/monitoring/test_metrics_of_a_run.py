"""A real loop on the phantom, with exams that begin in mid-flow: metrics are its books."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from senoscope.models.engines.ways import USUAL
from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.assemble import build_reader
from tests.realtime.running import until
from tests.ui.built_frames import OPERATING_POINT
from tests.ui.monitoring.scraped import Told, assert_balances, assert_tells, scraped
from tests.ui.opened import Asked

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")

EXAMS = 4
ONLY_GROW = ("_total", "_count", "_sum", "_bucket")
CAPTURED = "senoscope_frames_captured_total", ()
READ = "senoscope_frames_read_total", ()


def between(told: Told, before: int, after: int) -> bool:
    """A scrape between two looks at the books is of a moment between them."""
    return before <= told[CAPTURED] <= after


@pytest.mark.real_gate
def test_metrics_equal_the_books_of_a_run_with_exams_to_the_frame(tmp_path: Path) -> None:
    # Faster than it is read, so that frames are superseded; simulated.
    source = PhantomSource(seed=3, rate_hz=120, size=(512, 384), frames=60)
    loop = LiveLoop(source, partial(build_reader, USUAL))
    app = build_app(loop, Asked().actions, PageSettings(tmp_path, OPERATING_POINT))
    scrapes: list[Told] = []
    ended: list[ExamSummary] = []
    with TestClient(app, "http://localhost") as client:
        with loop:
            until(lambda: loop.books().read)
            for _ in range(EXAMS):
                for _ in range(6):
                    before = loop.books()
                    scrapes.append(scraped(client))
                    assert between(scrapes[-1], before.captured, loop.books().captured)
                ended.append(loop.begin_exam())
        told, books = scraped(client), loop.books()
    for one, next_one in pairwise(scrapes):
        assert_balances(one)
        grown = {key: value for key, value in one.items() if key[0].endswith(ONLY_GROW)}
        assert all(next_one[key] >= value for key, value in grown.items())
    assert scrapes[-1][READ] > scrapes[0][READ]
    assert_balances(told)
    assert_tells(told, books)
    assert books.in_flight == 0
    exams = [*ended, loop.exam()]
    assert told[CAPTURED] == sum(each.books.captured for each in exams)
    assert told[READ] == sum(each.books.read for each in exams)
    assert told["senoscope_exams_begun_total", ()] == len(exams) == EXAMS + 1
    assert told["senoscope_source_simulated", ()] == 1
    assert told["senoscope_stage_seconds_count", ("segment",)] == books.read
