"""A simulated dynamic breast MRI with all that is true of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast_mri.appearance import (
    CYST,
    KINDS,
    Appearance,
    screening_mix,
)
from senoscope.calibration.phantoms.breast_mri.dce import MriProtocol
from senoscope.calibration.phantoms.breast_mri.grid import SimulatedGrid, Three
from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.calibration.phantoms.breast_mri.lesions import DrawnLesion, draw_lesions
from senoscope.calibration.phantoms.breast_mri.motion import SimulatedMotion
from senoscope.calibration.phantoms.breast_mri.other_series import adc_volume, t2_volume
from senoscope.calibration.phantoms.breast_mri.scanner import Scanner
from senoscope.calibration.phantoms.breast_mri.signals import Signals
from senoscope.calibration.phantoms.breast_mri.tissue import Tissue
from senoscope.calibration.phantoms.breast_mri.truth import SimulatedLesion, lesion_truth
from senoscope.calibration.phantoms.breast_mri.vessels import draw_vessels
from senoscope.calibration.phantoms.breast_mri.woman import Woman
from senoscope.domain.breast_mri import DynamicSeries, Mask, Volume
from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.models.programmed.breast_mri.analysis import Motion

NOISE = 0.03
BIAS = 0.25
MOST_PHASES = 30
MOST_LESIONS = 20


@dataclass(frozen=True, eq=False)
class SimulatedBreastMri:
    """All volumes and voxels are those of `series`, before contrast: where nobody has moved.

    `breast` with skin and all that grows in it, in front of the muscle. `fibroglandular`: voxels
    of it at least half of which is gland or lesion; no skin, nipple, vessel or cyst. `lesions`
    take up contrast, `cysts` do not. `ktrans` per minute, of the water in a voxel. `bias` is what
    each phase was multiplied with. `motion` None: she lay still. `nipples` by side.
    `gland_signal`: typical, before contrast; `noise_sigma` in the same grey values.
    """

    seed: int
    series: DynamicSeries
    protocol: MriProtocol
    breast: Mask
    fibroglandular: Mask
    lesions: tuple[SimulatedLesion, ...]
    cysts: tuple[SimulatedLesion, ...]
    bias: Volume
    motion: Motion | None
    nipples: Mapping[str, Three]
    background: str
    density: str
    gland_signal: float
    noise_sigma: float
    grid: SimulatedGrid
    tissue: Tissue
    looks: Mapping[int, Appearance]

    @classmethod
    def drawn(  # noqa: PLR0913 - each is asked for by name
        cls,
        seed: int,
        *,
        kinds: tuple[str, ...] | None = None,
        shape: tuple[int, int, int] | None = None,
        spacing_mm: Three | None = None,
        phases: int = 6,
        motion_mm: float = 0.0,
        noise: float = NOISE,
        bias: float = BIAS,
        fat_suppressed: bool = True,
        orientation: str = "axial",
        side: Laterality | None = None,
    ) -> SimulatedBreastMri:
        """The woman of `seed`. `kinds` of `appearance.KINDS`; None: as in screening.

        `shape` (slices, rows, columns) and `spacing_mm` in the same order, as kept. `noise` is its
        sigma as a share of gland's signal, `bias` the spread of the shading, `motion_mm` how far
        the farthest voxel moves. `side`: one breast alone is in the field.
        """
        asked = screening_mix(seed) if kinds is None else kinds
        _check(asked, phases, noise, bias)
        grid = SimulatedGrid.of(shape, spacing_mm, orientation, side)
        woman = Woman.drawn(seed)
        tissue = Tissue.of(woman, grid)
        draw_vessels(tissue, woman, grid)
        lesions = draw_lesions(tissue, woman, grid, asked)
        random = np.random.default_rng([seed, 150])
        protocol = MriProtocol.drawn(random, phases, fat_suppressed)
        scanner = Scanner.drawn(random, grid, bias, noise, fat_suppressed)
        shares = {each.label: each.look.t1_share for each in lesions}
        signals = Signals.of(tissue, protocol, scanner, shares)
        motion = SimulatedMotion.drawn(seed, grid, phases, motion_mm) if motion_mm else None
        taken = scanner.acquired(signals, motion, np.random.default_rng([seed, 160]))
        series = _series(taken, grid, protocol)
        return cls._with_truth(woman, scanner, signals, lesions, motion, series, grid)

    @classmethod
    def _with_truth(
        cls,
        woman: Woman,
        scanner: Scanner,
        signals: Signals,
        drawn: list[DrawnLesion],
        motion: SimulatedMotion | None,
        series: DynamicSeries,
        grid: SimulatedGrid,
    ) -> SimulatedBreastMri:
        tissue = signals.tissue
        gland = (tissue.labels == Label.GLAND) | (tissue.labels >= Label.LESION)
        gland &= (tissue.water >= 128) & tissue.breast
        truths = [lesion_truth(each, grid, signals, series) for each in drawn]
        return cls(
            seed=woman.seed,
            series=series,
            protocol=signals.protocol,
            breast=grid.kept(tissue.breast),
            fibroglandular=grid.kept(gland),
            lesions=tuple(each for each in truths if each.kind != CYST),
            cysts=tuple(each for each in truths if each.kind == CYST),
            bias=grid.kept(scanner.bias_volume(grid.shape)),
            motion=None if motion is None else motion.truth(grid),
            nipples=_nipples(woman, grid),
            background=woman.level,
            density=woman.breasts[0].anatomy.density,
            gland_signal=scanner.gland_grey,
            noise_sigma=scanner.noise_sigma,
            grid=grid,
            tissue=tissue,
            looks={each.label: each.look for each in drawn},
        )

    @property
    def functional_mm3(self) -> float:
        """Of all lesions."""
        return sum(each.functional_mm3 for each in self.lesions)

    @property
    def ktrans(self) -> Volume:
        """Per minute."""
        return np.asarray(self.grid.kept(self.tissue.ktrans), np.float32)

    @property
    def t2(self) -> Volume:
        """A T2-weighted, fat-suppressed volume of hers: float32 grey values."""
        return np.asarray(self.grid.kept(t2_volume(self.seed, self.tissue, self.looks)), np.float32)

    @property
    def adc(self) -> Volume:
        """Her apparent diffusion coefficient, 1e-6 mm2/s, with its noise."""
        made = adc_volume(self.seed, self.tissue, self.looks, self.grid.spacing_mm)
        return np.asarray(self.grid.kept(made), np.float32)


def _series(
    taken: list[NDArray[np.uint16]], grid: SimulatedGrid, protocol: MriProtocol
) -> DynamicSeries:
    return DynamicSeries(
        tuple(grid.kept(each) for each in taken),
        grid.geometry,
        protocol.times_s,
        1,
        protocol.injected_s,
        protocol.fat_suppressed,
    )


def _check(kinds: tuple[str, ...], phases: int, noise: float, bias: float) -> None:
    if not 2 <= phases <= MOST_PHASES or not 0 <= noise <= 1 or not 0 <= bias <= 1:
        raise SettingsError(
            f"{phases} phases, a noise of {noise} and a bias of {bias} were given; expected 2 to "
            f"{MOST_PHASES} phases, and shares of 0 to 1."
        )
    if not set(kinds) <= set(KINDS) or len(kinds) > MOST_LESIONS:
        raise SettingsError(
            f"Lesions {', '.join(kinds)[:80]!r} were asked for; expected {MOST_LESIONS} at most, "
            f"of {', '.join(KINDS)}."
        )


def _nipples(woman: Woman, grid: SimulatedGrid) -> dict[str, Three]:
    """Of those in the field."""
    found = {}
    for breast in woman.breasts:
        z, s, x = breast.back((1.0, 0.0, 0.0))
        y = float(woman.wall_mm(np.array(x, np.float32))) - s
        at = grid.voxel((z, y, x))
        if all(0 <= each <= count - 1 for each, count in zip(at, grid.shape, strict=True)):
            found[breast.anatomy.laterality.value] = grid.kept_voxel(at)
    return found
