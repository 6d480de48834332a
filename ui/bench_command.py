"""`senoscope bench`: how fast the networks and the loop are on this machine."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import cv2
import typer

from senoscope import __version__
from senoscope.calibration.engine_benchmark import EngineRow, engine_row
from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.errors import SourceUnavailable
from senoscope.models.engines.peak import peak
from senoscope.models.engines.ways import WAYS, way_from_text
from senoscope.models.package import Precision, load_package, shipped_packages
from senoscope.realtime.loop_benchmark import CODECS, LoopRow, loop_row, write_clip
from senoscope.realtime.sources.base import Source
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.realtime.sources.video_file import VideoFileSource
from senoscope.ui.assemble import build_reader
from senoscope.ui.engine_record import chosen_way
from senoscope.ui.written import write_text

SIZES = ((512, 384), (1024, 768), (1920, 1080))
SWEEP = 60
"""Frames of the phantom: rendering them takes longer than reading them."""
VIEWERS, STREAMS = (1, 8), 2

bench = typer.Typer(help="Measure speed on this machine.", no_args_is_help=True)
Report = Annotated[Path | None, typer.Option(help="A JSON file to write all figures into.")]
Say = Callable[[str], None]


@bench.command()
def engines(
    report: Report = None,
    runs: Annotated[int, typer.Option(min=1, help="Timed runs of each.")] = 100,
) -> None:
    """Every network by every engine: milliseconds, and how far from what a core can do."""
    say = partial(typer.echo, err=True)
    cv2.setNumThreads(1)
    say("measuring what a core can do")
    peaks = {precision: peak(precision) for precision in Precision}
    rows = []
    for folder in shipped_packages():
        package = load_package(folder)
        for way in WAYS:
            say(f"{package.title} by {way.title}")
            rows.append(engine_row(package, way, peaks, runs))
    typer.echo("\n".join(engine_table(rows)))
    for precision, per_s in peaks.items():
        typer.echo(f"A core can do {per_s / 1e9:.0f} GFLOP/s in {precision}.")
    found = {"peak_per_s": {str(key): value for key, value in peaks.items()}}
    _write(report, found | {"runs": runs, "rows": [asdict(row) for row in rows]})


@bench.command()
def loop(
    report: Report = None,
    rate: Annotated[float, typer.Option(min=1, max=240, help="Frames a second.")] = 30.0,
    frames: Annotated[int, typer.Option(min=10, help="Of each run.")] = 300,
    engine: Annotated[str, typer.Option(help="As in `senoscope live`.")] = "auto",
) -> None:
    """The whole loop: sizes, kinds of source, viewers, streams."""
    say = partial(typer.echo, err=True)
    way = chosen_way(engine, say).way if engine == "auto" else way_from_text(engine)
    reader = partial(build_reader, way)
    rows = []
    with TemporaryDirectory() as place:
        for name, sources, viewers in _runs(rate, Path(place), say):
            say(name)
            rows.append(loop_row(name, sources, reader, frames, viewers))
    typer.echo("\n".join(loop_table(rows)))
    found = {"rate_hz": rate, "frames": frames, "engine": way.title}
    _write(report, found | {"rows": [row.as_json() for row in rows]})


def _runs(
    rate_hz: float, place: Path, say: Say
) -> Iterable[tuple[str, list[Callable[[], Source]], int]]:
    """What each run is called, its sources, and how many watch."""
    for size in SIZES:
        raw = partial(PhantomSource, 0, rate_hz, size, SWEEP)
        named = f"{size[0]}x{size[1]}"
        yield f"{named} raw", [raw], 0
        if size == SIZES[0]:
            continue
        for codec in CODECS:
            say(f"writing a clip of {named} in {codec}")
            yield f"{named} {codec}", [partial(_clip, place, codec, size, rate_hz)], 0
        if size == SIZES[1]:
            for viewers in VIEWERS:
                yield f"{named} raw, {viewers} watching", [raw], viewers
            yield f"{named} raw, {STREAMS} streams", [raw] * STREAMS, 0


def _clip(place: Path, codec: str, size: tuple[int, int], rate_hz: float) -> Source:
    frames = (frame.pixels for frame in BModePhantom(0, *size).sweep(SWEEP))
    try:
        file = write_clip(frames, place, codec, rate_hz)
    except OSError as error:
        raise SourceUnavailable(f"A clip cannot be written ({error}). Free disk space.") from error
    return VideoFileSource(file, rate_hz, repeat=True)


def engine_table(rows: Iterable[EngineRow]) -> list[str]:
    """For a terminal."""
    lines = [
        f"{'network':22}{'engine':20}{'median':>8}{'p95':>8}{'CPU-ms':>8}{'GFLOP/s':>9}  of peak"
    ]
    for row in rows:
        start = f"{row.network:22}{row.way:20}"
        lines.append(
            f"{start}not used: {_first_sentence(row.refused)}"
            if row.refused
            else f"{start}{row.median_ms:8.2f}{row.p95_ms:8.2f}{row.cpu_ms:8.2f}"
            f"{row.gflop_per_s:9.1f}{row.share_of_peak:9.0%}"
        )
    return lines


def loop_table(rows: Iterable[LoopRow]) -> list[str]:
    """For a terminal."""
    lines = [
        f"{'run':32}{'read':>12}{'p50':>7}{'p95':>7}{'CPU-ms':>8}{'source':>8}  median of stages"
    ]
    for row in rows:
        report = row.report
        if report is None or report.latency_ms is None:
            lines.append(
                f"{row.name:32}not measured: {_first_sentence(row.refused or 'No frame was read.')}"
            )
            continue
        stages = (f"{name} {times.p50:.1f}" for name, times in report.stage_ms.items())
        lines.append(
            f"{row.name:32}{report.read:5} of {report.captured:<4}"
            f"{report.latency_ms.p50:7.1f}{report.latency_ms.p95:7.1f}"
            f"{report.cpu_ms_per_frame or 0:8.1f}{report.source_cpu_ms_per_frame or 0:8.1f}"
            f"  {', '.join(stages)}"
        )
    return lines


def _first_sentence(reason: str) -> str:
    """The report has the rest."""
    return reason.split(". ", maxsplit=1)[0].rstrip(".") + "."


def _write(report: Path | None, found: dict[str, Any]) -> None:
    if report is not None:
        about = {
            "senoscope": __version__,
            "processors": os.cpu_count(),
            "instructions": cv2.getCPUFeaturesLine(),
            "held_to": os.environ.get("ONEDNN_MAX_CPU_ISA", ""),
            "python": platform.python_version(),
        }
        write_text(report, json.dumps({"about": about, **found}, indent=2) + "\n")
        typer.echo(f"Written to {report}")
