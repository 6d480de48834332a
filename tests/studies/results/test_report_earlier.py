from __future__ import annotations

from typing import Any

import pytest

from senoscope.domain.errors import StorageError
from senoscope.studies.results.report_fields import plain
from senoscope.studies.results.report_json import (
    reading_json,
    reading_of_json,
    signed_json,
    signed_of_json,
)
from tests.studies.results import report_builders as made
from tests.studies.results.test_report_json import through_text


def in_fifth_layout(kept: dict[str, Any]) -> dict[str, Any]:
    """What was kept of the same when clinicians gave no probability."""
    older = through_text(kept)
    older["version"] = 5
    for name in ("alone", "final"):
        if older["reading"].get(name) is not None:
            del older["reading"][name]["probability"]
    return older


def in_fourth_layout(kept: dict[str, Any]) -> dict[str, Any]:
    """What was kept of the same when findings had no facts."""
    older = in_fifth_layout(kept)
    older["version"] = 4
    reading = older["reading"].get("reading", older["reading"])
    for finding in (*reading["findings"], *reading["below"]):
        del finding["facts"]
    return older


def in_third_layout(kept: dict[str, Any]) -> dict[str, Any]:
    """What was kept of the same when there was no tomosynthesis."""
    older = in_fourth_layout(kept)
    older["version"] = 3
    for image in older["reading"].get("reading", older["reading"])["images"]:
        del image["heights_mm"]
    return older


def in_second_layout(kept: dict[str, Any]) -> dict[str, Any]:
    """What was kept of the same when there was nothing below the findings."""
    older = in_third_layout(kept)
    older["version"] = 2
    del older["reading"].get("reading", older["reading"])["below"]
    return older


def in_first_layout(kept: dict[str, Any]) -> dict[str, Any]:
    """What an earlier release kept of the same."""
    older = in_second_layout(kept)
    older["version"] = 1
    reading = older["reading"].get("reading", older["reading"])
    del reading["facts"]
    for image in reading["images"]:
        del image["facts"], image["regions"]
    for finding in reading["findings"]:
        del finding["kind"]
        words = {each.pop("name"): each for each in finding["words"]}
        finding["words"] = words or None
    return older


def test_what_an_earlier_release_kept_reads_the_same() -> None:
    older = in_first_layout(reading_json(made.full()))
    assert older["reading"]["findings"][0]["words"]["shape"]["word"] == "irregular"
    assert plain(reading_of_json(older)) == plain(made.full())
    signed = signed_of_json(in_first_layout(signed_json(made.signed())))
    assert plain(signed) == plain(made.signed())
    for older_layout in (in_second_layout, in_third_layout, in_fourth_layout):
        again = signed_of_json(older_layout(signed_json(made.signed())))
        assert plain(again) == plain(made.signed())


def test_an_earlier_layout_that_is_damaged_is_refused() -> None:
    older = in_first_layout(reading_json(made.full()))
    older["reading"]["findings"][0]["words"] = "SMITH"
    with pytest.raises(StorageError, match="words") as refused:
        reading_of_json(older)
    assert "SMITH" not in str(refused.value)
