"""A study of an archive is read once; what fails may be tried again, or never will be."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import Dataset, uid

from senoscope.domain.errors import InstallationError
from senoscope.studies.archive.outcome import Fate, Outcome
from senoscope.studies.archive.study_task import StudyTask
from senoscope.studies.exams.archive_tasks import TaskState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_limits import StudyLimits
from tests.studies.archive.archives import readings, setup, studies, task
from tests.studies.archive.quick_modes import FAULT, FULL
from tests.studies.archive.simulated_archive import write_archive
from tests.studies.exams.exam_builders import Place
from tests.studies.exams.test_full_disk import files_of_at_most
from tests.studies.study_builders import folder_of, image, ultrasound, zipped

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write_archive(tmp_path / "archive", 2)


def of_patient(tmp_path: Path, patient: str) -> Path:
    header = ultrasound(1, SOPClassUID=uid.UltrasoundMultiFrameImageStorage, PatientID=patient)
    return folder_of(tmp_path / "archive", header)


def states(store: ExamStore, state: TaskState) -> list[str]:
    return [each.why for each in store.archive.listed(state)]


def test_each_study_is_read_once(archive: Path, place: Place, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with task(place, out=out) as reads:
        assert [reads.read(each) for each in studies(archive)] == [Outcome(Fate.READ)] * 2
        assert [reads.read(each) for each in studies(archive)] == [Outcome(Fate.READ_BEFORE)] * 2
    with place.opened() as store:
        assert readings(store) == [1, 1]
        assert store.check().complaints == ()
        [first, _] = [each.number for each in store.all_exams()]
        acts = [each.act for each in store.audit_of(first)]
        assert (acts.count("study kept"), acts.count("results exported")) == (1, 1)
    assert sorted(each.name for each in out.iterdir()) == [
        "exam_1_reading_1",
        "exam_2_reading_2",
    ]
    names = {each.name for each in (out / "exam_1_reading_1").iterdir()}
    assert {"report.pdf", "report_1.dcm", "reading.json"} <= names


def test_the_same_content_elsewhere_is_the_same_study(
    archive: Path, place: Place, tmp_path: Path
) -> None:
    moved = tmp_path / "moved"
    moved.mkdir()
    packed = {each.name: each.read_bytes() for each in archive.rglob("*") if each.is_file()}
    zipped(moved / "all.zip", packed)
    with task(place) as reads:
        for each in studies(archive):
            reads.read(each)
        assert {reads.read(each).fate for each in studies(moved)} == {Fate.READ_BEFORE}
    archive.rename(tmp_path / "renamed")
    with task(place) as reads:
        again = [reads.read(each).fate for each in studies(tmp_path / "renamed")]
    assert again == [Fate.READ_BEFORE] * 2


def test_another_model_reads_again_and_a_new_image_too(archive: Path, place: Place) -> None:
    [study, _] = studies(archive)
    for models in ({"ultrasound_clip": "one"}, {"ultrasound_clip": "two"}):
        with task(place, models=models) as reads:
            assert reads.read(study).fate is Fate.READ
    with task(place, models={"ultrasound_clip": "two", "mammography": "more"}) as reads:
        assert reads.read(study).fate is Fate.READ_BEFORE
    with place.opened() as store:
        assert readings(store) == [2]


def test_a_read_but_unsaid_end_is_said_by_the_next(
    archive: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the reading was kept, and before the study was done."""
    [study, _] = studies(archive)
    with task(place) as reads, monkeypatch.context() as patched:
        patched.setattr(type(reads._store.archive), "finish", lambda *_: 1 / 0)
        assert reads.read(study).fate is Fate.FAILED
    with task(place) as reads:
        assert reads.read(study).fate is Fate.READ_BEFORE
    with place.opened() as store:
        assert readings(store) == [1]
        assert list(store.archive.listed(TaskState.READING)) == []


def test_who_comes_late_adds_nothing_and_says_so(
    archive: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    [study, _] = studies(archive)
    with task(place) as first, task(place) as late:
        # It looked before the first one had read.
        monkeypatch.setattr(late._store.archive, "reading_of", lambda _: None)
        first_begun = late._store.archive.begin

        def begin_both(key: str, where: str, again: bool) -> object:
            begun = first_begun(key, where, again)
            assert first.read(study).fate is Fate.READ
            return begun

        monkeypatch.setattr(late._store.archive, "begin", begin_both)
        assert late.read(study).fate is Fate.CAME_LATE
    with place.opened() as store:
        assert readings(store) == [1]
        assert store.check().complaints == ()


def test_what_no_mode_reads_is_set_aside_and_not_kept(place: Place, tmp_path: Path) -> None:
    [study] = studies(folder_of(tmp_path / "archive", image(1)))
    with task(place) as reads:
        outcome = reads.read(study)
        assert (outcome.fate, "expected ultrasound" in outcome.why) == (Fate.SET_ASIDE, True)
        assert reads.read(study).fate is Fate.SET_ASIDE_BEFORE
    with task(place, again=True) as reads:
        assert reads.read(study).fate is Fate.SET_ASIDE
    with place.opened() as store:
        assert readings(store) == []
        assert states(store, TaskState.SET_ASIDE) == [outcome.why]


def test_too_many_files_for_one_study_are_set_aside(archive: Path, place: Place) -> None:
    limits = StudyLimits(most_files=1)
    cut = [type(each)(each.files[:1], True) for each in studies(archive)]
    with task(place, limits=limits) as reads:
        assert {reads.read(each).fate for each in cut} == {Fate.SET_ASIDE}


def test_an_unexpected_fault_is_told_without_its_words_and_set_aside_at_last(
    sqlite_place: Place, tmp_path: Path
) -> None:
    [study] = studies(of_patient(tmp_path, FAULT))
    with task(sqlite_place) as reads:
        fates = [reads.read(study) for _ in range(4)]
    assert [each.fate for each in fates] == [Fate.FAILED] * 3 + [Fate.SET_ASIDE]
    assert fates[0].why.startswith("Unexpected ValueError in quick_modes.py, line ")
    assert "Doe" not in "".join(each.why for each in fates)
    assert fates[3].why.endswith(f"--again. {fates[0].why}")


def test_a_full_disk_puts_off_and_the_next_try_reads(
    archive: Path, place: Place, tmp_path: Path
) -> None:
    [study, _] = studies(archive)
    with task(place) as reads:
        with files_of_at_most(1000):
            assert reads.read(study).fate is Fate.PUT_OFF
        assert reads.read(study) == Outcome(Fate.READ)
    [full] = studies(of_patient(tmp_path / "archive", FULL))
    with task(place) as reads:
        for _ in range(5):
            assert reads.read(full) == Outcome(Fate.PUT_OFF, "The disk is full. Free space.")
    with place.opened() as store:
        assert readings(store) == [0, 1]
        assert states(store, TaskState.WAITING) == ["The disk is full. Free space."]
        assert store.check().complaints == ()


def test_files_that_went_away_put_off(archive: Path, place: Place) -> None:
    found = studies(archive)
    archive.rename(archive.with_name("unplugged"))
    with task(place) as reads:
        assert {reads.read(each).fate for each in found} == {Fate.LATER}
    archive.with_name("unplugged").rename(archive)
    with task(place) as reads:
        assert {reads.read(each).fate for each in found} == {Fate.READ}


def test_what_a_person_signed_stays_signed(archive: Path, place: Place) -> None:
    [study, _] = studies(archive)
    with task(place) as reads:
        reads.read(study)
    with place.opened() as store:
        [exam] = [each.number for each in store.all_exams()]
        store.sign(store.readings_of(exam)[0].number, {"final": "2"}, [], "Rita")
    with task(place, models={"ultrasound_clip": "newer"}) as reads:
        assert reads.read(study) == Outcome(Fate.SIGNED)
        assert reads.read(study).fate is Fate.READ_BEFORE
    with place.opened() as store:
        assert store.exam(exam).state == "signed"
        assert readings(store) == [1]


def test_another_senoscope_does_not_read(sqlite_place: Place) -> None:
    with pytest.raises(InstallationError, match=r"expected 9\.9"):
        StudyTask(setup(sqlite_place, version="9.9"))


def test_two_studies_in_the_files_of_one_are_refused(place: Place, tmp_path: Path) -> None:
    headers: list[Dataset] = [ultrasound(1), ultrasound(2)]
    [study] = studies(folder_of(tmp_path / "archive", *headers))
    path = Path(study.files[1].path)
    changed = path.read_bytes().replace(b"1.2.3.1\0", b"1.2.3.9\0")
    path.write_bytes(changed)
    with task(place) as reads:
        outcome = reads.read(study)
    assert (outcome.fate, "2 studies" in outcome.why) == (Fate.SET_ASIDE, True)
