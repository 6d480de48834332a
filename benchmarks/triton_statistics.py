"""What Triton itself tells of the two networks: requests, time at work and time in line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from senoscope.models.engines.served_name import served_name
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision, load_package

STAGES = {"segment": SEGMENTER, "classify": CLASSIFIER}
Statistics = Mapping[str, Mapping[str, float]]


def statistics(client: Any, precision: Precision) -> Statistics:
    """Triton's own, of the two networks, since it started: requests, ms of compute and queue."""
    found = {}
    for stage, folder in STAGES.items():
        name = served_name(load_package(folder).weights(precision))
        told = client.get_inference_statistics(name).model_stats[0].inference_stats
        parts = (told.compute_input, told.compute_infer, told.compute_output)
        found[stage] = {
            "requests": told.success.count,
            "server_ms": sum(part.ns for part in parts) / 1e6,
            "server_queue_ms": told.queue.ns / 1e6,
        }
    return found


def since(before: Statistics, after: Statistics) -> dict[str, dict[str, float]]:
    """A request's, the mean."""
    found = {}
    for stage, told in after.items():
        requests = told["requests"] - before[stage]["requests"]
        found[stage] = {"requests": requests} | {
            each: round((told[each] - before[stage][each]) / max(requests, 1), 3)
            for each in ("server_ms", "server_queue_ms")
        }
    return found
