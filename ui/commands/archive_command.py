"""`senoscope study read --cluster` and `study set-aside`: archives of very many studies."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from senoscope.domain.errors import SettingsError, SourceUnavailable, StorageError
from senoscope.ui.commands.stopping import STOPPED, TERMINATED, ended_by_sigterm
from senoscope.ui.commands.store_command import Folder, Url, opened_store, store_place

if TYPE_CHECKING:
    from senoscope.studies.archive.archive_files import ArchiveFiles
    from senoscope.studies.archive.archive_run import Tally
    from senoscope.studies.archive.lasting_clips import LastingClips
    from senoscope.studies.archive.study_groups import StudyGroups
    from senoscope.studies.modes.mode import Mode

LINE_EVERY_S = 60.0
"""Of progress, where no terminal shows one that changes."""
TERMINAL_EVERY_S = 0.2


@dataclass(frozen=True)
class ArchiveOptions:
    """As typed; `cluster` None: one study is read here, and nothing else is given."""

    cluster: str | None
    workers: int | None
    url: str | None
    folder: Path | None
    out: Path | None
    again: bool


@dataclass(frozen=True)
class ReadsWith:
    """What reads: in each worker, and by mode in words that tell its models apart."""

    build_modes: Callable[[LastingClips], Sequence[Mode]]
    models: Mapping[str, str]


def require_one_study(paths: Sequence[Path], options: ArchiveOptions) -> tuple[Path, Path]:
    """What is read, and the folder to write into. SettingsError where that is for archives."""
    given = [name for name, value in vars(options).items() if value and name != "out"]
    if given:
        name = "store" if given[0] == "url" else given[0]
        raise SettingsError(f"--{name} was given without --cluster; add --cluster local.")
    if len(paths) != 1:
        raise SettingsError(
            f"{len(paths)} paths were given; expected one, or --cluster local to read an archive."
        )
    if options.out is None:
        raise SettingsError("No --out was given; expected the new folder to write results into.")
    return paths[0], options.out


def read_archive(
    paths: Sequence[Path], options: ArchiveOptions, reads_with: Callable[[bool], ReadsWith]
) -> None:
    """Walk, then read. `reads_with` is asked once, with whether there is ultrasound.

    What is given is tried before the walk, which may take hours.
    """
    from senoscope.studies.archive.archive_files import ArchiveFiles  # noqa: PLC0415 - as elsewhere
    from senoscope.studies.archive.private_folder import private_temporary  # noqa: PLC0415
    from senoscope.studies.archive.ray_workers import require_cluster  # noqa: PLC0415
    from senoscope.studies.archive.study_groups import StudyGroups  # noqa: PLC0415
    from senoscope.studies.exams.exam_store import ExamStore  # noqa: PLC0415

    require_cluster(options.cluster or "")
    files = ArchiveFiles(paths)
    ExamStore.open(*store_place(options.url, options.folder)).close()
    with (
        ended_by_sigterm(TERMINATED),
        private_temporary() as folder,
        StudyGroups(folder) as groups,
    ):
        tally = _walked(files, groups)
        try:
            stopped = _read(groups, tally, options, reads_with(groups.holds_ultrasound))
        except StorageError:
            _say_end(tally)  # what was done until then
            raise
    _say_end(tally)
    if stopped:
        raise typer.Exit(stopped)
    if tally.waiting:
        raise typer.Exit(1)


def _walked(files: ArchiveFiles, groups: StudyGroups) -> Tally:
    """What lies there goes into `groups`. SourceUnavailable where none of it is DICOM."""
    from senoscope.studies.archive.archive_run import Tally  # noqa: PLC0415 - as elsewhere

    line = _Line()
    for each in files:
        groups.add(each)
        line.say(f"{files.looked_at} files looked at")
    count = groups.count()
    line.end()
    for why, left in files.left_out.items():
        typer.echo(f"{left} files left out: {why}.")
    if not count and next(groups.refused(), None) is None:
        raise SourceUnavailable(
            f"No DICOM file was found in {files.looked_at} files. Give folders, zips or files of "
            "studies."
        )
    return Tally(count)


def _read(groups: StudyGroups, tally: Tally, options: ArchiveOptions, reads_with: ReadsWith) -> int:
    """With which status it was stopped, 0 where it was not."""
    from senoscope.studies.archive.archive_run import ArchiveRun  # noqa: PLC0415
    from senoscope.studies.archive.ray_workers import ray_workers  # noqa: PLC0415
    from senoscope.studies.archive.refused_files import set_aside_refused  # noqa: PLC0415
    from senoscope.studies.archive.study_task import ArchiveSetup  # noqa: PLC0415
    from senoscope.studies.exams.exam_store import ExamStore  # noqa: PLC0415

    url, folder = store_place(options.url, options.folder)
    with ExamStore.open(url, folder) as store:
        has_studies = tally.total > 0
        set_aside_refused(store, groups.refused(), tally)
    if not has_studies:
        return 0
    out = None if options.out is None else options.out.absolute()
    setup = ArchiveSetup(url, folder, reads_with.build_modes, reads_with.models, out, options.again)
    cores = os.cpu_count() or 1
    line = _Line()
    with (
        ray_workers(options.cluster or "", setup, options.workers, cores) as workers,
        _stopped_kindly() as stopping,
    ):
        run = ArchiveRun(workers, tally, lambda told: line.say(_progress(told)))
        run.run(groups, stopping.event)
        line.end()
    return stopping.status


class _Stopping:
    """Set by the first Ctrl-C or SIGTERM; the second ends at once."""

    def __init__(self) -> None:
        self.event = Event()
        self.status = 0

    def __call__(self, number: int, _frame: object) -> None:
        if self.event.is_set():
            raise KeyboardInterrupt
        self.status = TERMINATED if number == signal.SIGTERM else STOPPED
        self.event.set()
        # No print: the signal may come in the middle of one.
        os.write(2, b"\nStopping: studies that were begun are finished; again to leave them.\n")


@contextmanager
def _stopped_kindly() -> Iterator[_Stopping]:
    stopping = _Stopping()
    before = {each: signal.signal(each, stopping) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Line:
    """One on a terminal that changes; elsewhere one a minute."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._said_at = time.monotonic()
        self._said = ""

    def say(self, words: str) -> None:
        now = time.monotonic()
        if now - self._said_at < (TERMINAL_EVERY_S if self._is_terminal else LINE_EVERY_S):
            return
        self._said_at = now
        start = "\r" if self._is_terminal else ""
        typer.echo(f"{start}{words:<{len(self._said)}}", nl=not self._is_terminal, err=True)
        self._said = words

    def end(self) -> None:
        if self._is_terminal and self._said:
            typer.echo("", err=True)


def _progress(tally: Tally) -> str:
    words = f"{tally.done} of {tally.total} studies"
    if tally.left_s is not None:
        words += f", {_time(tally.left_s)} left"
    if tally.waiting:
        words += f", {tally.waiting} wait"
    return words


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.0f} h" if minutes < 72 * 60 else f"{minutes / 1440:.0f} days"


def _say_end(tally: Tally) -> None:
    from senoscope.studies.archive.outcome import Fate  # noqa: PLC0415 - as elsewhere
    from senoscope.studies.results.identity import NOTICE  # noqa: PLC0415

    before = tally.fates[Fate.READ_BEFORE] + tally.fates[Fate.SET_ASIDE_BEFORE]
    if before == tally.total:
        typer.echo("Nothing was to be done: all of it was read or set aside before.")
    said = [f"{count} {fate}" for fate, count in tally.fates.items()]
    not_begun = tally.total - tally.done - tally.waiting
    said += [f"{tally.waiting} wait"] if tally.waiting else []
    said += [f"{not_begun} not begun"] if not_begun else []
    typer.echo(f"{tally.total} studies and refused files: {', '.join(said)}. {NOTICE}")
    for why, count in tally.aside.most_common():
        typer.echo(f"{count} set aside: {why}")
    for why, count in tally.put_off.most_common():
        typer.echo(f"{count} wait: {why}")
    if tally.fates[Fate.SET_ASIDE] + tally.fates[Fate.SET_ASIDE_BEFORE]:
        typer.echo("`senoscope study set-aside` lists where they lie; --again tries them again.")
    if not_begun or tally.waiting:
        typer.echo("Give the same command again: it goes on from here.")


def set_aside(
    url: Url = None,
    folder: Folder = None,
    *,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Then forget those that are no exam, and where they lie."),
    ] = False,
) -> None:
    """List studies of archives that are not read, each with its reason and where it lies."""
    from senoscope.studies.exams.archive_tasks import TaskState  # noqa: PLC0415 - as elsewhere

    with opened_store(url, folder) as store:
        counts = dict.fromkeys((TaskState.SET_ASIDE, TaskState.WAITING, TaskState.READING), 0)
        for state in counts:
            for each in store.archive.listed(state):
                counts[state] += 1
                typer.echo(f"{state}\t{each.why or '-'}\t{_printable(each.place)}")
        forgotten = store.archive.forget() if forget else 0
    typer.echo(", ".join(f"{count} {state}" for state, count in counts.items()))
    if forget:
        typer.echo(f"{forgotten} forgotten; a next run looks at them anew.")


def _printable(place: str) -> str:
    """A name from outside may hold what a terminal would obey."""
    return "".join(each if each.isprintable() else "?" for each in place)
