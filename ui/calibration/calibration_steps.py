"""Where a calibration stands: what is known of each step, and whether it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from senoscope.calibration.screen.field_of_view import FieldOfView, NoField
from senoscope.calibration.screen.screen_template import ScreenTemplate
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame, ScanArea
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.realtime.published import LoopStatus
from senoscope.realtime.screen import ABSENT, Screen
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.calibration.latency_report import command_line, kept_latency
from senoscope.ui.frames.overlay import Header, framing_header


class Step(StrEnum):
    """Whether one is done. Each has a word in the page's catalogue."""

    DONE = "done"
    TO_DO = "to_do"
    NOT_HERE = "not_here"
    """With this source it cannot be done, and need not be."""


def known_field(screen: Screen, size: tuple[int, int]) -> FieldOfView | None:
    """Of a screen of `size` (columns, rows): found or set by hand; None where there is none."""
    framing, found = screen.framing, screen.field
    if isinstance(framing, ScanArea):
        return FieldOfView(replace(framing, picture=size)) if framing.fits(size) else None
    return found if isinstance(found, FieldOfView) and found.area.picture == size else None


def source_header(name: str, latest: Frame | None, status: LoopStatus, device: bool) -> Header:
    """The source as its newest picture shows it. `device`: a camera, grabber or stream."""
    return {
        "name": name,
        "size": None if latest is None else list(latest.size),
        "fps": round(status.fps, 1),
        "simulated": status.simulated if latest is None else latest.simulated,
        "device": device,
        "lost": status.lost or latest is None,
    }


def field_header(
    screen: Screen, latest: Frame | None, usual: Cut, templates: Sequence[ScreenTemplate]
) -> Header:
    """How the field of view came, and what it is. `templates`: names of those that say the same.

    `how`: found, cleared, whole or hand. `why_not` where it is looked for and there is none.
    """
    framing = screen.framing
    field = None if latest is None else known_field(screen, latest.size)
    looked_for = framing is Cut.FOUND and field is None
    missing = screen.field if isinstance(screen.field, NoField) else None
    return {
        "how": framing.value if isinstance(framing, Cut) else "hand",
        "area": None if field is None else framing_header(field.area),
        "dual": field is not None and field.dual,
        "why_not": ABSENT[missing].value if looked_for else None,
        "templates": [each.name for each in templates if each.field == field],
        "written_on": usual is not Cut.WHOLE,
    }


def scale_header(spacing: CalibratedSpacing | None, screen: Screen) -> Header:
    """What a pixel has in millimetres, what says so, and why it is not known.

    `own`: the source itself says it, so that nothing is to be set.
    """
    refusal = screen.refusal
    known = spacing is not None
    return {
        "origin": None if spacing is None else spacing.origin.value,
        "row_mm": None if spacing is None else round(spacing.spacing.row_mm, 5),
        "percent": None if spacing is None else round(spacing.total_percent, 1),
        "own": known and screen.spacing is None,
        "why_not": None if known else "looking" if refusal is None else refusal.name.lower(),
    }


def latency_header(status: LoopStatus, report: Path) -> Header:
    """What the loop measures of itself now, and the last report of the whole way, if one is kept.

    `trouble` says what is wrong with that file.
    """
    trouble = kept = None
    try:
        kept = kept_latency(report)
    except SettingsError as error:
        trouble = str(error)
    return {
        "software_ms": round(status.latency_p95_ms, 1) or None,
        "report": kept,
        "trouble": trouble,
        "command": command_line(report),
    }


def steps(known: Header) -> dict[str, Step]:
    """Of what the headers above say, by the names they have on the page."""
    source, test, report = known["source"], known["test"], known["latency"]["report"]
    filmed = report is not None and not report["loopback"] and report["grabber"] is not None
    done = {
        "source": not source["lost"],
        "field": _framed(known["field"]),
        "ruler": known["scale"]["origin"] is not None,
        "test": test is not None and bool(test["holds"]),
        "latency": source["device"] and filmed,
    }
    not_here = {"test": source["simulated"], "latency": not source["device"]}
    return {
        name: Step.DONE if holds else Step.NOT_HERE if not_here.get(name) else Step.TO_DO
        for name, holds in done.items()
    }


def _framed(field: Header) -> bool:
    """Whether no name can stand on the picture, or what may is cut away or painted over."""
    if field["how"] == Cut.WHOLE:
        return not field["written_on"]
    return field["how"] == Cut.CLEARED or field["area"] is not None
