"""How fast each engine runs each network here, and how far that is from what the core can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time

import numpy as np

from senoscope.domain.errors import SenoscopeError
from senoscope.models.engines.operations import operations
from senoscope.models.engines.ways import Way
from senoscope.models.package import ModelPackage, Precision

WARM_UP = 5


@dataclass(frozen=True, slots=True)
class EngineRow:
    """One network by one way; `refused` says why there are no figures.

    Times are of one run, from a picture of noise to the outputs. `cpu_ms` is the median of the
    process's processor time, all threads counted. `share_of_peak` is of what a core can do.
    """

    network: str
    way: str
    refused: str | None = None
    median_ms: float = 0.0
    p95_ms: float = 0.0
    cpu_ms: float = 0.0
    gflop_per_s: float = 0.0
    share_of_peak: float = 0.0


def engine_row(
    package: ModelPackage, way: Way, peaks: dict[Precision, float], runs: int
) -> EngineRow:
    """Time `runs` runs of `package` by `way`; `peaks` are operations a second."""
    try:
        engine = way.load(package)
        work = operations(package.weights(Precision.FP32))
    except SenoscopeError as error:
        return EngineRow(package.title, way.title, str(error))
    picture = np.random.default_rng(0).standard_normal(package.input_shape).astype(np.float32)
    took, used = timed(lambda: engine.run(picture), runs)
    per_s = work / (float(np.median(took)) / 1e3)
    return EngineRow(
        package.title,
        way.title,
        None,
        float(np.median(took)),
        float(np.percentile(took, 95)),
        float(np.median(used)),
        per_s / 1e9,
        per_s / peaks[way.precision],
    )


def timed(run: Callable[[], object], runs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each of `runs` calls: on the clock, and of the processor."""
    for _ in range(WARM_UP):
        run()
    took, used = [], []
    for _ in range(runs):
        began, began_cpu = perf_counter(), process_time()
        run()
        took.append((perf_counter() - began) * 1e3)
        used.append((process_time() - began_cpu) * 1e3)
    return took, used
