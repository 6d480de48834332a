"""A table of women: every row has its risk or its reason, and nothing of it is lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.studies.facts.bcrat_table import RESULTS, BcratTable, read_bcrat_table

HEAD = "Race,T1,T2,N_Biop,HypPlas,AgeMen,Age1st,N_Rels"
GOOD = "1,40,45,0,99,12,25,0"


def table(tmp_path: Path, *lines: str, head: str = HEAD, start: str = "") -> BcratTable:
    path = tmp_path / "women.csv"
    path.write_text(start + "\n".join((head, *lines)) + "\n", encoding="utf-8")
    return read_bcrat_table(path)


def test_the_reference_cases_have_the_figures_that_are_asked_for(public_data: Path) -> None:
    figures = read_bcrat_table(public_data / "risk" / "bcrat_reference_cases.csv").figures()
    assert figures["n"] == 62
    assert figures["compared"] == 60
    assert figures["max_abs_difference"] < 1e-8
    assert figures["max_abs_difference_relative_risk"] < 1e-8
    assert (figures["refused"], figures["wrongly_refused"], figures["wrongly_accepted"]) == (
        2,
        0,
        0,
    )


def test_a_table_without_the_reference_is_only_computed(tmp_path: Path) -> None:
    figures = table(tmp_path, GOOD, "0" + GOOD[1:]).figures()
    assert figures["n"] == 2
    assert figures["refused"] == 1
    assert figures["compared"] == 0
    assert figures["max_abs_difference"] is None
    assert figures["wrongly_refused"] is figures["wrongly_accepted"] is None


def test_wrong_refusals_and_wrong_risks_are_counted(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        GOOD + ",1,",
        GOOD + ",0,0.5",
        GOOD + ",0,NA",
        "12" + GOOD[1:] + ",0,0.5",
        "12" + GOOD[1:] + ",1,",
        head=HEAD + ",Error_Ind,AbsRisk",
    )
    figures = found.figures()
    # A reference without a number has refused, whatever its indicator says.
    assert (figures["wrongly_accepted"], figures["wrongly_refused"], figures["refused"]) == (
        2,
        1,
        2,
    )
    assert figures["compared"] == 1
    risk = found.rows[1].risk
    assert risk is not None
    assert figures["max_abs_difference"] == pytest.approx(abs(risk.absolute_percent - 0.5))


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "not given"),
        ("NA", "not given"),
        (".", "not given"),
        ("forty", "no number"),
        ("4_0", "no number"),
        ("٤٠", "no number"),
        ("nan", "no number"),
        ("inf", "no number"),
        ("1e999", "no number"),
        ("0x28", "no number"),
        ("40 years", "no number"),
    ],
)
def test_a_cell_without_a_number_is_told_beside_its_row(
    cell: str, why: str, tmp_path: Path
) -> None:
    wrong, right = table(tmp_path, f"1,{cell},45,0,99,12,25,0", GOOD).rows
    assert wrong.risk is None
    assert why in wrong.error and "T1" in wrong.error
    assert "forty" not in wrong.error
    assert right.risk is not None


@pytest.mark.parametrize("cell", [" 40 ", "40.0", "4e1", "+40", "40."])
def test_a_number_is_taken_however_it_is_written(cell: str, tmp_path: Path) -> None:
    one, other = table(tmp_path, f"1,{cell},45,0,99,12,25,0", GOOD).rows
    assert one.risk == other.risk is not None


def test_what_is_written_has_every_cell_of_every_row(tmp_path: Path) -> None:
    lines = [
        f'"Li, Jia",{GOOD},"two\nlines"',
        f"short,{GOOD[:-2]}",
        f"long,{GOOD},a,b,c",
        f"wrong,x{GOOD},n",
    ]
    found = table(tmp_path, *lines, head=f"Who,{HEAD},Note", start="﻿")
    written = list(csv.reader(found.csv_text().splitlines(keepends=True)))
    assert written[0] == [*RESULTS, "Who", *HEAD.split(","), "Note"]
    given = list(csv.reader("\n".join(lines).splitlines(keepends=True)))
    assert [row[len(RESULTS) :] for row in written[1:]] == given
    assert [row[0] for row in written[1:]] == ["2", "4", "5", "6"]
    errors = [row[RESULTS.index("bcrat_error")] for row in written[1:]]
    assert errors[0] == "" and all(errors[1:])
    assert "9 cells; expected 10" not in errors[0] and "cells; expected 10" in errors[1]


def test_a_written_percent_is_the_number_itself(tmp_path: Path) -> None:
    found = table(tmp_path, GOOD)
    written = list(csv.DictReader(found.csv_text().splitlines()))
    risk = found.rows[0].risk
    assert risk is not None and float(written[0]["bcrat_percent"]) == risk.absolute_percent


def test_columns_may_stand_in_any_order_and_case(tmp_path: Path) -> None:
    head, row = HEAD.split(","), GOOD.split(",")
    turned = table(tmp_path, ",".join(row[::-1]), head=",".join(head[::-1]).upper())
    assert turned.rows[0].risk == table(tmp_path, GOOD).rows[0].risk


@pytest.mark.parametrize(
    ("head", "row", "message"),
    [
        (HEAD.replace("N_Rels", "Rels"), GOOD, "'N_Rels'.*0 times"),
        (HEAD + ",t1", GOOD + ",40", "'T1'.*2 times"),
        (HEAD + ",bcrat_error", GOOD + ",", "results of this tool already"),
        (HEAD + ",Error_Ind", GOOD + ",2", "Line 2.*error_ind.*neither 0 nor 1"),
        (HEAD + ",AbsRisk", GOOD + ",much", "Line 2.*absrisk.*no number"),
    ],
)
def test_a_table_of_another_layout_is_refused(
    head: str, row: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(DataSetError, match=message):
        table(tmp_path, row, head=head)
