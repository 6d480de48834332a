"""Every column of every table is explained, and JSON holds what the tables hold."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.readers.read_cases import read_cases
from senoscope.models.evaluation.readers.read_log import read_log
from senoscope.models.evaluation.readers.reader_with_network import joined_study
from senoscope.models.evaluation.readers.study_tables import study_json, study_tables
from tests.models.evaluation.readers.builders import crossed_log, entry

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def tables() -> dict[str, Rows]:
    log = [
        *crossed_log(210, 3),
        entry(Said.OVERRIDE, "e0001", by="r0", reason="scar, old"),
        entry(Said.ALONE, "later", probability=0.3),
    ]
    made = study_tables(
        read_log(log, reference_exams=200, resamples=50), joined_study(read_cases(log), 50)
    )
    return {name: list(csv.DictReader(StringIO(text))) for name, text in made.items()}


def test_every_column_is_explained(tables: dict[str, Rows]) -> None:
    explained = {(row["table"], row["column"]) for row in tables["columns"]}
    there = {
        (name, column) for name, rows in tables.items() if name != "columns" for column in rows[0]
    }
    assert explained == there
    assert all(len(row["holds"]) > 3 for row in tables["columns"])
    assert {"figures", "roc", "joined", "drift", "overrides", "left_out"} <= set(tables)


def test_cells_are_numbers_with_their_interval(tables: dict[str, Rows]) -> None:
    first = tables["figures"][0]
    assert float(first["auc_low"]) < float(first["auc"]) < float(first["auc_high"])
    assert (first["by"], first["said"]) == ("r0", "reader alone")
    assert tables["overrides"][0]["reason"] == "scar, old"
    assert tables["left_out"][0] == {"reason": "no_outcome", "count": "1"}
    assert float(tables["pairs"][0]["difference_low"]) < float(tables["pairs"][0]["difference"])


def test_json_has_no_number_that_json_does_not_know() -> None:
    made = study_json(read_log(crossed_log(20, 2), resamples=20), None)
    text = json.dumps(made, allow_nan=False)
    assert json.loads(text)["study"]["counted"]["exams"] == 20
    assert json.loads(text)["study"]["counted"]["first"].startswith("2025-03-01T09:00:00+00:00")
    assert made["joined"] is None


def test_tables_without_rows_are_not_made() -> None:
    assert study_tables(read_log([]), None) == {}
