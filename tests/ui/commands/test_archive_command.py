"""Archives by the command line: what is tried before the walk, what is said at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from senoscope.domain.errors import SettingsError, SourceUnavailable, StorageError
from senoscope.studies.archive import archive_files, archive_run, ray_workers
from senoscope.studies.archive.archive_run import Patience
from senoscope.studies.archive.outcome import Fate, Outcome
from senoscope.studies.archive.study_groups import ArchivedStudy
from senoscope.studies.exams.archive_tasks import TaskState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.ui.commands.archive_command import ArchiveOptions, ReadsWith, read_archive
from senoscope.ui.commands.every_command import app
from tests.studies.archive.archives import MODELS
from tests.studies.archive.quick_modes import no_process_modes
from tests.studies.archive.simulated_archive import write_archive


class NoRoom:
    """Workers whose disk is full."""

    most = 1

    def begin(self, study: ArchivedStudy) -> None:
        self.study = study

    def ended(self, wait_s: float) -> Sequence[tuple[ArchivedStudy, Outcome]]:
        return [(self.study, Outcome(Fate.PUT_OFF, "The disk is full."))]


@contextmanager
def no_room(*_: object) -> Iterator[NoRoom]:
    yield NoRoom()


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ray_workers, "require_cluster", lambda _: None)
    monkeypatch.setattr(ray_workers, "ray_workers", no_room)
    return write_archive(tmp_path / "archive", 3)


def options(folder: Path, url: str | None = None) -> ArchiveOptions:
    return ArchiveOptions("local", 1, url, folder, None, False)


def with_quick_networks(_: bool) -> ReadsWith:
    return ReadsWith(no_process_modes, MODELS)


@pytest.mark.parametrize(
    ("url", "path", "error"),
    [("mysql://nobody", "archive", SettingsError), (None, "not there", SourceUnavailable)],
)
def test_a_wrong_store_or_path_is_told_before_any_file_is_looked_at(
    archive: Path, monkeypatch: pytest.MonkeyPatch, url: str, path: str, error: type[Exception]
) -> None:
    looked_at: list[object] = []
    monkeypatch.setattr(archive_files.ArchiveFiles, "_file", looked_at.append)
    given = [archive, archive.parent / path]
    with pytest.raises(error):
        read_archive(given, options(archive.parent / "store", url), with_quick_networks)
    assert looked_at == []
    assert not (archive.parent / "store").exists()


def test_a_run_that_is_in_vain_says_what_was_done_and_then_why_it_ended(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(archive_run, "Patience", partial(Patience, first_s=0.0, in_a_row=2))
    with pytest.raises(StorageError, match="2 tries in a row failed"):
        read_archive([archive], options(archive.parent / "store"), with_quick_networks)
    told = capsys.readouterr().out
    assert "3 studies and refused files: 1 wait, 2 not begun" in told
    assert "Give the same command again" in told


def test_what_is_set_aside_is_listed_and_can_be_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    url = f"sqlite:///{folder / 'exams.sqlite'}"
    with ExamStore.open(url, folder) as store:
        store.archive.set_aside("a" * 64, "/archive/\x1b[2Jone", "No mode.")
    words = ["study", "set-aside", "--folder", str(folder)]
    listed = CliRunner().invoke(app, words)
    assert "set aside\tNo mode.\t/archive/?[2Jone\n1 set aside" in listed.output
    assert "forgotten" not in listed.output
    forgotten = CliRunner().invoke(app, [*words, "--forget"])
    assert "/archive/?[2Jone" in forgotten.output
    assert "1 forgotten" in forgotten.output
    with ExamStore.open(url, folder) as store:
        assert list(store.archive.listed(TaskState.SET_ASIDE)) == []
