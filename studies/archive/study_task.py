"""One study of an archive, read by a worker: whatever is killed when, its reading is kept once."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from senoscope import __version__
from senoscope.domain.errors import (
    InstallationError,
    SenoscopeError,
    SourceUnavailable,
    StorageError,
)
from senoscope.studies.archive.archive_files import FilePlace
from senoscope.studies.archive.exported_results import export_results
from senoscope.studies.archive.lasting_clips import LastingClips
from senoscope.studies.archive.outcome import Fate, Outcome
from senoscope.studies.archive.study_groups import ArchivedStudy
from senoscope.studies.archive.task_keys import EVERY_MODE, content_of, task_key
from senoscope.studies.exams.archive_tasks import TaskState
from senoscope.studies.exams.exam_records import ExamState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import CLOSED, StudyFiles
from senoscope.studies.files.study_limits import LeftOut, StudyLimits, too_many
from senoscope.studies.files.temporary_folder import temporary_folder
from senoscope.studies.files.zip_members import Refused, ZipMembers
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.modes.mode import Mode, fitting_modes
from senoscope.studies.results.breast_mri.report_rows import TROUBLE
from senoscope.studies.study_intake import keep_files, made_of
from senoscope.studies.study_reading import StudyReading
from senoscope.studies.whole_quality import whole_quality

WHO = "archive"
AWAY = (
    "A file of the study could not be read for a moment. See that the disk it lies on stays "
    "there; it is tried again."
)


@dataclass(frozen=True)
class ArchiveSetup:
    """What a worker needs; it goes to other machines. `models`: by mode, what it reads with.

    `out`: also a folder for the results. `again`: also what was set aside before.
    """

    url: str = field(repr=False)
    folder: Path = field(repr=False)
    build_modes: Callable[[LastingClips], Sequence[Mode]]
    models: Mapping[str, str]
    out: Path | None = field(default=None, repr=False)
    again: bool = False
    limits: StudyLimits = field(default_factory=StudyLimits)
    version: str = __version__


class StudyTask:
    """Of one process, on one thread: the store and the networks are opened once."""

    def __init__(self, setup: ArchiveSetup) -> None:
        """Errors as of `ExamStore.open`; InstallationError where this is another Senoscope."""
        if setup.version != __version__:
            raise InstallationError(
                f"A worker has Senoscope {__version__}; expected {setup.version}, as where the "
                "archive is read from. Install the same on every machine of the cluster."
            )
        self._setup = setup
        self._store = ExamStore.open(setup.url, setup.folder, make=False)
        self._clips = LastingClips()
        try:
            self._modes = setup.build_modes(self._clips)
        except BaseException:
            self._store.close()
            raise

    def close(self) -> None:
        """End what reads."""
        self._clips.close()
        self._store.close()

    def read(self, study: ArchivedStudy) -> Outcome:
        """Keep its files and its readings, unless that is done. No error but of the process."""
        try:
            with _unpacked(study.files, self._setup.limits) as paths:
                content = content_of(paths)
                key = task_key(content, EVERY_MODE, self._setup.models)
                task, before = self._store.archive.begin(key, study.place, self._setup.again)
                if task.state is TaskState.SET_ASIDE:
                    is_new = before is not TaskState.SET_ASIDE
                    return Outcome(Fate.SET_ASIDE if is_new else Fate.SET_ASIDE_BEFORE, task.why)
                if task.state is TaskState.READ:
                    self._export(task.exam)
                    return Outcome(Fate.READ_BEFORE)
                return self._begun(key, content, study, paths)
        except StorageError as error:
            return Outcome(Fate.PUT_OFF, str(error))
        except SourceUnavailable as error:  # it cannot be reached now
            return Outcome(Fate.LATER, str(error))

    def _begun(
        self, key: str, content: str, study: ArchivedStudy, paths: Sequence[Path]
    ) -> Outcome:
        try:
            return self._read(key, content, study, paths)
        except (StorageError, InstallationError) as error:
            return self._put_off(key, Fate.PUT_OFF, str(error))
        except _WasAway as error:
            return self._put_off(key, Fate.LATER, str(error))
        except SenoscopeError as error:
            # What is wrong with the study stays wrong, unless it is the disk that went away, or
            # somebody who deleted the exam.
            if _is_as_it_was(paths, content) and self._store.archive.give_up(key, str(error)):
                return Outcome(Fate.SET_ASIDE, str(error))
            return self._put_off(key, Fate.LATER, str(error))
        except Exception as fault:  # noqa: BLE001 - a process' border; its words may quote a name
            last = traceback.extract_tb(fault.__traceback__)[-1]
            where = f"{Path(last.filename).name}, line {last.lineno}"
            why = f"Unexpected {type(fault).__name__} in {where}."
            with contextlib.suppress(StorageError):  # as below
                self._store.archive.stumbled(key, why)
            return Outcome(Fate.FAILED, why)

    def _put_off(self, key: str, fate: Fate, why: str) -> Outcome:
        with contextlib.suppress(StorageError):  # nor can that be written: it is begun again
            self._store.archive.put_off(key, why)
        return Outcome(fate, why)

    def _read(
        self, key: str, content: str, archived: ArchivedStudy, paths: Sequence[Path]
    ) -> Outcome:
        if archived.has_more:
            raise too_many("study", self._setup.limits)
        study, left_out = _study(paths)
        fitting = fitting_modes(study, self._modes)
        exam = keep_files(self._store, study, WHO, spares_signed=True)
        self._store.archive.kept(key, exam)
        fate, last = Fate.READ_BEFORE, None
        if self._store.exam(exam).state is ExamState.SIGNED:
            fate, fitting = Fate.SIGNED, ()
        given = _Given(content, tuple(paths), study, left_out)
        for mode in fitting:
            reading, become = self._read_by(mode, given, exam)
            last = reading or last
            if become is not None and fate is not Fate.READ:
                fate = become
        self._export(exam)
        self._store.archive.finish(key, last)
        return Outcome(fate)

    def _read_by(self, mode: Mode, given: _Given, exam: int) -> tuple[int | None, Fate | None]:
        """The reading's number, and None where it was there."""
        key = task_key(given.content, mode.name, self._setup.models.get(mode.name, ""))
        there = self._store.archive.reading_of(key)
        if there is not None:
            return there, None
        reading = mode.read(given.study)
        assert reading is not None, "nobody cancelled"
        if not (_is_whole(reading) or _is_as_it_was(given.paths, given.content)):
            raise _WasAway(AWAY)
        quality = whole_quality(given.study, given.left_out)
        with made_of(given.study, reading, quality) as (new, results):
            kept = self._store.archive.add_reading(key, exam, new, results, WHO)
        if kept.reading is None:
            return None, Fate.SIGNED
        return kept.reading, Fate.READ if kept.is_new else Fate.CAME_LATE

    def _export(self, exam: int | None) -> None:
        if self._setup.out is not None and exam is not None:
            export_results(self._store, exam, self._setup.out, WHO)


class _WasAway(SourceUnavailable):
    """Its files were, for a moment: what was made of it then is not kept."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What every mode reads."""

    content: str
    paths: tuple[Path, ...]
    study: Study
    left_out: tuple[LeftOut, ...]


def _is_as_it_was(paths: Sequence[Path], content: str) -> bool:
    try:
        return content_of(paths) == content
    except SourceUnavailable:
        return False


def _is_whole(reading: StudyReading) -> bool:
    """Whether all of it could be read; what could not may have been away at that moment."""
    return not any(each.name == TROUBLE for each in reading.facts) and all(
        not each.trouble and each.read + sum(each.unsuitable.values()) >= each.frames
        for each in reading.images
    )


def _study(paths: Sequence[Path]) -> tuple[Study, tuple[LeftOut, ...]]:
    with StudyFiles.listed(paths) as files:
        studies, left_out = read_studies(files)
    if any(each.reason == CLOSED for each in left_out):  # all were read a moment ago
        raise _WasAway(AWAY)
    if len(studies) != 1:
        why = " ".join(map(str, left_out[:3]))
        raise SourceUnavailable(
            f"Its files hold {len(studies)} studies; expected one. {why} Export it again."
        )
    return studies[0], left_out


@contextmanager
def _unpacked(files: Sequence[FilePlace], limits: StudyLimits) -> Iterator[tuple[Path, ...]]:
    """Where they lie; members of zips in a temporary folder. SourceUnavailable, StorageError."""
    zips: dict[str, list[int]] = {}
    for each in files:
        if each.member:
            zips.setdefault(each.path, []).append(each.member)
    paths = [Path(each.path) for each in files if not each.member]
    with ExitStack() as rooms:
        for path, members in zips.items():
            spool = rooms.enter_context(temporary_folder("senoscope-archive-"))
            paths += _members(Path(path), members, spool, limits)
        yield tuple(paths)


def _members(path: Path, members: Sequence[int], spool: Path, limits: StudyLimits) -> list[Path]:
    try:
        with path.open("rb") as file:
            zipped = ZipMembers(file, spool, limits)
            found = [zipped.spooled(each) for each in members]
    except (OSError, Refused, IndexError):
        found = [None]
    if None in found:
        raise SourceUnavailable(
            "A zip of the archive is not what it was when its files were looked at. See that it is "
            "there; it is tried again at the next run."
        )
    return [each for each in found if each is not None]
