"""A studies page's server over a store of its own; what reads is a fake that always finds two."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from fastapi import FastAPI
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from senoscope.domain.reading import Unsuitable
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.images.series import Series, Study
from senoscope.studies.modes.mode import Say, say_nothing
from senoscope.studies.study_intake import StudyIntake
from senoscope.studies.study_reading import StudyReading
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.studies.study_desk import StudyDesk
from senoscope.ui.studies.study_jobs import StudyJobs
from senoscope.ui.studies.study_uploads import StudyUploads
from tests.fakes import FakeLiveLoop
from tests.realtime.running import until
from tests.studies.dicom_files import cine, region, write
from tests.studies.results.image_builders import reading_of
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.opened import Asked, Served

NAME = "Sample^Anna"
SIGNER = {"name": "Reader^Rita", "organization": "Sample hospital"}


@dataclass
class FindsTwo:
    """Reads as `reading_of` says; where `abstains`, nothing is fit to be read."""

    abstains: bool = False
    begun: Event = field(default_factory=Event)
    go_on: Event | None = None
    name: str = "ultrasound_clip"
    expects: str = "ultrasound images or cines"

    def accepts(self, series: Series) -> bool:
        return series.modality == "US"

    def read(
        self, study: Study, say: Say = say_nothing, cancelled: Event | None = None
    ) -> StudyReading | None:
        self.begun.set()
        say(0.5, "half")
        while self.go_on is not None and not self.go_on.wait(0.01):
            if cancelled is not None and cancelled.is_set():
                return None
        found = reading_of(study)
        if not self.abstains:
            return found
        images = [
            replace(each, read=0, unsuitable={Unsuitable.IN_AIR: each.frames})
            for each in found.images
        ]
        return replace(found, images=tuple(images), findings=())


@cache
def phantom_frames(count: int) -> tuple[NDArray[np.uint8], PixelSpacing]:
    """(count, 480, 640) of a simulated sweep, and their scale."""
    source = PhantomSource(size=(640, 480), frames=count)
    source.open()
    shown = [frame for _ in range(count) if (frame := source.grab()) is not None]
    assert shown[0].spacing is not None
    return np.stack([each.pixels for each in shown]), shown[0].spacing.spacing


def study_zip(frames: int = 3, **changed: Any) -> bytes:
    """A phantom's cine with its scale, in a zip."""
    pixels, mm = phantom_frames(frames)
    corners = {"RegionLocationMinX0": 0, "RegionLocationMinY0": 0}
    corners |= {"RegionLocationMaxX1": 639, "RegionLocationMaxY1": 479}
    scale = {"PhysicalDeltaX": mm.column_mm / 10, "PhysicalDeltaY": mm.row_mm / 10}
    said = {
        "PatientName": NAME, "PatientID": "A-0173", "PatientBirthDate": "19700203",
        "PatientSex": "F", "StudyDate": "20260102", "StudyTime": "101112", "StudyID": "1",
        "AccessionNumber": "", "ReferringPhysicianName": "", "Modality": "US",
        "SeriesNumber": 1, "InstanceNumber": 1, "FrameTime": "33.3",
        "StudyInstanceUID": "1.2.826.0.1.3680043.10.543.7", "SeriesInstanceUID": "1.2.3.4.1",
        "SOPInstanceUID": "1.2.3.4.5.1",
        "SequenceOfUltrasoundRegions": [region(**corners, **scale)],
    }  # fmt: skip
    header = cine(pixels, **(said | changed))
    file = io.BytesIO()
    write(file, header)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("any/name", file.getvalue())
    return packed.getvalue()


@dataclass
class ReadingStudies(Served):
    desk: StudyDesk
    store: ExamStore
    mode: FindsTwo
    folder: Path

    def upload(self, *files: bytes) -> str:
        """Sent and to be read; its token."""
        token = self.asked("/study/uploads", {})["token"]
        for content in files:
            answer = self.client.post(f"/study/uploads/{token}/file", content=content)
            assert answer.status_code == 200, answer.text
        self.asked(f"/study/uploads/{token}/read", {})
        return str(token)

    def job(self) -> Any:
        """Once it is done."""
        until(lambda: self.asked("/study/job")["state"] == "idle")
        return self.asked("/study/job")

    def read(self, *files: bytes) -> Any:
        """The exam that came of an upload."""
        self.upload(*files)
        done = self.job()
        assert done["message"] == ""
        return self.asked(f"/study/exams/{done['exams'][0]}")

    def sign(self, exam: Any, *verdicts: str, **changed: Any) -> Any:
        """As the page asks it; an overruled one with a reason."""
        decisions = [
            {"number": number, "verdict": verdict, "reason": "A rib." if verdict[0] == "o" else ""}
            for number, verdict in enumerate(verdicts, 1)
        ]
        asked = {"decisions": decisions, "assessment": "4B", "text": "Two masses.", **SIGNER}
        return self.asked(f"/study/exams/{exam['number']}/sign", asked | changed)


def studies_app(
    folder: Path, mode: FindsTwo, reads_alone: bool = False
) -> tuple[FastAPI, StudyDesk, ExamStore]:
    """What it keeps is below `folder`."""
    store = ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "exams")
    intake = StudyIntake(store, (mode,))
    jobs = StudyJobs(intake, intake.read_again)
    desk = StudyDesk(
        store, jobs, StudyUploads(folder / "uploads"), reads_alone, ("pacs",), folder / "key"
    )
    actions = replace(Asked().actions, studies=desk)
    settings = PageSettings(folder, OPERATING_POINT)
    return build_app(FakeLiveLoop([], status()), actions, settings), desk, store


@contextmanager
def reading_studies(
    folder: Path, mode: FindsTwo | None = None, reads_alone: bool = False
) -> Iterator[ReadingStudies]:
    """Serve a studies page."""
    mode = mode or FindsTwo()
    app, desk, store = studies_app(folder, mode, reads_alone)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield ReadingStudies(client, desk, store, mode, folder)
    desk.close()
    store.close()
