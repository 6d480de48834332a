from __future__ import annotations

import json
import stat
from pathlib import Path

from senoscope.realtime.exam import ExamName, ExamSummary
from senoscope.ui.exam_record import save_exam
from tests import builders


def test_an_exam_is_kept_with_its_books_and_no_name_in_its_file_name(tmp_path: Path) -> None:
    usual = builders.exam_summary()
    name = ExamName(3, "Rosa", usual.name.began_at)
    exam = ExamSummary(name, usual.ended_at, usual.books, usual.fps, usual.lesions)
    file = save_exam(exam, (), tmp_path / "exams")
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert "Rosa" not in str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept["exam"] == {
        "number": 3,
        "patient": "Rosa",
        "began_at": "2026-01-02T08:30:00+00:00",
    }
    settled = kept["read"] + kept["duplicates"] + sum(kept["dropped"].values())
    assert kept["captured"] == settled + kept["in_flight"] == 120
