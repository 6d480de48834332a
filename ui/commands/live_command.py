"""`senoscope live`: the loop with its page, or without one to measure it."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from senoscope import __version__
from senoscope.domain.errors import InstallationError, SenoscopeError, SettingsError, SourceLost
from senoscope.domain.loopback import is_loopback
from senoscope.models.package import CLASSIFIER, load_package
from senoscope.realtime.igtl_out import IgtlOut
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.loop_report import LoopReport
from senoscope.realtime.sources.choose import is_built_in, normal_form, source_from_text
from senoscope.realtime.sources.clip import ClipSource
from senoscope.realtime.sources.framing import parse_framing, usual_framing
from senoscope.ui.access.accounts import accounts_file, accounts_now
from senoscope.ui.access.scrape_token import scrape_token
from senoscope.ui.access.tls import tls_of
from senoscope.ui.assemble import build_explainer, build_reader, operating_point
from senoscope.ui.calibration.calibration_session import CalibrationSession
from senoscope.ui.calibration.screen_templates import ScreenTemplates, template_folder
from senoscope.ui.calibration.site_calibration import fit_in_force
from senoscope.ui.commands.live_options import (
    Area,
    Engine,
    EveryFrame,
    FlatOut,
    Frames,
    Headless,
    Host,
    IgtlPort,
    Log,
    Password,
    Port,
    Prevalence,
    Rate,
    Report,
    Room,
    Size,
    Snapshots,
    SourceText,
    TlsCertificate,
    TlsKey,
)
from senoscope.ui.commands.room_at_hand import room_desk, room_named, teller_of, telling
from senoscope.ui.commands.stopping import TERMINATED, ended_by_sigterm
from senoscope.ui.engine_record import chosen_way
from senoscope.ui.listening import require_place
from senoscope.ui.live.live_session import LiveSession, SourceRules, WatchedSource, kept_folder
from senoscope.ui.logs import LogFormat, log_file, start_log
from senoscope.ui.monitoring.telemetry import spans_now, watched_start
from senoscope.ui.named_source import named_source
from senoscope.ui.review.review_session import ReviewSession
from senoscope.ui.settings import Settings, load_settings, settings_file, snapshot_folder
from senoscope.ui.written import write_text

if TYPE_CHECKING:
    from senoscope.domain.reading import OperatingPoint
    from senoscope.models.engines.ways import Way
    from senoscope.realtime.sources.base import Source
    from senoscope.realtime.worker import BuildReader
    from senoscope.ui.access.tls import Tls
    from senoscope.ui.app import PageSettings
    from senoscope.ui.calibration.site_calibration import SiteFit
    from senoscope.ui.commands.studies_at_hand import StudiesAtHand
    from senoscope.ui.rooms.room_teller import RoomTeller

HEADLESS_LIMIT_S = 3600.0
ONLY_HEADLESS = (
    "--frames, --every-frame and --report only go with --headless. Add it, or leave them."
)


def live(
    source: SourceText = "",
    scan_area: Area = "",
    rate: Rate = None,
    size: Size = "1024x768",
    flat_out: FlatOut = False,
    headless: Headless = False,
    frames: Frames = None,
    report: Report = None,
    host: Host = "127.0.0.1",
    port: Port = 7860,
    password: Password = None,
    snapshots: Snapshots = None,
    *,
    every_frame: EveryFrame = False,
    prevalence: Prevalence = None,
    igtl_out: IgtlPort = None,
    engine: Engine = "auto",
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    room: Room = None,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Read a source live and show it on a page."""
    if not headless and (every_frame or frames is not None or report is not None):
        raise SettingsError(ONLY_HEADLESS)
    tls = tls_of(tls_certificate, tls_key)
    stored = load_settings(settings_file())
    room = room_named(room, stored.room)
    start_log(log_file(), log_format, room)
    text = source or stored.source or "phantom"
    framing = parse_framing(scan_area) if scan_area else stored.framings.get(normal_form(text))
    rules = SourceRules(rate, _size(size), any_source=is_loopback(host))
    picked = named_source(
        text, rate_hz=rate, flat_out=flat_out, size=rules.size, repeat=not headless
    )
    framing = framing or usual_framing(picked)
    _require_opens(text, picked)
    # Asked for once here, so that a share that cannot be one is refused before anything starts.
    fit = fit_in_force()
    point = operating_point(load_package(CLASSIFIER), prevalence, fit)
    settings = None
    if not headless:
        settings = _page_settings(snapshots or snapshot_folder(), point, stored, password, tls)
        require_place(host, port, settings.asks_who)
    way, trial = chosen_way(engine, partial(typer.echo, err=True))
    reader = _reader(way, prevalence, fit)
    if settings is None:
        loop = LiveLoop(picked, reader, framing, judges=not every_frame)
        with ended_by_sigterm(TERMINATED), telling(teller_of(room, loop)):
            _measure(loop, frames, report)
        return
    settings = replace(settings, proof=None if trial.verdict is None else trial.verdict.mean_dice)
    watched = WatchedSource(text, picked)
    templates = ScreenTemplates(template_folder())
    loop = LiveLoop(watched, reader, framing, awaits_return=True, templates=templates.known)
    # An inference server is asked for the live picture alone: what can wait is read here.
    here = _reader(way.here, prevalence, fit)
    explainer = build_explainer(way.here, prevalence=prevalence, site_fit=fit)
    session = LiveSession(loop, watched, stored, settings_file(), rules, explainer)
    review, studies = ReviewSession(here, kept_folder()), _studies(here, stored)
    calibration, teller = _calibration(loop, session, templates), teller_of(room, loop)
    place = host, port
    _serve(loop, session, review, calibration, studies, settings, place, igtl_out, teller)


def _require_opens(text: str, picked: Source) -> None:
    """Refuse a file or folder of no use at once: trying the engines may take minutes."""
    normal = normal_form(text)
    # A clip was read when it was named; what is no file may be there in a moment.
    if isinstance(picked, ClipSource) or is_built_in(normal) or not Path(normal).exists():
        return
    tried = source_from_text(text)  # another one: a source may be opened once only
    try:
        tried.open()
    finally:
        tried.close()


def _reader(way: Way, prevalence: float | None, fit: SiteFit | None) -> BuildReader:
    reader = partial(build_reader, way, prevalence=prevalence, site_fit=fit)
    return watched_start(reader, way.title)


def _page_settings(
    snapshots: Path, point: OperatingPoint, stored: Settings, password: str | None, tls: Tls | None
) -> PageSettings:
    """SettingsError where nobody could tell who logs in."""
    # Gradio takes seconds to import, and no other command should wait for it.
    from senoscope.ui.app import PageSettings  # noqa: PLC0415

    accounts = accounts_now(accounts_file())
    return PageSettings(
        snapshots,
        point,
        password,
        ages=stored.ages,
        accounts=accounts,
        tls=tls,
        scrape_token=scrape_token(stored.metrics),
    )


def _studies(reader: BuildReader, stored: Settings) -> StudiesAtHand | None:
    """None, and said, where they cannot be kept: who scans must not be kept from it."""
    # Takes seconds, with the DICOM libraries, as Gradio does.
    from senoscope.ui.commands.studies_at_hand import StudiesAtHand  # noqa: PLC0415

    spans, pacs = spans_now(partial(typer.echo, err=True)), settings_file().with_name("pacs.toml")
    try:
        return StudiesAtHand(reader, kept_folder(), stored, pacs, spans)
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
    teller: RoomTeller | None,
) -> None:
    from senoscope.ui.app import build_app, serve  # noqa: PLC0415 - as above

    out = None if igtl_out is None else IgtlOut(igtl_out, settings.ages.gone_after_ms)
    desk = None if studies is None else studies.desk
    actions = replace(session.actions, review=review, calibration=calibration, studies=desk)
    if studies is not None:
        actions = replace(actions, rooms=room_desk(studies.store, teller))
    app = build_app(loop, actions, settings, None if studies is None else studies.watch)
    # A service manager ends programs by SIGTERM, which is no failure.
    # Each is done whatever becomes of the others: the exam is kept where a review cannot be.
    with ended_by_sigterm(0), telling(teller), loop, ExitStack() as ending:
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
