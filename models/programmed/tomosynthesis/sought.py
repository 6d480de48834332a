"""All that is found in a tomosynthesis view before anything is scored or joined over slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from senoscope.domain.mammogram import Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.programmed.mammography.parts import BreastParts, find_parts
from senoscope.models.programmed.tomosynthesis.grains import GrainSearch, VolumeGrains
from senoscope.models.programmed.tomosynthesis.slabs import Span, scanned, slice_mm, steps_mm
from senoscope.models.programmed.tomosynthesis.slice_detector import SliceDetector
from senoscope.models.programmed.tomosynthesis.soft_places import SoftPlaces, soft_places
from senoscope.models.programmed.tomosynthesis.volume_marks import SliceMark


@dataclass(frozen=True, slots=True)
class AboutView:
    """Of a view whose slices are needed no longer; `nipple_mm` is [x, y] from wall and edge.

    `slice_mm` is from slice to slice, as usual where `heights_mm` is None.
    """

    slices: int
    heights_mm: tuple[float, ...] | None
    slice_mm: float
    laterality: Laterality | None
    view: str | None
    spacing: PixelSpacing
    nipple_mm: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Sought:
    """`others` are what detectors that were brought have found."""

    about: AboutView
    places: SoftPlaces
    grains: VolumeGrains
    others: tuple[SliceMark, ...]


@dataclass(frozen=True, eq=False)
class SoughtView:
    """With the mean of all slices and the parts of the breast on it, as hung as the slices."""

    sought: Sought
    mean: Mammogram
    parts: BreastParts


def seek(view: TomosynthesisView, detectors: Sequence[SliceDetector] = ()) -> SoughtView:
    """In one pass through the slices.

    ImageError where a pixel's size is unknown or too coarse, and where there is no breast.
    """
    search = GrainSearch()
    others: list[SliceMark] = []

    def look(slab: Mammogram, span: Span) -> None:
        search.look(slab, span)
        for each in detectors:
            others.extend(each.look(slab, span.middle))

    scan = scanned(view, look)
    parts = find_parts(scan.mean)
    steps = steps_mm(view)
    tip = parts.nipple.point
    assert view.spacing is not None  # `scanned` refuses it
    about = AboutView(
        len(view.slices),
        view.heights_mm,
        slice_mm(view),
        view.laterality,
        view.view,
        view.spacing,
        (tip[0] * float(steps[0]), tip[1] * float(steps[1])),
    )
    grains = search.grains(parts.tissue, steps)
    sought = Sought(about, soft_places(view, scan), grains, tuple(others))
    return SoughtView(sought, scan.mean, parts)
