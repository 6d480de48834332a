from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.exams.exam_records import ExamState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.network.destinations import DimseDestination
from senoscope.studies.network.receiver import ReceiverSettings
from senoscope.studies.network.sending import send_files
from senoscope.studies.study_intake import StudyIntake
from senoscope.ui.commands.studies_at_hand import StudiesAtHand
from senoscope.ui.settings import Settings
from senoscope.ui.studies.received_studies import ReceivedStudies
from senoscope.ui.studies.study_jobs import StudyJobs
from tests.realtime.running import until
from tests.studies.dicom_files import write
from tests.studies.results.image_builders import grey_cine
from tests.ui.reading_studies import FindsTwo


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def receiving(folder: Path, port: int) -> Iterator[ExamStore]:
    store = ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "exams")
    intake = StudyIntake(store, (FindsTwo(),))
    with ExitStack() as ending:
        ending.callback(store.close)
        jobs = StudyJobs(intake)
        ending.callback(jobs.close)
        settings = ReceiverSettings("SENOSCOPE", port)
        ending.enter_context(ReceivedStudies(settings, folder / "received", jobs, intake, 0.5))
        yield store


def sent(folder: Path, port: int, count: int = 2) -> None:
    paths = []
    for number in range(1, count + 1):
        paths.append(write(folder / f"{number}.dcm", grey_cine(number)))
    outcomes = list(send_files(DimseDestination("127.0.0.1", port, "SENOSCOPE", "TEST"), paths))
    assert not any(isinstance(each, Exception) for each in outcomes), outcomes


def read_exams(store: ExamStore) -> int:
    return sum(each.state is ExamState.READ for each in store.search())


def test_what_is_sent_is_one_exam_that_is_read(tmp_path: Path) -> None:
    port = free_port()
    with receiving(tmp_path, port) as store:
        sent(tmp_path, port)
        until(lambda: read_exams(store))
        [exam] = store.search()
        assert exam.images == 2
        until(lambda: not any((tmp_path / "received" / "gathered").iterdir()))
        assert list((tmp_path / "received" / "taken").glob("*.dcm")) == []


def test_what_is_sent_again_is_neither_doubled_nor_read_again(tmp_path: Path) -> None:
    port = free_port()
    with receiving(tmp_path, port) as store:
        sent(tmp_path, port, 1)
        until(lambda: read_exams(store))
        gathered = tmp_path / "received" / "gathered"
        until(lambda: not any(gathered.iterdir()))
        sent(tmp_path, port, 1)
        until(lambda: any(gathered.iterdir()))
        until(lambda: not any(gathered.iterdir()))
        [exam] = store.search()
        assert exam.images == 1
        assert len(store.readings_of(exam.number)) == 1


def test_what_a_killed_program_had_taken_is_read_at_the_next_start(tmp_path: Path) -> None:
    left = tmp_path / "received" / "gathered" / "left"
    left.mkdir(parents=True)
    write(left / "1.dcm", grey_cine())
    taken = tmp_path / "received" / "taken"
    taken.mkdir()
    write(taken / "2.received.dcm", grey_cine(2))
    with receiving(tmp_path, free_port()) as store:
        until(lambda: store.search() and store.search()[0].images == 2)


def test_what_the_store_refuses_is_put_aside_and_the_rest_is_kept(tmp_path: Path) -> None:
    port = free_port()
    with receiving(tmp_path, port) as store:
        sent(tmp_path, port, 1)
        until(lambda: read_exams(store))
        gathered, refused = (tmp_path / "received" / each for each in ("gathered", "refused"))
        until(lambda: not any(gathered.iterdir()))
        paths = [
            write(tmp_path / "a.dcm", grey_cine(2, PatientID="another")),
            write(tmp_path / "b.dcm", grey_cine(3, StudyInstanceUID="1.2.3.4.99")),
        ]
        to = DimseDestination("127.0.0.1", port, "SENOSCOPE", "TEST")
        assert len([each for each in send_files(to, paths) if not isinstance(each, Exception)]) == 2
        until(refused.exists)
        assert read_exams(store) == 2
        assert len(list(refused.rglob("*.dcm"))) == 2


def reader() -> None:
    raise AssertionError("nothing is read here")


@pytest.mark.parametrize(
    "given",
    [{}, {"port": "a"}, {"port": 11112, "aet": "X"}, {"port": 11112, "certificate_file": "c"}],
)
def test_settings_of_another_form_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, object]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(SettingsError, match='"receive"'):
        StudiesAtHand(reader, tmp_path, Settings(receive=given), tmp_path / "none.toml")  # type: ignore[arg-type]
