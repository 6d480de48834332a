from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import cv2
import numpy as np
import pytest
from pydicom import Dataset, dcmread

from senoscope.studies.results.report_json import signed_of_json
from senoscope.studies.sign_off import LONGEST_TEXT
from tests.ui.reading_studies import NAME, FindsTwo, ReadingStudies, reading_studies, study_zip


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ReadingStudies]:
    with reading_studies(tmp_path) as served:
        yield served


def everything(served: ReadingStudies, exam: Any) -> dict[str, bytes]:
    """The zip of all results."""
    answer = served.client.get(f"/study/exams/{exam['number']}/results/0")
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name.partition("_")[2]: archive.read(name) for name in archive.namelist()}


def dicom(content: bytes) -> Dataset:
    return dcmread(io.BytesIO(content))


def two(verdict: str, outline: list[float] | None = None) -> list[dict[str, Any]]:
    return [{"number": each, "verdict": verdict, "outline": outline} for each in (1, 2)]


ACCEPTED = {"decisions": two("accepted"), "assessment": "2", "name": "A", "organization": "B"}


def test_a_zip_is_kept_read_and_listed(served: ReadingStudies) -> None:
    exam = served.read(study_zip())
    assert [each["number"] for each in exam["findings"]] == [1, 2]
    assert (exam["state"], exam["ai_shown"], exam["name"]) == ("read", True, "Sample Anna")
    assert (exam["birth_date"], exam["simulated"]) == ("1970-02-03", False)
    assert exam["images"] == [{"frames": 3, "modality": "US", "shows": True}]
    assert exam["findings"][0]["measured"]["long_axis"]["unit"] == "mm"
    assert set(exam["findings"][0]["outlines"]) == {"0/1", "0/2", "0/3"}
    assert served.asked("/study/list", {}) == [
        {
            "number": exam["number"],
            "name": "Sample Anna",
            "study_date": "2026-01-02",
            "modality": "US",
            "state": "read",
        }
    ]
    assert served.asked("/study/list", {"text": "anna", "state": "signed"}) == []
    assert list((served.folder / "uploads").iterdir()) == [], "an upload goes when it is read"


def test_several_files_are_one_study(served: ReadingStudies) -> None:
    with zipfile.ZipFile(io.BytesIO(study_zip())) as archive:
        first = archive.read("any/name")
    with zipfile.ZipFile(io.BytesIO(study_zip(SOPInstanceUID="1.2.3.4.5.2"))) as archive:
        second = archive.read("any/name")
    assert len(served.read(first, second)["images"]) == 2


def test_a_frame_is_shown_as_it_was_stored(served: ReadingStudies) -> None:
    exam = served.read(study_zip())
    answer = served.client.get(f"/study/exams/{exam['number']}/images/0/2")
    assert answer.headers["cache-control"] == "no-store"
    picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape == (480, 640)
    for place in ("0/0", "0/4", "1/1", "-1/1"):
        assert served.client.get(f"/study/exams/{exam['number']}/images/{place}").status_code == 409


def test_what_is_signed_is_a_new_document_and_the_machine_s_stays(served: ReadingStudies) -> None:
    exam = served.read(study_zip())
    before = everything(served, exam)
    machine = dicom(before["measurements.dcm"])
    assert machine.VerificationFlag == "UNVERIFIED"
    signed = served.sign(exam, "accepted", "overruled")
    assert signed["state"] == "signed"
    assert signed["signed"]["name"] == "Reader Rita"
    assert [each["verdict"] for each in signed["signed"]["decisions"]] == ["accepted", "overruled"]
    after = everything(served, exam)
    document = dicom(after["measurements.dcm"])
    assert document.VerificationFlag == "VERIFIED"
    [observer] = document.VerifyingObserverSequence
    assert observer.VerifyingObserverName == "Reader^Rita"
    predecessor = document.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert predecessor.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == machine.SOPInstanceUID
    assert "A rib." in str(document)
    assert after["report.pdf"] != before["report.pdf"]
    assert after["segmentation.dcm"] == before["segmentation.dcm"]
    titles = [each["title"] for each in signed["results"]]
    assert titles == ["report_pdf", "report_html", "structured_report", "all"]
    assert served.store.verify() == ()


def test_an_outline_that_was_drawn_is_in_the_signed_reading(served: ReadingStudies) -> None:
    exam = served.read(study_zip())
    outline = [100.0, 100.0, 160.0, 100.0, 160.0, 150.0, 100.0, 150.0]
    decisions = [
        {"number": 1, "verdict": "edited", "outline": outline},
        {"number": 2, "verdict": "accepted"},
    ]
    signed = served.sign(exam, decisions=decisions)
    assert signed["signed"]["decisions"][0]["outline"] == outline


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"decisions": []}, "Accept, edit or overrule every finding"),
        ({"decisions": [{"number": 9, "verdict": "accepted"}]}, "expected one of [1, 2]"),
        ({"decisions": two("overruled")}, "without a reason"),
        ({"decisions": two("edited", [1, 2, 3])}, "expected x, y"),
        ({"decisions": two("edited", [1, 2])}, "3 or more"),
        ({"name": " "}, "without a name"),
        ({"organization": "a\\b"}, "no backslash"),
    ],
)
def test_what_cannot_be_signed_says_why_and_leaves_nothing(
    served: ReadingStudies, changed: dict[str, Any], said: str
) -> None:
    exam = served.read(study_zip())
    assert said in served.refused(f"/study/exams/{exam['number']}/sign", ACCEPTED | changed)
    again = served.asked(f"/study/exams/{exam['number']}")
    assert (again["state"], again["results"]) == ("read", exam["results"])


def test_nothing_is_signed_twice(served: ReadingStudies) -> None:
    exam = served.read(study_zip())
    served.sign(exam, "accepted", "accepted")
    path = f"/study/exams/{exam['number']}/sign"
    assert "waits for no signature" in served.refused(path, ACCEPTED)


def test_where_the_site_asks_for_it_the_ai_is_hidden_until_it_was_read_alone(
    tmp_path: Path,
) -> None:
    with reading_studies(tmp_path, reads_alone=True) as served:
        exam = served.read(study_zip())
        assert (exam["ai_shown"], exam["findings"], exam["results"]) == (False, [], [])
        path = f"/study/exams/{exam['number']}"
        assert served.client.get(f"{path}/results/0").status_code == 409
        assert "without the AI first" in served.refused(f"{path}/sign", ACCEPTED)
        for wrong in (-1, 100.5, "many"):
            said = {"assessment": "3", "percent": wrong}
            assert served.client.post(f"{path}/alone", json=said).status_code == 422
        said = {"assessment": "3", "text": "One mass.", "percent": 2.5}
        shown = served.asked(f"{path}/alone", said)
        assert shown["ai_shown"]
        assert len(shown["findings"]) == 2
        assert "stays" in served.refused(f"{path}/alone", {"assessment": "5"})
        signed = served.sign(exam, "accepted", "accepted", percent=90)
        assert signed["alone"]["assessment"] == "3"
        (kept,) = served.store.sign_offs_of(exam["number"])
        said = signed_of_json(kept.signed)
        assert said.alone is not None
        assert (said.alone.probability, said.final.probability) == (0.025, 0.9)
        assert "One mass." in everything(served, exam)["report.html"].decode()


def test_images_that_come_after_the_signature_are_read_alone_and_signed_anew(
    tmp_path: Path,
) -> None:
    with reading_studies(tmp_path, reads_alone=True) as served:
        exam = served.read(study_zip())
        path = f"/study/exams/{exam['number']}"
        served.asked(f"{path}/alone", {"assessment": "3"})
        served.sign(exam, "accepted", "accepted")
        later = served.read(study_zip(SOPInstanceUID="1.2.3.4.5.2"))
        assert (later["number"], later["state"]) == (exam["number"], "read")
        assert (later["ai_shown"], later["alone"], later["signed"]) == (False, None, None)
        assert len(later["images"]) == 2
        served.asked(f"{path}/alone", {"assessment": "4A"})
        assert served.sign(exam, "accepted", "overruled")["state"] == "signed"
        first, second = served.store.sign_offs_of(exam["number"])
        assert second.replaces == first.number
        assert served.store.verify() == ()


def test_a_study_on_which_everything_was_abstained_leaves_a_report_that_says_why(
    tmp_path: Path,
) -> None:
    with reading_studies(tmp_path, FindsTwo(abstains=True)) as served:
        exam = served.read(study_zip())
        assert exam["abstained"]
        assert exam["not_read"] == {"in_air": 3}
        document = dicom(everything(served, exam)["measurements.dcm"])
        assert "Not Attempted" in str(document) or "not read" in str(document).lower()
        assert served.sign(exam)["state"] == "signed"


def test_what_is_no_study_says_so_and_leaves_nothing(served: ReadingStudies) -> None:
    served.upload(b"no DICOM at all")
    assert "Nothing that was given is a study" in served.job()["message"]
    assert served.asked("/study/list", {}) == []
    assert list((served.folder / "uploads").iterdir()) == []


def test_a_study_that_no_mode_reads_is_kept_and_says_what_is_read(served: ReadingStudies) -> None:
    served.upload(study_zip(Modality="MR"))
    assert "expected ultrasound" in served.job()["message"]
    assert [each["state"] for each in served.asked("/study/list", {})] == ["received"]


def test_a_reading_can_be_stopped_and_the_study_stays(tmp_path: Path) -> None:
    with reading_studies(tmp_path, FindsTwo(go_on=Event())) as served:
        served.upload(study_zip())
        assert served.mode.begun.wait(30)
        assert served.asked("/study/job")["share"] == 0.5
        served.asked("/study/stop", {})
        assert [each["state"] for each in served.asked("/study/list", {})] == ["received"]
        exam = served.asked(f"/study/exams/{served.job()['exams'][0]}")
        assert (exam["findings"], exam["ai_shown"], exam["results"]) == ([], False, [])


def test_an_upload_can_be_given_up(served: ReadingStudies) -> None:
    token = served.asked("/study/uploads", {})["token"]
    served.client.post(f"/study/uploads/{token}/file", content=b"half of it")
    served.asked("/study/stop", {"token": token})
    assert list((served.folder / "uploads").iterdir()) == []
    assert "no such upload" in served.refused(f"/study/uploads/{token}/read", {})


def test_results_are_queued_for_a_destination_once(served: ReadingStudies) -> None:
    exam = served.read(study_zip())
    path = f"/study/exams/{exam['number']}/send"
    assert "No destination" in served.refused(path, {"destination": "elsewhere"})
    for _ in range(2):
        [sending] = served.asked(path, {"destination": "pacs"})["sendings"]
        assert (sending["state"], sending["destination"]) == ("waiting", "pacs")
        assert sending["count"] == 6, "SEG, two key images, marks, SR, report"


def test_a_copy_without_the_person_is_made_and_had(served: ReadingStudies) -> None:
    exam = served.read(study_zip())
    path = f"/study/exams/{exam['number']}/deidentified"
    assert served.client.get(path).status_code == 409
    lines = served.client.post(path).text.splitlines()
    assert json.loads(lines[-1]) == {"done": 1.0}
    with zipfile.ZipFile(io.BytesIO(served.client.get(path).content)) as archive:
        [name] = [each for each in archive.namelist() if each.endswith(".dcm")]
        copy = archive.read(name)
        assert "Written: 1 files" in archive.read("report.txt").decode()
    for part in (b"Sample", b"Anna", b"A-0173"):
        assert part not in copy
    assert dicom(copy).PatientIdentityRemoved == "YES"
    acts = [each.act for each in served.store.audit_of(exam["number"])]
    assert "made a copy without the person" in acts


def test_hostile_numbers_and_long_texts_are_refused(served: ReadingStudies) -> None:
    exam = served.read(study_zip())
    assert served.client.get("/study/exams/999").status_code == 409
    assert served.client.get("/study/exams/../../etc").status_code == 404
    path = f"/study/exams/{exam['number']}/alone"
    long = {"assessment": "2", "text": "x" * (LONGEST_TEXT + 1)}
    assert served.client.post(path, json=long).status_code == 422
    assert served.client.post(path, json={"assessment": "7"}).status_code == 422
    result = served.client.get(f"/study/exams/{exam['number']}/results/12345")
    assert "no such result" in result.json()["message"]


def test_no_name_reaches_the_log(served: ReadingStudies, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    exam = served.read(study_zip())
    served.sign(exam, "accepted", "accepted")
    for part in ("Sample", "Anna", "A-0173", NAME):
        assert part not in caplog.text
