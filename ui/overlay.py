"""What the browser draws over a frame: the JSON header of a live message."""

from __future__ import annotations

from typing import Any

import numpy as np

from senoscope.domain.frame import Frame, PixelSpacing
from senoscope.domain.reading import Finding
from senoscope.realtime.published import AiState, LoopStatus, PublishedFrame

FAINT_AFTER_MS = 150.0
"""A reading older than this is hatched: at a usual probe speed of 20 mm/s the tissue under the
outline has moved 3 mm, about the margin a reader would notice."""
HIDDEN_AFTER_MS = 500.0
"""A reading older than this is not drawn at all: 10 mm away, it outlines other tissue."""
MOST_BANNERS = 2
"""More than two states at once are not read in the two seconds a scanning person has."""

Header = dict[str, Any]
"""JSON-ready: text, numbers, lists and None only."""


def frame_header(published: PublishedFrame, sequence: int, status: LoopStatus) -> Header:
    """The header that travels with one frame's JPEG.

    `sequence` grows by one with every published frame, over all sources; `frame` in the header is
    the index within the source's run.
    """
    age_ms = published.reading_age_ms
    drawn = published.reading is not None and age_ms is not None and age_ms <= HIDDEN_AFTER_MS
    findings = published.reading.findings if published.reading is not None and drawn else ()
    return {
        **status_header(status, published.frame),
        "sequence": sequence,
        "frame": published.frame.index,
        "size": list(published.frame.size),
        "read": drawn,
        "age_ms": None if age_ms is None else round(age_ms),
        "faint": drawn and age_ms is not None and age_ms > FAINT_AFTER_MS,
        "findings": [
            _described(number, finding, published.frame.pixel_spacing)
            for number, finding in enumerate(findings, start=1)
        ],
    }


def status_header(status: LoopStatus, frame: Frame | None = None) -> Header:
    """The header of a message that carries no picture, sent while none arrives.

    `frame` is the one the states are said of, None when there is none.
    """
    return {
        "sequence": None,
        "source": status.source_name,
        "simulated": status.simulated,
        "engine": status.engine,
        "ai": status.ai_state.value,
        "fps": round(status.fps),
        # 0 stands for "nothing was read yet", which no reader should take for speed.
        "latency_ms": round(status.latency_p95_ms) or None,
        "progress": status.progress,
        "message": status.error or status.ai_message,
        "banners": _banners(status, frame),
    }


def _described(number: int, finding: Finding, spacing: PixelSpacing | None) -> Header:
    outline = np.round(finding.lesion.contour.astype(np.float64), 1)
    return {
        "number": number,
        "suspicion": finding.suspicion.value,
        "probability": round(finding.probability, 2),
        "axes_mm": None
        if spacing is None
        else [round(axis, 1) for axis in finding.lesion.axes_mm(spacing)],
        "outline": outline.ravel().tolist(),
    }


def _banners(status: LoopStatus, frame: Frame | None) -> list[Header]:
    """The gravest states first, at most `MOST_BANNERS`; the browser adds STALE and FROZEN."""
    off = status.ai_state is AiState.OFF
    simulated = status.simulated if frame is None else frame.simulated
    states = [
        # An error while frames still come, such as one unusable picture, is said but not a loss.
        ("lost", status.ended and bool(status.error)),
        ("ended", status.ended and not status.error),
        ("ai_off_again" if status.ai_restarts else "ai_off", off),
        ("ai_starting", status.ai_state is AiState.STARTING),
        ("simulated", simulated),
        ("uncalibrated", frame is not None and frame.pixel_spacing is None),
    ]
    present = [{"key": key, "count": status.ai_restarts} for key, holds in states if holds]
    return present[:MOST_BANNERS]
