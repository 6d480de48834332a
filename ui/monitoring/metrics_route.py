"""`/metrics`, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterator

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.registry import Collector

from senoscope.ui.monitoring.loop_metrics import (
    frame_metrics,
    gauge,
    state_metrics,
    time_metrics,
)
from senoscope.ui.monitoring.observed import Observed
from senoscope.ui.monitoring.store_metrics import log_metrics, store_metrics

METRICS_PATH = "/metrics"


class Metrics(Collector):
    """Everything is read when it is asked for: no number is kept here."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed

    def collect(self) -> Iterator[Metric]:
        """One look at the books, one at the loop, and what is known of the store."""
        observed = self._observed
        books = observed.loop.books()
        yield from frame_metrics(books)
        yield from time_metrics(books)
        yield from state_metrics(observed.loop.status())
        yield gauge("viewers", "Browsers that watch live.", observed.viewers())
        yield from log_metrics(observed.logs.counts)
        if observed.store is not None:
            yield from store_metrics(observed.store)

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering asks nothing."""
        return iter(())


def add_metrics(app: FastAPI, observed: Observed) -> None:
    """Serve `METRICS_PATH`; who may ask is the guard's."""
    registry = CollectorRegistry()
    registry.register(Metrics(observed))
    # One at a time, on a thread of its own: asking often must not hold up what else is served.
    one_by_one = CapacityLimiter(1)

    @app.get(METRICS_PATH)
    async def metrics() -> Response:
        text = await to_thread.run_sync(generate_latest, registry, limiter=one_by_one)
        headers = {"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"}
        return Response(text, headers=headers)
