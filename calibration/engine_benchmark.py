"""How fast each engine runs each network here, and how far that is from what the core can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

import numpy as np

from senoscope.domain.errors import SenoscopeError
from senoscope.models.engines.operations import operations
from senoscope.models.engines.ways import Way
from senoscope.models.package import ModelPackage, Precision

WARM_UP = 5


@dataclass(frozen=True, slots=True)
class EngineFigures:
    """Of one run, from a picture of noise to the outputs.

    `cpu_ms` is the process's processor time, all threads counted, the mean of all runs.
    `gflop_per_s` are operations a second of that time, and `share_of_peak` of what a core can do;
    None of an engine that computes on a card.
    """

    median_ms: float
    p95_ms: float
    cpu_ms: float
    gflop_per_s: float | None
    share_of_peak: float | None


@dataclass(frozen=True, slots=True)
class EngineRow:
    """One network by one way; `refused` says why there are no figures."""

    network: str
    way: str
    refused: str | None = None
    figures: EngineFigures | None = None


def engine_rows(
    way: Way, packages: Sequence[ModelPackage], peaks: Mapping[str, float], runs: int
) -> list[EngineRow]:
    """Time `runs` runs of each package by `way`.

    `peaks` are operations a second of processor time, by `peak_kind`.
    """
    return [_row(way, package, peaks, runs) for package in packages]


def peak_kind(way: Way) -> str | None:
    """What `way` multiplies in: "int8", "bf16" or "fp32". None: not on the processor."""
    if way.engine == "tensorrt":
        return None
    if way.precision is Precision.INT8:
        return "int8"
    return "bf16" if way.engine == "openvino-bf16" else "fp32"


def _row(way: Way, package: ModelPackage, peaks: Mapping[str, float], runs: int) -> EngineRow:
    try:
        engine = way.load(package)
        work = operations(package.weights(Precision.FP32))
        picture = np.random.default_rng(0).standard_normal(package.input_shape).astype(np.float32)
        took, cpu_ms = timed(lambda: engine.run(picture), runs)
    except SenoscopeError as error:
        return EngineRow(package.title, way.title, str(error))
    # Whatever an optional library throws is a reason to have no figures.
    except Exception as error:  # noqa: BLE001
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return EngineRow(package.title, way.title, reason)
    kind = peak_kind(way)
    per_s = None if kind is None else work / (cpu_ms / 1e3)
    return EngineRow(
        package.title,
        way.title,
        None,
        EngineFigures(
            float(np.median(took)),
            float(np.percentile(took, 95)),
            cpu_ms,
            None if per_s is None else per_s / 1e9,
            None if per_s is None or kind is None else per_s / peaks[kind],
        ),
    )


def timed(run: Callable[[], object], runs: int) -> tuple[list[float], float]:
    """Milliseconds on the clock of each of `runs` calls, and of the processor of one on average.

    Some systems count processor time in ticks that are longer than a call.
    """
    for _ in range(WARM_UP):
        run()
    took = []
    began_cpu = process_time()
    for _ in range(runs):
        began = perf_counter()
        run()
        took.append((perf_counter() - began) * 1e3)
    return took, (process_time() - began_cpu) * 1e3 / runs
