from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from senoscope.domain.errors import SettingsError, SourceUnavailable, StorageError
from senoscope.studies.study_intake import Tell
from senoscope.ui.studies import study_jobs
from senoscope.ui.studies.study_jobs import StudyJobs
from tests.realtime.running import until


class Work:
    """Keeps and reads as it is told: each path's name says how it ends."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go_on = Event()

    def __call__(self, path: Path, who: str, tell: Tell, stopping: Event) -> tuple[int, ...]:
        self.begun.append(f"{path.name} for {who}")
        tell(0.5)
        if path.name == "refused":
            raise SourceUnavailable("It is no study. Choose another.")
        if path.name == "fault":
            raise ZeroDivisionError
        while path.name == "long" and not (stopping.is_set() or self.go_on.is_set()):
            stopping.wait(0.01)
        return () if stopping.is_set() else (len(self.begun),)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def jobs(work: Work) -> Iterator[StudyJobs]:
    jobs = StudyJobs(work)
    yield jobs
    jobs.close()


def given(jobs: StudyJobs, folder: Path) -> Path:
    folder.mkdir()
    jobs.add(folder, folder, "reader")
    return folder


def idle(jobs: StudyJobs) -> dict[str, object]:
    until(lambda: jobs.state()["state"] == "idle")
    return jobs.state()


def test_one_after_the_other_is_read_and_what_came_is_removed(
    jobs: StudyJobs, work: Work, tmp_path: Path
) -> None:
    long = given(jobs, tmp_path / "long")
    other = given(jobs, tmp_path / "other")
    until(lambda: jobs.state()["share"] == 0.5)
    assert (jobs.state()["state"], jobs.state()["waiting"]) == ("reading", 1)
    work.go_on.set()
    assert idle(jobs)["exams"] == [2]
    assert work.begun == ["long for reader", "other for reader"]
    assert not long.exists()
    assert not other.exists()


@pytest.mark.parametrize(("name", "said"), [("refused", "no study"), ("fault", "see the log")])
def test_one_that_fails_says_why_and_the_next_is_read(
    jobs: StudyJobs, tmp_path: Path, name: str, said: str
) -> None:
    folder = given(jobs, tmp_path / name)
    assert said in str(idle(jobs)["message"])
    assert not folder.exists()
    given(jobs, tmp_path / "other")
    until(lambda: jobs.state()["exams"] == [2])
    assert idle(jobs)["message"] == ""


def test_of_several_each_that_fails_is_told_of(jobs: StudyJobs, work: Work, tmp_path: Path) -> None:
    for name in ("long", "refused", "other"):
        given(jobs, tmp_path / name)
    jobs.add(None, tmp_path / "refused", "reader")
    work.go_on.set()
    assert str(idle(jobs)["message"]).count("no study") == 1, "the same is said once"


def test_the_present_one_is_stopped_and_the_next_goes_on(
    jobs: StudyJobs, work: Work, tmp_path: Path
) -> None:
    given(jobs, tmp_path / "long")
    until(lambda: work.begun)
    given(jobs, tmp_path / "other")
    jobs.stop()
    assert idle(jobs)["exams"] == [2]


def test_closing_ends_all(jobs: StudyJobs, work: Work, tmp_path: Path) -> None:
    given(jobs, tmp_path / "long")
    until(lambda: work.begun)
    waiting = given(jobs, tmp_path / "other")
    jobs.close()
    assert work.begun == ["long for reader"]
    assert not waiting.exists()


def test_too_many_are_refused(
    jobs: StudyJobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_jobs, "MOST_WAITING", 1)
    given(jobs, tmp_path / "long")
    with pytest.raises(SettingsError, match="wait to be read"):
        jobs.add(None, tmp_path, "reader")


def test_what_is_to_be_kept_is_kept_whatever_is_stopped(
    jobs: StudyJobs, work: Work, tmp_path: Path
) -> None:
    given(jobs, tmp_path / "long")
    until(lambda: work.begun)
    waiting = given(jobs, tmp_path / "waits")
    kept: list[int] = []

    def keep() -> tuple[int, ...]:
        jobs.stop()
        kept.append(7)
        return (7,)

    jobs.keep(keep)
    jobs.close()
    assert (kept, jobs.state()["exams"]) == ([7], [7])
    assert work.begun == ["long for reader"]
    assert not waiting.exists()


def test_what_cannot_be_kept_is_said(jobs: StudyJobs) -> None:
    def full() -> tuple[int, ...]:
        raise StorageError("The disk is full. Free space.")

    jobs.keep(full)
    assert idle(jobs)["message"] == "The disk is full. Free space."


def test_what_takes_too_long_to_be_kept_is_said_at_the_end(
    work: Work, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(study_jobs, "KEEP_LIMIT_S", 0.05)
    go_on = Event()

    def slowly() -> tuple[int, ...]:
        go_on.wait()
        return (1,)

    jobs = StudyJobs(work)
    jobs.keep(slowly)
    jobs.close()
    assert "1 of what was to be kept as a study is not" in caplog.text
    go_on.set()
    assert idle(jobs)["exams"] == [1]
