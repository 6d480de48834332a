"""From phases to tissue, motion and lesions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Event

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask, Volume
from senoscope.models.programmed.breast_mri.analysis import (
    EnhancingLesion,
    Motion,
    MriAnalysis,
    MriSettings,
    Tissue,
)
from senoscope.models.programmed.breast_mri.background import enhancing, mean_rise_percent
from senoscope.models.programmed.breast_mri.bias import bias_field, evened
from senoscope.models.programmed.breast_mri.boxes import Box, trimmed, whole
from senoscope.models.programmed.breast_mri.breast import (
    Body,
    Breasts,
    find_body,
    find_breasts,
    is_fat_brighter,
)
from senoscope.models.programmed.breast_mri.coarse_grid import Field, SmallGrid, Three
from senoscope.models.programmed.breast_mri.lesion_model import load_lesion_model
from senoscope.models.programmed.breast_mri.lesions import Uptake, find_regions
from senoscope.models.programmed.breast_mri.measured import (
    Phases,
    Surroundings,
    is_of_skin,
    is_vessel,
    measured,
)
from senoscope.models.programmed.breast_mri.motion import moved_box
from senoscope.models.programmed.breast_mri.nipple import find_nipples
from senoscope.models.programmed.breast_mri.orientation import Turn
from senoscope.models.programmed.breast_mri.registration import motion_of
from senoscope.models.programmed.breast_mri.skin import (
    NIPPLE_MM,
    SKIN_MM,
    around,
    finer_body,
    near_air,
    skin_places,
)
from senoscope.models.programmed.breast_mri.steps import Say, Steps, Stopped, say_nothing
from senoscope.models.programmed.breast_mri.tissue import fibroglandular
from senoscope.models.programmed.kinetics.phase_choice import phase_choice

MOST = 5
"""Lesions of an exam."""
SMALL_MM = 3.5
"""Of blocks that breasts and motion are looked for in."""
_EVERYWHERE: Three = (1.0, 1.0, 1.0)


def analyse(
    series: DynamicSeries,
    settings: MriSettings | None = None,
    say: Say = say_nothing,
    cancelled: Event | None = None,
) -> MriAnalysis | None:
    """None once `cancelled` is set. What could not be done is said in its `troubles`."""
    steps = Steps(say, cancelled)
    try:
        found = _Exam(series, settings or MriSettings(), steps).read()
    except Stopped:
        return None
    say(1.0, "read")
    return found


@dataclass(frozen=True, eq=False)
class _Parts:
    """Of the whole volume. `deep` is breast without skin and nipple; `box` holds the breasts."""

    inside: Mask
    left: Mask
    deep: Mask
    gland: Mask
    skin_mm: NDArray[np.float64]
    nipples: dict[str, Three]
    box: Box
    is_fat_bright: bool
    uptake: Uptake


@dataclass(eq=False)
class _Exam:
    series: DynamicSeries
    settings: MriSettings
    steps: Steps
    bias: Field | None = None
    bias_step: Three = _EVERYWHERE
    motion: Motion | None = None
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        geometry = self.series.geometry
        self.turn = Turn.of(geometry)
        self.grid = SmallGrid.of(self.series.shape, geometry.spacing_mm, SMALL_MM)
        self.before = self.series.phases[self.series.pre_contrast - 1]

    def read(self) -> MriAnalysis:
        """All steps in their order."""
        turned_mm = self.turn.three(self.grid.small_mm)
        with self.steps.step("breast", 0.0, "finding the breasts"):
            small = self.grid.shrunk(self.before)
            body = find_body(self.turn.there(small), turned_mm)
        if body is None:
            return self.nothing(
                "No body is seen before contrast: the volume is even, or air alone."
            )
        with self.steps.step("breast", 0.05, "finding the breasts"):
            turned = self.turn.there(small)
            is_bright = self.is_fat_bright(turned, body, turned_mm)
            breasts = find_breasts(turned, body.mask, is_bright, turned_mm)
        if breasts.inside.any() and self.settings.correct_bias:
            with self.steps.step("bias", 0.1, "evening out the shading"):
                inside = np.ascontiguousarray(self.turn.back(breasts.inside))
                self.bias, self.bias_step = bias_field(small, inside, self.grid)
        if not breasts.inside.any():
            return self.nothing("No breast is seen before contrast: nothing lies before the chest.")
        if self.settings.register:
            whole_breasts = self.grid.grown(np.ascontiguousarray(self.turn.back(breasts.inside)))
            self.motion = motion_of(self.series, whole_breasts, self.steps)
        with self.steps.step("tissue", 0.7, "telling tissue from fat"):
            parts = self.parts(breasts, body, is_bright)
        if parts is None:
            return self.nothing(
                "What lies before the chest is no thicker than skin; no breast is read."
            )
        return self.enhancement(parts)

    def is_fat_bright(self, even: Volume, body: Body, turned_mm: Three) -> bool:
        """As the series says, else as it looks."""
        if self.series.fat_suppressed is not None:
            return not self.series.fat_suppressed
        is_bright = is_fat_brighter(even, body.mask, turned_mm)
        kind = "without" if is_bright else "with"
        self.troubles.append(
            f"The series does not say whether fat is suppressed; it looks as {kind} suppression, "
            "and is read so."
        )
        return is_bright

    def parts(self, breasts: Breasts, body: Body, is_bright: bool) -> _Parts | None:
        """As fine as the volume; None where all of it is skin."""
        mm = self.series.geometry.spacing_mm
        rough, chest, left = (
            self.grid.grown(np.ascontiguousarray(self.turn.back(each)))
            for each in (breasts.inside, body.mask, breasts.left)
        )
        fine = finer_body(
            np.asarray(self.before, np.float32), chest, body.above, self.grid.small_mm, mm
        )
        inside = rough & fine
        # Nor is the muscle's edge gland.
        deep = inside & ~near_air(inside, SKIN_MM, mm)
        skin = self.series.geometry.in_patient(skin_places(fine, inside).astype(np.float64))
        nipples = {
            side: self.turn.voxel_back(place, self.series.shape)
            for side, place in find_nipples(
                self.turn.there(inside), self.turn.there(left), self.turn.three(mm)
            ).items()
        }
        for place in nipples.values():
            where, ball = around(place, NIPPLE_MM, inside.shape, mm)
            deep[where] &= ~ball
        if not deep.any():
            return None
        box, _ = trimmed(whole(inside.shape), inside)
        uptake = self.uptake(box, deep, is_bright)
        gland = np.zeros(inside.shape, np.bool_)
        gland[box] = uptake.gland
        return _Parts(inside, left, deep, gland, skin, nipples, box, is_bright, uptake)

    def uptake(self, box: Box, deep: Mask, is_bright: bool) -> Uptake:
        """Of the breasts' box."""
        series, mm = self.series, self.series.geometry.spacing_mm
        before, early = (
            moved_box(series.phases[index], self.motion, index, box)
            for index in (series.pre_contrast - 1, phase_choice(series).early)
        )
        even, rise = (
            evened(each, self.bias, self.bias_step, box) for each in (before, early - before)
        )
        gland = fibroglandular(even, rise, deep[box], is_bright, mm)
        return Uptake(before, early, deep[box], gland, mm)

    def enhancement(self, parts: _Parts) -> MriAnalysis:
        """Lesions and what else enhances."""
        series, choice = self.series, phase_choice(self.series)
        box, before, early = parts.box, parts.uptake.before, parts.uptake.early
        with self.steps.step("lesions", 0.8, "looking for what enhances"):
            of = Phases(
                series, self.motion, parts.inside, choice, self.settings, load_lesion_model(),
                parts.is_fat_bright, self.bias, self.bias_step,
            )  # fmt: skip
            places = Surroundings(parts.left, parts.skin_mm, parts.nipples)
            regions = find_regions(parts.uptake, self.settings.early_percent)
            candidates = [measured(each.moved_by(box), of, places) for each in regions]
            lesions = _numbered(
                [each for each in candidates if not is_vessel(each) and not is_of_skin(each)][:MOST]
            )
        with self.steps.step("background", 0.95, "measuring the background"):
            free = _without(parts.gland, lesions)
            tissue = (parts.inside * np.uint8(Tissue.BREAST)).astype(np.uint8)
            tissue[parts.gland] |= np.uint8(Tissue.FIBROGLANDULAR)
            tissue[box][enhancing(before, early, free[box])] |= np.uint8(
                Tissue.ENHANCING_BACKGROUND
            )
            dense, rise = {}, {}
            for side, half in (("L", parts.left), ("R", ~parts.left), ("both", parts.inside)):
                its = parts.inside & half
                if its.any():
                    dense[side] = 100 * float((parts.gland & half).sum()) / float(its.sum())
                    rise[side] = mean_rise_percent(before, early, (free & half)[box])
        return MriAnalysis(
            self.settings, tissue, lesions, self.motion, self.bias, self.bias_step, dense, rise,
            parts.nipples, self.steps.cpu_s, tuple(self.troubles),
        )  # fmt: skip

    def nothing(self, trouble: str) -> MriAnalysis:
        """Where nothing can be told."""
        return MriAnalysis(
            self.settings, np.zeros(self.series.shape, np.uint8), (), None, None, _EVERYWHERE,
            {}, {}, {}, self.steps.cpu_s, (*self.troubles, trouble),
        )  # fmt: skip


def _numbered(lesions: list[EnhancingLesion]) -> tuple[EnhancingLesion, ...]:
    """By score, the highest first, from 1."""
    ordered = sorted(lesions, key=lambda each: -each.score)
    return tuple(replace(each, number=number) for number, each in enumerate(ordered, 1))


def _without(gland: Mask, lesions: tuple[EnhancingLesion, ...]) -> Mask:
    found = gland.copy()
    for each in lesions:
        found[each.box] &= ~each.mask
    return found
