"""The reader study's requests, asked of a server."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.readers.read_log import read_log
from senoscope.models.evaluation.readers.study_tables import study_json
from senoscope.studies.proof.reader_log import write_log_csv
from senoscope.ui.proof import logged_study
from senoscope.ui.words.catalogue import texts
from tests.ui.proof.simulated_log import simulated_entries, simulated_log
from tests.ui.reading_studies import ReadingStudies, reading_studies, study_zip

TISSUE = {"outcome": "tissue", "found_on": "2026-03-01", "laterality": "L"}


def signed_exam(served: ReadingStudies) -> Any:
    exam = served.read(study_zip())
    served.asked(f"/study/exams/{exam['number']}/alone", {"assessment": "4B"})
    served.sign(exam, "accepted", "overruled")
    return exam


def test_an_empty_store_makes_an_empty_study(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        shown = served.asked("/log/study", {})
    assert shown["study"]["counted"]["entries"] == 0
    assert shown["simulated"] is False


def test_what_is_said_and_what_became_of_it_are_counted(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        exam = signed_exam(served)
        before = served.asked("/log/study", {})["study"]
        assert before["counted"]["with_outcome"] == 0
        assert {"reason": "no_outcome", "count": 1} in before["counted"]["left_out"]
        assert [each["reason"] for each in before["overrides"]] == ["A rib."]
        answer = served.asked(f"/log/exams/{exam['number']}/pathology", TISSUE)
        assert answer["refused"] == []
        after = served.asked("/log/study", {})["study"]
        assert after["counted"]["with_outcome"] == after["counted"]["cancers"] == 1
        assert after["overrides"][0]["of_cancers"] == 1


def test_the_study_is_computed_once_for_what_the_store_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counted(entries: Any) -> Any:
        asked.append(len(entries))
        return read_log(entries)

    monkeypatch.setattr(logged_study, "read_log", counted)
    with reading_studies(tmp_path) as served:
        exam = signed_exam(served)
        first = served.asked("/log/study", {})
        assert served.asked("/log/study", {}) == first
        assert len(asked) == 1
        served.asked(f"/log/exams/{exam['number']}/pathology", TISSUE)
        served.asked("/log/study", {})
    assert asked[1] == asked[0] + 1


def test_pathology_is_added_corrected_and_taken_back(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        path = f"/log/exams/{served.read(study_zip())['number']}/pathology"
        assert served.asked(path)["rows"] == []
        [row] = served.asked(path, {**TISSUE, "source": "core biopsy"})["rows"]
        assert row["outcome"] == "tissue"
        assert row["source"] == "core biopsy"
        assert row["holds"]
        clear = {**TISSUE, "outcome": "clear_tissue", "corrects": row["number"]}
        old, new = served.asked(path, clear)["rows"]
        assert (old["holds"], new["holds"]) == (False, True)
        assert new["corrects"] == old["number"]
        back = {**TISSUE, "outcome": "withdrawn", "corrects": new["number"]}
        rows = served.asked(path, back)["rows"]
        assert [each["holds"] for each in rows] == [False, False, False]
        assert len(served.asked(path)["rows"]) == 3, "nothing was removed"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"outcome": ""}, {"outcome"}),
        ({"outcome": "malignant"}, {"outcome"}),
        ({"outcome": "withdrawn"}, {"outcome"}),
        ({"found_on": ""}, {"found_on"}),
        ({"found_on": "31.12.2026"}, {"found_on"}),
        ({"found_on": "2026-02-30"}, {"found_on"}),
        ({"laterality": "left"}, {"laterality"}),
        ({"finding": "two"}, {"finding"}),
        ({"finding": "7"}, {""}),
        ({"found_on": "2025-12-31"}, {""}),
        ({"found_on": "2099-01-01"}, {""}),
        ({"source": "biopsy of Sample"}, {""}),
        ({"corrects": 5}, {""}),
        ({"outcome": "", "found_on": "soon"}, {"outcome", "found_on"}),
    ],
)
def test_wrong_pathology_is_refused_beside_its_field_and_nothing_is_kept(
    tmp_path: Path, changed: dict[str, Any], fields: set[str]
) -> None:
    with reading_studies(tmp_path) as served:
        path = f"/log/exams/{served.read(study_zip())['number']}/pathology"
        head = served.store.head()
        answer = served.asked(path, {**TISSUE, **changed})
        assert {each["field"] for each in answer["refused"]} == fields
        assert all(each.get("why") or each["message"] for each in answer["refused"])
        assert answer["rows"] == []
        assert served.store.head() == head


def test_contradictions_of_rows_are_told(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        path = f"/log/exams/{served.read(study_zip())['number']}/pathology"
        served.asked(path, TISSUE)
        [refused] = served.asked(path, {**TISSUE, "outcome": "followed"})["refused"]
        assert "correct row 1" in refused["message"]
        assert "999" in served.refused("/log/exams/999/pathology")


def test_the_log_is_given_away_with_its_dictionary_and_the_audit_says_so(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        signed_exam(served)
        answer = served.client.post("/log/table", json={})
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            texts_of = {name: archive.read(name).decode() for name in archive.namelist()}
        assert texts_of.keys() == {"reader_log.csv", "reader_log_columns.csv"}
        rows = list(csv.DictReader(io.StringIO(texts_of["reader_log.csv"])))
        assert {each["said"] for each in rows} == {*Said} - {"pathology"}
        assert "Sample" not in texts_of["reader_log.csv"]
        assert "A-0173" not in texts_of["reader_log.csv"]
        again = served.client.post("/log/file", content=texts_of["reader_log.csv"].encode())
        assert again.json()["study"] == served.asked("/log/study", {})["study"]


def test_without_a_key_a_study_is_shown_and_no_log_given_away(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        served.desk.key_file = None
        signed_exam(served)
        assert served.asked("/log/study", {})["study"]["counted"]["exams"] == 1
        assert "no secret key" in served.refused("/log/table", {})


def test_a_log_that_is_sent_is_looked_at_and_not_kept(tmp_path: Path) -> None:
    log = simulated_log(tmp_path / "log.csv").read_bytes()
    with reading_studies(tmp_path / "served") as served:
        head = served.store.head()
        shown = served.client.post("/log/file", content=log).json()
        assert shown["simulated"] is True
        study = study_json(read_log(simulated_entries()), None)["study"]
        assert shown["study"]["counted"] == study["counted"]
        assert shown["study"]["figures"] == study["figures"]
        assert served.asked("/log/study", {})["study"]["counted"]["entries"] == 0
        assert served.store.head() == head


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty file"),
        (b"\xff\xd8\xff\xe0 a picture", "not UTF-8"),
        (b"a,b\n1,2\n", "Column 'at'"),
        (b"at,patient,exam,said,by\nnow,P,E,AI,N\n", "is no time"),
        (b'at,patient,exam,said,by\n"', "is no line of a CSV"),
        (b"at,patient,exam,said,by\n2026-01-01T00:00:00,P,E,AI,N\n", "has no zone"),
    ],
)
def test_a_hostile_log_is_refused_with_the_reason(tmp_path: Path, content: bytes, why: str) -> None:
    with reading_studies(tmp_path) as served:
        answer = served.client.post("/log/file", content=content)
        assert answer.status_code == 409
        assert why in answer.json()["message"]


def test_a_log_of_too_many_readers_or_too_large_is_for_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [
        replace(simulated_entries(1)[0], by=f"Net {place}", at=datetime.now(UTC))
        for place in range(logged_study.MOST_READERS + 1)
    ]
    path = tmp_path / "many.csv"
    write_log_csv(many, path)
    with reading_studies(tmp_path / "served") as served:
        answer = served.client.post("/log/file", content=path.read_bytes())
        assert "senoscope proof study" in answer.json()["message"]
        monkeypatch.setattr("senoscope.ui.proof.proof_route.LARGEST_LOG", 1000)
        large = served.client.post("/log/file", content=b"a" * 1001)
        assert "expected a reader log" in large.json()["message"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_for_leaving_out_has_its_words(language: str) -> None:
    reasons = {
        *("no_outcome", "cancer_without_a_side", "outcome_without_a_read", "corrected"),
        *("whole_exam_beside_sides", "known_cancer", "unknown_category", "says_nothing"),
    }
    assert {f"proof_left_{each}" for each in reasons} <= texts(language).keys()
