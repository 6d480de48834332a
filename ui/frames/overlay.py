"""What the browser draws over a frame: the JSON header of a live message."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading, Unsuitable
from senoscope.domain.track import Track
from senoscope.realtime.exam import ExamName
from senoscope.realtime.published import AiState, LoopStatus, PublishedFrame, ReadFrame
from senoscope.realtime.sources.framing import Cut, Framing
from senoscope.ui.frames.measured_facts import MeasuredFrame, measured_facts

FAINT_AFTER_MS = 150.0
"""A reading older than this is hatched: at a usual probe speed of 20 mm/s the tissue under the
outline has moved 3 mm, about the margin a reader would notice."""
HIDDEN_AFTER_MS = 400.0
"""A reading older than this is not drawn at all: 8 mm away, it outlines other tissue."""
LONGEST_SHOWN_MS = 1000.0
"""20 mm away: no site may have an outline shown there."""


@dataclass(frozen=True, slots=True)
class MaskAges:
    """How old a reading may be, in milliseconds, before it is hatched, and before it is gone."""

    hatched_after_ms: float = FAINT_AFTER_MS
    gone_after_ms: float = HIDDEN_AFTER_MS

    def __post_init__(self) -> None:
        # Also refuses what is no number.
        if not 0 <= self.hatched_after_ms <= self.gone_after_ms <= LONGEST_SHOWN_MS:
            raise SettingsError(
                f"Outlines hatched after {self.hatched_after_ms} ms and gone after "
                f"{self.gone_after_ms} ms were asked for; expected 0 <= hatched <= gone <= "
                f"{LONGEST_SHOWN_MS:g}. The usual ones are {FAINT_AFTER_MS:g} and "
                f"{HIDDEN_AFTER_MS:g}."
            )


USUAL_AGES = MaskAges()

Header = dict[str, Any]
"""JSON-ready: text, numbers, lists and None only."""


def framing_header(framing: Framing) -> str | list[int]:
    """A word, or [left, top, width, height]."""
    if isinstance(framing, Cut):
        return framing.value
    return [framing.left, framing.top, framing.width, framing.height]


def shown_reading(published: PublishedFrame, ages: MaskAges = USUAL_AGES) -> Reading | None:
    """The frame's reading, None where there is none or it is too old to be shown or saved."""
    age_ms = published.reading_age_ms
    return published.reading if age_ms is not None and age_ms <= ages.gone_after_ms else None


def frame_header(
    published: PublishedFrame,
    sequence: int,
    status: LoopStatus,
    frozen: bool = False,
    ages: MaskAges = USUAL_AGES,
) -> Header:
    """The header that travels with one frame's JPEG.

    `sequence` grows by one with every published frame, over all sources; `frame` in the header is
    the index within the source's run. `age_ms` 0 means that the findings are this very frame's.
    A picture that stands still, `frozen` or by itself, will gather no more evidence: there a lesion
    that is not steady has the word of its single frame.
    """
    reading, age_ms = shown_reading(published, ages), published.reading_age_ms
    return {
        **status_header(status, published.frame),
        "banners": [*_banners(status, published.frame), *_fitness(published)],
        "abstains": reading is not None and reading.unsuitable is not None,
        "source": published.source_name,
        "exam": exam_header(published.exam),
        "frozen": frozen,
        "sequence": sequence,
        "frame": published.frame.index,
        "size": list(published.frame.size),
        "read": reading is not None,
        # Rounded up: a reading of another frame is never taken for this one's.
        "age_ms": None if age_ms is None else ceil(age_ms),
        "faint": reading is not None and age_ms is not None and age_ms > ages.hatched_after_ms,
        "findings": []
        if reading is None
        else [
            described(track, reading, measured_frame(published), frozen or published.still)
            for track in published.tracks
        ],
    }


def exam_header(exam: ExamName) -> Header:
    """What is shown of an exam's name. `began_at` is ISO 8601."""
    began_at = exam.began_at.isoformat(timespec="seconds")
    return {"number": exam.number, "patient": exam.patient, "began_at": began_at}


def status_header(status: LoopStatus, frame: Frame | None = None) -> Header:
    """The header of a message that carries no picture, sent while none arrives.

    `frame` is the one the states are said of, None when there is none.
    """
    return {
        "sequence": None,
        "source": status.source_name,
        "exam": exam_header(status.exam),
        "engine": status.engine,
        "models": list(status.models),
        "server": _server(status),
        "aligned": status.aligned,
        "ai": status.ai_state.value,
        "fps": round(status.fps),
        # 0 stands for "nothing was read yet", which no reader should take for speed.
        "latency_ms": round(status.latency_p95_ms) or None,
        "progress": status.progress,
        "trouble": _trouble(status),
        "banners": _banners(status, frame),
    }


def _server(status: LoopStatus) -> Header | None:
    """The inference server that reads: its address, what stands in for it here, and how often."""
    if not status.server:
        return None
    return {
        "address": status.server,
        "here": status.fallback,
        "fell": status.fell_back,
        "falls": status.engine_falls,
    }


def _trouble(status: LoopStatus) -> Header | None:
    """What is wrong, as an answer to a request says it: the kind of error, and a sentence."""
    if status.error:
        # An error while frames still come, such as one unusable picture, is no loss.
        kind = "SourceError" if status.lost else "SenoscopeError"
        return {"kind": kind, "message": status.error}
    if status.ai_message:
        return {"kind": "AiError", "message": status.ai_message}
    return None


def measured_frame(shown: PublishedFrame | ReadFrame) -> MeasuredFrame:
    """What lengths on it rest on."""
    frame = shown.frame
    return MeasuredFrame.of(frame.spacing, frame.size, shown.source_name, shown.scan_area)


def described(
    track: Track, reading: Reading, on: MeasuredFrame, stands_still: bool, drawn: bool = False
) -> Header:
    """A lesion. `number` is 0 and `suspicion` "new" before it is steady; `finding` counts from 1.

    `own` is the probability of this single frame, None where it was not found on it. `drawn`: its
    outline is a reader's.
    """
    own = None if track.finding is None else reading.findings[track.finding]
    probability, word = track.probability, track.suspicion
    if word is None and stands_still and own is not None:
        probability, word = own.probability, own.suspicion
    outline = np.round(track.lesion.contour.astype(np.float64), 1)
    return {
        "number": track.number,
        "finding": None if track.finding is None else track.finding + 1,
        "suspicion": "new" if word is None else word.value,
        "probability": round(probability, 2),
        "own": None if own is None else round(own.probability, 2),
        "seen": track.seen,
        "agree": track.agree,
        "range": [round(track.lowest, 2), round(track.highest, 2)],
        "measured": measured_facts(track.lesion, on, drawn),
        "outline": outline.ravel().tolist(),
    }


def _fitness(published: PublishedFrame) -> list[Header]:
    """What of the picture itself keeps it from being read, or from being believed as before."""
    if published.unsuitable is Unsuitable.FROZEN:
        return [{"key": "frozen_source"}]
    if published.unsuitable is not None:
        return [{"key": "abstains", "why": published.unsuitable.value}]
    return [{"key": "drawn_on"}] if published.drawn_on else []


def _banners(status: LoopStatus, frame: Frame | None) -> list[Header]:
    """Every state that holds; the browser adds STALE and FROZEN, and picks what it has room for."""
    off = status.ai_state is AiState.OFF
    states = {
        "lost": status.lost,
        "ended": status.ended and not status.lost,
        "ai_off_again" if status.ai_restarts else "ai_off": off,
        "ai_starting": status.ai_state is AiState.STARTING,
        "simulated": status.simulated if frame is None else frame.simulated,
        "uncalibrated": frame is not None and frame.pixel_spacing is None,
    }
    return [{"key": key, "count": status.ai_restarts} for key, holds in states.items() if holds]
