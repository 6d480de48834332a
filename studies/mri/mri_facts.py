"""What a quality report says of a dynamic breast MRI: its phases, and what is left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from senoscope.studies.mri.phases import Phase, PhaseSet, PhaseTable
from senoscope.studies.quality.quality_fact import Fact, counted, listed

_SIDES = {"B": "both breasts", "L": "the left breast", "R": "the right breast"}
_FAT = {True: "fat suppressed", False: "fat not suppressed", None: "fat suppression not said"}


def mri_facts(table: PhaseTable) -> tuple[Fact, ...]:
    """For `quality_of`, as further facts."""
    found: list[Fact] = []
    for each in table.sets:
        found += _of_set(each)
    if not table.readable:
        text = "No phases of a dynamic MRI were found that can be read."
        found.append(Fact("caution", "missing", text))
    found += [Fact("caution", "missing", each) for each in table.left_out]
    kinds = Counter(f"{each.kind.value}: {each.why}" for each in table.others)
    if kinds:
        text = f"MR volumes that are no phases: {listed(kinds)}."
        found.append(Fact("note", "came", text))
    return tuple(found)


def _of_set(given: PhaseSet) -> Iterator[Fact]:
    name = f"Set {given.number} of MR phases"
    yield Fact("note", "came", f"{name}: {_described(given)}.")
    if given.trouble:
        yield Fact("fault", "missing", f"{name} is not read: {given.trouble}.")
    for caution in given.cautions:
        yield Fact("caution", "contradiction", f"{name}: {caution}.")
    for phase in given.phases:
        if not phase.takes_part:
            yield _left_out(name, phase)


def _described(given: PhaseSet) -> str:
    chosen = given.taking_part
    slices, rows, columns = given.shape
    size = " x ".join(f"{each:.2f}" for each in given.geometry.spacing_mm)
    times = ", ".join("unknown" if each.time_s is None else f"{each.time_s:g} s" for each in chosen)
    sources = sorted({each.time_from for each in chosen} - {""})
    parts = [
        f"{counted(len(chosen), 'phase')} {given.kind.value}, {given.plane}, "
        f"{_SIDES.get(given.laterality, 'side not said')}, {_FAT[given.fat_suppressed]}",
        f"{slices} slices of {rows} x {columns}, {size} mm",
        f"at {times}" + (f" by {' and '.join(sources)}" if sources else ""),
    ]
    if given.pre_contrast:
        parts.append(f"{given.pre_contrast} before contrast by {given.pre_from}")
    if given.injected_s is not None:
        parts.append(f"injected at {given.injected_s:g} s by {given.injected_from}")
    return "; ".join(parts)


def _left_out(name: str, phase: Phase) -> Fact:
    text = f"{name}: phase {phase.number} takes no part: {phase.why_not}."
    places = tuple(sorted({each.image.place for each in phase.slices}))
    return Fact("caution", "missing", text, phase.series_uid, places)
