"""The last measured latency, as `senoscope calibrate latency --report` left it for the page."""

from __future__ import annotations

import json
import math
import shlex
from datetime import UTC, datetime
from pathlib import Path

from senoscope.domain.errors import SettingsError
from senoscope.ui.frames.overlay import Header

STAGES = ("grabber", "software", "display")
LARGEST_REPORT = 65_536
"""Bytes. A report has about two thousand."""


def kept_latency(path: Path) -> Header | None:
    """Each stage's p95 in milliseconds, None where it was not measured; None without a report.

    `loopback`: no screen was filmed. SettingsError where the file is no report.
    """
    try:
        with path.open("rb") as file:
            stored = json.loads(file.read(LARGEST_REPORT))
            measured_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        figures = {stage: _milliseconds(stored["latency"][stage]["p95"]) for stage in STAGES}
        loopback = stored["loopback"]
        if not isinstance(loopback, bool):
            raise TypeError(f"loopback is {loopback!r}")
    except FileNotFoundError:
        return None
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"{path.name} is no report of a measured latency ({type(error).__name__}). Measure it "
            "again, or remove the file."
        ) from error
    return {
        **figures,
        "loopback": loopback,
        "measured_at": measured_at.isoformat(timespec="seconds"),
    }


def command_line(report: Path) -> str:
    """What to type to have the report kept there; a user's own folder is not spelt out."""
    try:
        shown = f"~/{shlex.quote(str(report.relative_to(Path.home())))}"
    except ValueError:
        shown = shlex.quote(str(report))
    return f"senoscope calibrate latency --source camera:0 --report {shown}"


def _milliseconds(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no time")
    return float(value)
