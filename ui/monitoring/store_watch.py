"""The exam store watched from outside: it never waits for this, and this not for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from senoscope.ui.monitoring.lately import Known, Lately

if TYPE_CHECKING:
    from senoscope.studies.exams.exam_store import ExamStore
    from senoscope.studies.exams.store_figures import StoreFigures
    from senoscope.ui.studies.study_jobs import StudyJobs

FIGURES_FRESH_S, FIGURES_WAIT_S = 15.0, 0.5
FIGURES_SHARE = 1 / 200
"""Of the time: counting takes no more of it."""
ANSWER_FRESH_S, ANSWER_WAIT_S = 2.0, 1.0


class StoreWatch:
    """Any thread may ask."""

    def __init__(self, store: ExamStore, jobs: StudyJobs) -> None:
        # With the DICOM libraries, which take seconds: only where there is a store.
        from senoscope.studies.exams.store_figures import (  # noqa: PLC0415
            free_if_it_answers,
            store_figures,
        )

        self._jobs = jobs
        self._figures: Lately[StoreFigures] = Lately(
            partial(store_figures, store.parts), FIGURES_FRESH_S, FIGURES_WAIT_S, FIGURES_SHARE
        )
        self._free = Lately(partial(free_if_it_answers, store.parts), ANSWER_FRESH_S, ANSWER_WAIT_S)

    def figures(self) -> Known[StoreFigures]:
        """What it holds, as of some seconds ago."""
        return self._figures.known()

    def free(self) -> Known[int]:
        """Bytes that may still be written; whether the database answers."""
        return self._free.known()

    def jobs(self) -> tuple[int, int]:
        """Studies being read, 0 or 1, and those that wait for it."""
        state = self._jobs.state()
        return int(state["state"] == "reading"), int(state["waiting"])
