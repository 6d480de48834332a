"""All that is asked from outside, and what of it needs no login."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from senoscope.ui.access.scrape_token import ScrapeToken
from senoscope.ui.monitoring.health_route import HEALTH_PATHS, add_health
from senoscope.ui.monitoring.metrics_route import METRICS_PATH, add_metrics
from senoscope.ui.monitoring.observed import Observed


def add_monitoring(app: FastAPI, observed: Observed) -> None:
    """Serve metrics and health."""
    add_health(app, observed)
    add_metrics(app, observed)


def needs_no_login(connection: HTTPConnection, token: ScrapeToken | None) -> bool:
    """Health, which tells nobody's secrets; metrics, for who has the token."""
    if connection.scope.get("method") != "GET":
        return False
    path = connection.scope["path"]
    if path == METRICS_PATH:
        return token is not None and token.is_of(connection)
    return path in HEALTH_PATHS
