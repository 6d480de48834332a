"""Hostile JSON is refused with a sentence, never with a traceback, and not quoted."""

from __future__ import annotations

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.facts.fhir_json import (
    LARGEST_TEXT,
    MOST_ITEMS,
    FhirNode,
    named,
    read_fhir_json,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "3",
        "[]",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1, "a": 2}',
        '{"b": [{"a": 1, "a": 1}]}',
        '{"a": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "Ann Lee",
    ],
)
def test_what_is_no_such_json_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="expected") as error:
        read_fhir_json(text)
    assert "Ann" not in str(error.value)


def test_a_text_that_is_too_large_is_not_parsed() -> None:
    with pytest.raises(SettingsError, match="characters"):
        read_fhir_json(" " * LARGEST_TEXT + "{}")


NODE = FhirNode(
    "it",
    {
        "text": " x ",
        "long": "x" * 5000,
        "number": 3,
        "huge": 10**300,
        "infinite": float("inf"),
        "so": True,
        "list": [{}, 3],
        "many": [{}] * (MOST_ITEMS + 1),
        "object": {"coding": [{"system": "s", "code": "c"}, {}]},
        "day": "2025-02-30",
        "month": "2025-02",
    },
)


@pytest.mark.parametrize(
    ("verb", "name"),
    [
        ("text", "number"),
        ("text", "long"),
        ("number", "text"),
        ("number", "so"),
        ("number", "huge"),
        ("number", "infinite"),
        ("node", "list"),
        ("nodes", "list"),
        ("nodes", "many"),
        ("nodes", "object"),
        ("codes", "text"),
        ("day", "day"),
        ("day", "number"),
    ],
)
def test_a_wrong_type_is_refused_by_its_place(verb: str, name: str) -> None:
    with pytest.raises(SettingsError, match=rf"^it\.{name} .*expected"):
        getattr(NODE, verb)(name)


def test_what_is_there_is_given() -> None:
    assert NODE.text("text") == "x"
    assert NODE.number("number") == 3
    assert NODE.codes("object") == (("s", "c"), ("", ""))
    assert NODE.day("month") is None
    for name in ("text", "number", "node", "nodes", "codes", "day"):
        assert not getattr(NODE, name)("nothing")


def test_a_place_within_is_named() -> None:
    within = FhirNode("it", {"a": [{"b": {"c": 1}}]}).nodes("a")[0].node("b")
    assert within is not None
    with pytest.raises(SettingsError, match=r"^it\.a\[0\]\.b\.c "):
        within.text("c")


@pytest.mark.parametrize(
    ("code", "expected"),
    [("C50.9", "C50.9"), ("Ann Lee", "of a code that is none"), ("", "of a code that is none")],
)
def test_a_code_is_shown_where_it_can_be_one(code: str, expected: str) -> None:
    assert named(code) == expected
