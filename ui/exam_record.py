"""What an exam came to, kept when it ends: frames accounted for, rate, lesions followed."""

from __future__ import annotations

import json
from pathlib import Path

from platformdirs import user_data_path

from senoscope import __version__
from senoscope.realtime.exam import ExamSummary
from senoscope.ui.overlay import exam_header
from senoscope.ui.written import write_text


def exam_folder() -> Path:
    """Where exams are kept for this user."""
    return user_data_path("senoscope", appauthor=False) / "exams"


def save_exam(exam: ExamSummary, folder: Path) -> Path:
    """Write it as JSON that only this user may read; StorageError says why not.

    The name holds the time and the exam's number, never anything of a patient.
    """
    began = exam.name.began_at.astimezone()
    file = folder / f"exam_{began:%Y%m%d-%H%M%S}_{exam.name.number}.json"
    books = exam.books
    facts = {
        "software": "Senoscope",
        "version": __version__,
        "exam": exam_header(exam.name),
        "ended_at": exam.ended_at.isoformat(timespec="seconds"),
        "frames_per_second": round(exam.fps, 2),
        "lesions_followed": exam.lesions,
        "captured": books.captured,
        "read": books.read,
        "duplicates": books.duplicates,
        "dropped": {cause.value: count for cause, count in books.dropped.items()},
        "in_flight": books.in_flight,
    }
    write_text(file, json.dumps(facts, indent=2, ensure_ascii=False) + "\n", private=True)
    return file
