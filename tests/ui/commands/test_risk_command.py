"""`senoscope risk`: a table, one woman, and the file of a family."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import DataSetError, SenoscopeError, SettingsError
from senoscope.domain.risk import PriorPathology, RaceGroup
from senoscope.models.risk import bcrat, bcrat_facts, fusion
from senoscope.ui.commands.risk_command import CAUTIONS, Pathology, Race, risk
from tests.studies.fhir_bundles import bundle, observation, patient, told

HEAD = "Race,T1,T2,N_Biop,HypPlas,AgeMen,Age1st,N_Rels"
GOOD = "1,40,45,0,99,12,25,0"


def run(*words: object) -> Result:
    return CliRunner().invoke(risk, [str(word) for word in words])


def refused(error: type[SenoscopeError], *words: object) -> str:
    done = run(*words)
    assert isinstance(done.exception, error), done.output
    return str(done.exception)


def test_the_reference_is_met_by_the_command(public_data: Path, tmp_path: Path) -> None:
    data = public_data / "risk" / "bcrat_reference_cases.csv"
    done = run("bcrat", "--csv", data, "--report", tmp_path / "r.json")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert told["n"] == 62 and told["refused"] == 2
    assert told["max_abs_difference"] < 1e-8
    assert told["wrongly_refused"] == told["wrongly_accepted"] == 0


def test_a_table_is_computed_and_a_wrong_row_keeps_its_reason(tmp_path: Path) -> None:
    data, out, report = (tmp_path / name for name in ("in.csv", "out.csv", "r.json"))
    data.write_text(f"{HEAD},Who\n{GOOD},one\n13{GOOD[1:]},two\n", encoding="utf-8")
    done = run("bcrat", "--csv", data, "--report", report, "--out", out)
    assert done.exit_code == 0, done.output
    assert "line 3: Race was given as 13" in done.output
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["Who"] for row in rows] == ["one", "two"]
    assert float(rows[0]["bcrat_percent"]) > 0 and rows[1]["bcrat_error"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    figures = json.loads(report.read_text(encoding="utf-8"))
    assert (figures["n"], figures["refused"], figures["max_abs_difference"]) == (2, 1, None)


def test_of_many_refused_rows_the_first_are_told(tmp_path: Path) -> None:
    data = tmp_path / "in.csv"
    data.write_text("\n".join([HEAD, *[f"13{GOOD[1:]}"] * 23]), encoding="utf-8")
    done = run("bcrat", "--csv", data, "--report", tmp_path / "r.json")
    assert done.output.count("line ") == 20 and "and 3 more" in done.output


def test_the_table_itself_is_not_written_over(tmp_path: Path) -> None:
    data = tmp_path / "in.csv"
    data.write_text(f"{HEAD}\n{GOOD}\n", encoding="utf-8")
    for report, out in ((tmp_path / "r.json", data), (data, tmp_path / "o.csv"), (data, data)):
        said = refused(SettingsError, "bcrat", "--csv", data, "--report", report, "--out", out)
        assert "another file" in said
    refused(SettingsError, "bcrat", "--csv", data, "--report", data)
    assert data.read_text(encoding="utf-8") == f"{HEAD}\n{GOOD}\n"


WOMAN = ("woman", "--age", 40, "--race", "white", "--menarche", 12, "--first-birth", 25)


def test_a_woman_is_told_her_risk_and_the_average() -> None:
    done = run(*WOMAN, "--biopsies", 1, "--relatives", 1, "--years", 10)
    assert done.exit_code == 0, done.output
    lines = {line[:34].strip(): line[34:].split() for line in done.output.splitlines()}
    assert lines["in 10 years"] == ["4.51", "1.53"]
    assert lines["relative risk below 50, from 50"] == ["5.14", "3.85"]
    assert "to age 90" in lines and "caution" not in done.output


def test_cautions_are_sentences() -> None:
    done = run("woman", "--age", 30, "--pathology", "lcis", "--brca")
    assert done.output.count("caution: ") == 6
    for part in ("below 35", "LCIS", "BRCA", "group is not known", "one was counted", "lowest"):
        assert part in done.output


def test_every_caution_has_a_sentence() -> None:
    keys = {bcrat.BELOW_35, bcrat.IMPLAUSIBLE, fusion.AFTER_CANCER, fusion.MUTATION}
    assert set(CAUTIONS) == keys | {
        bcrat_facts.RACE_UNKNOWN,
        bcrat_facts.UNKNOWN_IS_LOWEST,
        bcrat_facts.AT_LEAST_ONE_BIOPSY,
    }


def test_words_of_the_command_line_are_those_of_the_field() -> None:
    assert [each.name for each in Race] == [each.name for each in RaceGroup]
    assert [each.name for each in Pathology] == [each.name for each in PriorPathology]


def test_no_birth_is_said_by_a_word() -> None:
    none, later = (run(*WOMAN[:-1], age).output for age in ("none", "25"))
    assert none == later
    assert none != run(*WOMAN[:-2]).output


def test_what_a_file_says_is_joined_with_what_is_said(tmp_path: Path) -> None:
    path = tmp_path / "her.json"
    resources = patient(extension=[told("race", "2054-5")]), observation("1-8", 1, "1")
    path.write_text(bundle(*resources), encoding="utf-8")
    done = run("woman", "--facts", path, "--relatives", 1)
    assert done.exit_code == 0, done.output
    assert "not taken from her.json: Observation 1-8: not read" in done.output
    assert "group is not known" not in done.output
    said = refused(SettingsError, "woman", "--facts", path, "--race", "white")
    assert said.startswith("race was given")


def test_risks_that_others_computed_are_shown_as_theirs(tmp_path: Path) -> None:
    path = tmp_path / "others.csv"
    path.write_text("model,horizon,percent\ncanrisk,lifetime,17.5\n", encoding="utf-8")
    done = run(*WOMAN, "--outside", path)
    assert "canrisk lifetime, computed elsewhere" in done.output and "17.50" in done.output
    path.write_text("model,horizon,percent\ngail,lifetime,17.5\n", encoding="utf-8")
    refused(DataSetError, *WOMAN, "--outside", path)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("woman",), "No age"),
        ((*WOMAN[:-1], "soon"), "--first-birth"),
        ((*WOMAN, "--years", 51), "T2"),
        ((*WOMAN, "--biopsies", 0, "--atypia"), "biopsies"),
    ],
)
def test_what_cannot_be_is_refused(words: tuple, message: str) -> None:
    assert message in refused(SettingsError, *words)


def test_a_family_is_written_under_pseudonyms(tmp_path: Path) -> None:
    data, out, facts = (tmp_path / name for name in ("family.csv", "family.txt", "her.json"))
    rows = ("Ann,F,1,Bob,Eve,45,1980", "Bob,M,,,,,", "Eve,F,,,,,")
    head = "key,sex,target,father,mother,age,birth_year"
    data.write_text("\n".join((head, *rows)), encoding="utf-8")
    facts.write_text(bundle(patient(), observation("42798-9", 12, "a")), encoding="utf-8")
    done = run("canrisk-file", "--csv", data, "--out", out, "--facts", facts)
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8")
    assert text.startswith("##CanRisk 4.0\n##menarche=12\n##FamID\t")
    assert not any(name in text + done.output for name in ("Ann", "Bob", "Eve"))
    assert "P3: row 3" in done.output and "not anonymous" in done.output
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    before = data.read_bytes()
    refused(SettingsError, "canrisk-file", "--csv", data, "--out", data)
    assert data.read_bytes() == before
