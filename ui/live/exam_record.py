"""What an exam came to, kept when it ends: frames accounted for, lesions and their key frames."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2

from senoscope import __version__
from senoscope.realtime.exam import ExamSummary
from senoscope.ui.frames.key_frames import KeyFrame
from senoscope.ui.frames.overlay import exam_header, measured_frame
from senoscope.ui.frames.snapshot import followed_facts, remark_facts
from senoscope.ui.written import write_bytes, write_text


def save_exam(exam: ExamSummary, key_frames: Sequence[KeyFrame], folder: Path) -> Path:
    """Write a folder of its own, that only this user may read; StorageError says why not.

    `exam.json`, and for each key frame `lesion_N.png`, the picture as captured. The folder's name
    holds the time and the exam's number, never anything of a patient.
    """
    began = exam.name.began_at.astimezone()
    own = _own_folder(folder / f"exam_{began:%Y%m%d-%H%M%S}_{exam.name.number}")
    # The facts last: where they are, all pictures that they name are there.
    for each in key_frames:
        png = cv2.imencode(".png", each.shown.frame.pixels)[1].tobytes()
        write_bytes(own / _picture_name(each), png, private=True)
    file = own / "exam.json"
    facts = json.dumps(_facts(exam, key_frames), indent=2, ensure_ascii=False)
    write_text(file, facts + "\n", private=True)
    return file


def _own_folder(own: Path) -> Path:
    """Rooms of one user that were started together may end the same exam by time and number."""
    try:
        own.mkdir(parents=True)
    except FileExistsError:
        return own.with_name(f"{own.name}_{secrets.token_hex(4)}")
    except OSError:
        return own  # what is written there next says why it cannot be
    return own


def _facts(exam: ExamSummary, key_frames: Sequence[KeyFrame]) -> dict[str, Any]:
    books, rhythm = exam.books, exam.rhythm
    return {
        "software": "Senoscope",
        "version": __version__,
        "note": "Not a medical device. Suggestion, not a diagnosis.",
        "exam": exam_header(exam.name),
        "ended_at": exam.ended_at.isoformat(timespec="seconds"),
        "frames_per_second": round(exam.fps, 2),
        "frames_per_second_actual": round(rhythm.actual_hz, 2),
        "frames_per_second_ideal": round(rhythm.ideal_hz, 2),
        "stalls": rhythm.stalls,
        "longest_stall_s": round(rhythm.longest_stall_s, 3),
        "lesions_followed": exam.lesions,
        "captured": books.captured,
        "read": books.read,
        "duplicates": books.duplicates,
        "dropped": {cause.value: count for cause, count in books.dropped.items()},
        "in_flight": books.in_flight,
        "key_frames": [_key_frame(each) for each in key_frames],
    }


def _key_frame(kept: KeyFrame) -> dict[str, Any]:
    shown = kept.shown
    return {
        "picture": _picture_name(kept),
        "source": shown.source_name,
        "simulated": shown.frame.simulated,
        "frame_index": shown.frame.index,
        **followed_facts(kept.track, measured_frame(shown)),
        "operator": remark_facts(kept.remark) | {"same_lesion": _same_lesion(kept)},
    }


def _same_lesion(kept: KeyFrame) -> dict[str, Any]:
    """What the operator said, and what was offered and left open; None where neither was."""
    joined, offer = kept.joined, kept.offer
    diameters = kept.diameters_mm
    return {
        "is": None if joined is None else {"number": joined.older, "seen": joined.seen.value},
        "is_not": list(kept.parted),
        "not_answered": None
        if offer is None
        else {"number": offer.older, "seen": offer.seen.value},
        "diameters_mm": None if diameters is None else [round(each, 2) for each in diameters],
    }


def _picture_name(kept: KeyFrame) -> str:
    return f"lesion_{kept.track.number}.png"
