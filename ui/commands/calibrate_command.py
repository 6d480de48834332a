"""`senoscope calibrate`: how late pictures are, and whether a frame is read the same again."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from senoscope import __version__
from senoscope.calibration.latency import TOLERANCE_MS, FoundDelay, Latency, Stage
from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.calibration.repeatability import Kind, Reread, Still, reread, spreads
from senoscope.domain.errors import ImageError, PortInUse, SettingsError, SourceUnavailable
from senoscope.domain.frame import Frame, ScanArea
from senoscope.models.evaluation.kept_figures import as_json, estimate_cell, json_text, table
from senoscope.models.evaluation.metrics import Estimate
from senoscope.realtime.sources.base import Source
from senoscope.ui.assemble import build_reader
from senoscope.ui.commands.latency_run import filmed, tried_delays
from senoscope.ui.commands.pattern_server import PatternServer
from senoscope.ui.engine_record import chosen_way
from senoscope.ui.named_source import named_source
from senoscope.ui.written import write_text

PHANTOM = "phantom"
FIRST_PHANTOM = 200
"""Seeds from here: those before were looked at elsewhere."""
FRAMES_A_PHANTOM = 3
ALWAYS_UNTOLD = (
    "What a panel takes to light up after the browser has drawn: that needs a light sensor.",
    "What the scanner takes from echo to its own screen.",
)
LOOPBACK_UNTOLD = (
    "No screen was filmed: grabber is the drawing, encoding, sending and decoding of a stream."
)
FILMED_UNTOLD = (
    "The screen that shows the pattern apart from the grabber: grabber holds both, and up to one "
    "refresh of that screen."
)
NOT_READ_UNTOLD = "Reading: the AI read no frame; `senoscope doctor` says what is wrong with it."
NO_PAGE_UNTOLD = "Display: no page was open to draw the pictures."

calibrate = typer.Typer(
    help="Measure how late and how steady readings are; fit the probability to a site.",
    no_args_is_help=True,
)
Report = Annotated[
    Path | None, typer.Option(dir_okay=False, help="A JSON file to write all figures into.")
]
Engine = Annotated[str, typer.Option(help="As in `senoscope live`.")]
say = partial(typer.echo, err=True)


@calibrate.command()
def latency(
    source: Annotated[
        str, typer.Option(help="What films the page's pattern: camera:0 or a stream's address.")
    ] = "",
    loopback: Annotated[
        bool, typer.Option("--loopback", help="Film a stream that this command sends itself.")
    ] = False,
    self_test: Annotated[
        bool, typer.Option("--self-test", help="Put delays of 0 to 200 ms in and find them again.")
    ] = False,
    delay: Annotated[
        float, typer.Option(min=0, max=1000, help="Loopback: milliseconds to hold pictures back.")
    ] = 0.0,
    pictures: Annotated[int, typer.Option(min=20, max=100_000, help="So many are measured.")] = 300,
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds to wait until the pattern is seen.")
    ] = 120.0,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of the pattern's page; 0: any that is free.")
    ] = 0,
    engine: Engine = "auto",
    report: Report = None,
) -> None:
    """How late pictures are, by a pattern that tells the time: grabber, software, display."""
    if sum((bool(source), loopback, self_test)) != 1:
        raise SettingsError(
            "Expected one of --source, --loopback and --self-test. Where there is no camera or "
            "grabber to film a screen with, give --loopback."
        )
    try:
        server = PatternServer(port=port)
    except OSError as error:
        raise PortInUse(f"Port {port} is taken. Give --port another, or 0 for any.") from error
    with server:
        if self_test:
            found = tried_delays(server, pictures, say)
            typer.echo("\n".join(_delay_lines(found)))
            _write(report, {"self_test": found})
            if _worst(found) > TOLERANCE_MS:
                raise typer.Exit(1)
            return
        picked = named_source(server.stream(delay) if loopback else source)
        reader = partial(build_reader, chosen_way(engine, say).way)
        say(f"Pattern: {server.address} - full screen where the source films it.")
        measured, clock_ms = filmed(picked, reader, server, pictures, patience)
    untold = _untold(measured, loopback)
    typer.echo("\n".join(_latency_lines(measured, clock_ms, untold)))
    kept = {"latency": measured, "page_clock_within_ms": clock_ms, "untold": untold}
    _write(report, {**kept, "loopback": loopback, "delay_ms": delay})


def _untold(measured: Latency, loopback: bool) -> list[str]:
    untold = [LOOPBACK_UNTOLD if loopback else FILMED_UNTOLD]
    if not measured.reading.n:
        untold.append(NOT_READ_UNTOLD)
    if not measured.display.n:
        untold.append(NO_PAGE_UNTOLD)
    return [*untold, *ALWAYS_UNTOLD]


def _latency_lines(measured: Latency, clock_ms: float, untold: Sequence[str]) -> list[str]:
    stages = {
        "grabber: pattern drawn until in memory": measured.grabber,
        "software: in memory until published": measured.software,
        "both, of the same pictures": measured.until_published,
        "reading: in memory until its own reading was there": measured.reading,
        "display: published until drawn in the browser": measured.display,
    }
    rows = [(name, str(stage.n), *_percentiles(stage)) for name, stage in stages.items()]
    span = "-" if measured.span_p95_ms is None else f"{measured.span_p95_ms:.0f}"
    return [
        table(("milliseconds", "n", "p50", "p95", "p99"), rows),
        f"{measured.unread} of {measured.pictures} pictures could not be read; 95 % of the others "
        f"tell the time within {span} ms; a page's clock was off by {clock_ms:.1f} ms at most.",
        *(f"Cannot be told: {each}" for each in untold),
    ]


def _percentiles(stage: Stage) -> list[str]:
    return ["-" if each is None else f"{each:.1f}" for each in (stage.p50, stage.p95, stage.p99)]


def _delay_lines(found: Sequence[FoundDelay]) -> list[str]:
    rows = [
        (f"{each.asked_ms:g}", f"{each.held_ms:.1f}", f"{each.found_ms:.1f}",
         f"{each.error_ms:.1f}", str(each.n))
        for each in found
    ]  # fmt: skip
    worst = _worst(found)
    verdict = "within" if worst <= TOLERANCE_MS else "NOT within"
    return [
        table(("asked, ms", "held back", "found", "error", "n"), rows),
        f"Worst error {worst:.1f} ms, {verdict} {TOLERANCE_MS:g} ms.",
    ]


def _worst(found: Sequence[FoundDelay]) -> float:
    return max(each.error_ms for each in found)


@calibrate.command()
def repeatability(
    source: Annotated[
        str, typer.Option(help="phantom, a folder of images, a video file or a recording.")
    ] = PHANTOM,
    scan_area: Annotated[
        str, typer.Option(help="LEFT,TOP,WIDTH,HEIGHT in pixels; nothing outside is read.")
    ] = "",
    frames: Annotated[int, typer.Option(min=1, max=100_000, help="So many are read again.")] = 60,
    every: Annotated[int, typer.Option(min=1, help="Of a source: every so many frames.")] = 1,
    engine: Engine = "auto",
    report: Report = None,
) -> None:
    """Whether a frame is read the same when cut, stored, lit or scaled a little otherwise."""
    simulated = source.strip() == PHANTOM
    area = ScanArea.parse(scan_area) if scan_area else None
    picked = None if simulated else named_source(source, flat_out=True)
    reader = build_reader(chosen_way(engine, say).way)
    stills = _phantom_stills() if picked is None else _stills(picked, area, every)
    rereads: list[Reread] = []
    read = 0
    with typer.progressbar(
        islice(stills, frames), length=frames, label="Frames read again", file=sys.stderr
    ) as progress:
        for still in progress:
            rereads += reread(still, reader)
            read += 1
    if not read:
        raise SourceUnavailable(
            f"{source!r} gave no frame that can be read; expected at least one. Choose another."
        )
    simulated = simulated or (picked is not None and picked.simulated)
    figures = spreads(rereads)
    groups = len({each.group for each in rereads})
    about = _about_repeatability(simulated, read, groups)
    typer.echo("\n".join([about, "", repeatability_table(figures)]))
    description = reader.description
    kept = {
        "about": about,
        "simulated": simulated,
        "frames": read,
        "groups": groups,
        "engine": description.engine,
        "models": description.models,
        "spread": figures,
    }
    _write(report, kept)


def _about_repeatability(simulated: bool, frames: int, groups: int) -> str:
    what = "SIMULATED frames" if simulated else "Frames of the source"
    return (
        f"{what}: {frames}, of {groups} phantoms or files, by which intervals are drawn. How far a "
        "reading of a changed copy is from that of the frame; mean or percentile, 95 % interval."
    )


def repeatability_table(figures: dict[Kind, dict[str, Estimate]]) -> str:
    """A line a kind of copy."""
    keys = next(iter(figures.values())).keys()
    rows = [
        (
            kind.value,
            str(those["dice"].n),
            *(_cell(those[key]) for key in keys),
            str(those["flips"].n),
        )
        for kind, those in figures.items()
    ]
    return table(("copy", "n outlined", *keys, "n findings"), rows)


def _cell(figure: Estimate) -> str:
    return estimate_cell(as_json(figure))


def _phantom_stills() -> Iterator[Still]:
    seed = FIRST_PHANTOM
    while True:
        phantom = BModePhantom(seed)
        for frame in phantom.sweep(FRAMES_A_PHANTOM):
            yield Still(f"phantom {seed}", frame.pixels, phantom.pixel_spacing)
        seed += 1


def _stills(source: Source, area: ScanArea | None, every: int) -> Iterator[Still]:
    """Every so many frames, until the source ends; those that cannot be used are passed over."""
    source.open()
    try:
        came = 0
        while True:
            try:
                frame = source.grab()
            except ImageError as error:
                say(str(error))
                continue
            if frame is None:
                return
            if came % every == 0:
                yield _still(frame if area is None else area.crop(frame))
            came += 1
    finally:
        source.close()


def _still(frame: Frame) -> Still:
    return Still(f"frame {frame.index}", frame.pixels, frame.pixel_spacing)


def _write(report: Path | None, kept: dict[str, Any]) -> None:
    if report is not None:
        write_text(report, json_text({"senoscope": __version__, **kept}))
        typer.echo(f"Written to {report}")
