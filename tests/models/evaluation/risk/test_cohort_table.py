from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.risk.cohort_table import EXPECTED, cohort_text, read_cohort
from tests.models.risk.cohorts import cohort

ROW = {
    "woman": "a",
    "age": "52",
    "race": "1",
    "menarche_age": "12",
    "has_given_birth": "yes",
    "first_birth_age": "25",
    "biopsies": "1",
    "atypical_hyperplasia": "no",
    "relatives": "0",
    "prior_pathology": "benign",
    "carries_brca": "no",
    "bmi": "27.5",
    "density": "c",
    "polygenic_sd": "-0.4",
    "bcrat_five_year_percent": "1.3",
    "ultrasound": "0.2",
    "mammography": "0.4",
    "tomosynthesis": "0.1",
    "breast_mri": "0.3",
    "texture_sd": "1.1",
    "image_risk": "0.2",
    "image": "",
    "cancer": "no",
}


def written(folder: Path, *rows: dict[str, str]) -> Path:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (folder / "cohort.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_a_cohort_is_read_as_it_was_written(tmp_path: Path) -> None:
    cases = cohort(200, 3, 0.3)
    (tmp_path / "cohort.csv").write_text(cohort_text(cases))
    assert read_cohort(tmp_path) == cases


def test_a_picture_is_a_file_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    (case,) = read_cohort(written(tmp_path, {**ROW, "image": "a.png"}))
    assert case.image == tmp_path / "a.png"
    (tmp_path / "cohort.csv").write_text(cohort_text([case]))
    assert read_cohort(tmp_path) == (case,)


def test_an_empty_cell_is_not_known_and_columns_may_be_left_out(tmp_path: Path) -> None:
    (case,) = read_cohort(
        written(tmp_path, {"woman": "a", "age": "52", "bmi": "", "cancer": "yes"})
    )
    assert case.cancer
    assert case.facts.bmi is None and case.facts.density is None
    assert not case.image_scores


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("woman", ""),
        ("age", ""),
        ("age", "7"),
        ("age", "624"),
        ("age", "fifty"),
        ("age", "nan"),
        ("race", "12"),
        ("race", "white"),
        ("menarche_age", "99"),
        ("menarche_age", "12.5"),
        ("has_given_birth", "1"),
        ("first_birth_age", "98"),
        ("biopsies", "-1"),
        ("relatives", "99"),
        ("prior_pathology", "unknown"),
        ("carries_brca", "maybe"),
        ("bmi", "2.7"),
        ("bmi", "165"),
        ("density", "23"),
        ("density", "e"),
        ("polygenic_sd", "61"),
        ("bcrat_five_year_percent", "130"),
        ("mammography", "40"),
        ("ultrasound", "-0.1"),
        ("texture_sd", "inf"),
        ("image_risk", "20"),
        ("image", "nowhere.png"),
        ("image", "../a.png"),
        ("cancer", ""),
        ("cancer", "unknown"),
        ("cancer", "1"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_line_and_column(
    tmp_path: Path, column: str, cell: str
) -> None:
    written(tmp_path, ROW, {**ROW, "woman": "b"}, {**ROW, column: cell})
    with pytest.raises(DataSetError, match=rf"Line 4 of cohort\.csv.*{column}"):
        read_cohort(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"has_given_birth": "no"},
        {"first_birth_age": "55"},
        {"menarche_age": "24", "age": "20", "first_birth_age": "", "has_given_birth": ""},
    ],
)
def test_facts_that_contradict_one_another_are_refused_with_their_line(
    tmp_path: Path, change: dict[str, str]
) -> None:
    with pytest.raises(DataSetError, match=r"Line 3 of cohort\.csv"):
        read_cohort(written(tmp_path, ROW, {**ROW, **change}))


def test_a_column_that_would_be_ignored_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="'polygenic'"):
        read_cohort(written(tmp_path, {**ROW, "polygenic": "1"}))


@pytest.mark.parametrize("column", ["woman", "age", "cancer"])
def test_a_table_without_what_is_needed_is_refused(tmp_path: Path, column: str) -> None:
    row = {name: cell for name, cell in ROW.items() if name != column}
    with pytest.raises(DataSetError, match=column):
        read_cohort(written(tmp_path, row))


def test_every_column_is_written(tmp_path: Path) -> None:
    head = cohort_text(cohort(30, 1)[:1]).splitlines()[0]
    assert head.split(",") == list(EXPECTED) == list(ROW)


def test_a_measured_value_is_not_written() -> None:
    case = cohort(30, 1)[0]
    assert cohort_text([replace(case, measured={"percent_density": 3.0})]) == cohort_text([case])
