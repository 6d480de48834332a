from __future__ import annotations

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.evaluation.marked_text import replaced

DOCUMENT = "Before.\n\n<!-- one: begin -->\nold\n<!-- one: end -->\n\nAfter.\n"


def test_a_part_replaces_what_was_between_its_marks_and_nothing_else() -> None:
    new = replaced(DOCUMENT, "one", "\n| new |\n")
    assert new == DOCUMENT.replace("old", "| new |")
    assert replaced(new, "one", "| new |") == new


def test_an_empty_place_can_be_filled() -> None:
    empty = "<!-- one: begin -->\n<!-- one: end -->\n"
    assert replaced(empty, "one", "x") == "<!-- one: begin -->\nx\n<!-- one: end -->\n"


@pytest.mark.parametrize(
    "document",
    [
        "no marks",
        "<!-- one: begin -->\nno end",
        "<!-- one: end -->\n<!-- one: begin -->\n",
        DOCUMENT + DOCUMENT,
    ],
)
def test_a_place_that_is_missing_or_there_twice_is_refused(document: str) -> None:
    with pytest.raises(SettingsError, match="no one place for 'one'"):
        replaced(document, "one", "x")
