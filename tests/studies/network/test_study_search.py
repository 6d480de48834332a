"""QIDO-RS: what is found in a real Orthanc, and answers that are none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.network.destinations import WebDestination
from senoscope.studies.network.failures import PacsUnavailable
from senoscope.studies.network.study_search import StudyQuery, reach, search
from tests.studies.network.faulty import SHORT, answer, http
from tests.studies.network.network_files import STUDY, file_of, mammogram, us_native
from tests.studies.network.orthanc import HOST, Orthanc


@pytest.fixture
def filled(orthanc: Orthanc, tmp_path: Path) -> WebDestination:
    other = us_native()
    other.StudyInstanceUID, other.PatientID, other.StudyDate = "1.2.9", "12", "20240301"
    other.AccessionNumber = "B-1"
    for each in (us_native(), mammogram(), other):
        orthanc.put(file_of(tmp_path, each).read_bytes())
    return WebDestination(orthanc.web)


@pytest.mark.parametrize(
    "query",
    [
        StudyQuery(patient_id="4711"),
        StudyQuery(accession_number="A-7"),
        StudyQuery(modality="MG"),
        StudyQuery(until=date(2024, 2, 29)),
        StudyQuery(since=date(2024, 2, 29), until=date(2024, 2, 29)),
        StudyQuery(patient_id="4711", since=date(2024, 1, 1)),
    ],
    ids=["patient", "accession", "modality", "until", "day", "both"],
)
def test_a_study_is_found_by_what_it_has(filled: WebDestination, query: StudyQuery) -> None:
    [found] = search(filled, query)
    assert found.study_instance_uid == STUDY
    assert found.patient_id == "4711"
    assert found.patient_name == "DOE^JANE"
    assert found.study_date == "20240229"
    assert found.accession_number == "A-7"
    assert set(found.modalities) == {"US", "MG"}
    assert found.description == "Mamma bds."
    assert found.instances == 2


def test_what_is_not_there_is_not_found(filled: WebDestination) -> None:
    assert search(filled, StudyQuery(patient_id="47")) == []
    assert len(search(filled, StudyQuery(modality="US"))) == 2
    assert len(search(filled, StudyQuery(modality="US", most=1))) == 1


def test_reach_says_that_it_answers(filled: WebDestination) -> None:
    reach(filled)
    with pytest.raises(PacsUnavailable, match="Correct the address"):
        reach(WebDestination(filled.url.replace("dicom-web", "nothing")))


def test_patients_are_not_in_a_repr(filled: WebDestination) -> None:
    query = StudyQuery(patient_id="4711", accession_number="A-7")
    shown = repr([query, *search(filled, query)])
    assert not [each for each in ("4711", "A-7", "DOE", "Mamma") if each in shown]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"patient_id": "a\nb"},
        {"patient_id": "a\\b"},
        {"accession_number": 17 * "1"},
        {"modality": "US", "most": 0},
        {"modality": "US", "most": 1001},
    ],
)
def test_questions_that_cannot_be_asked_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        StudyQuery(**given)  # type: ignore[arg-type]


def asked(body: bytes) -> list[str]:
    with http(answer("200 OK", body)) as server:
        destination = WebDestination(f"http://{HOST}:{server.port}")
        found = search(destination, StudyQuery(modality="US", most=2), SHORT)
    return [each.study_instance_uid for each in found]


def item(uid: object, **more: object) -> dict[str, object]:
    return {"0020000D": {"vr": "UI", "Value": [uid]}, **more}


def test_an_answer_is_cut_and_cleaned() -> None:
    assert asked(json.dumps([item("1.2"), item("1.3"), item("1.4")]).encode()) == ["1.2", "1.3"]
    assert asked(json.dumps([item("../../etc"), item("1.3")]).encode()) == ["1.3"]
    assert asked(b"") == []


def test_what_steers_a_terminal_is_taken_out() -> None:
    body = json.dumps([item("1.2", **{"00081030": {"Value": ["\x1b[2Jx" + 99 * "y"]}})])
    with http(answer("200 OK", body.encode())) as server:
        destination = WebDestination(f"http://{HOST}:{server.port}")
        [found] = search(destination, StudyQuery(modality="US"), SHORT)
    assert found.description == "?[2Jx" + 59 * "y"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b"[7]",
        b'[{"0020000D": 7}]',
        b'[{"0020000D": {"Value": "x"}}]',
        b'[{"00201208": {"Value": ["many"]}}]',
        b"[" * 100_000,
        b"[" + b" " * (17 * 2**20),
        b"\xff",
    ],
    ids=["page", "object", "number", "tag", "text", "count", "deep", "long", "bytes"],
)
def test_an_answer_that_is_no_list_of_studies_is_an_error(body: bytes) -> None:
    with pytest.raises(PacsUnavailable):
        asked(body)
