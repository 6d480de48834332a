"""From the MR of a study to its phases: which pictures are one, when it was, and what each is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.images.mri_header import MriHeader
from senoscope.studies.images.mri_kind import DYNAMIC, MriKind
from senoscope.studies.images.series import Series, Study
from senoscope.studies.mri.built_set import BuiltSet
from senoscope.studies.mri.mri_pixels import MriPixels
from senoscope.studies.mri.mri_slices import MriSlice, is_mri, slices_of
from senoscope.studies.mri.phase_sets import candidates_of, is_volume
from senoscope.studies.mri.phase_split import MriVolume, volumes_of
from senoscope.studies.mri.phases import OtherVolume, PhaseSet, PhaseTable
from senoscope.studies.mri.slice_grid import are_stacked, stacks_of

ALONE = "it is one volume, and no other is like it: no phase of a dynamic series"
BY_HEADER = "it is no phase, by its header"
TOO_SMALL = "it has too few slices, rows or columns for a volume"
NOT_TOLD_APART = (
    "slices lie several times at one place, and nothing tells which are one phase (positions in "
    "time, times, InstanceNumber): export the series again from the scanner, unchanged"
)
OTHER_GRID = (
    "its grid (slices, rows, columns, spacing or place) is another than that of the phases of set "
    "{}: a phase has to be on the grid of the others"
)


def phase_table_of(study: Study) -> PhaseTable:
    """Up to three slices of each phase are decoded.

    SourceUnavailable where the study holds no MR image at all; what else is wrong stands in the
    table.
    """
    series = [each for each in study.series if any(map(is_mri, each.images))]
    if not series:
        raise SourceUnavailable(
            "The study holds no MR images (MR, Enhanced MR or Legacy Converted Enhanced MR Image "
            "Storage). Give a dynamic breast MRI."
        )
    left_out: list[str] = []
    pixels = MriPixels()
    volumes = [volume for each in series for volume in _volumes(each, pixels, left_out)]
    fitting = [each for each in volumes if _kind(each) in DYNAMIC and is_volume(each)]
    candidates = candidates_of(fitting)
    several = [each for each in candidates if len(each.volumes) > 1]
    built = [BuiltSet.of(each.volumes, pixels) for each in several]
    found = [each.phases for each in built if each.phases is not None]
    found.sort(key=_rank)
    sets = tuple(replace(each, number=number) for number, each in enumerate(found, 1))
    alone = [each.volumes[0] for each in candidates if len(each.volumes) == 1]
    rest = [each for each in volumes if each not in fitting]
    others = [*_alone(alone, sets), *_others(rest, sets)]
    others += [other for each in built for other in each.others]
    return PhaseTable(study.uid, sets, tuple(others), tuple(left_out))


def _kind(volume: MriVolume) -> MriKind:
    return volume.first.said.kind


def _rank(found: PhaseSet) -> tuple[bool, bool, bool, int]:
    """What can be read first, as acquired before corrected, the largest first."""
    size = len(found.phases) * found.shape[0] * found.shape[1] * found.shape[2]
    is_derived = found.first.said.is_derived
    return bool(found.trouble), found.kind is not MriKind.RAW, is_derived, -size


def _volumes(series: Series, pixels: MriPixels, left_out: list[str]) -> Iterator[MriVolume]:
    """Of one series; what lies in it and belongs to none is said."""
    slices, troubles = slices_of(filter(is_mri, series.images))
    name = _name(series)
    left_out += [f"{name}: {each}." for each in troubles]
    by_kind: dict[object, list[MriSlice]] = defaultdict(list)
    for each in slices:
        said = each.said
        by_kind[said.kind, said.component, said.is_derived, said.echo_ms].append(each)
    for alike in by_kind.values():
        try:
            stacks = stacks_of(alike)
        except SourceUnavailable as error:
            left_out.append(f"{name}: {len(alike)} pictures are left out: {error}.")
            continue
        for stack in stacks:
            found = volumes_of(stack)
            if not found and len(single := _without_copies(stack, pixels)) < len(stack):
                found = volumes_of(single)
                copies = len(stack) - len(single)
                left_out.append(f"{name}: pictures that came twice, left out once: {copies}.")
            if not found:
                left_out.append(f"{name}: {len(stack)} pictures are left out: {NOT_TOLD_APART}.")
            yield from found


def _without_copies(stack: Sequence[MriSlice], pixels: MriPixels) -> list[MriSlice]:
    """Of pictures that say and show the same, one. What is damaged is no copy of anything."""
    alike: dict[MriHeader, list[MriSlice]] = defaultdict(list)
    for each in sorted(stack, key=lambda one: one.order):
        alike[each.said].append(each)
    kept: list[MriSlice] = []
    for group in alike.values():
        seen: set[bytes] = set()
        for each in group:
            shown = b""
            if len(group) > 1:
                try:
                    shown = sha256(pixels.stored(each).tobytes()).digest()
                except SourceUnavailable:
                    shown = repr((each.image.place, each.frame)).encode()
            if shown not in seen:
                kept.append(each)
            seen.add(shown)
    return kept


def _name(series: Series) -> str:
    number = series.images[0].series_number
    return "A series without a number" if number is None else f"Series {number}"


def _alone(volumes: Sequence[MriVolume], sets: Sequence[PhaseSet]) -> Iterator[OtherVolume]:
    for volume in volumes:
        near = next((each for each in sets if _is_near(volume, each)), None)
        why = ALONE if near is None else OTHER_GRID.format(near.number)
        yield _other(volume, why, sets)


def _is_near(volume: MriVolume, found: PhaseSet) -> bool:
    """Whether it was taken within the time of that set's phases, or a phase's step around it.

    Then it is most likely a phase of another grid.
    """
    times = [each.slices[0].said.acquired_s for each in found.taking_part]
    known = sorted(each for each in times if each is not None)
    at = volume.first.said.acquired_s
    if at is None or len(known) < 2 or volume.first.said.kind is not found.kind:
        return False
    step = max(b - a for a, b in pairwise(known))
    return known[0] - 2 * step <= at <= known[-1] + 2 * step


def _others(volumes: Sequence[MriVolume], sets: Sequence[PhaseSet]) -> Iterator[OtherVolume]:
    for volume in volumes:
        kind = _kind(volume)
        why = TOO_SMALL if kind in DYNAMIC else BY_HEADER
        yield _other(volume, why, sets)


def _other(volume: MriVolume, why: str, sets: Sequence[PhaseSet]) -> OtherVolume:
    like = next((each.number for each in sets if _is_like(volume, each)), 0)
    image = volume.first.image
    return OtherVolume(
        image.series_uid, image.series_number, _kind(volume), volume.slices, why, like
    )


def _is_like(volume: MriVolume, found: PhaseSet) -> bool:
    ours = found.phases[0].slices
    return len(ours) == len(volume.slices) and are_stacked(found.first, volume.first)
