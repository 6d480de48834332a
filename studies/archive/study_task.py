"""One study of an archive, read by a worker: whatever is killed when, its reading is kept once."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

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
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_limits import LeftOut, StudyLimits, too_many
from senoscope.studies.files.zip_members import Refused, ZipMembers
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.modes.mode import Mode, fitting_modes
from senoscope.studies.study_intake import keep_files, made_of
from senoscope.studies.whole_quality import whole_quality

WHO = "archive"


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
        self._modes = setup.build_modes(self._clips)

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
        except (StorageError, SourceUnavailable) as error:  # what cannot be reached now
            return Outcome(Fate.PUT_OFF, str(error))

    def _begun(
        self, key: str, content: str, study: ArchivedStudy, paths: Sequence[Path]
    ) -> Outcome:
        try:
            return self._read(key, content, study, paths)
        except (StorageError, InstallationError) as error:
            return self._put_off(key, str(error))
        except SenoscopeError as error:
            # What is wrong with the study stays wrong, unless it is the disk that went away.
            if content_of(paths) != content:
                return self._put_off(key, str(error))
            self._store.archive.set_aside(key, study.place, str(error))
            return Outcome(Fate.SET_ASIDE, str(error))
        except Exception as fault:  # noqa: BLE001 - a process' border; its words may quote a name
            last = traceback.extract_tb(fault.__traceback__)[-1]
            where = f"{Path(last.filename).name}, line {last.lineno}"
            return Outcome(Fate.FAILED, f"Unexpected {type(fault).__name__} in {where}.")

    def _put_off(self, key: str, why: str) -> Outcome:
        with contextlib.suppress(StorageError):  # nor can that be written: it is begun again
            self._store.archive.put_off(key, why)
        return Outcome(Fate.PUT_OFF, why)

    def _read(
        self, key: str, content: str, archived: ArchivedStudy, paths: Sequence[Path]
    ) -> Outcome:
        if archived.has_more:
            raise too_many("study", self._setup.limits)
        study, left_out = _study(paths)
        fitting = fitting_modes(study, self._modes)
        exam = keep_files(self._store, study, WHO)
        self._store.archive.kept(key, exam)
        fate, last = Fate.READ_BEFORE, None
        if self._store.exam(exam).state is ExamState.SIGNED:
            fate, fitting = Fate.SIGNED, ()
        for mode in fitting:
            last, become = self._read_by(mode, content, exam, study, left_out)
            fate = become or fate
        self._export(exam)
        self._store.archive.finish(key, last)
        return Outcome(fate)

    def _read_by(
        self, mode: Mode, content: str, exam: int, study: Study, left_out: Sequence[LeftOut]
    ) -> tuple[int, Fate | None]:
        """The reading's number; None where it was there."""
        key = task_key(content, mode.name, self._setup.models.get(mode.name, ""))
        there = self._store.archive.reading_of(key)
        if there is not None:
            return there, None
        reading = mode.read(study)
        assert reading is not None, "nobody cancelled"
        with made_of(study, reading, whole_quality(study, left_out)) as (new, results):
            kept = self._store.archive.add_reading(key, exam, new, results, WHO)
        return kept.reading, Fate.READ if kept.is_new else Fate.CAME_LATE

    def _export(self, exam: int | None) -> None:
        if self._setup.out is not None and exam is not None:
            export_results(self._store, exam, self._setup.out)


def _study(paths: Sequence[Path]) -> tuple[Study, tuple[LeftOut, ...]]:
    with StudyFiles.listed(paths) as files:
        studies, left_out = read_studies(files)
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
    if not zips:
        yield tuple(paths)
        return
    with TemporaryDirectory(prefix="senoscope-archive-") as room:
        for number, (path, members) in enumerate(zips.items()):
            spool = Path(room) / str(number)
            spool.mkdir()
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
