"""Risks that others computed, taken as given or refused with the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.risk import PatientFacts
from senoscope.studies.facts.outside_risks import read_outside_risks, with_outside_risks


def written(tmp_path: Path, *rows: str, head: str = "model,horizon,percent") -> Path:
    path = tmp_path / "risks.csv"
    path.write_text("\n".join((head, *rows)), encoding="utf-8")
    return path


def test_both_models_are_taken_by_name_and_horizon(tmp_path: Path) -> None:
    path = written(tmp_path, "Tyrer-Cuzick,10 years,4.2", "canrisk,lifetime,17%", "canrisk,5y,0")
    assert read_outside_risks(path) == {
        "tyrer-cuzick 10 years": 4.2,
        "canrisk lifetime": 17,
        "canrisk 5 years": 0,
    }


def test_they_stand_beside_what_is_known(tmp_path: Path) -> None:
    facts = PatientFacts(45.0, outside_percent={"canrisk lifetime": 11})
    path = written(tmp_path, "tyrer-cuzick,1 year,0.3")
    found = with_outside_risks(facts, path)
    assert found.outside_percent == {"canrisk lifetime": 11, "tyrer-cuzick 1 years": 0.3}
    assert found.age == 45


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("gail,10 years,4.2", "model"),
        ("canrisk,0 years,4.2", "horizon"),
        ("canrisk,81 years,4.2", "horizon"),
        ("canrisk,soon,4.2", "horizon"),
        ("canrisk,10 years,", "percent"),
        ('canrisk,10 years,"4,2"', "percent"),
        ("canrisk,10 years,100.1", "percent"),
        ("canrisk,10 years,-1", "percent"),
        ("canrisk,10 years,nan", "percent"),
        ("canrisk,10 years,4\ncanrisk,10y,4", "horizon"),
    ],
)
def test_a_row_that_is_none_is_refused(row: str, column: str, tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=rf"Line \d.*{column!r}.*expected"):
        read_outside_risks(written(tmp_path, row))


def test_another_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="Column 4"):
        read_outside_risks(written(tmp_path, head="model,horizon,percent,name"))
