"""The loop's books as metrics: read when they are asked for, never counted a second time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)

from senoscope import __version__
from senoscope.realtime.histogram import BOUNDS_MS, NO_SPREAD, Spread
from senoscope.realtime.published import AiState, LoopStatus
from senoscope.realtime.run_books import RunBooks
from senoscope.realtime.timing import LATENCY


def frame_metrics(books: RunBooks) -> Iterator[Metric]:
    """Every captured frame's fate; they add up at every scrape."""
    yield _counter("frames_captured", "Frames captured since the start.", books.captured)
    yield _counter("frames_read", "Frames that were read.", books.read)
    yield _counter(
        "frames_duplicate", "Frames that showed what the one before showed.", books.duplicates
    )
    dropped = CounterMetricFamily(
        "senoscope_frames_dropped", "Frames not read, by cause.", labels=["cause"]
    )
    for cause, count in books.dropped.items():
        dropped.add_metric([cause.value], count)
    yield dropped
    yield gauge("frames_in_flight", "Frames captured and not settled yet.", books.in_flight)
    yield _counter(
        "frames_with_lesion", "Frames read on which something was found.", books.lesion_frames
    )
    yield _counter(
        "frames_unusable", "Pictures of the present source that were none.", books.unusable
    )
    yield _counter("frames_unshown", "Frames no viewer was in time for.", books.unshown)
    yield _counter(
        "engine_falls",
        "Frames a local engine read because the one that should have answered late or not.",
        books.engine_falls,
    )


def time_metrics(books: RunBooks) -> Iterator[Metric]:
    """How long it took, in fixed buckets."""
    until_read = HistogramMetricFamily(
        "senoscope_read_latency_seconds", "From a frame's capture to its reading; frames read."
    )
    _add(until_read, [], books.until_read)
    yield until_read
    ready = HistogramMetricFamily(
        "senoscope_ready_latency_seconds",
        "From a frame's capture until its picture and its reading were both ready to be shown.",
    )
    _add(ready, [], books.stages.get(LATENCY, NO_SPREAD))
    yield ready
    stages = HistogramMetricFamily(
        "senoscope_stage_seconds", "How long each stage took.", labels=["stage"]
    )
    for stage, spread in books.stages.items():
        if stage != LATENCY:
            _add(stages, [stage], spread)
    yield stages


def state_metrics(status: LoopStatus) -> Iterator[Metric]:
    """How the loop is doing."""
    yield gauge("frames_per_second", "Frames captured a second, lately.", status.fps)
    ai = GaugeMetricFamily("senoscope_ai_state", "1 of the state the AI is in.", labels=["state"])
    for state in AiState:
        ai.add_metric([state.value], status.ai_state is state)
    yield ai
    yield _counter("ai_restarts", "How often the AI was started again.", status.ai_restarts)
    there = not (status.ended or status.lost)
    yield gauge("source_up", "1 while the source is there.", there)
    yield gauge("source_simulated", "1 where the source is simulated.", status.simulated)
    yield gauge("loop_error", "1 while the page tells an error.", bool(status.error))
    yield _counter("exams_begun", "Live exams begun, the present one too.", status.exam.number)
    yield InfoMetricFamily(
        "senoscope_build",
        "What runs; engine and models are empty until the AI reads.",
        {
            "version": __version__,
            "engine": status.engine,
            "models": "; ".join(status.models),
        },
    )


def _counter(name: str, words: str, count: float) -> Metric:
    return CounterMetricFamily(f"senoscope_{name}", words, value=count)


def gauge(name: str, words: str, value: float) -> Metric:
    """One number that may rise and fall."""
    return GaugeMetricFamily(f"senoscope_{name}", words, value=value)


def _add(family: HistogramMetricFamily, labels: list[str], spread: Spread) -> None:
    """In seconds, each bucket with all that are shorter, as the format wants."""
    bounds = [*(str(bound / 1e3) for bound in BOUNDS_MS), "+Inf"]
    buckets = list(zip(bounds, accumulate(spread.counts), strict=True))
    family.add_metric(labels, buckets, spread.sum_ms / 1e3)
