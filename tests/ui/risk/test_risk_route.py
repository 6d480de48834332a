"""The risk page's requests, asked of a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from senoscope.models.risk import bcrat as bcrat_model
from senoscope.models.risk import bcrat_facts, fusion
from senoscope.models.risk.bcrat import bcrat
from senoscope.models.risk.bcrat_facts import BcratFacts
from senoscope.models.risk.hybrid import FUSED
from senoscope.ui.risk.risk_form import filled
from senoscope.ui.words.catalogue import texts
from tests.ui.reading_studies import ReadingStudies, reading_studies, study_zip
from tests.ui.risk.test_risk_form import TODAY, WHOLE_FORM


def risk(served: ReadingStudies, **fields: str) -> Any:
    return served.asked("/facts/risk", {"fields": fields})


def test_the_figures_are_those_of_the_models(tmp_path: Path) -> None:
    facts = filled(WHOLE_FORM, TODAY).facts
    assert facts is not None
    five = bcrat(BcratFacts.of(facts, 5))
    lifetime = bcrat(BcratFacts.until(facts, 90))
    with reading_studies(tmp_path) as served:
        answer = risk(served, **WHOLE_FORM, ultrasound="0.62")
    assert answer["refused"] == []
    shown = answer["risk"]["bcrat"]
    assert shown["five_years"]["percent"] == pytest.approx(five.absolute_percent, abs=1e-3)
    assert shown["five_years"]["average_percent"] == pytest.approx(five.average_percent, abs=1e-3)
    assert shown["lifetime"]["percent"] == pytest.approx(lifetime.absolute_percent, abs=1e-3)
    fusion = answer["risk"]["fusion"]
    named = {each["name"]: each for each in fusion["terms"]}
    assert named["ultrasound"]["value"] == 0.62
    assert named["bcrat"]["value"] == pytest.approx(five.absolute_percent, abs=1e-3)
    assert named["breast_mri"] == {"name": "breast_mri", "value": None, "log_odds": 0}
    assert "simulated_weights" in fusion["cautions"]
    assert fusion["lower_percent"] < fusion["percent"] < fusion["upper_percent"]


@pytest.mark.parametrize(
    ("fields", "caution"),
    [
        ({"age": "30"}, "below_35"),
        ({"age": "52"}, "race_unknown"),
        ({"age": "52", "carries_brca": "yes"}, "known_mutation"),
        ({"age": "52", "prior_pathology": "dcis"}, "after_in_situ_or_cancer"),
    ],
)
def test_who_the_model_is_not_for_is_warned(
    tmp_path: Path, fields: dict[str, str], caution: str
) -> None:
    with reading_studies(tmp_path) as served:
        assert caution in risk(served, **fields)["risk"]["bcrat"]["five_years"]["cautions"]


def test_every_caution_and_every_term_has_its_words() -> None:
    cautions = {
        *(bcrat_model.BELOW_35, bcrat_model.IMPLAUSIBLE),
        *(bcrat_facts.RACE_UNKNOWN, bcrat_facts.UNKNOWN_IS_LOWEST),
        bcrat_facts.AT_LEAST_ONE_BIOPSY,
        *(fusion.SIMULATED, fusion.OUT_OF_AGE, fusion.AFTER_CANCER, fusion.MUTATION),
        *(fusion.BEYOND, fusion.NOT_FUSED, fusion.NO_BCRAT, fusion.SPARSE),
    }
    written = texts("en").keys()
    said = {key.removeprefix("risk_caution_") for key in written if key.startswith("risk_caution_")}
    assert said == cautions
    assert {f"risk_term_{name}" for name in FUSED} <= written


def test_where_one_model_refuses_the_others_stand(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        shown = risk(served, age="88")["risk"]
    assert shown["bcrat"]["five_years"]["trouble"]["message"]
    assert shown["bcrat"]["lifetime"]["percent"] > 0
    assert shown["fusion"]["percent"] > 0


def test_wrong_fields_are_refused_and_nothing_is_computed(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        answer = risk(served, age="12", race="99")
        assert {each["field"] for each in answer["refused"]} == {"age", "race"}
        assert answer["risk"] is None
        for body in ({}, {"fields": {"age": "5" * 65}}, {"fields": {"age": 52}}):
            assert served.client.post("/facts/risk", json=body).status_code == 422


def test_nothing_is_kept_of_what_was_asked(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        before = sorted(path for path in tmp_path.rglob("*") if path.is_file())
        head = served.store.head()
        risk(served, **WHOLE_FORM)
        served.client.post("/facts/file", content=b"age\n52\n")
        assert served.store.head() == head
        assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == before


def test_a_file_fills_the_form_and_what_is_none_is_refused(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        answer = served.client.post("/facts/file", content=b"age,density\n52,c\n")
        assert answer.json()["fields"] == {"age": "52", "density": "c"}
        assert served.client.post("/facts/file", content=b"").status_code == 409
        large = served.client.post("/facts/file", content=b"a" * (8 * 2**20 + 1))
        assert "expected a file of facts" in large.json()["message"]


def test_an_exam_fills_age_and_scores_once_they_may_be_shown(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        exam = served.read(study_zip())
        told = served.asked(f"/facts/exams/{exam['number']}")
        assert told["fields"].keys() == {"age", "ultrasound"}
        assert told["fields"]["age"] == "55"
        assert told["sources"]["ultrasound"] == {
            "exam": exam["number"],
            "date": "2026-01-02",
        }
        assert "Sample" not in str(told)
        assert "999" in served.refused("/facts/exams/999")


def test_where_the_reader_reads_alone_first_no_score_is_told(tmp_path: Path) -> None:
    with reading_studies(tmp_path, reads_alone=True) as served:
        exam = served.read(study_zip())
        path = f"/facts/exams/{exam['number']}"
        assert served.asked(path)["fields"] == {"age": "55"}
        served.asked(f"/study/exams/{exam['number']}/alone", {"assessment": "2"})
        assert "ultrasound" in served.asked(path)["fields"]


def test_a_header_without_an_age_leaves_the_field_empty_and_says_so(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        exam = served.read(study_zip(PatientBirthDate=""))
        told = served.asked(f"/facts/exams/{exam['number']}")
    assert "age" not in told["fields"]
    assert "no age" in told["notes"][0]["said"]["sentence"]
