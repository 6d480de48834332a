from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import DataSetError, SenoscopeError
from senoscope.ui.risk.facts_file import fields_of_file

TODAY = date(2026, 11, 29)


def of(folder: Path, text: str | bytes) -> Any:
    path = folder / "the file"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return fields_of_file(path, TODAY)


def test_a_row_of_the_form_s_own_fields(tmp_path: Path) -> None:
    found = of(tmp_path, 'age,race,density,woman\n"52","6","c",W1\n')
    assert found["fields"] == {"age": "52", "race": "6", "density": "c"}
    assert found["refused"] == []
    assert found["notes"] == [{"note": "not_taken", "said": {"what": "woman"}}]


def test_a_row_of_bcrat_with_its_codes_for_unknown(tmp_path: Path) -> None:
    head = "Race,T1,T2,N_Biop,HypPlas,AgeMen,Age1st,N_Rels\n"
    found = of(tmp_path, f"{head}1,40,50,2,1,99,98,NA\n")
    assert found["fields"] == {
        "race": "1",
        "age": "40",
        "biopsies": "2",
        "atypical_hyperplasia": "yes",
        "has_given_birth": "no",
    }
    assert found["notes"][0]["said"] == {"what": "t2"}
    found = of(tmp_path, f"{head}1,40,50,99,99,12,30,1\n")
    assert found["fields"]["first_birth_age"] == "30"
    assert found["fields"]["has_given_birth"] == "yes"
    assert "biopsies" not in found["fields"]


def test_wrong_values_are_filled_in_and_refused_beside_their_field(tmp_path: Path) -> None:
    found = of(tmp_path, "age,race\n12,none\n")
    assert found["fields"] == {"age": "12", "race": "none"}
    assert {each["field"]: each["why"] for each in found["refused"]} == {
        "age": "range",
        "race": "code",
    }


def test_fhir_says_her_age(tmp_path: Path) -> None:
    patient = {"resourceType": "Patient", "gender": "female", "birthDate": "1974-05-31"}
    found = of(tmp_path, "\ufeff" + json.dumps(patient))
    assert found["fields"] == {"age": "52"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("age\n52\n53\n", "2 rows below its first"),
        ("age\n", "0 rows"),
        ("name,city\nA,B\n", "none of the columns"),
        (b"{\xff\xfe", "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n", "not UTF-8"),
        ("{}", "FHIR"),
        ('{"resourceType": "Patient', "JSON"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_reason(
    tmp_path: Path, text: str | bytes, why: str
) -> None:
    with pytest.raises(SenoscopeError, match=why):
        of(tmp_path, text)


def test_many_women_are_sent_to_the_command(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="senoscope risk bcrat"):
        of(tmp_path, "age\n" + "52\n" * 500)
