"""What a person corrects in a table of phases, and the table as JSON for the page and the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import isfinite
from typing import Any

from senoscope.domain.breast_mri import FEWEST_PHASES
from senoscope.domain.errors import SettingsError
from senoscope.studies.mri.phases import CORRECTED, OtherVolume, Phase, PhaseSet, PhaseTable

LONGEST_S = 24 * 3600.0
MOST_CHANGED = 10_000
"""Phases in one set of changes: none has as many."""


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """Of the phase with that number in its set."""

    phase: int
    time_s: float | None
    takes_part: bool
    pre_contrast: bool


@dataclass(frozen=True, slots=True)
class SetChanges:
    """Of the set with that number: all of its phases, in the order of time that a person says."""

    set: int
    phases: tuple[PhaseChange, ...]
    injected_s: float | None


@dataclass(frozen=True, slots=True)
class PhaseChanges:
    """Of sets that were corrected; the others stay as they were found."""

    sets: tuple[SetChanges, ...]

    def as_json(self) -> dict[str, Any]:
        """For `json.dumps`; `changes_of_json` reads it again."""
        return asdict(self)


def corrected(table: PhaseTable, changes: PhaseChanges) -> PhaseTable:
    """The table as it is then. SettingsError where the changes do not fit it, or one another."""
    by_number = {each.number: each for each in table.sets}
    for change in changes.sets:
        given = by_number.get(change.set)
        if given is None:
            raise SettingsError(
                f"Set {change.set} of phases was corrected; the study has {len(table.sets)}. "
                "Correct the table of this study."
            )
        by_number[change.set] = _corrected(given, change)
    sets = tuple(sorted(by_number.values(), key=lambda each: bool(each.trouble)))
    return replace(table, sets=sets)


def _corrected(given: PhaseSet, change: SetChanges) -> PhaseSet:
    if given.trouble and not given.is_mendable:
        raise SettingsError(
            f"Set {given.number} of phases was corrected, but cannot be read in any order: "
            f"{given.trouble}"
        )
    by_number = {each.number: each for each in given.phases}
    if sorted(each.phase for each in change.phases) != sorted(by_number):
        raise SettingsError(
            f"Of set {given.number} the phases {[each.phase for each in change.phases][:20]} were "
            f"given; expected each of {sorted(by_number)} once. Load the table again."
        )
    _require_sound(given, change)
    phases = tuple(_changed(by_number[each.phase], each) for each in change.phases)
    made = replace(given, phases=phases, trouble="", cautions=_cautions(given))
    if [each.pre_contrast for each in phases] != [
        each.pre_contrast for each in given.phases
    ] or given.trouble:
        made = replace(made, pre_from=CORRECTED)
    if change.injected_s != given.injected_s:
        said = "" if change.injected_s is None else CORRECTED
        made = replace(made, injected_s=change.injected_s, injected_from=said)
    return made


def _cautions(given: PhaseSet) -> tuple[str, ...]:
    if not given.trouble:
        return given.cautions
    return (*given.cautions, f"read because a person said so, though {given.trouble}")


def _changed(phase: Phase, change: PhaseChange) -> Phase:
    time_from = phase.time_from if change.time_s == phase.time_s else CORRECTED
    return replace(
        phase,
        time_s=change.time_s,
        time_from=time_from if change.time_s is not None else "",
        is_middle=phase.is_middle and change.time_s == phase.time_s,
        takes_part=change.takes_part,
        pre_contrast=change.takes_part and change.pre_contrast,
        why_not="" if change.takes_part else phase.why_not or "left out by a person",
    )


def _require_sound(given: PhaseSet, change: SetChanges) -> None:
    by_number = {each.number: each for each in given.phases}
    chosen = [each for each in change.phases if each.takes_part]
    if len(chosen) < FEWEST_PHASES:
        raise SettingsError(
            f"{len(chosen)} phases of set {given.number} are to take part; expected "
            f"{FEWEST_PHASES} or more."
        )
    for each in chosen:
        if not by_number[each.phase].is_usable:
            raise SettingsError(
                f"Phase {each.phase} is to take part, and cannot: "
                f"{by_number[each.phase].why_not}. Leave it out."
            )
    before = [each.pre_contrast for each in chosen]
    count = sum(before)
    if not 1 <= count < len(chosen) or not all(before[:count]):
        raise SettingsError(
            f"The phases {[each.phase for each in chosen if each.pre_contrast]} were said to lie "
            "before the contrast; expected the first one or more of those that take part, and not "
            "all of them."
        )
    _require_rising([each.time_s for each in chosen])
    if change.injected_s is not None and chosen[0].time_s is None:
        raise SettingsError(
            "A time of injection was given, but no times of the phases; expected both or none."
        )


def _require_rising(times: Sequence[float | None]) -> None:
    known = [each for each in times if each is not None]
    if known and (len(known) != len(times) or any(a >= b for a, b in pairwise(known))):
        raise SettingsError(
            f"The times {list(times)} s of the phases were given, in the order of the phases; "
            "expected one for each, rising, or none at all. Move the phases, or correct the times."
        )


def changes_of_json(said: object) -> PhaseChanges:
    """Of `PhaseChanges.as_json`, or of a `table_json` in which values were changed.

    SettingsError where it is neither.
    """
    try:
        if not isinstance(said, Mapping):
            raise TypeError
        sets = tuple(_set_of(each) for each in _listed(said["sets"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise SettingsError(
            "What was sent is no table of phases; expected sets, each with its number (set) and "
            "phases, each with phase, time_s, takes_part and pre_contrast. Load the page again."
        ) from None
    numbers = [each.set for each in sets]
    if len(set(numbers)) != len(numbers):
        raise SettingsError(f"The sets {numbers[:20]} were corrected; expected each once.")
    return PhaseChanges(sets)


def _listed(given: Any) -> Sequence[Any]:
    if not isinstance(given, list | tuple) or len(given) > MOST_CHANGED:
        raise TypeError
    return given


def _set_of(said: Mapping[str, Any]) -> SetChanges:
    phases = tuple(_phase_of(each) for each in _listed(said["phases"]))
    return SetChanges(_whole(said["set"]), phases, _seconds(said.get("injected_s")))


def _phase_of(said: Mapping[str, Any]) -> PhaseChange:
    part, pre = said["takes_part"], said["pre_contrast"]
    if not isinstance(part, bool) or not isinstance(pre, bool):
        raise TypeError
    return PhaseChange(_whole(said["phase"]), _seconds(said["time_s"]), part, part and pre)


def _whole(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError
    return given


def _seconds(given: Any) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise TypeError
    if not isfinite(given) or abs(given) > LONGEST_S:
        raise ValueError
    return float(given)


def table_json(table: PhaseTable) -> dict[str, Any]:
    """For `json.dumps`: all that the page shows, and in it what `changes_of_json` reads."""
    return {
        "study_uid": table.study_uid,
        "sets": [_set_json(each) for each in table.sets],
        "others": [_other_json(each) for each in table.others],
        "left_out": list(table.left_out),
    }


def _set_json(given: PhaseSet) -> dict[str, Any]:
    return {
        "set": given.number,
        "kind": given.kind.value,
        "laterality": given.laterality,
        "plane": given.plane,
        "shape": list(given.shape),
        "spacing_mm": [round(each, 4) for each in given.geometry.spacing_mm],
        "fat_suppressed": given.fat_suppressed,
        "injected_s": given.injected_s,
        "injected_from": given.injected_from,
        "pre_from": given.pre_from,
        "cautions": list(given.cautions),
        "trouble": given.trouble,
        "is_mendable": given.is_mendable,
        "phases": [_phase_json(each) for each in given.phases],
    }


def _phase_json(given: Phase) -> dict[str, Any]:
    return {
        "phase": given.number,
        "series_uid": given.series_uid,
        "series_number": given.series_number,
        "slices": len(given.slices),
        "time_s": given.time_s,
        "time_from": given.time_from,
        "is_middle": given.is_middle,
        "pre_contrast": given.pre_contrast,
        "takes_part": given.takes_part,
        "is_usable": given.is_usable,
        "why_not": given.why_not,
    }


def _other_json(given: OtherVolume) -> dict[str, Any]:
    return {
        "series_uid": given.series_uid,
        "series_number": given.series_number,
        "kind": given.kind.value,
        "slices": len(given.slices),
        "why": given.why,
        "like_set": given.like_set,
    }
