"""`/health/live` and `/health/ready`, for whoever starts, restarts or sends people to Senoscope.

They need no login, and tell in fixed words what is not well: no name, no version, no address.
"""

from __future__ import annotations

from enum import StrEnum

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from senoscope.realtime.published import AiState
from senoscope.ui.monitoring.observed import Observed
from senoscope.ui.monitoring.store_watch import StoreWatch

HEALTH_PATHS = LIVE, READY = "/health/live", "/health/ready"
FULL_BELOW = 500 * 10**6
"""Bytes. A page warns long before; below that, what is recorded and kept soon is not."""
_FRESH = {"cache-control": "no-store"}


class Unready(StrEnum):
    """Why nobody should scan or read here now."""

    AI_STARTING = "ai_starting"
    AI_OFF = "ai_off"
    SOURCE_STARTING = "source_starting"
    SOURCE_LOST = "source_lost"
    SOURCE_ENDED = "source_ended"
    STORE_MISSING = "store_missing"
    STORE_SILENT = "store_silent"
    DISK_FULL = "disk_full"


def reasons(observed: Observed) -> list[Unready]:
    """All that hold now, none where it is ready. Bounded in time, whatever hangs."""
    status = observed.loop.status()
    found = []
    if status.ai_state is not AiState.READING:
        starting = status.ai_state is AiState.STARTING
        found.append(Unready.AI_STARTING if starting else Unready.AI_OFF)
    if status.lost:
        found.append(Unready.SOURCE_LOST)
    elif status.ended:
        found.append(Unready.SOURCE_ENDED)
    elif not observed.loop.books().captured:
        found.append(Unready.SOURCE_STARTING)
    return found + _of_store(observed.store)


def _of_store(store: StoreWatch | None) -> list[Unready]:
    if store is None:
        return [Unready.STORE_MISSING]
    free = store.free()
    if not free.answers or free.value is None:
        return [Unready.STORE_SILENT]
    return [Unready.DISK_FULL] if free.value < FULL_BELOW else []


def add_health(app: FastAPI, observed: Observed) -> None:
    """Serve `HEALTH_PATHS`."""
    # Strangers may ask: however many do, they hold one thread, and none that serves the pages.
    one_by_one = CapacityLimiter(1)

    @app.get(LIVE)
    async def live() -> JSONResponse:
        return JSONResponse({"live": True}, headers=_FRESH)

    @app.get(READY)
    async def ready() -> JSONResponse:
        found = await to_thread.run_sync(reasons, observed, limiter=one_by_one)
        body = {"ready": not found, "reasons": found}
        return JSONResponse(body, 503 if found else 200, headers=_FRESH)
