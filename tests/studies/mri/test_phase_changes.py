"""What a person corrects in the table of phases, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.mri.dynamic_series import dynamic_series_of
from senoscope.studies.mri.mri_facts import mri_facts
from senoscope.studies.mri.phase_changes import (
    PhaseChanges,
    changes_of_json,
    corrected,
    table_json,
)
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.mri.phases import PhaseTable
from senoscope.studies.quality.study_quality import quality_of
from tests.studies.mri.phantoms import SHAPE, series
from tests.studies.mri.phase_files import ONE, PER_PHASE, dropped, objects, study_of, table_of


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> PhaseTable:
    return table_of(tmp_path_factory.mktemp("study"), objects(series(), PER_PHASE))


def posted(table: PhaseTable) -> dict[str, Any]:
    """As the page sends it back."""
    said: dict[str, Any] = json.loads(json.dumps(table_json(table)))
    return said


def test_a_table_sent_back_as_it_was_changes_nothing(table: PhaseTable) -> None:
    changes = changes_of_json(posted(table))
    assert changes_of_json(json.loads(json.dumps(changes.as_json()))) == changes
    assert corrected(table, changes) == table
    assert corrected(table, PhaseChanges(())) == table


def test_times_order_parts_and_injection_are_corrected(table: PhaseTable) -> None:
    said = posted(table)
    phases = said["sets"][0]["phases"]
    phases[1], phases[2] = phases[2], phases[1]
    for each, seconds in zip(phases, (10.0, 100.0, 200.5, 300.0, 400.0), strict=True):
        each["time_s"] = seconds
    phases[3]["takes_part"] = False
    phases[1]["pre_contrast"] = True
    said["sets"][0]["injected_s"] = 150.0
    (found,) = corrected(table, changes_of_json(said)).sets
    assert [each.number for each in found.taking_part] == [1, 3, 2, 5]
    assert (found.pre_contrast, found.pre_from) == (2, "corrected by a person")
    assert found.injected_from == "corrected by a person"
    assert found.phases[3].why_not == "left out by a person"
    read = dynamic_series_of(found)
    assert read is not None
    assert read.times_s == (0.0, 90.0, 190.5, 390.0)
    assert (read.pre_contrast, read.injected_s) == (2, 140.0)
    again = json.loads(json.dumps(table_json(replace(table, sets=(found,)))))
    assert [each["phase"] for each in again["sets"][0]["phases"]] == [1, 3, 2, 4, 5]


def test_times_may_be_taken_away_but_not_one_alone(table: PhaseTable) -> None:
    said = posted(table)
    phases = said["sets"][0]["phases"]
    phases[2]["time_s"] = None
    with pytest.raises(SettingsError, match="one for each, rising, or none at all"):
        corrected(table, changes_of_json(said))
    for each in phases:
        each["time_s"] = None
    with pytest.raises(SettingsError, match="no times of the phases"):
        corrected(table, changes_of_json(said))
    said["sets"][0]["injected_s"] = None
    read = dynamic_series_of(corrected(table, changes_of_json(said)).sets[0])
    assert read is not None
    assert (read.times_s, read.injected_s) == (None, None)


def _all(phases: list[dict[str, Any]], **said: object) -> None:
    for each in phases:
        each.update(said)


CHANGES: dict[str, Callable[[dict[str, Any], list[dict[str, Any]]], object]] = {
    "another set": lambda said, _: said["sets"][0].update(set=7),
    "one twice": lambda said, _: said["sets"].append(said["sets"][0]),
    "one lacks": lambda _, phases: phases.pop(),
    "doubled": lambda _, phases: phases[1].update(phase=1),
    "one alone": lambda _, phases: _all(phases[1:], takes_part=False),
    "all before": lambda _, phases: _all(phases, pre_contrast=True),
    "none before": lambda _, phases: _all(phases, pre_contrast=False),
    "before after": lambda _, phases: (
        phases[0].update(pre_contrast=False),
        phases[1].update(pre_contrast=True),
    ),
    "falling": lambda _, phases: phases[1].update(time_s=500.0),
}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("another set", "the study has 1"),
        ("one twice", "expected each once"),
        ("one lacks", r"expected each of \[1, 2, 3, 4, 5\] once"),
        ("doubled", "expected each of"),
        ("one alone", "1 phases of set 1 are to take part"),
        ("all before", "said to lie before the contrast"),
        ("none before", "said to lie before the contrast"),
        ("before after", "said to lie before the contrast"),
        ("falling", "rising, or none at all"),
    ],
)
def test_what_contradicts_itself_is_refused(table: PhaseTable, what: str, expected: str) -> None:
    said = posted(table)
    CHANGES[what](said, said["sets"][0]["phases"])
    with pytest.raises(SettingsError, match=expected):
        corrected(table, changes_of_json(said))


_PHASE = {"phase": 1, "time_s": 0, "takes_part": True, "pre_contrast": True}


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"sets": None},
        {"sets": {"set": 1}},
        {"sets": [[]]},
        {"sets": [{"set": 1}]},
        {"sets": [{"set": "1", "phases": []}]},
        {"sets": [{"set": True, "phases": []}]},
        {"sets": [{"set": 1, "phases": [{}]}]},
        {"sets": [{"set": 1, "phases": [_PHASE | {"time_s": "0"}]}]},
        {"sets": [{"set": 1, "phases": [_PHASE | {"time_s": float("nan")}]}]},
        {"sets": [{"set": 1, "phases": [_PHASE | {"time_s": 1e9}]}]},
        {"sets": [{"set": 1, "phases": [_PHASE | {"time_s": 10**400}]}]},
        {"sets": [{"set": 1, "phases": [_PHASE | {"takes_part": 1}]}]},
        {"sets": [{"set": 1, "phases": [_PHASE | {"phase": 1.5}]}]},
        {"sets": [{"set": 1, "phases": [], "injected_s": "1"}]},
        {"sets": [{"set": 1, "phases": [_PHASE] * 10_001}]},
    ],
)
def test_what_is_no_table_is_refused(said: object) -> None:
    with pytest.raises(SettingsError, match="no table of phases"):
        changes_of_json(said)


def test_a_person_says_which_phase_lies_before_the_contrast(tmp_path: Path) -> None:
    made = dropped(objects(series(count=6), ONE), SHAPE[0], lambda phase, _: phase == 0)
    table = table_of(tmp_path, made)
    assert table.readable == ()
    said = posted(table)
    said["sets"][0]["phases"][0]["pre_contrast"] = True
    (found,) = corrected(table, changes_of_json(said)).readable
    assert "read because a person said so" in found.cautions[-1]
    assert dynamic_series_of(found) is not None


def test_what_cannot_be_read_in_any_order_cannot_be_corrected(tmp_path: Path) -> None:
    made = dropped(objects(series(), ONE), SHAPE[0], lambda _, place: place == 7)
    table = table_of(tmp_path, made)
    with pytest.raises(SettingsError, match="cannot be read in any order: a slice is missing"):
        corrected(table, changes_of_json(posted(table)))


def test_a_phase_without_all_slices_cannot_be_made_to_take_part(tmp_path: Path) -> None:
    made = dropped(objects(series(), ONE), SHAPE[0], lambda phase, place: (phase, place) == (2, 7))
    table = table_of(tmp_path, made)
    said = posted(table)
    last = said["sets"][0]["phases"][-1]
    last["takes_part"], last["time_s"] = True, 600.0
    with pytest.raises(SettingsError, match="1 of 20 slices are missing"):
        corrected(table, changes_of_json(said))


def test_the_quality_report_tells_the_phases_and_what_is_left_out(tmp_path: Path) -> None:
    given = series()
    made = objects(given, PER_PHASE, subtractions=True)
    study = study_of(
        tmp_path, dropped(made, SHAPE[0], lambda phase, place: (phase, place) == (2, 7))
    )
    facts = mri_facts(phase_table_of(study))
    texts = [each.text for each in facts]
    assert texts[0] == (
        "Set 1 of MR phases: 4 phases as acquired, axial, both breasts, fat suppressed; 20 slices "
        "of 48 x 64, 2.50 x 4.00 x 4.00 mm; at 0 s, 90 s, 270 s, 360 s by AcquisitionTime; 1 "
        "before contrast by ContrastBolusStartTime; injected at 60 s by ContrastBolusStartTime."
    )
    assert "phase 5 takes no part: 1 of 20 slices are missing" in texts[1]
    assert len(facts[1].places) == 19
    assert texts[2] == (
        "MR volumes that are no phases: subtraction: it is no phase, by its header (4)."
    )
    report = quality_of(study, more=facts)
    assert set(facts) < set(report.facts)


def test_the_quality_report_tells_that_nothing_can_be_read(tmp_path: Path) -> None:
    table = table_of(
        tmp_path, dropped(objects(series(), ONE), SHAPE[0], lambda phase, _: phase > 0)
    )
    assert mri_facts(table)[0].text == ("No phases of a dynamic MRI were found that can be read.")
