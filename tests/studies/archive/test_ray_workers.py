"""What a worker of Ray keeps from study to study, and what is told of one that failed."""

from __future__ import annotations

import pickle
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from senoscope.studies.archive import ray_workers
from senoscope.studies.archive.archive_run import DIED
from senoscope.studies.archive.outcome import Fate, Outcome
from senoscope.studies.archive.ray_workers import RayWorkers, read_in_worker
from senoscope.studies.archive.study_groups import ArchivedStudy
from senoscope.studies.archive.study_task import StudyTask
from tests.studies.archive.archives import setup, studies
from tests.studies.archive.quick_modes import no_process_modes
from tests.studies.archive.simulated_archive import write_archive
from tests.studies.exams.exam_builders import Place


def test_a_worker_opens_store_and_networks_once_for_all_its_studies(
    sqlite_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[StudyTask, ExitStack]] = []
    usual = tempfile.gettempdir()
    monkeypatch.setattr(ray_workers, "_OPENED", opened)
    sqlite_place.opened().close()
    sent = pickle.dumps(setup(sqlite_place, build_modes=partial(no_process_modes, delay_s=0.0)))
    tasks = []
    for study in studies(write_archive(tmp_path / "archive", 3)):
        assert read_in_worker(pickle.loads(sent), study) == Outcome(Fate.READ)
        tasks += [task for task, _ in opened]
    [(task, room)] = opened
    assert tasks == [task] * 3
    task.close()
    assert Path(tempfile.gettempdir()).parent == Path(usual)
    room.close()
    assert tempfile.gettempdir() == usual


class RayError(Exception):
    """As Ray's."""


class RayTaskError(RayError):
    """As Ray's: a worker that lives told of it."""

    cause = ValueError("of Jane Doe")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RayError(), DIED),
        (RayTaskError(), Outcome(Fate.FAILED, "Unexpected ValueError in its worker.")),
    ],
)
def test_a_worker_that_failed_and_lives_did_not_die(error: RayError, outcome: Outcome) -> None:
    def get(_: object) -> None:
        raise error

    def remote(**_: object) -> Any:
        return lambda read: SimpleNamespace(remote=lambda *_: read)

    ray = SimpleNamespace(
        exceptions=SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError),
        put=lambda given: given,
        remote=remote,
        wait=lambda under_way, **_: (under_way, []),
        get=get,
    )
    workers = RayWorkers(ray, setup(Place("", Path(), Path())), 2)
    study = ArchivedStudy(())
    workers.begin(study)
    assert workers.ended(0) == [(study, outcome)]
