"""Volumes of one study that may be phases of one injection: alike in kind, grid and sequence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from senoscope.domain.breast_mri import SMALLEST
from senoscope.studies.images.mri_header import MriHeader
from senoscope.studies.mri.phase_split import MriVolume
from senoscope.studies.mri.slice_grid import SAME_PLACE_MM, are_stacked, places_of

_SHARED_PLACES = 0.5
"""Share of a volume's places that it has in common with the others of its set."""
_MOST_CROPPED = 0.1
"""Share of slices that may be given up at the ends so that all phases have the same ones."""
_SAME_SEQUENCE = 0.05
"""Share by which echo time, repetition time and flip angle of two phases may differ."""


@dataclass(slots=True)
class Candidates:
    """Volumes that may be phases of one set, in the order in which they were met."""

    volumes: list[MriVolume] = field(default_factory=list)

    def takes(self, volume: MriVolume) -> bool:
        """Whether that one is like the others."""
        like = self.volumes[0]
        if not are_stacked(like.first, volume.first):
            return False
        if not _same_sequence(like.first.said, volume.first.said):
            return False
        if _both_at_once(volume, self.volumes):
            return False
        ours = [each.offset_mm for each in like.slices]
        theirs = [each.offset_mm for each in volume.slices]
        shared = _shared(ours, theirs)
        return shared >= _SHARED_PLACES * max(len(ours), len(theirs))


def candidates_of(volumes: Sequence[MriVolume]) -> list[Candidates]:
    """Each volume is in one of them."""
    found: list[Candidates] = []
    for volume in volumes:
        fitting = next((each for each in found if each.takes(volume)), None)
        if fitting is None:
            found.append(Candidates([volume]))
        else:
            fitting.volumes.append(volume)
    return found


def _same_sequence(one: MriHeader, other: MriHeader) -> bool:
    numbers = (
        (one.echo_ms, other.echo_ms),
        (one.repetition_ms, other.repetition_ms),
        (one.flip_deg, other.flip_deg),
    )
    is_alike = all(
        a is None or b is None or abs(a - b) <= _SAME_SEQUENCE * max(a, b) for a, b in numbers
    )
    fat = {one.fat_suppressed, other.fat_suppressed}
    return (
        is_alike
        and fat != {True, False}
        and (one.kind, one.component, one.is_derived)
        == (other.kind, other.component, other.is_derived)
        and (not one.side or not other.side or one.side == other.side)
    )


def _both_at_once(volume: MriVolume, others: Sequence[MriVolume]) -> bool:
    """Whether it is of a series with phases of its own, each taken when one of theirs was.

    Such are two reconstructions of the same phases.
    """
    if not volume.split_by:
        return False
    by_series: dict[str, list[MriVolume]] = defaultdict(list)
    for each in others:
        if each.series_uid != volume.series_uid and each.split_by:
            by_series[each.series_uid].append(each)
    start = volume.first.said.acquired_s
    return any(
        start is not None and any(each.first.said.acquired_s == start for each in series)
        for series in by_series.values()
    )


def _shared(ours: Sequence[float], theirs: Sequence[float]) -> int:
    shared = place = 0
    for offset in theirs:
        while place < len(ours) - 1 and ours[place] < offset - SAME_PLACE_MM:
            place += 1
        shared += abs(ours[place] - offset) <= SAME_PLACE_MM
    return shared


@dataclass(frozen=True, slots=True)
class CommonPlaces:
    """What volumes have in common.

    `volumes` have the same places, in order along the normal; `incomplete` have too few, with the
    reason. `cropped`: slices given up at the ends.
    """

    volumes: tuple[MriVolume, ...]
    incomplete: tuple[tuple[MriVolume, str], ...]
    cropped: int


def common_places(volumes: Sequence[MriVolume]) -> CommonPlaces:
    """A slice missing within a volume leaves that volume out; at the ends all are cropped."""
    pooled = [each for volume in volumes for each in volume.slices]
    places, at = places_of(pooled)
    numbers = iter(at)
    held = [[next(numbers) for _ in volume.slices] for volume in volumes]
    whole = [each for each in held if _is_whole(each, len(places))]
    lowest = max((min(each) for each in whole), default=0)
    highest = min((max(each) for each in whole), default=len(places) - 1)
    complete: list[MriVolume] = []
    incomplete: list[tuple[MriVolume, str]] = []
    for volume, own in zip(volumes, held, strict=True):
        missing = sorted(set(range(lowest, highest + 1)) - set(own))
        if missing:
            offsets = ", ".join(f"{places[each]:.1f}" for each in missing[:3])
            more = ", ..." if len(missing) > 3 else ""
            why = (
                f"{len(missing)} of {highest - lowest + 1} slices are missing, at {offsets}{more} "
                "mm along the normal; send them again"
            )
            incomplete.append((volume, why))
        else:
            kept = zip(volume.slices, own, strict=True)
            inside = tuple(each for each, place in kept if lowest <= place <= highest)
            complete.append(MriVolume(inside, volume.split_by, volume.rank))
    cropped = len(places) - (highest - lowest + 1)
    return CommonPlaces(tuple(complete), tuple(incomplete), cropped)


def _is_whole(held: Sequence[int], count: int) -> bool:
    """Whether nothing is missing between its ends, and little at them."""
    return len(held) == max(held) - min(held) + 1 and len(held) >= (1 - _MOST_CROPPED) * count


def is_volume(volume: MriVolume) -> bool:
    """Whether it has slices enough to be one."""
    rows, columns = volume.first.image.rows or 0, volume.first.image.columns or 0
    return min(len(volume.slices), rows, columns) >= SMALLEST
