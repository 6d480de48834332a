"""What was sought in a tomosynthesis view and what is true of it, kept in a file.

A view takes long to simulate and to go through, so that a training that was stopped goes on with
what it has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.mammography.froc import Growth
from senoscope.models.evaluation.tomosynthesis.known_view import DeepGrowth, KnownView
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.grains import VolumeGrains
from senoscope.models.programmed.tomosynthesis.soft_places import FlatPlaces, SoftPlaces
from senoscope.models.programmed.tomosynthesis.sought import AboutView, Sought, seek

ENDING = ".npz"


@dataclass(frozen=True, eq=False)
class LearntVolume:
    """What was sought in a view, and its truth."""

    anatomy: str
    sought: Sought
    growths: tuple[DeepGrowth, ...]


def learnt(known: KnownView) -> LearntVolume:
    """The places of a view, against its truth; its pixels are needed no longer."""
    return LearntVolume(known.anatomy, seek(known.volume).sought, known.growths)


def learnt_views(
    which: Sequence[tuple[int, str]],
    known: Callable[[int, str], KnownView],
    work: Path,
    say: Callable[[str], None],
) -> Iterator[LearntVolume]:
    """Of each seed and view, from the folder `work` where it is there, or else written to it."""
    work.mkdir(parents=True, exist_ok=True)
    for seed, view in which:
        path = work / f"{seed}-{view}{ENDING}"
        if not path.exists():
            keep(learnt(known(seed, view)), path)
            say(f"seed {seed}, {view}: simulated and gone through")
        yield kept(path)


def keep(view: LearntVolume, path: Path) -> None:
    """Written whole or not at all."""
    sought = view.sought
    text = {
        "anatomy": view.anatomy,
        "about": asdict(sought.about),
        "growths": [asdict(each) for each in view.growths],
        "kinds": [str(each) for each in sought.places.kind],
        "flat_kinds": [str(each) for each in sought.places.flat.kind],
    }
    arrays = {f"grains_{each.name}": getattr(sought.grains, each.name) for each in _GRAINS}
    flat = sought.places.flat
    arrays |= {"flat_at_mm": flat.at_mm, "flat_features": flat.features}
    arrays |= {f"places_{each.name}": getattr(sought.places, each.name) for each in _PLACES}
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez_compressed(file, text=np.array(json.dumps(text)), **arrays)
    partial.replace(path)


def kept(path: Path) -> LearntVolume:
    """What `keep` wrote. DataSetError where it is something else."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            text = json.loads(str(stored["text"]))
            grains = VolumeGrains(*(stored[f"grains_{each.name}"] for each in _GRAINS))
            others = {each.name: stored[f"places_{each.name}"] for each in _PLACES}
            at_mm, features = stored["flat_at_mm"], stored["flat_features"]
        flat = FlatPlaces([MarkKind(each) for each in text["flat_kinds"]], at_mm, features)
        kinds = [MarkKind(each) for each in text["kinds"]]
        places = SoftPlaces(kind=kinds, flat=flat, **others)
        growths = tuple(map(_growth, text["growths"]))
        sought = Sought(_about(text["about"]), places, grains, ())
        return LearntVolume(text["anatomy"], sought, growths)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise DataSetError(
            f"{path} is no view that was gone through ({error}). Delete it, and it is made anew."
        ) from error


_GRAINS = fields(VolumeGrains)
_PLACES = tuple(each for each in fields(SoftPlaces) if each.name not in ("kind", "flat"))


def _about(said: dict[str, Any]) -> AboutView:
    heights, x_y = said["heights_mm"], said["nipple_mm"]
    typed = {
        "heights_mm": None if heights is None else tuple(heights),
        "laterality": None if said["laterality"] is None else Laterality(said["laterality"]),
        "spacing": PixelSpacing(**said["spacing"]),
        "nipple_mm": (float(x_y[0]), float(x_y[1])),
    }
    return AboutView(**{**said, **typed})


def _growth(said: dict[str, Any]) -> DeepGrowth:
    flat = said["flat"]
    at = float(flat["at_mm"][0]), float(flat["at_mm"][1])
    growth = Growth(MarkKind(flat["kind"]), flat["name"], at, float(flat["radius_mm"]))
    return DeepGrowth(growth, float(said["height_mm"]))
