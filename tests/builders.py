"""The domain's values with plausible defaults, for tests that care about one field only."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np

from senoscope.domain.frame import Frame, Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, Reading, Suspicion
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.domain.track import Track
from senoscope.realtime.exam import ExamName, ExamSummary
from senoscope.realtime.ledger import DropCause, LedgerSnapshot
from senoscope.realtime.run_books import RunBooks


def pixels(value: int = 0, columns: int = 96, rows: int = 64) -> Gray:
    return np.full((rows, columns), value, np.uint8)


def spacing(
    of: PixelSpacing | None, origin: SpacingOrigin = SpacingOrigin.PHANTOM
) -> CalibratedSpacing | None:
    return None if of is None else CalibratedSpacing(of, origin)


def frame(
    index: int = 0,
    *,
    value: int = 0,
    columns: int = 96,
    rows: int = 64,
    captured_at_ns: int | None = None,
    pixel_spacing: PixelSpacing | None = None,
    simulated: bool = True,
) -> Frame:
    at_ns = time.monotonic_ns() if captured_at_ns is None else captured_at_ns
    known = spacing(pixel_spacing)
    return Frame(pixels(value, columns, rows), index, at_ns, known, simulated)


def lesion(
    left: float = 20, top: float = 16, width: float = 30, height: float = 20, presence: float = 0.9
) -> Lesion:
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    contour = np.array([(left + x, top + y) for x, y in corners], np.float32)
    return Lesion(contour, area_px=width * height, presence=presence)


def finding(probability: float = 0.7, suspicion: Suspicion = Suspicion.HIGH) -> Finding:
    return Finding(lesion(), probability, suspicion)


EXAM = ExamName(1, "", datetime(2026, 1, 2, 8, 30, tzinfo=UTC))


def exam_summary() -> ExamSummary:
    dropped = {cause: 0 for cause in DropCause} | {DropCause.SUPERSEDED: 3}
    books = LedgerSnapshot(120, 110, 7, dropped, 0)
    return ExamSummary(EXAM, EXAM.began_at, books, 29.97, 2)


def run_books() -> RunBooks:
    dropped = {cause: 0 for cause in DropCause} | {DropCause.SUPERSEDED: 3}
    return RunBooks(120, 109, 7, dropped, 1, lesion_frames=40)


def tracks(findings: tuple[Finding, ...], seen: int = 12, agree: int = 9) -> tuple[Track, ...]:
    """Every finding as a steady track of its own, numbered in their order."""
    return tuple(
        Track(
            number=place + 1,
            lesion=each.lesion,
            finding=place,
            seen=seen,
            agree=agree,
            probability=each.probability,
            lowest=each.probability / 2,
            highest=(1 + each.probability) / 2,
            suspicion=each.suspicion,
        )
        for place, each in enumerate(findings)
    )


def reading(
    frame_index: int = 0,
    findings: tuple[Finding, ...] | None = None,
    presence: float = 0.9,
    stage_ms: dict[str, float] | None = None,
) -> Reading:
    found = (finding(),) if findings is None else findings
    return Reading(frame_index, found, presence, stage_ms or {"segment": 2.0, "classify": 1.0})
