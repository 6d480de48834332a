"""`senoscope live`: the loop with its page, or without one to measure it."""

from __future__ import annotations

import json
import re
import signal
import sys
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senoscope import __version__
from senoscope.domain.errors import InstallationError, SenoscopeError, SettingsError, SourceLost
from senoscope.models.package import CLASSIFIER, load_package
from senoscope.realtime.igtl_out import IgtlOut
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.loop_report import LoopReport
from senoscope.realtime.sources.choose import normal_form
from senoscope.realtime.sources.framing import parse_framing, usual_framing
from senoscope.ui.access.accounts import accounts_file, accounts_now
from senoscope.ui.access.request_guard import is_this_machine
from senoscope.ui.access.tls import tls_of
from senoscope.ui.assemble import build_explainer, build_reader, operating_point
from senoscope.ui.calibration.calibration_session import CalibrationSession
from senoscope.ui.calibration.screen_templates import ScreenTemplates, template_folder
from senoscope.ui.calibration.site_calibration import fit_in_force
from senoscope.ui.engine_record import chosen_way
from senoscope.ui.live.live_session import LiveSession, SourceRules, WatchedSource, kept_folder
from senoscope.ui.logs import log_file, start_log
from senoscope.ui.named_source import named_source
from senoscope.ui.review.review_session import ReviewSession
from senoscope.ui.settings import Settings, load_settings, settings_file, snapshot_folder
from senoscope.ui.written import write_text

if TYPE_CHECKING:
    from senoscope.realtime.worker import BuildReader
    from senoscope.ui.app import PageSettings
    from senoscope.ui.commands.studies_at_hand import StudiesAtHand

HEADLESS_LIMIT_S = 3600.0
ONLY_HEADLESS = (
    "--frames, --every-frame and --report only go with --headless. Add it, or leave them."
)


def live(
    source: Annotated[
        str,
        typer.Option(help="phantom, camera:0, a folder, a video file or a stream's address."),
    ] = "",
    scan_area: Annotated[
        str,
        typer.Option(
            help="LEFT,TOP,WIDTH,HEIGHT in pixels, nothing outside is read or shown; found: the "
            "field of view is looked for; whole: all of it, with names that stand on it."
        ),
    ] = "",
    rate: Annotated[float | None, typer.Option(help="Frames a second; the source's own.")] = None,
    size: Annotated[
        str, typer.Option(help="COLUMNSxROWS in pixels, of phantom and folder frames.")
    ] = "1024x768",
    flat_out: Annotated[bool, typer.Option(help="As fast as a file can be read.")] = False,
    headless: Annotated[bool, typer.Option(help="No page: read frames, write --report.")] = False,
    frames: Annotated[int | None, typer.Option(min=1, help="Headless: stop after so many.")] = None,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Headless: the JSON file to write.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to serve on.", min=1, max=65535)] = 7860,
    password: Annotated[
        str | None,
        typer.Option(
            envvar="SENOSCOPE_PASSWORD",
            help="One for all, to serve other machines without `senoscope account`.",
        ),
    ] = None,
    snapshots: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder for snapshots.")
    ] = None,
    *,
    every_frame: Annotated[
        bool, typer.Option("--every-frame", help="Headless: read also what should not be read.")
    ] = False,
    prevalence: Annotated[
        float | None,
        typer.Option(help="Share of this site's lesions that are malignant; as in training."),
    ] = None,
    igtl_out: Annotated[
        int | None,
        typer.Option(
            help="Also send what is shown by OpenIGTLink, on this port.", min=1, max=65535
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            help="auto, the fastest that can be trusted here, or for example "
            "openvino-int8 (`senoscope engines` lists them)."
        ),
    ] = "auto",
    tls_certificate: Annotated[
        Path | None,
        typer.Option(envvar="SENOSCOPE_TLS_CERTIFICATE", help="PEM file: the page is https."),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(envvar="SENOSCOPE_TLS_KEY", help="PEM file of its key.")
    ] = None,
) -> None:
    """Read a source live and show it on a page."""
    if not headless and (every_frame or frames is not None or report is not None):
        raise SettingsError(ONLY_HEADLESS)
    tls, accounts = tls_of(tls_certificate, tls_key), accounts_now(accounts_file())
    start_log(log_file())
    stored = load_settings(settings_file())
    text = source or stored.source or "phantom"
    framing = parse_framing(scan_area) if scan_area else stored.framings.get(normal_form(text))
    rules = SourceRules(rate, _size(size), any_source=is_this_machine(host))
    picked = named_source(
        text, rate_hz=rate, flat_out=flat_out, size=rules.size, repeat=not headless
    )
    framing = framing or usual_framing(picked)
    # Asked for once here, so that a share that cannot be one is refused before anything starts.
    fit = fit_in_force()
    point = operating_point(load_package(CLASSIFIER), prevalence, fit)
    way, trial = chosen_way(engine, partial(typer.echo, err=True))
    reader = partial(build_reader, way, prevalence=prevalence, site_fit=fit)
    if headless:
        _measure(LiveLoop(picked, reader, framing, judges=not every_frame), frames, report)
        return
    # Gradio takes seconds to import, and no other command should wait for it.
    from senoscope.ui.app import PageSettings  # noqa: PLC0415

    watched = WatchedSource(text, picked)
    templates = ScreenTemplates(template_folder())
    loop = LiveLoop(watched, reader, framing, awaits_return=True, templates=templates.known)
    explainer = build_explainer(way, prevalence=prevalence, site_fit=fit)
    session = LiveSession(loop, watched, stored, settings_file(), rules, explainer)
    settings = PageSettings(
        snapshot_folder=snapshots or snapshot_folder(),
        operating_point=point,
        password=password,
        proof=None if trial.verdict is None else trial.verdict.mean_dice,
        ages=stored.ages,
        accounts=accounts,
        tls=tls,
    )
    review, studies = ReviewSession(reader, kept_folder()), _studies(reader, stored)
    calibration = _calibration(loop, session, templates)
    _serve(loop, session, review, calibration, studies, settings, (host, port), igtl_out)


def _studies(reader: BuildReader, stored: Settings) -> StudiesAtHand | None:
    """None, and said, where they cannot be kept: who scans must not be kept from it."""
    # Takes seconds, with the DICOM libraries, as Gradio does.
    from senoscope.ui.commands.studies_at_hand import StudiesAtHand  # noqa: PLC0415

    try:
        return StudiesAtHand(reader, kept_folder(), stored, settings_file().with_name("pacs.toml"))
    except SenoscopeError as error:
        typer.echo(f"Studies cannot be kept or read now, live view can. {error}", err=True)
        return None


def _calibration(
    loop: LiveLoop, session: LiveSession, templates: ScreenTemplates
) -> CalibrationSession:
    kept = kept_folder() / "latency.json"
    return CalibrationSession(loop, lambda: session.source, templates, kept)


def _serve(
    loop: LiveLoop,
    session: LiveSession,
    review: ReviewSession,
    calibration: CalibrationSession,
    studies: StudiesAtHand | None,
    settings: PageSettings,
    place: tuple[str, int],
    igtl_out: int | None,
) -> None:
    from senoscope.ui.app import build_app, serve  # noqa: PLC0415 - as above

    out = None if igtl_out is None else IgtlOut(igtl_out, settings.ages.gone_after_ms)
    desk = None if studies is None else studies.desk
    actions = replace(session.actions, review=review, calibration=calibration, studies=desk)
    app = build_app(loop, actions, settings)
    # A service manager ends programs by SIGTERM: the AI process and its memory must go too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Each is done whatever becomes of the others: the exam is kept where a review cannot be.
    with loop, ExitStack() as ending:
        if out is not None:
            out.start()
            ending.callback(out.stop)
            loop.subscribe(out.show)
        if studies is not None:
            ending.enter_context(studies)
            studies.keep_exams_of(loop, session)
            ending.callback(_say_keeping, studies)
        ending.callback(session.end_exam)
        ending.callback(review.close)
        serve(app, *place, _say_address, settings.tls)


def _say_keeping(studies: StudiesAtHand) -> None:
    """After the exam has ended: making its objects takes seconds, and whoever waits should know."""
    if studies.desk.job()["state"] == "reading":
        typer.echo("The exam is being kept as a study; this takes some seconds.", err=True)


def _say_address(address: str) -> None:
    typer.echo(f"Senoscope {__version__}: {address}")


def _measure(loop: LiveLoop, frames: int | None, report: Path | None) -> None:
    loop.start(wait_for_reader=True)
    try:
        ended = loop.wait(frames, HEADLESS_LIMIT_S)
        status = loop.status()
    finally:
        loop.stop()
    measured = _as_json(loop.report())
    if report is None:
        typer.echo(measured)
    else:
        write_text(report, measured + "\n")
    if not ended:
        raise SettingsError(
            f"Measuring was stopped after {HEADLESS_LIMIT_S:g} s; the report holds what came until "
            "then. Ask for fewer --frames, or name a source that ends."
        )
    if status.error:
        raise SourceLost(status.error)
    if status.ai_message:
        raise InstallationError(f"Not every frame could be read: {status.ai_message}")


def _as_json(report: LoopReport) -> str:
    return json.dumps(asdict(report), indent=2)


def _size(text: str) -> tuple[int, int]:
    sides = re.fullmatch(r"([0-9]{1,6})x([0-9]{1,6})", text)
    if sides is None:
        raise SettingsError(
            f"Size {text!r} was given; expected COLUMNSxROWS in pixels, for example 1024x768."
        )
    return int(sides[1]), int(sides[2])
