"""The web application: live routes, login and pages in one server."""

from __future__ import annotations

import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import gradio as gr
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from senoscope.domain.errors import SettingsError
from senoscope.domain.reading import OperatingPoint
from senoscope.realtime.published import LoopStatus, PublishedFrame
from senoscope.ui.access.accounts import Accounts, check_password, shared_accounts
from senoscope.ui.access.login import Login, add_login, anyone, person_of
from senoscope.ui.access.login_sessions import LoginSessions
from senoscope.ui.access.request_guard import RequestGuard, UserOf, is_this_machine
from senoscope.ui.access.roles import DUTIES, LOCAL
from senoscope.ui.access.tls import Tls, context_of, tls_warning
from senoscope.ui.calibration.calibration_route import CALIBRATION_PATH, add_calibration
from senoscope.ui.frames.key_frames_route import add_key_frames
from senoscope.ui.frames.overlay import USUAL_AGES, MaskAges
from senoscope.ui.listening import listening, require_guarded
from senoscope.ui.live.actions_route import add_actions
from senoscope.ui.live.calipers_route import add_calipers
from senoscope.ui.live.exam_route import add_exam
from senoscope.ui.live.frame_hub import FrameHub
from senoscope.ui.live.live_actions import LiveActions
from senoscope.ui.live.live_route import add_live_route
from senoscope.ui.live.why_route import add_why_route
from senoscope.ui.pages.calibration import calibration_page, calibration_style
from senoscope.ui.pages.case import case_page, case_style
from senoscope.ui.pages.live import live_page, live_style
from senoscope.ui.pages.proof import proof_page, proof_style
from senoscope.ui.pages.review import review_page, review_style
from senoscope.ui.pages.risk import risk_page, risk_style
from senoscope.ui.pages.studies import studies_page, studies_style
from senoscope.ui.review.review_route import REVIEW_PATH, add_review

if TYPE_CHECKING:
    from senoscope.ui.studies.study_desk import StudyDesk

THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]", "::1"]


class FrameFeed(Protocol):
    """What the page needs of the loop."""

    def status(self) -> LoopStatus:
        """How it is doing now."""

    def subscribe(self, callback: Callable[[PublishedFrame], None]) -> Callable[[], None]:
        """Call back for every frame, on the loop's thread; returns what ends that."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """`snapshot_folder` is made when first needed.

    Who logs in: by one `password` all, or by `accounts` each, never both; where both are None
    nobody does, and the page is for this machine only. `tls` None: served readable.
    `proof`: the mean Dice of what reads with the fp32 reference, None where it was not compared.
    `ages`: how old a reading may be to be drawn.
    """

    snapshot_folder: Path
    operating_point: OperatingPoint
    password: str | None = None
    proof: float | None = None
    ages: MaskAges = USUAL_AGES
    accounts: Callable[[], Accounts] | None = None
    tls: Tls | None = None

    @property
    def asks_who(self) -> bool:
        """Whether somebody has to log in."""
        return self.password is not None or self.accounts is not None

    def __post_init__(self) -> None:
        if self.password is None:
            return
        if self.accounts is not None:
            raise SettingsError(
                "One password for all was given, and there are accounts; with both, nobody knows "
                "who signed. Leave --password and SENOSCOPE_PASSWORD out, or remove the accounts."
            )
        check_password(self.password)


def build_app(loop: FrameFeed, actions: LiveActions, settings: PageSettings) -> FastAPI:
    """Everything the server serves. The loop runs already, or will be started by the caller."""
    hub = FrameHub(loop.status, settings.ages)

    @contextlib.asynccontextmanager
    async def following(_app: FastAPI) -> AsyncIterator[None]:
        unsubscribe = loop.subscribe(hub.publish)
        try:
            yield
        finally:
            unsubscribe()

    app = FastAPI(lifespan=following, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.asks_who = settings.asks_who
    user_of = _guarded(app, settings)
    add_live_route(app, hub, user_of)
    add_actions(app, hub, actions, settings.snapshot_folder)
    add_exam(app, actions, user_of)
    add_why_route(app, hub, actions.explain)
    add_key_frames(app, actions.key_frames)
    add_calipers(app, hub, actions.review)
    if actions.review is not None:
        add_review(app, actions.review)
    if actions.calibration is not None:
        add_calibration(app, actions.calibration)
    if actions.studies is not None:
        _add_study_routes(app, actions.studies, user_of)
    app.add_api_route("/person", _who_asks)
    # Added last, so asked first.
    app.add_middleware(RequestGuard)
    auth = user_of if settings.asks_who else None
    return _with_pages(app, actions, settings, auth)


def _add_study_routes(app: FastAPI, studies: StudyDesk, user_of: UserOf) -> None:
    # Takes seconds, with the DICOM libraries: only where it is served.
    from senoscope.ui.cases.case_route import add_case  # noqa: PLC0415
    from senoscope.ui.mri.mri_route import add_mri  # noqa: PLC0415
    from senoscope.ui.proof.proof_route import add_proof  # noqa: PLC0415
    from senoscope.ui.risk.risk_route import add_risk  # noqa: PLC0415
    from senoscope.ui.studies.study_route import add_studies  # noqa: PLC0415

    add_studies(app, studies, user_of)
    add_mri(app, studies.seen, studies.correct_phases, user_of)
    add_case(app, studies.seen)
    add_risk(app, studies.seen)
    add_proof(app, studies, user_of)


def _who_asks(request: Request) -> dict[str, Any]:
    """Pages show as such what a role may not do; where nobody logs in, they do not ask."""
    person = person_of(request)
    if person is None:
        raise HTTPException(401)
    return {"name": person.name, "role": person.role, "duties": sorted(DUTIES[person.role])}


def _with_pages(
    app: FastAPI, actions: LiveActions, settings: PageSettings, auth: UserOf | None
) -> FastAPI:
    """The live page last: its path holds every other."""
    served = {
        "live": True,
        "review": actions.review is not None,
        "studies": actions.studies is not None,
        "risk": actions.studies is not None,
        "proof": actions.studies is not None,
        "calibration": actions.calibration is not None,
        "login": settings.asks_who,
    }
    ways = [name for name, is_served in served.items() if is_served]
    if "studies" in ways:
        app = _mounted(app, studies_page(ways), "/studies", studies_style(), auth)
        app = _mounted(app, case_page(ways), "/case", case_style(), auth)
        app = _mounted(app, risk_page(ways), "/risk", risk_style(), auth)
        app = _mounted(app, proof_page(ways), "/proof", proof_style(), auth)
    if "calibration" in ways:
        path = CALIBRATION_PATH.rstrip("/")
        app = _mounted(app, calibration_page(ways), path, calibration_style(), auth)
    if "review" in ways:
        review = review_page(settings.operating_point, ways)
        app = _mounted(app, review, REVIEW_PATH.rstrip("/"), review_style(), auth)
    page = live_page(
        settings.operating_point,
        explains=actions.explain is not None,
        proof=settings.proof,
        ways=ways,
    )
    return _mounted(app, page, "/", live_style(), auth)


def _mounted(app: FastAPI, page: gr.Blocks, path: str, head: str, auth: UserOf | None) -> FastAPI:
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path=path,
        auth_dependency=auth,
        run_history=False,
        footer_links=[],
        max_file_size="1mb",
        theme=gr.themes.Base(font="system-ui", font_mono="ui-monospace"),
        head=head,
        ssr_mode=False,
        enable_monitoring=False,
    )
    # Gradio compresses its files, but not the page, which is the largest.
    gradio_app = cast("FastAPI", cast("Mount", mounted.routes[-1]).app)
    gradio_app.add_middleware(GZipMiddleware)
    return mounted


def _guarded(app: FastAPI, settings: PageSettings) -> UserOf:
    accounts = settings.accounts
    if settings.password is not None:
        accounts = shared_accounts(settings.password)
    if accounts is not None:
        login = Login(LoginSessions(accounts, named=settings.password is None))
        add_login(app, login)
        app.state.person_of = login.person_of
        return login.user_of
    # Another site may let its own name point to this machine; its pages then look like ours.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=THIS_MACHINE, www_redirect=False)
    app.state.person_of = anyone
    return lambda _connection: LOCAL.name


def serve(
    app: FastAPI, host: str, port: int, say: Callable[[str], None], tls: Tls | None = None
) -> None:
    """Serve until interrupted; `say` is told the page's address once it is taken.

    What a site should mend is said on stderr. PortInUse, or SettingsError for a host that must not
    be used.
    """
    require_guarded(host, app.state.asks_who)
    warning = tls_warning(tls) if tls is not None else _readable(host)
    if warning is not None:
        sys.stderr.write(f"senoscope: {warning}\n")
    with listening(host, port) as listener:
        say(f"{page_address(host, port, tls is not None)} (Ctrl-C ends it)")
        uvicorn.Server(server_config(app, tls)).run(sockets=[listener])


def _readable(host: str) -> str | None:
    if is_this_machine(host):
        return None
    return (
        "without TLS, passwords and pictures travel readable through the network. Give "
        "--tls-certificate FILE and --tls-key FILE, or let a TLS proxy on this machine ask "
        "127.0.0.1."
    )


def server_config(app: FastAPI, tls: Tls | None = None) -> uvicorn.Config:
    """How the page is served. Compressing JPEG again would double the server's work."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        ws_per_message_deflate=False,
        ws_max_size=2**16,
        timeout_graceful_shutdown=3,
        ssl_certfile=None if tls is None else str(tls.certificate),
        ssl_keyfile=None if tls is None else str(tls.key),
    )
    if tls is not None:
        # uvicorn's choice of versions and ciphers is another with each of its versions.
        config.load()
        config.ssl = context_of(tls)
    return config


def page_address(host: str, port: int, tls: bool = False) -> str:
    """What a browser opens; where `host` is every address, one that other machines reach."""
    scheme = "https" if tls else "http"
    if host in ("", "0.0.0.0"):
        host = _own_address(socket.AF_INET, "192.0.2.1")
    elif host == "::":
        host = _own_address(socket.AF_INET6, "2001:db8::1")
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _own_address(family: socket.AddressFamily, elsewhere: str) -> str:
    """The address this machine would call `elsewhere` from; its name where it has none."""
    with socket.socket(family, socket.SOCK_DGRAM) as unsent:
        try:
            unsent.connect((elsewhere, 9))  # sends nothing, only picks the way
        except OSError:
            return socket.gethostname()
        return str(unsent.getsockname()[0])
