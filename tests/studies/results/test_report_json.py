"""Readings kept as JSON."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import StorageError
from senoscope.studies.results.report_json import (
    quality_of_json,
    reading_json,
    reading_of_json,
    signed_json,
    signed_of_json,
)
from senoscope.studies.study_reading import StudyReading
from tests.studies.results import report_builders as made


def through_text(kept: dict[str, Any]) -> dict[str, Any]:
    again: dict[str, Any] = json.loads(json.dumps(kept, allow_nan=False))
    assert again == kept
    return again


def same(one: StudyReading, other: StudyReading) -> bool:
    """Every contour bit for bit, and all the rest equal, of the same types."""
    outlines = [
        [each.contour for finding in of.findings for each in (finding.key, *finding.outlines)]
        for of in (one, other)
    ]
    assert [len(each) for each in outlines[:1]] == [len(each) for each in outlines[1:]]
    for a, b in zip(*outlines, strict=True):
        assert a.dtype == b.dtype == np.float32
        assert np.array_equal(a.view(np.int32), b.view(np.int32))
    return repr(one) == repr(other)


@pytest.mark.parametrize(
    "reading",
    [made.reading(), made.full(), made.abstained(), made.reading(made.finding(7, 0.1))],
    ids=["no findings", "two findings", "abstained", "number seven"],
)
def test_a_reading_comes_back_as_it_was(reading: StudyReading) -> None:
    assert same(reading_of_json(through_text(reading_json(reading))), reading)


def test_floats_come_back_bit_for_bit() -> None:
    odd = np.nextafter(np.float32(100.1), np.float32(200))
    contour = np.array([[odd, 1e-30], [0.1, -0.0], [3.3, 7]], np.float32)
    reading = made.reading(made.finding(1, 0.1 + 0.2, made.measurements(), (), contour))
    back = reading_of_json(through_text(reading_json(reading)))
    assert back.findings[0].probability == 0.1 + 0.2
    assert same(back, reading)


def test_numbers_of_numpy_are_kept_as_numbers() -> None:
    reading = made.reading(replace(made.finding(), probability=np.float64(0.4)))
    kept = through_text(reading_json(reading))
    assert reading_of_json(kept).findings[0].probability == 0.4


def test_a_time_in_another_zone_is_the_same_moment() -> None:
    at = datetime(2026, 11, 28, 17, 0, tzinfo=timezone(timedelta(hours=8)))
    back = reading_of_json(through_text(reading_json(replace(made.reading(), read_at=at))))
    assert back.read_at == at
    assert back.read_at.utcoffset() == timedelta(hours=8)


def test_a_signed_reading_comes_back_as_it_was() -> None:
    signed = made.signed(text='中文 "quoted" <b> \u2028 🫀')
    back = signed_of_json(through_text(signed_json(signed)))
    assert same(back.reading, signed.reading)
    assert repr(back) == repr(signed)
    drawn = [each.decision(1).outline for each in (back, signed)]
    assert drawn[0] and drawn[1] and np.array_equal(drawn[0].contour, drawn[1].contour)


def test_one_read_without_the_ai_before_comes_back_without_it() -> None:
    signed = replace(made.signed(), alone=None)
    assert signed_of_json(through_text(signed_json(signed))).alone is None


def test_quality_goes_with_the_reading() -> None:
    assert quality_of_json(through_text(reading_json(made.full(), made.quality()))) == (
        made.quality()
    )
    assert quality_of_json(through_text(signed_json(made.signed(), made.quality()))) == (
        made.quality()
    )
    assert quality_of_json(reading_json(made.full())) is None


def test_the_layout_is_the_one_that_was_kept_before() -> None:
    """Who changes this test's names changes VERSION: kept readings must not be misread."""
    kept = reading_json(made.full())
    assert kept["version"] == 6
    reading = kept["reading"]
    assert sorted(reading) == [
        "below", "facts", "findings", "images", "mode", "read_at", "reader", "study_uid",
    ]  # fmt: skip
    assert reading["read_at"] == "2026-11-28T09:15:30.123456+00:00"
    assert reading["reader"]["operating_point"] == {"low_below": 0.1, "high_from": 0.6}
    assert reading["images"][0]["unsuitable"] == {"colour": 2, "text": 1}
    assert reading["images"][0]["spacing"] == {
        "spacing": {"row_mm": 0.1, "column_mm": 0.1},
        "origin": "dicom_region",
        "uncertainty_percent": 0.0,
    }
    finding = reading["findings"][0]
    assert finding["measured"]["area"] == {
        "value": 62.9,
        "lower": 54.0,
        "upper": 73.3,
        "unit": "mm²",
    }
    assert finding["kind"] == "lesion"
    assert finding["words"][0] == {
        "name": "shape", "word": "irregular", "agreement": 0.9, "reason": "",
    }  # fmt: skip
    assert finding["key"]["at"]["frame"] == 1
    assert len(finding["key"]["contour"]) == 60
    signed = signed_json(made.signed())["reading"]
    assert sorted(signed["final"]) == ["assessment", "at", "probability", "text"]
    assert signed["final"]["assessment"] == "4A"
    assert signed["decisions"][1]["verdict"] == "overruled"


def at(*path: str | int) -> Callable[[dict[str, Any], Any], None]:
    def put(kept: dict[str, Any], value: Any) -> None:
        part: Any = kept
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value

    return put


FINDING = ("reading", "findings", 0)


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (at("what"), "senoscope signed reading", "what"),
        (at("version"), 7, "layout 1 to 6"),
        (at("version"), True, "layout 1 to 6"),
        (at("version"), 0, "layout 1 to 6"),
        (at("version"), "SMITH", "layout 1"),
        (at("reading"), None, "an object"),
        (at("reading"), [], "an object"),
        (at("reading", "read_at"), "yesterday", "reading.read_at"),
        (at("reading", "read_at"), "2026-11-28T09:15:30", "with its zone"),
        (at("reading", "mode"), 7, "a text"),
        (at("reading", "unknown"), 7, "exactly its 8 names"),
        (at("reading", "images", 0, "frames"), True, "a whole number"),
        (at("reading", "images", 0, "frames"), 40.0, "a whole number"),
        (at("reading", "images", 0, "frames"), 39, "no more frames"),
        (at("reading", "images", 0, "read"), -1, "no more frames"),
        (at("reading", "images", 0, "unsuitable"), {"SMITH": 1}, "one of"),
        (at("reading", "images", 0, "spacing", "spacing", "row_mm"), 0.0, "not plausible"),
        (at(*FINDING, "probability"), 1.2, "in order, 0 to 1"),
        (at(*FINDING, "probability"), float("nan"), "a number"),
        (at(*FINDING, "probability"), 10**400, "a number"),
        (at(*FINDING, "lowest"), 0.99, "in order, 0 to 1"),
        (at(*FINDING, "number"), 2, "each number once"),
        (at(*FINDING, "suspicion"), "benign", "one of"),
        (at(*FINDING, "key", "contour"), [[1, 2], [3, 4]], "expected (3 or more, 2)"),
        (at(*FINDING, "key", "contour"), [], "expected (3 or more, 2)"),
        (at(*FINDING, "key", "contour", 3), [1, 2, 3], "contour[3]"),
        (at(*FINDING, "key", "contour", 3), [1, 1e39], "a place in a picture"),
        (at(*FINDING, "key", "contour", 3), [1, None], "a number"),
        (at(*FINDING, "words", 0, "word"), "oblong", "words[0]"),
        (at(*FINDING, "words", 0, "agreement"), 1.1, "expected 0 to 1"),
        (at(*FINDING, "measured", "area", "unit"), "cm", "one of"),
    ],
)
def test_what_is_damaged_is_refused_in_words(
    where: Callable[[dict[str, Any], Any], None], value: Any, said: str
) -> None:
    kept = copy.deepcopy(reading_json(made.full()))
    where(kept, value)
    with pytest.raises(StorageError) as refused:
        reading_of_json(kept)
    assert said in str(refused.value)
    assert "SMITH" not in str(refused.value)


def test_every_name_that_is_gone_is_refused() -> None:
    kept = signed_json(made.signed())
    tried = 0
    for path in names_in(kept["reading"], ("reading",)):
        broken = copy.deepcopy(kept)
        part: Any = broken
        for step in path[:-1]:
            part = part[step]
        del part[path[-1]]
        if "unsuitable" in path[:-1]:
            continue
        tried += 1
        with pytest.raises(StorageError, match="damaged at"):
            signed_of_json(broken)
    assert tried > 100


def names_in(part: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    if isinstance(part, dict):
        return [(*path, key) for key in part] + [
            each for key in part for each in names_in(part[key], (*path, key))
        ]
    if isinstance(part, list):
        return [each for n, one in enumerate(part) for each in names_in(one, (*path, n))]
    return []


def test_a_signed_reading_whose_decisions_do_not_fit_is_refused() -> None:
    kept = signed_json(made.signed())
    del kept["reading"]["decisions"][1]
    with pytest.raises(StorageError, match="expected one on each"):
        signed_of_json(kept)


def test_a_damaged_signer_is_not_told_in_the_message() -> None:
    kept = signed_json(made.signed())
    kept["reading"]["signer"]["name"] = ["SMITH"]
    with pytest.raises(StorageError) as refused:
        signed_of_json(kept)
    assert "SMITH" not in str(refused.value)


def test_a_number_that_json_cannot_hold_is_not_kept() -> None:
    with pytest.raises(StorageError, match="finite"):
        reading_json(made.reading(replace(made.finding(), probability=float("nan"))))
    with pytest.raises(StorageError, match="zone"):
        reading_json(replace(made.reading(), read_at=datetime(2026, 1, 1)))


def test_the_moment_of_the_builders_has_a_zone() -> None:
    assert made.AT.tzinfo is UTC
