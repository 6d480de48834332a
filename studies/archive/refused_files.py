"""Files of an archive that are no part of any study: set aside by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.archive.archive_files import RefusedFile
from senoscope.studies.archive.archive_run import Tally
from senoscope.studies.archive.outcome import Fate
from senoscope.studies.archive.task_keys import EVERY_MODE, content_of, task_key
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import CLOSED


def set_aside_refused(store: ExamStore, refused: Iterable[RefusedFile], tally: Tally) -> None:
    """Each as one task; one that may not be read waits. StorageError of the store."""
    content = lru_cache(maxsize=1)(content_of_file)  # many may be members of one zip
    for each in refused:
        tally.total += 1
        if each.why == CLOSED:
            tally.wait(each.why)
            continue
        try:
            of_file = content(each.place.path)
        except SourceUnavailable as error:
            tally.wait(str(error))
            continue
        key = task_key(f"{of_file} {each.place.member}", EVERY_MODE, "")
        if store.archive.set_aside(key, str(each.place), each.why):
            tally.fates[Fate.SET_ASIDE] += 1
            tally.add_aside(each.why)
        else:
            tally.fates[Fate.SET_ASIDE_BEFORE] += 1


def content_of_file(path: str) -> str:
    """Of the file, or of the whole zip that a member is in."""
    return content_of([Path(path)])
