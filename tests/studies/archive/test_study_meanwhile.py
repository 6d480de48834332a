"""What happens while a study is read: a signature, a deletion, a disk that is away for a moment."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest

from senoscope.domain.errors import ImageError, InstallationError
from senoscope.studies.archive import study_task
from senoscope.studies.archive.outcome import Fate, Outcome
from senoscope.studies.archive.study_groups import ArchivedStudy
from senoscope.studies.archive.study_task import StudyTask
from senoscope.studies.exams.archive_tasks import KeptOnce, TaskState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import CLOSED
from senoscope.studies.files.study_limits import LeftOut
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.modes.mode import Mode, Say, say_nothing
from senoscope.studies.study_reading import StudyReading
from tests.studies.archive.archives import readings, setup, studies, task
from tests.studies.archive.quick_modes import FindsNothing
from tests.studies.archive.simulated_archive import write_archive
from tests.studies.exams.exam_builders import Place
from tests.studies.study_builders import zipped


@dataclass(frozen=True)
class Meanwhile(FindsNothing):
    """While it reads, `act` does what it does."""

    act: Callable[[], object] = list
    trouble: str = ""

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        self.act()
        reading = super().read(study, say, cancelled)
        assert reading is not None
        images = tuple(replace(each, trouble=self.trouble) for each in reading.images)
        return replace(reading, images=images)


def meanwhile(
    act: Callable[[], object] = list, trouble: str = ""
) -> Callable[[object], Sequence[Mode]]:
    return lambda _: (Meanwhile(act=act, trouble=trouble),)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write_archive(tmp_path / "archive", 1)


@pytest.fixture
def study(archive: Path) -> ArchivedStudy:
    [found] = studies(archive)
    return found


def signed_first(store: ExamStore) -> int:
    [exam] = [each.number for each in store.all_exams()]
    store.sign(store.readings_of(exam)[0].number, {"final": "2"}, [], "Rita")
    return exam


def tasks(store: ExamStore) -> list[tuple[TaskState, int]]:
    return [(each.state, each.tries) for state in TaskState for each in store.archive.listed(state)]


def test_a_signature_made_while_it_is_read_stays(place: Place, study: ArchivedStudy) -> None:
    with task(place) as reads:
        reads.read(study)
    with place.opened() as store:

        def sign() -> None:
            signed_first(store)

        with task(place, models={}, build_modes=meanwhile(sign)) as reads:
            assert reads.read(study) == Outcome(Fate.SIGNED)
            assert reads.read(study) == Outcome(Fate.READ_BEFORE)
        [exam] = store.all_exams()
        assert (exam.state, readings(store)) == ("signed", [1])
        assert store.check().complaints == ()


def test_an_image_that_came_later_is_not_added_to_a_signed_exam(
    place: Place, study: ArchivedStudy
) -> None:
    with task(place) as reads:
        assert reads.read(ArchivedStudy(study.files[:1])).fate is Fate.READ
        with place.opened() as store:
            exam = signed_first(store)
        assert reads.read(study) == Outcome(Fate.SIGNED)
    with place.opened() as store:
        assert store.exam(exam).state == "signed"
        assert (len(store.images_of(exam)), readings(store)) == (1, [1])
        assert store.check().complaints == ()


def test_a_patient_who_is_deleted_while_she_is_read_leaves_no_place(
    place: Place, study: ArchivedStudy
) -> None:
    with place.opened() as store:

        def delete() -> None:
            [exam] = store.all_exams()
            store.delete_patient(exam.patient_id, "clerk", really=True)

        with task(place, build_modes=meanwhile(delete)) as reads:
            assert reads.read(study).fate is Fate.LATER
        assert tasks(store) == []
        assert readings(store) == []
        assert store.check().complaints == ()


def test_a_share_that_goes_while_it_is_read_counts_no_stop(
    place: Place, archive: Path, study: ArchivedStudy
) -> None:
    unplugged = archive.with_name("unplugged")

    def unplug() -> None:
        archive.rename(unplugged)
        raise ImageError("Image 1 is cut off.")

    with task(place, build_modes=meanwhile(unplug)) as reads:
        assert reads.read(study) == Outcome(Fate.LATER, "Image 1 is cut off.")
    with place.opened() as store:
        assert tasks(store) == [(TaskState.WAITING, 0)]
    unplugged.rename(archive)
    with task(place) as reads:
        assert reads.read(study) == Outcome(Fate.READ)


def test_an_image_in_trouble_is_kept_only_where_its_file_is_there(
    place: Place, archive: Path, study: ArchivedStudy
) -> None:
    unplugged = archive.with_name("unplugged")
    away = meanwhile(lambda: archive.rename(unplugged), "Damaged.")
    with task(place, build_modes=away) as reads:
        assert reads.read(study) == Outcome(Fate.LATER, study_task.AWAY)
    unplugged.rename(archive)
    with place.opened() as store:
        assert readings(store) == [0]
    with task(place, build_modes=meanwhile(trouble="Damaged.")) as reads:
        assert reads.read(study) == Outcome(Fate.READ)


def test_a_file_that_was_closed_for_a_moment_puts_off(
    place: Place, study: ArchivedStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = (LeftOut(CLOSED, (2,), True),)
    with task(place) as reads, monkeypatch.context() as patched:
        patched.setattr(study_task, "read_studies", lambda files: (read_studies(files)[0], closed))
        assert reads.read(study) == Outcome(Fate.LATER, study_task.AWAY)
    with place.opened() as store:
        assert readings(store) == []


@pytest.mark.parametrize("is_zipped", [False, True])
def test_a_full_temporary_disk_is_not_the_study_s_fault(
    sqlite_place: Place, archive: Path, monkeypatch: pytest.MonkeyPatch, is_zipped: bool
) -> None:
    if is_zipped:
        packed = {each.name: each.read_bytes() for each in archive.rglob("*") if each.is_file()}
        archive = zipped(archive.parent / "all.zip", packed)
    [study] = studies(archive)
    with task(sqlite_place) as reads:
        with monkeypatch.context() as patched:
            patched.setattr(tempfile, "tempdir", str(archive.parent / "gone"))
            outcome = reads.read(study)
        assert outcome.fate is Fate.PUT_OFF
        assert "A temporary folder cannot be made" in outcome.why
        assert reads.read(study) == Outcome(Fate.READ)


def test_one_reading_that_is_new_is_news_whoever_came_first_with_the_other(
    sqlite_place: Place, study: ArchivedStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Second(FindsNothing):
        name = "second"

    modes = (FindsNothing(), Second())
    with task(sqlite_place, build_modes=lambda _: modes) as reads:
        kept = iter([True, False])
        add = reads._store.archive.add_reading

        def once(*given: object) -> KeptOnce:
            return replace_new(add(*given), next(kept))  # type: ignore[arg-type]

        monkeypatch.setattr(reads._store.archive, "add_reading", once)
        assert reads.read(study) == Outcome(Fate.READ)


def replace_new(kept: KeptOnce, is_new: bool) -> KeptOnce:
    return KeptOnce(kept.reading, is_new)


def test_a_store_is_closed_where_nothing_can_read(
    sqlite_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[ExamStore] = []

    def close(store: ExamStore) -> None:
        closed.append(store)

    def build(_: object) -> Sequence[Mode]:
        raise InstallationError("No network.")

    sqlite_place.opened().close()
    monkeypatch.setattr(ExamStore, "close", close)
    with pytest.raises(InstallationError):
        StudyTask(setup(sqlite_place, build_modes=build))
    assert len(closed) == 1
    closed[0].parts.database.close()
