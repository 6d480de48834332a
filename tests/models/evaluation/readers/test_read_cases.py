"""Later entries correct, outcomes join, and what cannot be used is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from senoscope.domain.reader_log import LogEntry, Outcome, Said
from senoscope.models.evaluation.readers.read_cases import CaseTable, rank_of, read_cases
from tests.models.evaluation.readers.builders import LEFT, RIGHT, START, entry

ALONE = (Said.ALONE, "r1")


def only(*entries: LogEntry) -> CaseTable:
    table = read_cases(entries)
    assert len(table.cases) == 1
    return table


def test_a_later_entry_of_the_same_thing_holds_in_whatever_order_they_come() -> None:
    first = entry(Said.ALONE, after=1, probability=0.2)
    second = entry(Said.ALONE, after=2, probability=0.7)
    for order in ((first, second), (second, first)):
        table = only(*order)
        assert table.reads[ALONE][0].probability == 0.7
        assert table.left_out == {"corrected": 1, "no_outcome": 1}


def test_other_readers_roles_and_sides_correct_nothing() -> None:
    table = read_cases(
        [
            entry(Said.ALONE, probability=0.2),
            entry(Said.ALONE, probability=0.3, by="r2"),
            entry(Said.WITH_AI, probability=0.4),
            entry(Said.ALONE, probability=0.5, laterality=RIGHT),
        ]
    )
    assert "corrected" not in table.left_out
    assert [case.laterality for case in table.cases] == [LEFT, RIGHT]
    assert {key: read[0].probability for key, read in table.reads.items()} == {
        ALONE: 0.2, (Said.ALONE, "r2"): 0.3, (Said.WITH_AI, "r1"): 0.4,
    }  # fmt: skip


def test_pathology_joins_its_side_later_and_the_last_word_on_it_holds() -> None:
    table = read_cases(
        [
            entry(Said.ALONE, probability=0.2),
            entry(Said.ALONE, probability=0.2, laterality=RIGHT),
            entry(Said.PATHOLOGY, after=50, outcome=Outcome.BENIGN),
            replace(entry(Said.PATHOLOGY, after=90, outcome=Outcome.MALIGNANT), by="clinic"),
        ]
    )
    left, right = table.cases
    assert (left.cancer, right.cancer) == (True, None)
    assert left.told is not None
    assert (left.told - START).total_seconds() == 90 * 3600
    assert table.left_out == {"corrected": 1, "no_outcome": 1}


def test_one_malignant_finding_makes_the_breast_one_with_a_cancer() -> None:
    table = only(
        entry(Said.ALONE, probability=0.2),
        entry(Said.PATHOLOGY, finding=1, outcome=Outcome.MALIGNANT),
        entry(Said.PATHOLOGY, after=9, finding=2, outcome=Outcome.BENIGN),
    )
    assert table.cases[0].cancer is True


def test_follow_up_of_the_whole_exam_holds_for_both_sides() -> None:
    table = read_cases(
        [
            *(entry(Said.AI, probability=0.1, laterality=side) for side in (LEFT, RIGHT)),
            entry(Said.PATHOLOGY, laterality=None, outcome=Outcome.NO_CANCER),
        ]
    )
    assert [case.cancer for case in table.cases] == [False, False]


def test_a_cancer_without_a_side_says_nothing_of_either_breast() -> None:
    table = read_cases(
        [
            *(entry(Said.AI, probability=0.1, laterality=side) for side in (LEFT, RIGHT)),
            entry(Said.PATHOLOGY, laterality=None, outcome=Outcome.MALIGNANT),
        ]
    )
    assert [case.cancer for case in table.cases] == [None, None]
    assert table.left_out == {"cancer_without_a_side": 2}


def test_an_exam_read_without_sides_is_one_case_and_has_its_cancer_from_either() -> None:
    table = only(
        entry(Said.ALONE, laterality=None, probability=0.3),
        entry(Said.PATHOLOGY, laterality=RIGHT, outcome=Outcome.MALIGNANT),
    )
    assert (table.cases[0].laterality, table.cases[0].cancer) == (None, True)


def test_what_says_nothing_is_left_out_and_counted() -> None:
    table = read_cases(
        [
            entry(Said.ALONE, probability=0.3),
            entry(Said.ALONE, laterality=None, probability=0.3),
            entry(Said.ALONE, by="r2"),
            entry(Said.ALONE, by="r3", assessment="6"),
            entry(Said.ALONE, by="r4", assessment="likely"),
            entry(Said.PATHOLOGY, "e2"),
        ]
    )
    assert set(table.reads) == {ALONE}
    assert table.left_out == {
        "whole_exam_beside_sides": 1, "says_nothing": 1, "known_cancer": 1, "unknown_category": 1,
        "outcome_without_a_read": 1, "no_outcome": 1,
    }  # fmt: skip


def test_a_breasts_read_is_that_of_the_breast_else_its_worst_finding() -> None:
    findings = [
        entry(Said.AI, finding=1, probability=0.6), entry(Said.AI, finding=2, probability=0.4)
    ]  # fmt: skip
    assert only(*findings).reads[Said.AI, "r1"][0].probability == 0.6
    whole = entry(Said.AI, probability=0.5)
    assert only(*findings, whole).reads[Said.AI, "r1"][0].probability == 0.5


def test_an_override_is_the_last_word_with_the_ai_and_is_kept_with_its_reason() -> None:
    table = only(
        entry(Said.WITH_AI, probability=0.2),
        entry(Said.OVERRIDE, probability=0.9, reason=" scar "),
        entry(Said.PATHOLOGY, outcome=Outcome.MALIGNANT),
    )
    assert table.reads[Said.WITH_AI, "r1"][0].probability == 0.9
    (override,) = table.overrides
    assert (override.by, override.reason, override.cancer) == ("r1", "scar", True)


def test_an_override_that_names_no_figure_changes_none() -> None:
    table = only(
        entry(Said.WITH_AI, assessment="2"), entry(Said.OVERRIDE, finding=3, reason="cyst")
    )
    assert table.reads[Said.WITH_AI, "r1"][0].rank == rank_of("2")
    assert table.overrides[0].cancer is None
    assert table.left_out == {"no_outcome": 1}


@pytest.mark.parametrize(
    ("lower", "higher"),
    [("1", "2"), ("2", "3"), ("3", "0"), ("0", "4A"), ("4a", "4B"), ("BI-RADS 4", "4C"),
     ("4c", "BI-RADS 5")],
)  # fmt: skip
def test_categories_are_in_order(lower: str, higher: str) -> None:
    below, above = rank_of(lower), rank_of(higher)
    assert below is not None
    assert above is not None
    assert below < above


def test_no_entries_make_no_cases() -> None:
    assert read_cases([]) == CaseTable((), {}, (), {})
