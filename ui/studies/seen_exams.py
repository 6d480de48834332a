"""What else than the desk itself looks at exams with: the store, their images, and the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.ui.studies.open_studies import OpenStudies


@dataclass(frozen=True, slots=True)
class SeenExams:
    """`may_show`: whether what a program found in that exam may be seen yet."""

    store: ExamStore
    studies: OpenStudies
    may_show: Callable[[int], bool]
