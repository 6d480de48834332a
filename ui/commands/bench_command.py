"""`senoscope bench`: how fast the networks and the loop are on this machine."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, TypeVar

import cv2
import typer

from senoscope import __version__
from senoscope.calibration.engine_benchmark import EngineRow, engine_rows
from senoscope.models.engines.openvino import LIMIT
from senoscope.models.engines.peak import beyond_avx2, kernels, peaks, processor
from senoscope.models.engines.ways import WAYS, Way
from senoscope.models.package import ModelPackage, load_package, shipped_packages
from senoscope.realtime.loop_benchmark import RUNS, loop_row
from senoscope.ui.assemble import build_reader
from senoscope.ui.commands.bench_tables import engine_table, loop_table, peak_lines
from senoscope.ui.engine_record import ENGINE_PACKAGES, chosen_way, way_named
from senoscope.ui.written import write_text

AVX2 = "AVX2"
ENGINES_METHOD = (
    "Each network by each engine, one thread, one picture of noise over and over, after a warm-up. "
    "median_ms and p95_ms on the clock; cpu_ms is processor time, the mean. gflop_per_s: "
    "multiplications and additions of convolutions and matrix products, counted from the fp32 "
    "file, over processor time; share_of_peak: of what four dense 3x3 convolutions with 256 "
    "channels reach by OpenVINO on one core in the same precision."
)
LOOP_METHOD = (
    "The live loop without a page, on a simulated breast: pictures from memory (raw) or a clip "
    "written beforehand. Processor time is per captured frame, of all processes from grab to "
    "encoded picture, without the source's, which stands apart; latency_ms is from capture until "
    "picture and reading are both ready; stage_ms is on the clock. Viewers take a copy of each "
    "picture in the process; nothing is sent."
)

bench = typer.Typer(help="Measure speed on this machine.", no_args_is_help=True)
Report = Annotated[
    Path | None, typer.Option(dir_okay=False, help="A JSON file to write all figures into.")
]
Say = Callable[[str], None]
Result = TypeVar("Result")


@bench.command()
def engines(
    report: Report = None,
    runs: Annotated[
        int, typer.Option(min=1, help="Timed runs of each network by each engine.")
    ] = 100,
) -> None:
    """Every network by every engine, beside what a core can do; again held to AVX2."""
    packages = [load_package(folder) for folder in shipped_packages()]
    found = _with_avx2(lambda: _engines(packages, runs), _why_not_avx2())
    _write(report, {"method": ENGINES_METHOD, "runs": runs, **found})


@bench.command()
def loop(
    report: Report = None,
    rate: Annotated[float, typer.Option(min=1, max=240, help="Frames a second.")] = 30.0,
    frames: Annotated[int, typer.Option(min=10, help="Frames of each run.")] = 150,
    engine: Annotated[str, typer.Option(help="As in `senoscope live`.")] = "auto",
) -> None:
    """The whole loop: sizes, clips, lesions, viewers, streams; again held to AVX2."""
    way = chosen_way(engine, _say).way if engine == "auto" else way_named(engine)
    # A server's own answers are measured: the network here would be written down under its name.
    way = replace(way, alone=True)
    with TemporaryDirectory() as place:
        found = _with_avx2(lambda: _loops(way, rate, frames, Path(place)), _why_not_avx2(way))
    _write(report, {"method": LOOP_METHOD, "rate_hz": rate, "frames": frames, **found})


def _with_avx2(measure: Callable[[], dict[str, Any]], why_not: str | None) -> dict[str, Any]:
    """What is measured, and under "avx2" the same again or why not."""
    found = measure()
    if why_not is not None:
        typer.echo(why_not)
        return found | {"avx2": {"not_measured": why_not}}
    typer.echo(f"\nHeld to {AVX2}:")
    with held_to(AVX2):
        return found | {"avx2": measure()}


def _engines(packages: Sequence[ModelPackage], runs: int) -> dict[str, Any]:
    """Measure and print; the figures for the report."""
    _say("what a core can do")
    best = apart(peaks)
    per_s = {kind: peak.per_s for kind, peak in best.items()}
    rows = []
    for way in WAYS:
        _say(way.title)
        rows += _rows(way, packages, per_s, runs)
    rows.sort(key=lambda row: row.network)
    typer.echo("\n".join([*engine_table(rows), *peak_lines(best)]))
    return {
        "peaks": {kind: asdict(peak) for kind, peak in best.items()},
        "rows": [asdict(row) for row in rows],
    }


def _rows(
    way: Way, packages: Sequence[ModelPackage], per_s: dict[str, float], runs: int
) -> list[EngineRow]:
    limit = os.environ.get(LIMIT)
    if limit and not is_held(way):
        reason = f"It cannot be held to {limit}: only OpenVINO can."
        return [EngineRow(package.title, way.title, reason) for package in packages]
    try:
        return apart(engine_rows, way, packages, per_s, runs)
    except BrokenProcessPool:
        reason = "It ended the process that ran it. Update the driver or the library."
        return [EngineRow(package.title, way.title, reason) for package in packages]


def _loops(way: Way, rate_hz: float, frames: int, place: Path) -> dict[str, Any]:
    """Measure and print; the figures for the report."""
    if os.environ.get(LIMIT) == AVX2:
        way = _without_bfloat16(way)
    rows = []
    for run in RUNS:
        _say(run.name)
        source = partial(run.shown.source, rate_hz, place)
        rows.append(loop_row(run, source, partial(build_reader, way), frames))
    typer.echo("\n".join(loop_table(rows)))
    return {"engine": way.title, "rows": [asdict(row) for row in rows]}


def apart(task: Callable[..., Result], *given: object) -> Result:
    """What `task` gives in a process of its own, which loads its libraries anew.

    BrokenProcessPool where it ends that process.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(task, *given).result()


@contextmanager
def held_to(instructions: str) -> Iterator[None]:
    """Processes started meanwhile hold OpenVINO to `instructions`; those that run do not."""
    os.environ[LIMIT] = instructions
    try:
        yield
    finally:
        del os.environ[LIMIT]


def is_held(way: Way) -> bool:
    """Whether the limit reaches `way`: the other libraries do not look at it."""
    return way.engine.startswith("openvino")


def _why_not_avx2(way: Way | None = None) -> str | None:
    """Why there is nothing to measure with AVX2 alone; None: there is."""
    if limit := os.environ.get(LIMIT):
        return f"Held to {limit} by {LIMIT}, so not measured again held to {AVX2}."
    if way is not None and not is_held(way):
        return f"{way.title} cannot be held to {AVX2}: only OpenVINO can."
    used = kernels()
    if not beyond_avx2(used):
        names = ", ".join(used)
        return f"OpenVINO uses nothing beyond {AVX2} here ({names}): held to it, it does the same."
    return None


def _without_bfloat16(way: Way) -> Way:
    """AVX2 has none."""
    return Way("openvino", way.precision) if way.engine == "openvino-bf16" else way


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _write(report: Path | None, found: dict[str, Any]) -> None:
    if report is not None:
        write_text(report, json.dumps({"about": about(), **found}, indent=2) + "\n")
        typer.echo(f"Written to {report}")


def about() -> dict[str, Any]:
    """When and on what, without the machine's name."""
    return {
        "date": date.today().isoformat(),
        "senoscope": __version__,
        "processor": processor(),
        "processors": os.cpu_count(),
        "instructions": cv2.getCPUFeaturesLine(),
        "kernels": kernels(),
        "held_to": os.environ.get(LIMIT, ""),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": dict(_versions()),
    }


def _versions() -> Iterator[tuple[str, str]]:
    for name in ("opencv-python", *ENGINE_PACKAGES):
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
