"""Spans tell how long the parts of reading a study take, of nobody, and only where asked to."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from senoscope import __version__
from senoscope.domain.spans import no_spans
from senoscope.realtime.loop import LiveLoop
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.study_intake import StudyIntake
from senoscope.ui.monitoring import telemetry
from senoscope.ui.monitoring.telemetry import (
    ENDPOINT,
    NOT_INSTALLED,
    TelemetrySpans,
    provider_of,
    spans_now,
    watched_start,
)
from tests.fakes import BuildFakeReader, FakeSource
from tests.realtime.running import HANG_LIMIT_S, until
from tests.ui.reading_studies import NAME, FindsTwo, study_zip

trace_export = pytest.importorskip("opentelemetry.sdk.trace.export", reason="needs [telemetry]")
in_memory = pytest.importorskip(
    "opentelemetry.sdk.trace.export.in_memory_span_exporter", reason="needs [telemetry]"
)


@pytest.fixture(autouse=True)
def _nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(ENDPOINT, raising=False)
    telemetry._sending.cache_clear()
    yield
    telemetry._sending.cache_clear()


def read_study(folder: Path, spans: TelemetrySpans, **changed: Any) -> None:
    (folder / NAME).mkdir(parents=True)
    path = folder / NAME / f"{NAME}.zip"
    path.write_bytes(study_zip(**changed))
    with ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "store") as store:
        StudyIntake(store, (FindsTwo(),), spans)(path, "reader", lambda _: None, Event())


def test_each_part_of_reading_a_study_is_a_span_within_the_study_s(tmp_path: Path) -> None:
    kept = in_memory.InMemorySpanExporter()
    read_study(tmp_path, TelemetrySpans(provider_of(trace_export.SimpleSpanProcessor(kept))))
    spans = kept.get_finished_spans()
    assert [each.name for each in spans] == [
        "senoscope.study.receive",
        "senoscope.study.keep_files",
        "senoscope.study.read",
        "senoscope.study.results",
        "senoscope.study.keep",
        "senoscope.study",
    ]
    whole = spans[-1].context
    assert {each.parent.span_id for each in spans[:-1]} == {whole.span_id}
    by_name = {each.name.removeprefix("senoscope.study."): each for each in spans}
    assert dict(by_name["read"].attributes) == {"senoscope.mode": "ultrasound_clip"}
    assert dict(by_name["keep_files"].attributes) == {"senoscope.images": 1}
    assert all(each.status.is_ok or each.status.is_unset for each in spans)


class FailsByName(FindsTwo):
    def read(self, *_: object, **__: object) -> Any:
        raise ValueError(f"{NAME} is no number")


def test_a_fault_is_told_by_its_kind_and_no_span_holds_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = in_memory.InMemorySpanExporter()
    spans = TelemetrySpans(provider_of(trace_export.SimpleSpanProcessor(kept)))
    monkeypatch.setattr(FindsTwo, "read", FailsByName.read)
    with pytest.raises(ValueError, match=NAME.partition("^")[0]):
        read_study(tmp_path, spans)
    told = "".join(each.to_json() for each in kept.get_finished_spans())
    assert "senoscope.study.read" in told
    assert "ValueError" in told
    for word in (*NAME.split("^"), "A-0173", "1.2.826", str(tmp_path), "is no number"):
        assert word not in told, word


def test_without_an_address_nobody_is_told_and_nothing_is_loaded() -> None:
    assert spans_now(pytest.fail) is no_spans
    build = BuildFakeReader()
    assert watched_start(build, "Fake engine") is build


def test_without_the_package_that_is_said_and_studies_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace.export", None)
    said: list[str] = []
    assert spans_now(said.append) is no_spans
    assert said == [NOT_INSTALLED]
    assert 'pip install "senoscope[telemetry]"' in said[0]


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A receiver of OTLP by HTTP on this machine, and the bodies that it was sent."""
    bodies: list[bytes] = []

    class Receives(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is to be seen."""

    server = HTTPServer(("127.0.0.1", 0), Receives)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", bodies
    finally:
        server.shutdown()
        thread.join(HANG_LIMIT_S)
        server.server_close()


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_the_start_of_an_engine_is_sent_from_the_process_that_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with collector() as (address, bodies):
        monkeypatch.setenv(ENDPOINT, address)
        with LiveLoop(FakeSource(), watched_start(BuildFakeReader(), "Fake engine")) as loop:
            until(lambda: loop.books().read and bodies)
    [body] = bodies
    for told in (b"senoscope.engine.start", b"Fake engine", b"service.version"):
        assert told in body


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_the_start_of_an_engine_that_fails_is_sent_by_its_process_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build = BuildFakeReader(build_error=f"{NAME} is no network")
    with collector() as (address, bodies):
        monkeypatch.setenv(ENDPOINT, address)
        with LiveLoop(FakeSource(), watched_start(build, "Fake engine")):
            until(lambda: bodies)
    for told in (b"senoscope.engine.start", b"ModelPackageError"):
        assert told in bodies[0]
    assert NAME.encode() not in b"".join(bodies)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "senoscope"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=us-3,site=east"}, "us-3"),
        ({"OTEL_SERVICE_NAME": "us-4", "OTEL_RESOURCE_ATTRIBUTES": "service.name=us-3"}, "us-4"),
    ],
    ids=str,
)
def test_the_environment_s_name_of_the_service_holds(
    given: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    kept = in_memory.InMemorySpanExporter()
    with TelemetrySpans(provider_of(trace_export.SimpleSpanProcessor(kept)))("engine.start"):
        pass
    [span] = kept.get_finished_spans()
    assert span.resource.attributes["service.name"] == name
    assert span.resource.attributes["service.version"] == __version__
