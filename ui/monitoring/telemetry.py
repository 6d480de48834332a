"""Spans by OpenTelemetry, where the environment names who collects them; else there are none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from senoscope import __version__
from senoscope.domain.spans import Spans, no_spans

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

    from senoscope.realtime.worker import BuildReader, FrameReader

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
SENT_AFTER_MS = 500
NOT_INSTALLED = (
    f"{ENDPOINT} is set, and OpenTelemetry is not installed: nothing is sent there. Install it: "
    'pip install "senoscope[telemetry]", or unset it.'
)


class TelemetrySpans:
    """Spans of one provider. Only what is given comes into them: of a fault, its kind alone."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("senoscope", __version__)

    @contextmanager
    def __call__(self, name: str, /, **facts: str | int) -> Iterator[None]:
        """As `Spans` says."""
        from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - an extra's

        attributes = {f"senoscope.{key}": value for key, value in facts.items()}
        # Not recorded by itself: what an exception says may quote a file's name.
        with self._tracer.start_as_current_span(
            f"senoscope.{name}",
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise


def spans_now(say: Callable[[str], None]) -> Spans:
    """What this program tells its spans to; `say` is told where they are wanted and cannot be."""
    if not os.environ.get(ENDPOINT):
        return no_spans
    try:
        return _sending()
    except ModuleNotFoundError:
        say(NOT_INSTALLED)
        return no_spans


@cache
def _sending() -> TelemetrySpans:
    """One for the whole program. ModuleNotFoundError without the extra."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    sends = BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=SENT_AFTER_MS)
    return TelemetrySpans(provider_of(sends))


def provider_of(processor: SpanProcessor) -> TracerProvider:
    """Spans of this program, by `processor`. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES hold.

    ModuleNotFoundError without the extra.
    """
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

    own = Resource.create({"service.name": "senoscope", "service.version": __version__})
    provider = TracerProvider(resource=own.merge(OTELResourceDetector().detect()))
    provider.add_span_processor(processor)
    return provider


@dataclass(frozen=True, slots=True)
class WatchedStart:
    """Builds a reader as `build` does, in the process that reads, and tells how long that took."""

    build: BuildReader
    engine: str

    def __call__(self) -> FrameReader:
        """The reader."""
        with spans_now(_say_nothing)("engine.start", engine=self.engine):
            return self.build()


def _say_nothing(_words: str) -> None:
    """The program that started this one has said it."""


def watched_start(build: BuildReader, engine: str) -> BuildReader:
    """`build` itself where nobody watches."""
    return WatchedStart(build, engine) if os.environ.get(ENDPOINT) else build
