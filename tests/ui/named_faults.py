"""Names fed to whatever may fail and then writes into the log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from senoscope.domain.errors import StorageError
from senoscope.domain.frame import Frame
from senoscope.realtime.aside import Aside
from senoscope.realtime.capture import Capture
from senoscope.realtime.subscribers import Subscribers
from senoscope.ui.app import server_config
from senoscope.ui.live.why_route import _lines
from senoscope.ui.monitoring.lately import Lately
from senoscope.ui.studies.study_jobs import StudyJobs
from tests.fakes import FakeSource
from tests.realtime.running import HANG_LIMIT_S, until
from tests.ui.logged_in import accounts, whole_app, whole_page
from tests.ui.reading_studies import reading_studies, study_zip
from tests.ui.studies.test_live_exam_study import build_none, scanning

NAME = "Zwillingsberg^Adelheid"
MOST_GUESSES = 60
OWN = logging.getLogger("senoscope")


def fault(*_: object) -> Any:
    raise ValueError(f"{NAME} is no number")


def a_viewer(_folder: Path) -> None:
    told: Subscribers[int] = Subscribers()
    told.add(fault)
    told.tell(1)


def work_beside(_folder: Path) -> None:
    aside = Aside[int](fault)
    aside.offer(1)
    until(lambda: aside.error)
    aside.close()


def a_study_that_cannot_be_read(_folder: Path) -> None:
    jobs = StudyJobs(fault)
    jobs.add(None, Path(NAME), "reader")
    until(lambda: jobs.state()["message"])
    jobs.close()


def why(_folder: Path) -> None:
    def parts() -> Iterator[dict[str, Any]]:
        yield {"part": 1}
        fault()

    assert len(list(_lines(parts()))) == 2


def a_clip_that_does_not_let_go(_folder: Path) -> None:
    source = Stuck(name=NAME)
    clip = Capture(source, lambda _frame, _cpu_ns: None)
    clip.open()
    clip.begin()
    until(lambda: source.grabbed)
    clip.stop()
    source.free.set()


class Stuck(FakeSource):
    """Closing it does not end a grab that waits."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.free = threading.Event()

    def grab(self) -> Frame | None:
        self.grabbed += 1
        self.free.wait(HANG_LIMIT_S)
        return None


def a_store_that_fails(_folder: Path) -> None:
    def work() -> None:
        try:
            fault()
        except ValueError as error:
            said = "The exam store's database cannot be reached. See that it runs."
            raise StorageError(said) from error

    assert not Lately(work, 0.0, HANG_LIMIT_S).known().answers


def _patiently(happened: Callable[[], object]) -> None:
    """Making an exam's objects takes half a minute on a busy machine."""
    until(happened, 4 * HANG_LIMIT_S)


def an_exam_that_cannot_be_kept(folder: Path) -> None:
    with scanning(folder, build_none) as live:
        live.session.end_exam(NAME, NAME)
        until(lambda: live.loop.exam().books.captured > 3)
        _patiently(lambda: live.jobs.state()["state"] == "idle")
        (folder / "store").rename(folder / "unplugged")
        (folder / "store").touch()
        live.session.end_exam("", NAME)
        _patiently(lambda: live.jobs.state()["state"] == "idle")
        assert live.jobs.state()["message"]


def guesses_of_a_password(folder: Path) -> None:
    with whole_page(folder, accounts()) as client:
        for _ in range(MOST_GUESSES):
            said = client.post("/login", data={"name": NAME, "password": NAME})
            if said.status_code == 429:
                return
    raise AssertionError("nobody had to wait")


def a_study_sent_to_the_page(folder: Path) -> None:
    (folder / NAME).mkdir()
    (folder / NAME / f"{NAME}.zip").write_bytes(study_zip(PatientName=NAME, FrameTime="0"))
    with reading_studies(folder) as there:
        there.desk.jobs.add(None, folder / NAME / f"{NAME}.zip", "reader")
        there.desk.jobs.add(None, folder / f"{NAME}.dcm", "reader")
        _patiently(lambda: there.desk.job()["state"] == "idle")


def a_route_that_fails(folder: Path) -> None:
    def fails() -> None:
        fault()

    app = whole_app(folder, None)
    app.add_api_route("/person/of", fails)
    app.router.routes.insert(0, app.router.routes.pop())
    with served(app) as address:
        answer = httpx.get(f"{address}/person/of", params={"name": NAME}, timeout=HANG_LIMIT_S)
    assert answer.status_code == 500


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Its address, served by uvicorn as `senoscope live` has it serve."""
    server = uvicorn.Server(server_config(app))
    server.config.port = 0
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(HANG_LIMIT_S)
    assert not thread.is_alive()


FED: list[Callable[[Path], None]] = [
    a_viewer,
    work_beside,
    a_study_that_cannot_be_read,
    why,
    a_clip_that_does_not_let_go,
    a_store_that_fails,
    an_exam_that_cannot_be_kept,
    guesses_of_a_password,
    a_study_sent_to_the_page,
    a_route_that_fails,
]
