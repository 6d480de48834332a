from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.study_intake import StudyIntake
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.studies.study_desk import StudyDesk
from senoscope.ui.studies.study_jobs import StudyJobs
from senoscope.ui.studies.study_uploads import StudyUploads
from tests.fakes import FakeLiveLoop
from tests.studies.cases.simulated_patient import PATIENT, keep_patient
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.opened import Asked

BASE = "http://127.0.0.1"


class Served:
    """The store, and pages that show all or ask to read without the AI first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "exams")
        self.exams = keep_patient(self.store, folder)
        self.desks: list[StudyDesk] = []

    def client(self, reads_alone: bool = False) -> TestClient:
        jobs = StudyJobs(StudyIntake(self.store, ()))
        desk = StudyDesk(self.store, jobs, StudyUploads(self.folder / "uploads"), reads_alone)
        self.desks.append(desk)
        actions = replace(Asked().actions, studies=desk)
        settings = PageSettings(self.folder, OPERATING_POINT)
        app = build_app(FakeLiveLoop([], status()), actions, settings)
        return TestClient(app, base_url=BASE, follow_redirects=False)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("cases"))
    yield served
    for desk in served.desks:
        desk.close()
    served.store.close()


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[TestClient]:
    with served.client() as client:
        yield client


def test_the_case_is_told_whole(served: Served, client: TestClient) -> None:
    answer = client.get(f"/study/exams/{served.exams['mri']}/case")
    assert answer.status_code == 200
    said = answer.json()
    assert said["asked"] == served.exams["mri"] and said["simulated"]
    assert said["patient_id"] == PATIENT
    first = said["groups"][0]
    assert len(first["findings"]) == 4 and first["side"] == "L"
    place = said["findings"][first["findings"][0]]["place"]
    assert (place["right_mm"], place["up_mm"]) == (34.6, 20.0)
    assert place["clock"][0] == 2.0 and place["quadrant"] == "upper outer"
    by_number = {each["number"]: each for each in said["exams"]}
    assert by_number[served.exams["before"]]["newest_of"] == []
    assert by_number[served.exams["tomosynthesis"]]["covered"] == ["tomosynthesis/L"]
    json.dumps(said, allow_nan=False)


def test_the_right_breast_is_at_the_left_of_who_faces_her(
    served: Served, client: TestClient
) -> None:
    said = client.get(f"/study/exams/{served.exams['mri']}/case").json()
    right = [each for each in said["findings"].values() if each["place"]["side"] == "R"]
    [lateral] = [each["place"] for each in right if each["modality"] == "ultrasound"]
    assert lateral["quadrant"] == "upper outer" and lateral["right_mm"] == -26.0


@pytest.mark.parametrize("name", ["ultrasound", "mammography", "tomosynthesis", "mri"])
def test_every_finding_has_a_picture(served: Served, client: TestClient, name: str) -> None:
    [kept] = served.store.readings_of(served.exams[name])
    answer = client.get(f"/study/exams/{kept.exam}/readings/{kept.number}/findings/1")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert max(picture.shape[:2]) == 420
    orange = (picture[..., 2].astype(int) - picture[..., 0]) > 80
    assert orange.sum() > 20, "the outline is drawn"


@pytest.mark.parametrize("path", ["exams/999/case", "exams/5/readings/999/findings/1",
                                  "exams/5/readings/5/findings/99"])  # fmt: skip
def test_what_is_not_there_is_said(client: TestClient, path: str) -> None:
    answer = client.get(f"/study/{path}")
    assert answer.status_code == 409
    assert answer.json()["kind"] == "SettingsError"


def test_nothing_is_told_before_it_was_read_alone(served: Served) -> None:
    number = served.exams["mammography"]
    with served.client(reads_alone=True) as client:
        said = client.get(f"/study/exams/{number}/case").json()
        assert said["findings"] == {} and said["groups"] == [] and said["lines"] == []
        assert not any(each["shows"] for each in said["exams"])
        [kept] = served.store.readings_of(number)
        refused = client.get(f"/study/exams/{number}/readings/{kept.number}/findings/1")
        assert refused.status_code == 409 and "without the AI" in refused.json()["message"]


def test_the_way_to_the_page_holds_a_number_and_no_more(client: TestClient) -> None:
    assert client.get("/case?exam=5").headers["location"] == "/case/?exam=5"
    assert client.get("/case").headers["location"] == "/case/"
    assert client.get("/case?exam=Simulated").status_code == 422
    assert client.get("/case/?exam=5").status_code == 200
