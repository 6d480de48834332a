"""An exam that ends on the live page is on the studies page soon, and in nobody's way."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest

from senoscope.domain.errors import StorageError
from senoscope.domain.frame import Gray, ScanArea
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, ReaderDescription, Reading, Suspicion, Unsuitable
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.studies import sign_off
from senoscope.studies.exams.exam_records import ExamState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.ui.frames.key_frames import Remark, Side, Verdict
from senoscope.ui.live import live_session
from senoscope.ui.live.live_session import LiveSession, WatchedSource
from senoscope.ui.settings import Settings
from senoscope.ui.studies import live_exam_study
from senoscope.ui.studies.live_exam_study import LiveExamStudies
from senoscope.ui.studies.sign_off_asked import DecisionAsked, SignOffAsked
from senoscope.ui.studies.study_desk import StudyDesk
from senoscope.ui.studies.study_jobs import StudyJobs
from senoscope.ui.studies.study_uploads import StudyUploads
from tests import builders
from tests.realtime.running import until
from tests.studies.exams.test_full_disk import files_of_at_most
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.report_builders import ellipse


@dataclass(frozen=True)
class OneLesion:
    """Reads any picture, and finds the same lesion on it; picklable."""

    @property
    def description(self) -> ReaderDescription:
        return ReaderDescription("Fake engine", ("fake model",))

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        lesion = Lesion(ellipse(100, 80, 30, 18), area_px=1690.0, presence=0.97)
        return Reading(frame_index, (Finding(lesion, 0.7, Suspicion.UNCERTAIN),), 0.97)


def build_one_lesion() -> OneLesion:
    return OneLesion()


def build_none() -> OneLesion:
    raise StorageError("no reader")


@dataclass
class Scanning:
    """A live loop on a phantom with a studies page beside it."""

    loop: LiveLoop
    session: LiveSession
    studies: LiveExamStudies
    jobs: StudyJobs
    desk: StudyDesk
    store: ExamStore
    folder: Path

    def done(self) -> dict[str, object]:
        until(lambda: self.jobs.state()["state"] == "idle")
        return self.jobs.state()

    def key_frame(self) -> None:
        until(self.session.actions.key_frames.all)


@contextmanager
def scanning(folder: Path, build=build_one_lesion, **given: object) -> Iterator[Scanning]:  # type: ignore[no-untyped-def]
    source = WatchedSource("phantom", PhantomSource(size=(256, 192), rate_hz=100, frames=20))
    loop = LiveLoop(source, build, judges=False, **given)  # type: ignore[arg-type]
    session = LiveSession(loop, source, Settings(), folder / "settings.json", kept=folder)
    store = ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "store")
    jobs = StudyJobs(lambda *_: ())
    desk = StudyDesk(store, jobs, StudyUploads(folder / "uploads"))
    studies = LiveExamStudies(loop, store, jobs)
    session.keep_study = studies.keep
    with loop:
        yield Scanning(loop, session, studies, jobs, desk, store, folder)
    desk.close()
    store.close()


def test_an_exam_that_ends_is_a_study_that_can_be_signed(tmp_path: Path) -> None:
    with scanning(tmp_path) as live:
        live.session.end_exam("Rosa-17")
        live.done()
        live.key_frame()
        said = Remark(Side.RIGHT, 2, 4.5, "soft", Verdict.ACCEPTED)
        live.session.actions.key_frames.remark(1, said)
        ended = live.session.end_exam()
        [number] = live.done()["exams"]  # type: ignore[misc]
        assert live.jobs.state()["message"] == ""
        assert live.store.audit_of(number)[0].who == "senoscope live", "nobody was named"
        exam = live.desk.exam(number)
        assert exam["simulated"]
        assert (exam["patient_id"], exam["state"], exam["modality"]) == ("Rosa-17", "read", "US")
        [finding] = exam["findings"]
        assert (finding["number"], finding["suspicion"]) == (1, "uncertain")
        assert finding["measured"]["scale"]["origin"] == "phantom"
        assert exam["engine"] == "Fake engine"
        assert any("2 o'clock; 4.5 cm" in each["text"] for each in exam["quality"])
        ledger = live.store.readings_of(number)[0].ledger
        assert ledger["captured"] == ended.books.captured
        assert ledger["operator"][0]["side"] == "R"
        [image] = live.store.images_of(number)
        assert dciodvfy_errors(live.store.path_of(image.content)) == []
        asked = SignOffAsked(
            decisions=[DecisionAsked(number=1, verdict=sign_off.Verdict.ACCEPTED)],
            assessment=sign_off.Assessment.NEGATIVE,
            name="Reader^Rita",
            organization="Hospital",
        )
        live.desk.sign(number, asked, "rita")
        assert live.store.exam(number).state is ExamState.SIGNED
        pages = [each for each in live.store.results_of(number) if each.kind == "report.html"]
        for each in pages:
            page = live.store.path_of(each.content).read_text(encoding="utf-8")
            assert "SIMULATED: these pictures" in page
        assert len(pages) == 2


def test_an_exam_without_ai_is_a_study_too(tmp_path: Path) -> None:
    with scanning(tmp_path, build_none) as live:
        until(lambda: live.loop.exam().books.captured > 3)
        live.session.end_exam()
        [number] = live.done()["exams"]  # type: ignore[misc]
        exam = live.desk.exam(number)
        assert exam["abstained"]
        assert "the AI was starting or off" in exam["troubles"][0]


def test_of_frames_that_are_not_fit_the_last_of_each_reason_is_kept(tmp_path: Path) -> None:
    with scanning(tmp_path, build_none) as live:
        name = replace(live.loop.exam().name, number=7)
        heard = LiveExamStudies(live.loop, live.store, live.jobs)
        for index, why in enumerate([Unsuitable.IN_AIR, Unsuitable.TEXT, Unsuitable.TEXT]):
            frame = builders.frame(index, value=index, columns=128)
            reading = Reading(index, (), 0.0, unsuitable=why)
            area = ScanArea(0, 0, 64, 64)
            heard.hear(live_exam_study.ReadFrame(frame, reading, (), "fake", name, area))
        summary = replace(builders.exam_summary(), name=name)
        books = replace(summary.books, read=0)
        heard.keep(replace(summary, books=books), (), "rita")
        [number] = live.done()["exams"]  # type: ignore[misc]
        exam = live.desk.exam(number)
        assert exam["not_read"] == {"text": 1, "in_air": 1}
        assert {each.who for each in live.store.audit_of(number)} == {"rita"}
        assert live.store.readings_of(number)[0].ledger["unsuitable"] == {"in_air": 1, "text": 2}
        heard.keep(replace(summary, books=books), ())
        assert "without a frame" in str(live.done()["message"]), "nothing of it is held on to"


def test_a_store_that_is_full_loses_neither_the_files_nor_the_live_view(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with scanning(tmp_path) as live:
        live.key_frame()
        go_on, begun = Event(), Event()

        def wait() -> tuple[int, ...]:
            begun.set()
            go_on.wait(30)
            return ()

        live.jobs.keep(wait)
        until(begun.is_set)
        live.session.end_exam("Rosa-17")
        [facts] = (tmp_path / "exams").glob("exam_*/exam.json")
        assert json.loads(facts.read_text())["key_frames"][0]["picture"] == "lesion_1.png"
        with caplog.at_level(logging.ERROR), files_of_at_most(20_000):
            go_on.set()
            message = str(live.done()["message"])
        assert "Live exam 1 is not in Studies" in message
        assert "Free space" in message
        assert message.partition(" is not")[0] in caplog.text
        assert "Rosa" not in message + caplog.text
        assert live.store.search() == ()
        before = live.loop.exam().books.captured
        until(lambda: live.loop.exam().books.captured > before)


def test_the_exam_becomes_a_study_even_where_its_files_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full. Free space.")

    monkeypatch.setattr(live_session, "save_exam", full)
    with scanning(tmp_path) as live:
        live.key_frame()
        with pytest.raises(StorageError, match="disk is full"):
            live.session.end_exam()
        assert live.done()["message"] == ""
        assert len(live.store.search()) == 1


def test_who_ends_the_program_loses_no_exam(tmp_path: Path) -> None:
    with scanning(tmp_path) as live:
        live.key_frame()
        live.session.end_exam()
        live.desk.close()
        [row] = live.store.search()
        assert row.state is ExamState.READ


class EndsTheProcess:
    """Where it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (3,)


def test_a_process_that_ends_too_early_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="ended too early"):
        live_exam_study._made_aside(EndsTheProcess(), tmp_path)  # type: ignore[arg-type]


@dataclass(frozen=True)
class FallsBack(OneLesion):
    """As one whose server does not answer."""

    @property
    def description(self) -> ReaderDescription:
        return ReaderDescription("Server int8", (), server="triton:8001", fallback="OpenVINO int8")

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        return replace(super().read(pixels, frame_index), fell_back=True)


def test_the_study_says_that_an_engine_here_stood_in_for_a_server(tmp_path: Path) -> None:
    with scanning(tmp_path, FallsBack) as live:
        live.key_frame()
        live.session.end_exam()
        [number] = live.done()["exams"]  # type: ignore[misc]
        assert live.desk.exam(number)["engine"] == "Server int8, in part OpenVINO int8"
