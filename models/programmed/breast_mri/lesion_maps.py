"""Maps of the box round all lesions: signal enhancement ratio, and Ktrans where it can be fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask, Volume
from senoscope.models.programmed.breast_mri.analysis import EnhancingLesion, MriAnalysis
from senoscope.models.programmed.breast_mri.boxes import Box, padded
from senoscope.models.programmed.breast_mri.motion import moved_box
from senoscope.models.programmed.kinetics.arterial_input import population_input
from senoscope.models.programmed.kinetics.enhancement import (
    before_contrast,
    percent_above,
    signal_enhancement_ratio,
)
from senoscope.models.programmed.kinetics.exchange import (
    ExchangeFit,
    ExchangeModel,
    FitState,
    fit_exchange,
)
from senoscope.models.programmed.kinetics.phase_choice import (
    PhaseChoice,
    after_injection,
    phase_choice,
)
from senoscope.models.programmed.kinetics.spoiled_gradient_echo import SpoiledEcho, concentration_mm

SER, KTRANS = "ser", "ktrans"
HIGHEST_SER = 3.0
"""Where hardly anything is left late the ratio has no bound; what lies above is said as this."""
AROUND_MM = 5.0
ASSUMED_T10_S = 1.4
"""Of gland and lesions before contrast, between those of 1.5 and 3 T (Rakow-Penner et al., J Magn
Reson Imaging 2006;23:87): no T1 is measured in a clinical protocol."""
ARRIVES_S = 15.0
"""From the arm to the breast."""
FEWEST_PHASES = 4
"""Extended Tofts has three unknowns."""


@dataclass(frozen=True, eq=False)
class LesionMaps:
    """Maps by name, each of one box whose first voxel is `corner`; 0 where nothing was computed."""

    corner: tuple[int, int, int]
    maps: Mapping[str, Volume]


def lesion_maps(series: DynamicSeries, analysis: MriAnalysis) -> LesionMaps | None:
    """None without lesions. Of voxels that enhance by `MriSettings.early_percent`."""
    if not analysis.lesions:
        return None
    box = _box_round(analysis.lesions, series)
    choice = phase_choice(series)
    signals = [
        moved_box(phase, analysis.motion, index, box) for index, phase in enumerate(series.phases)
    ]
    before = before_contrast(signals, choice.pre_contrast)
    rises = percent_above(before, signals[choice.early]) >= analysis.settings.early_percent
    maps: dict[str, Volume] = {}
    if choice.late is not None:
        maps[SER] = _ser(signals, before, rises, choice)
    # Of single voxels noise takes more from three unknowns than plasma gives.
    curves = np.stack([each[rises] for each in signals])
    fitted = exchange_of(series, curves, ExchangeModel.TOFTS)
    if fitted is not None:
        ktrans = np.zeros(rises.shape, np.float32)
        ktrans[rises] = np.nan_to_num(fitted.ktrans_per_min)
        maps[KTRANS] = ktrans
    corner = box[0].start, box[1].start, box[2].start
    return LesionMaps(corner, maps) if maps else None


def exchange_of(
    series: DynamicSeries, signals: NDArray[np.floating], model: ExchangeModel
) -> ExchangeFit | None:
    """Of curves of signal, (phases, ...).

    None where times, repetition time or flip angle are not known, or phases are too few. Rests on
    ASSUMED_T10_S, ARRIVES_S and Parker's population input.
    """
    after = after_injection(series)
    if (
        after is None
        or series.repetition_ms is None
        or series.flip_deg is None
        or len(after) < FEWEST_PHASES
        or not signals[0].size
    ):
        return None
    echo = SpoiledEcho(series.repetition_ms / 1000, series.flip_deg)
    before = before_contrast(signals, series.pre_contrast)
    contrast = concentration_mm(signals, before, echo, ASSUMED_T10_S)
    source = population_input(after[-1], ARRIVES_S)
    return fit_exchange(contrast, np.array(after), source, model)


def exchange_measures(series: DynamicSeries, curve: NDArray[np.floating]) -> dict[str, float]:
    """Extended Tofts of one mean curve, (phases,), as `EnhancingLesion.measures` names it."""
    fitted = exchange_of(series, curve[:, None], ExchangeModel.EXTENDED_TOFTS)
    if fitted is None:
        return {}
    named = {"ktrans_per_min": fitted.ktrans_per_min, "kep_per_min": fitted.kep_per_min}
    if fitted.state[0] == FitState.FITTED:
        named["ve"] = fitted.ve
    return {name: float(each[0]) for name, each in named.items() if np.isfinite(each[0])}


def _ser(signals: list[Volume], before: Volume, rises: Mask, choice: PhaseChoice) -> Volume:
    assert choice.late is not None
    ratio = signal_enhancement_ratio(before, signals[choice.early], signals[choice.late])
    known = rises & np.isfinite(ratio)
    return np.where(known, np.clip(ratio, 0, HIGHEST_SER), 0).astype(np.float32)


def _box_round(lesions: tuple[EnhancingLesion, ...], series: DynamicSeries) -> Box:
    first = np.min([each.corner for each in lesions], axis=0)
    last = np.max([np.add(each.corner, each.mask.shape) for each in lesions], axis=0)
    tight = tuple(slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    slices, rows, columns = tight
    return padded((slices, rows, columns), AROUND_MM, series.geometry.spacing_mm, series.shape)
