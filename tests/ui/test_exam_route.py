"""What the exam's dialog is told."""

from __future__ import annotations

from tests.ui.opened import Page


def test_the_ledger_closes_by_cause_and_has_its_rates(opened: Page) -> None:
    exam = opened.client.get("/live/exam").json()
    assert exam["causes"] == {"superseded": 3}
    assert exam["dropped"] == sum(exam["causes"].values())
    settled = exam["read"] + exam["dropped"] + exam["duplicates"] + exam["in_flight"]
    assert exam["captured"] == settled == 120
    assert (exam["actual_hz"], exam["ideal_hz"]) == (0, 0)
    assert (exam["stalls"], exam["longest_stall_s"]) == (0, 0)
