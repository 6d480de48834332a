"""What the exam's dialog is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from senoscope.ui.live.exam_route import add_exam
from tests.ui.opened import Asked, Page


def test_the_ledger_closes_by_cause_and_has_its_rates(opened: Page) -> None:
    exam = opened.client.get("/live/exam").json()
    assert exam["causes"] == {"superseded": 3}
    assert exam["dropped"] == sum(exam["causes"].values())
    settled = exam["read"] + exam["dropped"] + exam["duplicates"] + exam["in_flight"]
    assert exam["captured"] == settled == 120
    assert (exam["actual_hz"], exam["ideal_hz"]) == (0, 0)
    assert (exam["stalls"], exam["longest_stall_s"]) == (0, 0)


@pytest.mark.parametrize("studies", [None, object()])
def test_who_ends_an_exam_is_told_whether_it_will_be_in_studies(studies: Any) -> None:
    app = FastAPI()
    add_exam(app, replace(Asked().actions, studies=studies), lambda _: "rita")
    ended = TestClient(app).post("/live/exam", json={}).json()
    assert ended["in_studies"] is (studies is not None)
