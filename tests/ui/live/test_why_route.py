"""/live/why: one line of JSON for each part, and the last one says what went wrong."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.realtime.published import PublishedFrame
from tests.ui.built_frames import finding, published
from tests.ui.opened import Explain, Page, page


def asked_of(opened: Page, sequence: int, number: int = 1) -> Any:
    return opened.client.post("/live/why", json={"sequence": sequence, "number": number})


def lines(opened: Page) -> list[dict[str, Any]]:
    answer = asked_of(opened, opened.shown(published(7, finding(0.5))))
    assert answer.status_code == 200
    return [json.loads(line) for line in answer.text.splitlines()]


def failing(error: Exception) -> Explain:
    def explain(_published: PublishedFrame, _number: int) -> Iterator[dict[str, Any]]:
        yield {"done": 0.5}
        raise error

    return explain


def test_each_part_is_a_line_about_the_frame_and_lesion_asked_for(tmp_path: Path) -> None:
    asked: list[tuple[int, int]] = []

    def explain(of: PublishedFrame, number: int) -> Iterator[dict[str, Any]]:
        asked.append((of.frame.index, number))
        return iter([{"probability": 0.5}, {"done": 1}])

    with page(tmp_path, explain=explain) as opened:
        assert lines(opened) == [{"probability": 0.5}, {"done": 1}]
    assert asked == [(7, 1)]


def test_what_went_wrong_half_way_is_the_last_line(tmp_path: Path) -> None:
    with page(tmp_path, explain=failing(ModelPackageError("No card."))) as opened:
        assert lines(opened)[1:] == [{"kind": "ModelPackageError", "message": "No card."}]


def test_a_fault_in_the_program_is_said_in_plain_words_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        page(tmp_path, explain=failing(ZeroDivisionError("division by zero"))) as opened,
        caplog.at_level(logging.ERROR),
    ):
        (said,) = lines(opened)[1:]
    assert said["kind"] == "SenoscopeError"
    assert said["message"].startswith("Why could not be said because of a fault in the program")
    assert "ZeroDivisionError" in caplog.text


def test_a_frame_that_is_gone_is_not_explained(tmp_path: Path) -> None:
    with page(tmp_path, explain=failing(ZeroDivisionError())) as opened:
        answer = asked_of(opened, 1)
    assert answer.status_code == 409
    assert "no longer in memory" in answer.json()["message"]


def test_a_reader_that_cannot_say_why_is_named(opened: Page) -> None:
    answer = asked_of(opened, 1)
    assert (answer.status_code, answer.json()["kind"]) == (409, "SettingsError")


@pytest.mark.parametrize("asked", [{}, {"sequence": 1}, {"sequence": 1, "number": 0}])
def test_a_question_without_its_numbers_is_refused(opened: Page, asked: dict[str, int]) -> None:
    assert opened.client.post("/live/why", json=asked).status_code == 422
