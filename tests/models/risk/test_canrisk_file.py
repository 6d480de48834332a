"""The file has the columns and codes of format 4.0, and no name that was typed."""

from __future__ import annotations

from senoscope.domain.risk import Density, PatientFacts
from senoscope.models.risk.canrisk_file import canrisk_text
from tests.models.risk.families import MEMBERS, family

HEAD = [
    *("##FamID", "Name", "Target", "IndivID", "FathID", "MothID", "Sex", "MZtwin", "Dead", "Age"),
    *("Yob", "BC1", "BC2", "OC", "PRO", "PAN", "Ashkn", "BRCA1", "BRCA2", "PALB2", "ATM", "CHEK2"),
    *("BARD1", "RAD51D", "RAD51C", "BRIP1", "HOXB13", "ER:PR:HER2:CK14:CK56"),
]


def test_its_lines_are_those_of_format_4() -> None:
    lines = canrisk_text(family()).splitlines()
    assert lines[0] == "##CanRisk 4.0"
    assert lines[1].split("\t") == HEAD
    rows = [line.split("\t") for line in lines[2:]]
    assert len(rows) == len(MEMBERS) and {len(row) for row in rows} == {28}
    untested = ["0:0"] * 10
    assert rows[0] == [
        *("FAM1", "P1", "1", "P1", "P2", "P3", "F", "0", "0", "45", "1980"),
        *("0", "0", "0", "0", "0", "0", *untested, "0:0:0:0:0"),
    ]
    assert rows[2] == [
        *("FAM1", "P3", "0", "P3", "0", "0", "F", "0", "1", "61", "1957"),
        *("42", "AU", "60", "0", "0", "1", "S:P", *untested[:8], "T:N", "N:0:P:0:N"),
    ]
    assert rows[1][14] == "66" and rows[3][9:11] == ["0", "0"]
    assert [row[7] for row in rows] == ["0"] * 5 + ["1", "1"]


def test_no_key_gets_in() -> None:
    text = canrisk_text(family())
    assert not any(each.key in text for each in MEMBERS)


def test_what_is_known_of_the_target_stands_in_the_header() -> None:
    facts = PatientFacts(
        45.0,
        menarche_age=12,
        has_given_birth=True,
        first_birth_age=26,
        bmi=24.26,
        density=Density.C,
    )
    lines = canrisk_text(family(), facts).splitlines()
    assert lines[1:5] == ["##menarche=12", "##first_live_birth=26", "##BMI=24.3", "##birads=c"]
    assert lines[5].split("\t") == HEAD
    childless = canrisk_text(family(), PatientFacts(45.0, has_given_birth=False))
    assert childless.splitlines()[1] == "##parity=0"
    assert canrisk_text(family(), PatientFacts(45.0)) == canrisk_text(family())
