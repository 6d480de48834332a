"""Which slices of one stack are one phase, by the first attribute that says so consistently.

In this order: TemporalPositionIdentifier (TemporalPositionIndex of an enhanced object), acquisition
time, trigger time, the object that holds the frames, content time, and at last how often a place
has come before. InstanceNumber alone never tells places apart, only turns at the same place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from senoscope.studies.mri.mri_slices import MriSlice
from senoscope.studies.mri.slice_grid import places_of

Number = float | None
SHORTEST_STEP_S, LONGEST_S = 1.0, 4 * 3600.0
"""From one phase to the next, and from the first to the last: else they are no times of phases."""
_MOST_TIMES_A_PLACE = 500
_ATTRIBUTES: tuple[tuple[str, Callable[[MriSlice], Number]], ...] = (
    ("TemporalPosition", lambda each: each.said.temporal),
    ("AcquisitionTime", lambda each: each.said.acquired_s),
    ("TriggerTime", lambda each: each.said.trigger_s),
    ("object", lambda each: each.image.instance_number if each.image.frames > 1 else None),
    ("ContentTime", lambda each: each.said.content_s),
)
IN_TURN = "turn"
"""Split by how often a place has come before, in the order of InstanceNumber."""


@dataclass(frozen=True, slots=True)
class MriVolume:
    """Slices of one phase along the normal, one for each place; `rank` counts within its stack.

    `split_by`: the attribute that told it from the others of its series; "" where it is alone.
    """

    slices: tuple[MriSlice, ...]
    split_by: str
    rank: int

    @property
    def first(self) -> MriSlice:
        """The lowest along the normal."""
        return self.slices[0]

    @property
    def series_uid(self) -> str:
        """Of all its slices."""
        return self.first.image.series_uid


def volumes_of(stack: Sequence[MriSlice]) -> tuple[MriVolume, ...]:
    """Of one stack. Empty where slices lie several times at a place and nothing tells when."""
    places, at = places_of(stack)
    counts = Counter(at)
    if max(counts.values()) > _MOST_TIMES_A_PLACE:
        return ()
    if max(counts.values()) == 1:
        return (_volume(stack, "", 0),)
    placed = list(zip(stack, at, strict=True))
    for name, value in _ATTRIBUTES:
        values = [value(each) for each in stack]
        if None in values:
            continue
        known = [round(each, 3) for each in values if each is not None]
        found = _by_value(placed, known, len(places)) or _by_turn(placed, known)
        if found and (name != "TriggerTime" or _are_times(found)):
            return tuple(_volume(each, name, rank) for rank, each in enumerate(found))
    if len({(each.order, place) for each, place in placed}) != len(placed):
        return ()
    orders = [float(rank) for rank in _ranks([each.order for each in stack])]
    found = _by_turn(placed, orders, overlaps=True)
    return tuple(_volume(each, IN_TURN, rank) for rank, each in enumerate(found))


def _volume(slices: Sequence[MriSlice], split_by: str, rank: int) -> MriVolume:
    ordered = sorted(slices, key=lambda each: each.offset_mm)
    return MriVolume(tuple(ordered), split_by, rank)


Placed = list[tuple[MriSlice, int]]


def _by_value(placed: Placed, values: list[float], places: int) -> list[list[MriSlice]]:
    """Those of one value are a phase; where each place has come twice with it, two phases."""
    groups: dict[float, Placed] = defaultdict(list)
    for each, value in zip(placed, values, strict=True):
        groups[value].append(each)
    if len(groups) < 2:
        return []
    found: list[list[MriSlice]] = []
    for value in sorted(groups):
        counts = Counter(at for _, at in groups[value])
        times = max(counts.values())
        if 2 * len(counts) < places or (times > 1 and set(counts.values()) != {times}):
            return []
        found += _turns(groups[value], [each.order for each, _ in groups[value]], times)
    return found


def _by_turn(
    placed: Placed, values: list[float], *, overlaps: bool = False
) -> list[list[MriSlice]]:
    """The first at each place are a phase, then the second: slices one after the other.

    Nothing where places have not come equally often, or, but for `overlaps`, where a phase begins
    before the last one ended: then it is no order of phases.
    """
    counts = set(Counter(at for _, at in placed).values())
    if len(counts) != 1:
        return []
    known = {id(each): value for (each, _), value in zip(placed, values, strict=True)}
    found = _turns(placed, values, counts.pop())
    ends = [[known[id(each)] for each in phase] for phase in found]
    if not overlaps and any(max(one) >= min(other) for one, other in pairwise(ends)):
        return []
    return found


def _turns(placed: Placed, keys: Sequence[object], times: int) -> list[list[MriSlice]]:
    by_place: dict[int, list[tuple[object, int]]] = defaultdict(list)
    for number, ((_, at), key) in enumerate(zip(placed, keys, strict=True)):
        by_place[at].append((key, number))
    found: list[list[MriSlice]] = [[] for _ in range(times)]
    for here in by_place.values():
        for turn, (_, number) in enumerate(sorted(here)):
            found[turn].append(placed[number][0])
    return found


def _are_times(found: list[list[MriSlice]]) -> bool:
    """Whether trigger times can be times of phases: seconds apart, and not against the numbers.

    Where all places are numbered in one order of phases, and the triggers in another, they are of a
    heart beat or of nothing; where the numbers are random themselves they say nothing.
    """
    starts = [min(each.said.trigger_s or 0.0 for each in phase) for phase in found]
    if any(b - a < SHORTEST_STEP_S for a, b in pairwise(starts)):
        return False
    if starts[-1] - starts[0] > LONGEST_S:
        return False
    lengths = {len(each) for each in found}
    if len(lengths) > 1:
        return True
    phases = [sorted(each, key=lambda one: one.offset_mm) for each in found]
    here = [[each.order for each in column] for column in zip(*phases, strict=True)]
    orders = {tuple(sorted(range(len(each)), key=each.__getitem__)) for each in here}
    return len(orders) > 1 or orders == {tuple(range(len(phases)))}


def _ranks(keys: Sequence[tuple[int, int]]) -> list[int]:
    order = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    return [order[key] for key in keys]
