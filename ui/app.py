"""The web application: live routes, login and pages in one server."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import uvicorn
import uvicorn.config
from fastapi import FastAPI, HTTPException, Request
from starlette.middleware.trustedhost import TrustedHostMiddleware

from senoscope.domain.errors import SettingsError
from senoscope.domain.loopback import is_loopback
from senoscope.domain.reading import OperatingPoint
from senoscope.realtime.published import PublishedFrame
from senoscope.ui.access.accounts import Accounts, check_password, shared_accounts
from senoscope.ui.access.login import Login, add_login, anyone, person_of
from senoscope.ui.access.login_sessions import LoginSessions
from senoscope.ui.access.request_guard import RequestGuard, UserOf
from senoscope.ui.access.roles import DUTIES, LOCAL
from senoscope.ui.access.scrape_token import ScrapeToken
from senoscope.ui.access.tls import Tls, context_of, tls_warning
from senoscope.ui.calibration.calibration_route import add_calibration
from senoscope.ui.frames.key_frames_route import add_key_frames
from senoscope.ui.frames.overlay import USUAL_AGES, MaskAges
from senoscope.ui.listening import listening, page_address, require_guarded
from senoscope.ui.live.actions_route import add_actions
from senoscope.ui.live.calipers_route import add_calipers
from senoscope.ui.live.exam_route import add_exam
from senoscope.ui.live.frame_hub import FrameHub
from senoscope.ui.live.live_actions import LiveActions
from senoscope.ui.live.live_route import add_live_route
from senoscope.ui.live.why_route import add_why_route
from senoscope.ui.monitoring.monitoring_routes import add_monitoring, needs_no_login
from senoscope.ui.monitoring.observed import BookedLoop, Observed
from senoscope.ui.monitoring.store_watch import StoreWatch
from senoscope.ui.review.review_route import add_review
from senoscope.ui.served_pages import with_pages

if TYPE_CHECKING:
    from senoscope.ui.studies.study_desk import StudyDesk

THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]", "::1"]


class FrameFeed(BookedLoop, Protocol):
    """What the page needs of the loop."""

    def subscribe(self, callback: Callable[[PublishedFrame], None]) -> Callable[[], None]:
        """Call back for every frame, on the loop's thread; returns what ends that."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """`snapshot_folder` is made when first needed.

    Who logs in: by one `password` all, or by `accounts` each, never both; where both are None
    nobody does, and the page is for this machine only. `tls` None: served readable.
    `proof`: the mean Dice of what reads with the fp32 reference, None where it was not compared.
    `ages`: how old a reading may be to be drawn. `scrape_token`: who sends it may ask for metrics.
    """

    snapshot_folder: Path
    operating_point: OperatingPoint
    password: str | None = None
    proof: float | None = None
    ages: MaskAges = USUAL_AGES
    accounts: Callable[[], Accounts] | None = None
    tls: Tls | None = None
    scrape_token: ScrapeToken | None = None

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


def build_app(
    loop: FrameFeed,
    actions: LiveActions,
    settings: PageSettings,
    store: StoreWatch | None = None,
) -> FastAPI:
    """Everything the server serves. The loop runs already, or will be started by the caller.

    `store` is watched from outside; None where no studies are kept.
    """
    hub = FrameHub(loop.status, settings.ages)
    observed = Observed(loop, lambda: hub.viewers, store)

    @contextlib.asynccontextmanager
    async def following(_app: FastAPI) -> AsyncIterator[None]:
        unsubscribe = loop.subscribe(hub.publish)
        try:
            with observed.logs:
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
    if actions.rooms is not None:
        from senoscope.ui.rooms.room_route import add_rooms  # noqa: PLC0415 - as studies

        add_rooms(app, actions.rooms)
    app.add_api_route("/person", _who_asks)
    add_monitoring(app, observed)
    # Added last, so asked first.
    app.add_middleware(RequestGuard)
    auth = user_of if settings.asks_who else None
    point, proof = settings.operating_point, settings.proof
    return with_pages(app, actions, point, proof, settings.asks_who, auth)


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


def _guarded(app: FastAPI, settings: PageSettings) -> UserOf:
    accounts = settings.accounts
    if settings.password is not None:
        accounts = shared_accounts(settings.password)
    if accounts is not None:
        login = Login(LoginSessions(accounts, named=settings.password is None))
        add_login(app, login, partial(needs_no_login, token=settings.scrape_token))
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
    if is_loopback(host):
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
        log_config=None,  # its loggers are in `start_log`'s hands
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
