"""What is laid over a plane in colours: types of curves, percent enhancement, and the SER."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.breast_mri.analysis import Tissue
from senoscope.models.programmed.kinetics.curve_types import USUAL, CurveThresholds, angio_map
from senoscope.models.programmed.kinetics.enhancement import (
    FLOOR_PERCENTILE,
    before_contrast,
    percent_above,
    signal_enhancement_ratio,
)
from senoscope.models.programmed.kinetics.phase_choice import phase_choice
from senoscope.ui.mri.cut_planes import Corrected, CutSeries, Plane

TISSUE_SHARE = 0.2
"""Air and what is as dark only has noise, which would be coloured all over."""
MOST_PERCENT, MOST_SER = 300.0, 2.0
"""What the brightest colour stands for."""
_OPAQUE = 215
_SPAN_PERCENT = 60.0
"""Above the initial rise that is asked for a colour is as bright as it becomes."""
_SAMPLED = 4

Rgba = NDArray[np.uint8]
Signal = NDArray[np.float32]


class MapKind(StrEnum):
    """Of what the colours tell."""

    TYPES = "types"
    PERCENT = "percent"
    SER = "ser"


@dataclass(frozen=True, slots=True)
class MapAsked:
    """Coloured is what enhances by `thresholds`, everywhere or in the `breasts` alone.

    Of tissue alone, whose signal before contrast reaches TISSUE_SHARE of the 95th percentile.
    """

    kind: MapKind = MapKind.TYPES
    thresholds: CurveThresholds = USUAL
    breasts: bool = False


class ColourMaps:
    """Over pictures of one series."""

    def __init__(self, cut: CutSeries) -> None:
        self._cut = cut
        self._choice = phase_choice(cut.series)
        self._bright = _bright(cut)

    def rgba(self, asked: MapAsked, plane: Plane, place: int, corrected: Corrected) -> Rgba:
        """(rows, columns, 4), clear where nothing is to be coloured.

        SettingsError where the map needs a late phase and the series has none.
        """
        choice = self._choice
        if choice.late is None and asked.kind is not MapKind.PERCENT:
            raise SettingsError(
                "Curve types and the SER need a late phase, and none follows the early one. Show "
                "the percent map, or correct the table of phases."
            )
        signals = [
            self._cut.signal(phase, plane, place, corrected) for phase in range(choice.pre_contrast)
        ]
        early = self._cut.signal(choice.early, plane, place, corrected)
        base = before_contrast([*signals, early], choice.pre_contrast)
        floor = max(TISSUE_SHARE * self._bright, 1e-6)
        percent = percent_above(base, early, floor)
        shown = (percent >= asked.thresholds.rise_percent) & (base >= floor)
        analysis = self._cut.analysis
        if asked.breasts and analysis is not None:
            shown &= (self._cut.labels(analysis.tissue, plane, place) & Tissue.BREAST) > 0
        if asked.kind is MapKind.PERCENT:
            return _tinted(percent / MOST_PERCENT, shown)
        late = self._cut.signal(choice.late or 0, plane, place, corrected)
        if asked.kind is MapKind.SER:
            ser = signal_enhancement_ratio(base, early, late)
            return _tinted(np.nan_to_num(ser / MOST_SER, posinf=1.0), shown)
        brightest = asked.thresholds.rise_percent + _SPAN_PERCENT
        colours = angio_map(base, early, late, asked.thresholds, brightest, floor)
        return _opaque(colours, shown & colours.any(axis=-1))


def _tinted(shares: NDArray[np.floating], shown: NDArray[np.bool_]) -> Rgba:
    greys = np.asarray(np.clip(shares, 0, 1) * 255, np.uint8)
    colours = cv2.applyColorMap(greys, cv2.COLORMAP_INFERNO)[..., ::-1]
    return _opaque(np.asarray(colours, np.uint8), shown)


def _opaque(colours: NDArray[np.uint8], shown: NDArray[np.bool_]) -> Rgba:
    found = np.zeros((*shown.shape, 4), np.uint8)
    found[shown, :3] = colours[shown]
    found[shown, 3] = _OPAQUE
    return found


def _bright(cut: CutSeries) -> float:
    """The 95th percentile of the breasts before contrast."""
    before = cut.sampled(cut.series.phases[cut.series.pre_contrast - 1], _SAMPLED)
    return float(np.percentile(before[cut.breasts(_SAMPLED)], FLOOR_PERCENTILE))
