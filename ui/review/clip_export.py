"""A review in forms that other programs read: CSV, JSON, and its key images."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import cv2

from senoscope import __version__
from senoscope.domain.frame import Gray
from senoscope.ui.frames.drawn_overlay import Colour, drawn
from senoscope.ui.frames.measured_facts import MEASURES, Facts, measured_facts
from senoscope.ui.frames.snapshot import (
    followed_facts,
    lesion_facts,
    remark_facts,
    spacing_facts,
)
from senoscope.ui.review.open_clip import FollowedLesion, OpenClip

UNITS = ("mm", "mm", "degrees", "mm2", "mm", "mm")
"""Of MEASURES."""
MEASURE_COLUMNS = tuple(
    f"{name}_{unit}{end}"
    for name, unit in zip(MEASURES, UNITS, strict=True)
    for end in ("", "_lower", "_upper")
)
COLUMNS = (
    "frame", "time_ms", "read", "not_read_because", "lesion", "suspicion", "probability",
    "own_probability", "lowest", "highest", "frames_seen", "area_px", *MEASURE_COLUMNS,
    "scale_origin", "scale_percent", "outline",
)  # fmt: skip


def frames_csv(clip: OpenClip) -> str:
    """A line for each lesion on each frame, and one for a frame without any.

    `frame` counts from 0, `lesion` is empty where none is followed steadily; `outline` says
    whether the AI or a reader drew it. Lower and upper ends are of 95 % intervals; empty where
    millimetres, or the skin line, are unknown.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for frame in clip.review.frames():
        was_read = frame.reading is not None and frame.reading.unsuitable is None
        begins = [frame.place, round(frame.time_ms, 1), int(was_read), frame.unsuitable]
        steady = clip.steady(frame)
        on = clip.measured_frame(frame.spacing)
        for track, by_hand in steady:
            own = None
            if track.finding is not None and frame.reading is not None:
                own = round(frame.reading.findings[track.finding].probability, 4)
            lines.writerow(
                [
                    *begins, track.number, track.suspicion, round(track.probability, 4),
                    own, round(track.lowest, 4), round(track.highest, 4), track.seen,
                    round(track.lesion.area_px, 1),
                    *_measured(measured_facts(track.lesion, on, by_hand)),
                    "reader" if by_hand else "AI",
                ]
            )  # fmt: skip
        if not steady:
            lines.writerow([*begins, *[""] * (len(COLUMNS) - len(begins))])
    return text.getvalue()


def readings_json(clip: OpenClip) -> str:
    """Everything: what was read of each frame, what each lesion came to, and what a reader said.

    The file's name on the reader's own machine is left out: it may be a patient's.
    """
    review, status = clip.review, clip.review.status
    recorded = None if clip.recorded is None else clip.recorded.agreement
    facts = {
        "software": "Senoscope",
        "version": __version__,
        "note": "Not a medical device. Suggestion, not a diagnosis.",
        "state": review.state.value,
        "message": review.message.replace(str(clip.path), "the clip"),
        "engine": status.engine,
        "models": list(status.models),
        "simulated": status.simulated,
        "size_px": review.size,
        "same_as_recorded": None
        if recorded is None
        else {"compared": recorded.compared, "same": recorded.same},
        "lesions": [_lesion(clip, each) for each in clip.lesions()],
        "frames": [
            {
                "frame": frame.place,
                "time_ms": round(frame.time_ms, 3),
                "unsuitable": frame.unsuitable,
                "spacing": spacing_facts(frame.spacing),
                "presence": None if frame.reading is None else round(frame.reading.presence, 4),
                "lesions": [
                    followed_facts(track, clip.measured_frame(frame.spacing), edited)
                    | {"edited": edited}
                    for track, edited in clip.steady(frame)
                ],
            }
            for frame in review.frames()
        ],
    }
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def key_images(clip: OpenClip) -> bytes:
    """A zip of each lesion's key frame and each frame drawn on, as read and with its outlines."""
    wanted = {each.key_frame for each in clip.lesions() if each.key_frame is not None}
    wanted |= {place for each in clip.lesions() for place in each.edited}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for place in sorted(wanted):
            pixels = clip.review.frame(place).pixels
            archive.writestr(f"frame_{place:06d}.png", _png(pixels))
            archive.writestr(f"frame_{place:06d}_overlay.png", _png(overlaid(clip, place)))
    return packed.getvalue()


def overlaid(clip: OpenClip, place: int) -> Colour:
    """The frame with what is said of it."""
    models = ", ".join(clip.review.status.models)
    simulated = "SIMULATED  " if clip.review.status.simulated else ""
    said = f"{simulated}frame {place}  {models}"
    return drawn(clip.review.frame(place).pixels, clip.steady(clip.frame(place)), said)


def _measured(facts: Facts | None) -> list[float | str]:
    """MEASURE_COLUMNS and the scale's two; "" where one is unknown."""
    if facts is None:
        return [""] * (len(MEASURE_COLUMNS) + 2)
    told: list[float | str] = []
    for name in MEASURES:
        one = facts[name]
        told += ["", "", ""] if one is None else [one["value"], one["lower"], one["upper"]]
    return [*told, facts["scale"]["origin"], facts["scale"]["percent"]]


def _lesion(clip: OpenClip, each: FollowedLesion) -> dict[str, Any]:
    on = clip.measured_frame(each.spacing)
    return {
        **followed_facts(each.track, on),
        **lesion_facts(each.lesion, on, each.is_drawn),
        "first_frame": each.first,
        "last_frame": each.last,
        "key_frame": each.key_frame,
        "edited_frames": list(each.edited),
        "reader": remark_facts(each.remark),
    }


def _png(pixels: Gray | Colour) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()
