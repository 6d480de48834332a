"""Crops of slabs and of mammograms that class networks learn from and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.tomosynthesis.class_places import (
    APART_MM,
    Place,
    averaged,
    picture_places,
    slab_places,
)
from senoscope.models.evaluation.tomosynthesis.class_view import (
    CLASSES,
    GRID_MM,
    SLAB_MM,
    ClassPlace,
    ClassView,
    Greys,
    on_grid,
)

SIDE = 64
"""Pixels of a crop: 32 mm."""
PLACES = 16
"""Of a view that are looked at."""
DEPTHS = (-2, 0, 2)
"""Slabs of a crop, from that of its place; each is averaged with those beside it."""
SHAKE_PX = 8
"""How far from a growth's middle a crop may lie: as far as places that are found do."""
CLEAR_MM = 12.0
"""So far from any growth a place counts as normal tissue."""
SPREAD = 0.15
"""Of greys in a crop, a round number: what they are divided by, less their mean."""


class ClassSource(StrEnum):
    """Which pictures of a view are read."""

    DBT = "DBT"
    DM = "DM"


@dataclass(frozen=True, eq=False)
class SourceVolume:
    """Of one view and one source: `pictures` (depths, rows, columns) in 0..1, padded by SIDE.

    `places` are where it is looked at, `growths` those that are marked, with their class.
    """

    pictures: Greys
    places: tuple[Place, ...]
    growths: tuple[tuple[int, Place], ...]

    @classmethod
    def of(cls, view: ClassView, source: ClassSource) -> SourceVolume:
        """DataSetError where the view has no such picture."""
        if source is ClassSource.DBT:
            pictures, places = averaged(view.slabs), slab_places(view.slabs, PLACES)
        elif view.mammogram is not None:
            pictures = (view.mammogram.astype(np.float32) / np.float32(255))[None]
            places = picture_places(view.mammogram, PLACES)
        else:
            raise DataSetError(
                f"{view.anatomy} has no mammogram beside its tomosynthesis; expected one for a "
                "network that reads mammograms. Train on tomosynthesis alone."
            )
        around = ((0, 0), (SIDE, SIDE), (SIDE, SIDE))
        growths = tuple(
            (CLASSES.index(each.diagnosis), _place(each, source, len(pictures)))
            for each in view.places
        )
        return cls(np.pad(pictures, around, mode="edge"), tuple(places), growths)

    def crop(self, place: Place, shift: tuple[int, int, int] = (0, 0, 0)) -> Greys:
        """(depths, SIDE, SIDE), less its mean; `shift` is of slab, row and column."""
        deep, down, along = shift
        top, left = place.y + down + SIDE // 2, place.x + along + SIDE // 2
        depths = DEPTHS if len(self.pictures) > 1 else (0,)
        slabs = np.clip([place.slab + deep + k for k in depths], 0, len(self.pictures) - 1)
        cut = self.pictures[slabs, top : top + SIDE, left : left + SIDE]
        return np.asarray((cut - cut.mean()) / np.float32(SPREAD), np.float32)

    def clear_places(self) -> list[Place]:
        """Of `places`, those far from any growth: what would be a false mark."""
        return [
            each
            for each in self.places
            if all(_distance_mm(each, growth) > CLEAR_MM for _, growth in self.growths)
        ]


def _place(growth: ClassPlace, source: ClassSource, slabs: int) -> Place:
    at_mm = growth.at_mm if source is ClassSource.DBT else growth.mammogram_mm
    if at_mm is None:
        raise DataSetError(
            f"A growth at {growth.at_mm} mm has no place on the mammogram; expected one. Give it, "
            "or train on tomosynthesis alone."
        )
    x, y = on_grid(at_mm)
    slab = 0 if source is ClassSource.DM else int(growth.height_mm // SLAB_MM)
    return Place(round(x), round(y), min(max(slab, 0), slabs - 1), 0.0)


def _distance_mm(one: Place, other: Place) -> float:
    aside = np.hypot(one.x - other.x, one.y - other.y) * GRID_MM
    return float(np.hypot(aside, (one.slab - other.slab) * SLAB_MM))


def crowded(volume: SourceVolume, growth: Place, class_: int) -> bool:
    """Whether a growth of another class lies so near that the crop's class is not one."""
    return any(
        other != class_ and 0 < _distance_mm(growth, place) < APART_MM
        for other, place in volume.growths
    )


def flipped(crop: Greys, rng: np.random.Generator) -> Greys:
    """Upside down, mirrored, brighter or darker: what keeps the direction of the sweep."""
    crop = crop[:, ::-1] if rng.random() < 0.5 else crop
    crop = crop[:, :, ::-1] if rng.random() < 0.5 else crop
    return np.asarray(crop * np.float32(np.exp(rng.uniform(-0.2, 0.2))), np.float32)


def view_crops(volume: SourceVolume) -> NDArray[np.float32]:
    """(places, depths, SIDE, SIDE) of every place of a view. DataSetError where there is none."""
    if not volume.places:
        raise DataSetError(
            "No place in a view outshines what is around it; expected tissue. Look at the view: it "
            "may be blank."
        )
    return np.stack([volume.crop(place) for place in volume.places])


def growths_of(volumes: Sequence[SourceVolume], class_: int) -> list[tuple[SourceVolume, Place]]:
    """Those of one class that stand alone."""
    return [
        (volume, place)
        for volume in volumes
        for its, place in volume.growths
        if its == class_ and not crowded(volume, place, class_)
    ]
