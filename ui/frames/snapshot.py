"""One frame saved as it was captured, with what was read of it beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2

from senoscope import __version__
from senoscope.calibration.spacing import Point
from senoscope.domain.errors import StorageError
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, Reading
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.domain.track import Track
from senoscope.realtime.publisher import JPEG_QUALITY
from senoscope.ui.frames.cine import HeldFrame
from senoscope.ui.frames.key_frames import Remark
from senoscope.ui.frames.measured_facts import MeasuredFrame, distance_facts, measured_facts
from senoscope.ui.frames.overlay import exam_header, measured_frame, shown_reading
from senoscope.ui.written import write_bytes, write_text


def save_snapshot(
    held: HeldFrame, folder: Path, now: datetime, calipers: Sequence[tuple[Point, Point]] = ()
) -> Path:
    """Write the frame as PNG without any overlay, and the reading shown as JSON of the same name.

    Returns the PNG's path. `calipers` are the pairs set on it by hand. `now` carries a time zone.
    Names hold the time and the frame index, never anything of a patient. StorageError when the
    folder cannot be written; neither file is left behind then.
    """
    published = held.published
    picture = folder / f"senoscope_{now:%Y%m%d-%H%M%S}_frame{published.frame.index:04d}.png"
    facts = json.dumps(_facts(held, now, calipers), indent=2, ensure_ascii=False)
    # The facts first: a picture in the folder always has them beside it.
    write_text(picture.with_suffix(".json"), facts)
    try:
        write_bytes(picture, cv2.imencode(".png", published.frame.pixels)[1].tobytes())
    except StorageError:
        picture.with_suffix(".json").unlink(missing_ok=True)
        raise
    return picture


def _facts(
    held: HeldFrame, now: datetime, calipers: Sequence[tuple[Point, Point]]
) -> dict[str, Any]:
    published, status = held.published, held.status
    spacing, area, on = published.frame.spacing, published.scan_area, measured_frame(published)
    reading = shown_reading(published, held.ages)
    return {
        "software": "Senoscope",
        "version": __version__,
        "note": "Not a medical device. Suggestion, not a diagnosis.",
        "saved_at": now.isoformat(timespec="seconds"),
        "source": published.source_name,
        "simulated": published.frame.simulated,
        "frame_index": published.frame.index,
        "pixels": "as captured" if held.whole else f"from JPEG of quality {JPEG_QUALITY}",
        "scan_area": None if area is None else [area.left, area.top, area.width, area.height],
        "spacing": spacing_facts(spacing),
        "models": list(status.models),
        "engine": status.fallback if reading is not None and reading.fell_back else status.engine,
        "ai": status.ai_state.value,
        "exam": exam_header(published.exam),
        "reading": None if reading is None else _reading(reading, published.reading_age_ms, on),
        "lesions": []
        if reading is None
        else [followed_facts(track, on) for track in published.tracks],
        "calipers": [{"points_px": [a, b], **distance_facts(a, b, spacing)} for a, b in calipers],
    }


def _reading(reading: Reading, age_ms: float | None, on: MeasuredFrame) -> dict[str, Any]:
    return {
        "frame_index": reading.frame_index,
        "age_ms": age_ms,
        "presence": round(reading.presence, 4),
        "dismissed": reading.dismissed,
        "findings": [_finding(finding, on) for finding in reading.findings],
    }


def _finding(finding: Finding, on: MeasuredFrame) -> dict[str, Any]:
    return {
        "suspicion": finding.suspicion.value,
        "probability": round(finding.probability, 4),
        **lesion_facts(finding.lesion, on),
    }


def followed_facts(track: Track, on: MeasuredFrame, drawn: bool = False) -> dict[str, Any]:
    """A lesion over the frames of the exam; `finding` counts this frame's from 0.

    `drawn`: its outline is a reader's.
    """
    return {
        "number": track.number,
        "finding": track.finding,
        "suspicion": track.suspicion,
        "probability": round(track.probability, 4),
        "calibration": "unvalidated",
        "frames_seen": track.seen,
        "frames_agreeing": track.agree,
        "probability_range": [round(track.lowest, 4), round(track.highest, 4)],
        **lesion_facts(track.lesion, on, drawn),
    }


def remark_facts(remark: Remark) -> dict[str, Any]:
    """What a person said of a lesion."""
    return {
        "verdict": remark.verdict,
        "image_laterality": remark.side,
        "clock_face": remark.clock,
        "distance_from_nipple_cm": remark.from_nipple_cm,
        "note": remark.note,
    }


def spacing_facts(spacing: CalibratedSpacing | None) -> dict[str, Any] | None:
    """Millimetres a pixel, what says so and how far it may be off; None where it is unknown."""
    if spacing is None:
        return None
    return {
        "pixel_spacing_mm": [spacing.spacing.row_mm, spacing.spacing.column_mm],
        "origin": spacing.origin.value,
        "uncertainty_percent": round(spacing.total_percent, 2),
    }


def lesion_facts(lesion: Lesion, on: MeasuredFrame, drawn: bool = False) -> dict[str, Any]:
    """An outline and its sizes; `measured` None where millimetres are unknown."""
    return {
        "presence": round(lesion.presence, 4),
        "area_px": round(lesion.area_px, 1),
        "measured": measured_facts(lesion, on, drawn),
        "contour_px": lesion.contour.astype(float).round(2).tolist(),
    }
