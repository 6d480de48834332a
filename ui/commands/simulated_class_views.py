"""Simulated tomosynthesis views with their mammograms, of three classes, kept small on the disk.

Those to choose and to test by are of `tomosynthesis_growths`: size, place and attenuation of the
mass, density of the breast and harmless specks are drawn alike in all classes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast
from senoscope.calibration.phantoms.breast.growths import SMOOTH_MASS
from senoscope.calibration.phantoms.breast.mammogram import PIXEL_MM, SimulatedMammogram
from senoscope.calibration.phantoms.breast.tomosynthesis import SimulatedTomosynthesis, SlicedMark
from senoscope.calibration.phantoms.breast.tomosynthesis_cases import tomosynthesis_growths
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.tomosynthesis.class_measures import class_measures
from senoscope.models.evaluation.tomosynthesis.class_view import (
    KEPT,
    ClassPlace,
    ClassView,
    keep_class_view,
    kept_class_view,
    mammogram_grey,
    slabs_of,
)
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

MASSES = {"spiculated mass": Diagnosis.MALIGNANT, SMOOTH_MASS: Diagnosis.BENIGN}
"""Clusters of calcifications, which some malignant cases have too, are no places to learn from."""
TOGETHER = tuple(MASSES) * 3
"""The growths of a breast to learn from: more of them than any woman has, to save breasts."""
_SIDE = 31
"""Of the random number that says the side of a breast to learn from, apart from its own."""


@dataclass(frozen=True, slots=True)
class ViewToDraw:
    """`is_learnt`: with the growths TOGETHER, else as `tomosynthesis_growths` says."""

    seed: int
    view: str
    is_learnt: bool

    @property
    def name(self) -> str:
        """Of its file."""
        return f"{'learnt' if self.is_learnt else 'classed'}-{self.seed:05}-{self.view}"


def learnt_views(count: int) -> list[ViewToDraw]:
    """Seeds from 0, CC and MLO by turns: another breast in each."""
    return [ViewToDraw(seed, ("CC", "MLO")[seed % 2], True) for seed in range(count)]


def classed_views(first: int, anatomies: int) -> list[ViewToDraw]:
    """CC and MLO of one breast of each."""
    return [
        ViewToDraw(seed, view, False)
        for view in ("CC", "MLO")
        for seed in range(first, first + anatomies)
    ]


def choosing_views(first: int, anatomies: int) -> list[ViewToDraw]:
    """One view of each, three CC and three MLO by turns."""
    return [
        ViewToDraw(seed, ("CC", "MLO")[seed // 3 % 2], False)
        for seed in range(first, first + anatomies)
    ]


def class_views(
    wanted: list[ViewToDraw], kept: Path, say: Callable[[str], None]
) -> Iterator[ClassView]:
    """Each, drawn where `kept` does not hold it yet."""
    for place, each in enumerate(wanted, 1):
        path = kept / f"{each.name}{KEPT}"
        if not path.is_file():
            keep_class_view(drawn_view(each), path)
            say(f"{each.name}: simulated, {place} of {len(wanted)}")
        yield kept_class_view(path)


def drawn_view(wanted: ViewToDraw) -> ClassView:
    """About 8 CPU-seconds."""
    case = tomosynthesis_growths(wanted.seed)
    anatomy = _crowded(wanted.seed) if wanted.is_learnt else case.anatomy()
    breast = CompressedBreast.of(anatomy, wanted.view)
    mammogram = SimulatedMammogram.of_compressed(anatomy, breast)
    tomosynthesis = SimulatedTomosynthesis.of_compressed(anatomy, breast)
    hung = Mammogram(
        mammogram.presentation.astype(np.float32) / np.float32(4095),
        Intent.PRESENTATION,
        anatomy.laterality,
        wanted.view,
        PixelSpacing(PIXEL_MM, PIXEL_MM),
    )
    slabs, grey = slabs_of(tomosynthesis.as_view()), mammogram_grey(hung)
    places = tuple(
        _place(mark, tomosynthesis.corner_px) for mark in tomosynthesis.marks if mark.kind in MASSES
    )
    return ClassView(
        anatomy=f"seed {wanted.seed}",
        laterality=anatomy.laterality,
        view=wanted.view,
        diagnosis=None if wanted.is_learnt else case.diagnosis,
        slabs=slabs,
        mammogram=grey,
        places=places,
        measures=class_measures(slabs, hung),
    )


def _crowded(seed: int) -> BreastAnatomy:
    is_left = np.random.default_rng([seed, _SIDE]).random() < 0.5
    side = Laterality.LEFT if is_left else Laterality.RIGHT
    return BreastAnatomy.drawn(seed, side, None, TOGETHER)


def _place(mark: SlicedMark, corner: tuple[int, int]) -> ClassPlace:
    x, y = ((each + 0.5) * PIXEL_MM for each in mark.centre)
    left, top = (each * PIXEL_MM for each in corner)
    radius_mm = mark.radius_px * PIXEL_MM
    return ClassPlace(MASSES[mark.kind], (x, y), mark.height_mm, radius_mm, (x + left, y + top))
