"""Archives that the tests read, and a task that reads them in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from senoscope.studies.archive.archive_files import ArchiveFiles
from senoscope.studies.archive.study_groups import ArchivedStudy, StudyGroups
from senoscope.studies.archive.study_task import ArchiveSetup, StudyTask
from senoscope.studies.exams.exam_store import ExamStore
from tests.studies.archive.quick_modes import no_process_modes
from tests.studies.exams.exam_builders import Place

MODELS = {"ultrasound_clip": "fake model"}


def setup(place: Place, **given: Any) -> ArchiveSetup:
    return ArchiveSetup(
        **{
            "url": place.url,
            "folder": place.folder,
            "build_modes": no_process_modes,
            "models": MODELS,
            **given,
        }
    )


@contextmanager
def task(place: Place, **given: Any) -> Iterator[StudyTask]:
    place.opened().close()
    made = StudyTask(setup(place, **given))
    try:
        yield made
    finally:
        made.close()


def studies(*paths: Path) -> list[ArchivedStudy]:
    """Of the archive, each file named by where it was found."""
    spool = paths[0].parent / "spool"
    spool.mkdir(exist_ok=True)
    with StudyGroups(spool) as groups:
        for each in ArchiveFiles(paths):
            groups.add(each)
        return sorted(groups, key=lambda each: each.files[0].path)


def readings(store: ExamStore) -> list[int]:
    """How many each exam has."""
    return [len(store.readings_of(each.number)) for each in store.all_exams()]
