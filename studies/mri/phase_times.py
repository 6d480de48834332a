"""When the phases of a set were taken, by the first attribute that gives rising times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from senoscope.studies.mri.phase_split import LONGEST_S, SHORTEST_STEP_S, MriVolume

NO_ORDER = (
    "neither times nor positions in time tell the order of its phases: correct the phase table"
)
NO_TIMES = "no attribute gives the times of its phases: nothing that needs seconds is said"


@dataclass(frozen=True, slots=True)
class TimedVolumes:
    """`volumes` in order of time; `times_s` from the first one, by `time_from`, or None.

    `clock_s`: the first one's on the clock of the day, None where it is on none. `trouble` where
    not even their order is known.
    """

    volumes: tuple[MriVolume, ...]
    times_s: tuple[float, ...] | None
    time_from: str
    is_middle: bool
    clock_s: float | None
    trouble: str = ""


def timed(volumes: Sequence[MriVolume]) -> TimedVolumes:
    """Of the volumes of one set, in the order of their series and as they were split."""
    for name, is_clock in (
        ("AcquisitionTime", True),
        ("AcquisitionTime and TriggerTime", True),
        ("TriggerTime", False),
        ("ContentTime", True),
    ):
        starts = [_start(each, name) for each in volumes]
        known = [each for each in starts if each is not None]
        if len(known) == len(volumes) and (order := _order(volumes, known, name)) is not None:
            ordered = tuple(volumes[each] for each in order)
            middle = _middle(ordered, [known[each] for each in order], name)
            times = tuple(round(each - middle[0], 3) for each in middle)
            is_middle = middle[0] != known[order[0]]
            clock = middle[0] if is_clock else None
            return TimedVolumes(ordered, times, name, is_middle, clock)
    is_known = len({each.series_uid for each in volumes}) == 1
    ordered = tuple(sorted(volumes, key=lambda each: each.rank)) if is_known else tuple(volumes)
    return TimedVolumes(ordered, None, "", False, None, "" if is_known else NO_ORDER)


def _start(volume: MriVolume, name: str) -> float | None:
    if name == "AcquisitionTime":
        return _least([each.said.acquired_s for each in volume.slices])
    if name == "ContentTime":
        return _least([each.said.content_s for each in volume.slices])
    triggers = [each.said.trigger_s for each in volume.slices]
    if name != "TriggerTime" and not volume.split_by and set(triggers) == {None}:
        triggers = [0.0]  # a phase with a series of its own begins as that does
    known = [each for each in triggers if each is not None]
    if len(known) != len(triggers) or max(known) - min(known) > SHORTEST_STEP_S:
        return None
    if name == "TriggerTime":
        return min(known)
    start = _least([each.said.acquired_s for each in volume.slices])
    return None if start is None else start + min(known)


def _least(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return min(known) if len(known) == len(values) else None


def _order(volumes: Sequence[MriVolume], starts: Sequence[float], name: str) -> list[int] | None:
    """None where they are no times of phases."""
    order = sorted(range(len(starts)), key=starts.__getitem__)
    rising = [starts[each] for each in order]
    if rising[-1] - rising[0] > LONGEST_S:
        return None
    if any(b - a < SHORTEST_STEP_S for a, b in pairwise(rising)):
        return None
    if "Trigger" in name and not _as_split(volumes, order):
        return None
    return order


def _as_split(volumes: Sequence[MriVolume], order: Sequence[int]) -> bool:
    """Whether the phases of each series come in the order in which they were split."""
    last: dict[str, int] = {}
    for each in order:
        volume = volumes[each]
        if volume.rank < last.get(volume.series_uid, -1):
            return False
        last[volume.series_uid] = volume.rank
    return True


def _middle(volumes: Sequence[MriVolume], starts: Sequence[float], name: str) -> list[float]:
    """Of each acquisition, where its duration is said and fits before the next one begins.

    Slices that were taken one after the other say it by their own times. ContentTime is when the
    pictures were made: nothing is added.
    """
    if name == "ContentTime":
        return list(starts)
    durations = [each.first.said.duration_s for each in volumes]
    known = [each for each in durations if each is not None and each > 0]
    shortest = min(b - a for a, b in pairwise(starts)) if len(starts) > 1 else 0.0
    if len(known) == len(volumes) and max(known) <= 1.05 * shortest:
        return [start + each / 2 for start, each in zip(starts, known, strict=True)]
    ends = [max(each.said.acquired_s or 0.0 for each in volume.slices) for volume in volumes]
    if name == "AcquisitionTime" and all(a > b for a, b in zip(ends, starts, strict=True)):
        return [(a + b) / 2 for a, b in zip(ends, starts, strict=True)]
    return list(starts)
