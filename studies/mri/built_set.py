"""One set of phases, made of volumes that are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from senoscope.domain.breast_mri import FEWEST_PHASES, VolumeGeometry
from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.images.mri_header import CLASSIC
from senoscope.studies.images.mri_kind import MriKind
from senoscope.studies.mri.mri_pixels import MriPixels
from senoscope.studies.mri.mri_slices import MriSlice
from senoscope.studies.mri.phase_samples import Samples, looks_subtracted, subtraction_signs
from senoscope.studies.mri.phase_sets import CommonPlaces, common_places
from senoscope.studies.mri.phase_split import IN_TURN, MriVolume
from senoscope.studies.mri.phase_times import NO_TIMES, TimedVolumes, timed
from senoscope.studies.mri.phases import OtherVolume, Phase, PhaseSet
from senoscope.studies.mri.pre_contrast import Injection, injection_of
from senoscope.studies.mri.slice_grid import geometry_of, plane_of, uneven

TOO_FEW = "fewer than 2 phases are left, so that there is no dynamic series: send the others too"
LOOKS_SUBTRACTED = (
    "all phases look like subtractions (noise cut off at zero): send the phases as they were "
    "acquired"
)
FAR_MM, BOTH_MM = 20.0, 50.0
"""From the middle of the scanner, to the patient's left or right, where one breast alone lies; and
how far what shows both reaches to either side."""


@dataclass(frozen=True, slots=True)
class Shut:
    """A volume that takes no part, and why. `is_usable`: a person may make it take part."""

    volume: MriVolume
    why: str
    is_usable: bool


@dataclass(frozen=True, slots=True)
class BuiltSet:
    """`phases` numbered 0; None where its volumes make up no grid: then they are `others`."""

    phases: PhaseSet | None
    others: tuple[OtherVolume, ...] = ()

    @classmethod
    def of(cls, volumes: Sequence[MriVolume], pixels: MriPixels) -> BuiltSet:
        """Of volumes of one kind and grid, two or more."""
        common = common_places(volumes)
        whole = common.volumes or volumes[:1]
        try:
            geometry, is_turned = geometry_of(whole[0].slices)
        except SourceUnavailable as error:
            return cls(None, tuple(_other(each, str(error)) for each in volumes))
        judged = _Judged.of(common, whole, pixels)
        at = timed(judged.kept or whole)
        injection, trouble = _judged_in_time(judged, at)
        cautions = (*_cautions(common, at), *injection.cautions)
        phases = _phases(at, injection, judged, is_turned)
        made = _set(phases, geometry, at, injection, cautions)
        return cls(replace(made, trouble=trouble, is_mendable=judged.is_mendable))


@dataclass(frozen=True, slots=True)
class _Judged:
    """By what the slices show: volumes that are `kept` and why others are `shut`.

    `samples` by the id of the volume. `is_mendable`: whether `trouble` is of a kind that a person
    may overrule.
    """

    kept: tuple[MriVolume, ...]
    shut: tuple[Shut, ...]
    samples: Mapping[int, Samples]
    trouble: str
    is_mendable: bool

    @classmethod
    def of(cls, common: CommonPlaces, whole: Sequence[MriVolume], pixels: MriPixels) -> _Judged:
        shut = [Shut(volume, why, False) for volume, why in common.incomplete]
        trouble = uneven([each.offset_mm for each in whole[0].slices])
        is_mendable = not trouble
        kept: tuple[MriVolume, ...] = ()
        samples: dict[int, Samples] = {}
        try:
            samples = {id(each): Samples.of(each.slices, pixels) for each in common.volumes}
            kept, more = _sound(common.volumes, [samples[id(each)] for each in common.volumes])
            shut += more
        except SourceUnavailable as error:
            trouble, is_mendable = trouble or str(error), False
        if not trouble and len(kept) < FEWEST_PHASES:
            reasons = "; ".join(dict.fromkeys(each.why for each in shut))
            trouble = f"{TOO_FEW} ({reasons})" if reasons else TOO_FEW
        return cls(kept, tuple(shut), samples, trouble, is_mendable)


def _judged_in_time(judged: _Judged, at: TimedVolumes) -> tuple[Injection, str]:
    """When the contrast came, and the first trouble of all."""
    if judged.trouble or at.trouble:
        return Injection(0, "", None), judged.trouble or at.trouble
    samples = [judged.samples[id(each)] for each in at.volumes]
    injection = injection_of(at, samples)
    if looks_subtracted(samples):
        return injection, LOOKS_SUBTRACTED
    return injection, injection.trouble


def _sound(
    volumes: Sequence[MriVolume], samples: Sequence[Samples]
) -> tuple[tuple[MriVolume, ...], list[Shut]]:
    """Without subtractions, copies, and second reconstructions of what was taken at one time."""
    signs = subtraction_signs(samples)
    kept: list[int] = []
    shut: list[Shut] = []
    for place, volume in enumerate(volumes):
        why = signs.get(place, "")
        for other in () if why else kept:
            if samples[place].same_as(samples[other]):
                why = f"its pixels are those of {_named(volumes[other])}: it is a copy"
            elif volume.split_by == "" and _taken_together(volume, volumes[other]):
                why = (
                    f"it was taken when {_named(volumes[other])} was and differs: a second "
                    "reconstruction, such as a corrected one"
                )
        if why:
            shut.append(Shut(volume, why, True))
        else:
            kept.append(place)
    return tuple(volumes[place] for place in kept), shut


def _named(volume: MriVolume) -> str:
    number = volume.first.image.series_number
    series = "another series" if number is None else f"series {number}"
    return f"phase {volume.rank + 1} of {series}" if volume.split_by else series


def _taken_together(one: MriVolume, other: MriVolume) -> bool:
    """By their times: two series of one phase each."""
    a, b = one.first.said, other.first.said
    is_apart = a.temporal != b.temporal or other.split_by != ""
    return a.acquired_s is not None and a.acquired_s == b.acquired_s and not is_apart


def _cautions(common: CommonPlaces, at: TimedVolumes) -> tuple[str, ...]:
    found = []
    if at.times_s is None and not at.trouble:
        found.append(NO_TIMES)
    if at.time_from == "ContentTime":
        found.append("times are those at which pictures were made (ContentTime), not taken")
    if any(each.split_by == IN_TURN for each in at.volumes):
        found.append("phases are told apart by the order of InstanceNumber alone: check them")
    if common.cropped:
        found.append(f"{common.cropped} slices at the ends are not in every phase and not read")
    if at.volumes[0].first.said.is_derived:
        found.append("ImageType says that the pictures are derived, not as acquired")
    return tuple(found)


def _phases(
    at: TimedVolumes, injection: Injection, judged: _Judged, is_turned: bool
) -> tuple[Phase, ...]:
    found = []
    for place, volume in enumerate(at.volumes if judged.kept else ()):
        found.append(
            Phase(
                number=place + 1,
                slices=_turned(volume.slices, is_turned),
                time_s=None if at.times_s is None else at.times_s[place],
                time_from=_time_words(volume, at.time_from),
                is_middle=at.is_middle,
                pre_contrast=place < injection.pre_contrast,
            )
        )
    shut = list(judged.shut)
    if not judged.kept and not shut:  # a picture is damaged: none of them can be looked at
        shut = [Shut(each, judged.trouble, False) for each in at.volumes]
    for each in shut:
        slices, number = _turned(each.volume.slices, is_turned), len(found) + 1
        found.append(Phase(number, slices, None, "", False, False, False, each.is_usable, each.why))
    return tuple(found)


def _time_words(volume: MriVolume, time_from: str) -> str:
    """The attribute's own name, which is another in an enhanced object."""
    if volume.first.image.sop_class == CLASSIC:
        return time_from
    return time_from.replace("AcquisitionTime", "FrameAcquisitionDateTime")


def _turned(slices: tuple[MriSlice, ...], is_turned: bool) -> tuple[MriSlice, ...]:
    return slices[::-1] if is_turned else slices


def _set(
    phases: tuple[Phase, ...],
    geometry: VolumeGeometry,
    at: TimedVolumes,
    injection: Injection,
    cautions: tuple[str, ...],
) -> PhaseSet:
    first = at.volumes[0].first
    shape = (len(at.volumes[0].slices), first.image.rows or 0, first.image.columns or 0)
    side, doubts = _side(at.volumes, geometry, shape)
    fat = {each.first.said.fat_suppressed for each in at.volumes} - {None}
    return PhaseSet(
        number=0,
        kind=first.said.kind,
        laterality=side,
        plane=plane_of(geometry),
        geometry=geometry,
        shape=shape,
        phases=phases,
        pre_from=injection.pre_from,
        injected_s=injection.injected_s,
        injected_from="" if injection.injected_s is None else "ContrastBolusStartTime",
        fat_suppressed=fat.pop() if len(fat) == 1 else None,
        cautions=(*cautions, *doubts),
    )


def _side(
    volumes: Sequence[MriVolume], geometry: VolumeGeometry, shape: tuple[int, int, int]
) -> tuple[str, tuple[str, ...]]:
    """As the header says, else by where the slices lie; and what contradicts itself."""
    corners = np.array([[k, i, j] for k in (0, shape[0] - 1) for i in (0, shape[1] - 1)
                        for j in (0, shape[2] - 1)], float)  # fmt: skip
    across = geometry.in_patient(corners)[:, 0]
    low, high = float(across.min()), float(across.max())
    middle = (low + high) / 2
    lies = "B" if low < -BOTH_MM and high > BOTH_MM else ""
    if not lies and abs(middle) > FAR_MM:
        lies = "L" if middle > 0 else "R"
    said = {each.first.said.side for each in volumes} - {""}
    side = said.pop() if len(said) == 1 else ""
    if not side or not lies or side == lies:
        return side or lies, ()
    words = {"L": "the left breast", "R": "the right breast", "B": "both breasts"}
    doubt = f"the header says {words[side]}, but by their place the slices show {words[lies]}"
    return side, (doubt,)


def _other(volume: MriVolume, why: str) -> OtherVolume:
    image = volume.first.image
    kind: MriKind = volume.first.said.kind
    return OtherVolume(image.series_uid, image.series_number, kind, volume.slices, why)
