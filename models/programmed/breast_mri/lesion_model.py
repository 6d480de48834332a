"""How suspicious an enhancing lesion is: kinetics and radiomics in a logistic model.

Kinetics as in Kuhl et al. (Radiology 1999;211:101) and Hylton et al. (Radiology 2016;279:44),
shape and texture as IBSI has them (`radiomics.features`), of early enhancement in percent, so that
no scanner's units matter. **Fitted on simulated lesions alone**: see docs/breast-mri-networks.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask, Volume
from senoscope.domain.errors import ImageError, ModelPackageError
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.feature_model import FeatureModel, read_feature_model
from senoscope.models.programmed.kinetics.phase_choice import phase_choice
from senoscope.models.programmed.radiomics.discretise import FixedWidth
from senoscope.models.programmed.radiomics.features import radiomic_features

SHIPPED = Path(__file__).with_name("lesion_model.json")
CHANGE = 10.0
"""Percent of the early signal beyond which a later one is persistent or washes out (Kuhl 1999)."""
_BIN_PERCENT = 25.0
_HIGHEST_PERCENT = 600.0
"""Where fat-suppressed fat is dark a percentage has no bound."""
_FLOOR = 0.2
"""Of the lesion's median signal before contrast: no voxel counts as darker."""
RADIOMICS = (
    "shape_Sphericity",
    "shape_Elongation",
    "shape_Flatness",
    "shape_SurfaceVolumeRatio",
    "firstorder_Skewness",
    "firstorder_Kurtosis",
    "firstorder_Entropy",
    "glcm_Contrast",
    "glcm_Correlation",
    "glcm_JointEntropy",
    "glcm_Id",
    "glcm_Imc1",
    "glrlm_ShortRunEmphasis",
    "glszm_ZonePercentage",
    "gldm_DependenceNonUniformityNormalized",
    "ngtdm_Coarseness",
    "ngtdm_Contrast",
)
"""Of the 107, one or two a family: more would be fitted to a few hundred lesions."""
KINETICS = (
    "early_percent",
    "peak_percent",
    "early_of_peak",
    "washout_percent",
    "worst_washout_percent",
    "ser",
    "washout_share",
    "persistent_share",
    "early_spread",
    "rim_ratio",
)
FEATURES = ("log_volume_mm3", *KINETICS, *RADIOMICS)
"""In the order that models are fitted in."""


@dataclass(frozen=True, slots=True)
class LesionModel:
    """`trained_on` is said wherever a score is."""

    model: FeatureModel
    trained_on: str

    def score(self, features: Mapping[str, float]) -> float:
        """Probability of malignancy, 0 to 1. What is missing or nan counts as usual."""
        known: Values = {name: features.get(name, math.nan) for name in self.model.weights}
        return self.model.opinion(known).probability


def load_lesion_model(path: Path = SHIPPED) -> LesionModel:
    """ModelPackageError where the file is missing or is no such model."""
    model = read_feature_model(path, set(FEATURES))
    trained_on = json.loads(path.read_text(encoding="utf-8")).get("trained_on")
    if not isinstance(trained_on, str) or not trained_on:
        raise ModelPackageError(
            f"{path.name} does not say what it was trained on; expected words under trained_on. "
            "Reinstall Senoscope."
        )
    return LesionModel(model, trained_on)


def early_and_late(series: DynamicSeries) -> tuple[int, int]:
    """Indices of the phases, by `phase_choice`; one twice where nothing follows the early one."""
    choice = phase_choice(series)
    return choice.early, choice.early if choice.late is None else choice.late


def lesion_features(series: DynamicSeries, corner: Sequence[int], mask: Mask) -> dict[str, float]:
    """FEATURES of one lesion; nan where a feature cannot be told.

    `series` should be registered and need not be evened out. `mask` is (slices, rows, columns) of a
    box whose first voxel is `corner`. ImageError where it is empty or leaves the volume.
    """
    window = _window(series, corner, mask)
    signals = [np.asarray(phase[window], np.float32) for phase in series.phases]
    before = np.asarray(np.mean(signals[: series.pre_contrast], axis=0), np.float32)
    before = np.maximum(before, max(_FLOOR * float(np.median(before[mask])), 1e-6))
    early, late = early_and_late(series)
    percent = np.clip(
        100 * (signals[early] - before) / before, -_HIGHEST_PERCENT, _HIGHEST_PERCENT
    ).astype(np.float32)
    curve = [100 * float((each - before)[mask].mean() / before[mask].mean()) for each in signals]
    found = dict.fromkeys(FEATURES, math.nan)
    found["log_volume_mm3"] = math.log(int(mask.sum()) * series.geometry.voxel_mm3)
    found |= _of_curve(curve[series.first_post :], curve[early])
    found |= _of_voxels(percent, mask)
    if late > early:
        found |= _of_late(before, signals[early], signals[late], mask)
    return found | _radiomics(percent, mask, series.geometry.spacing_mm)


def _window(series: DynamicSeries, corner: Sequence[int], mask: Mask) -> tuple[slice, ...]:
    inside = all(
        start >= 0 and start + extent <= whole
        for start, extent, whole in zip(corner, mask.shape, series.shape, strict=True)
    )
    if not inside or mask.dtype != np.bool_ or not mask.any():
        raise ImageError(
            f"A lesion's mask of {mask.dtype} {mask.shape} with {int(mask.sum())} voxels at "
            f"{tuple(corner)} was given in a volume of {series.shape}; expected bool, not empty, "
            "and inside. Outline the lesion again."
        )
    return tuple(
        slice(start, start + extent) for start, extent in zip(corner, mask.shape, strict=True)
    )


def _of_curve(after: Sequence[float], early: float) -> dict[str, float]:
    """Of the mean curve in percent, after contrast."""
    peak = max(after)
    return {
        "early_percent": early,
        "peak_percent": peak,
        "early_of_peak": early / peak if peak > 0 else math.nan,
    }


def _of_voxels(percent: Volume, mask: Mask) -> dict[str, float]:
    """How unlike early enhancement is within the lesion, and between its rim and its core."""
    core = mask & eroded(mask)
    mean = float(percent[mask].mean())
    inner = float(percent[core].mean()) if core.any() else math.nan
    outer = float(percent[mask & ~core].mean())
    return {
        "early_spread": float(percent[mask].std()) / mean if mean > 0 else math.nan,
        "rim_ratio": outer / inner if inner > 0 else math.nan,
    }


def _of_late(before: Volume, early: Volume, late: Volume, mask: Mask) -> dict[str, float]:
    """What becomes of the early signal. Voxels are averaged with their neighbours against noise."""
    soft_early, soft_late = (_softened(each, mask) for each in (early, late))
    change = 100 * (soft_late - soft_early) / np.maximum(soft_early, 1e-6)
    rise_early, rise_late = (
        float((early - before)[mask].mean()),
        float((late - before)[mask].mean()),
    )
    mean_early = float(early[mask].mean())
    return {
        "washout_percent": 100 * (float(late[mask].mean()) - mean_early) / max(mean_early, 1e-6),
        "worst_washout_percent": float(np.percentile(change, 5)),
        "ser": min(rise_early / rise_late, 5.0) if rise_early > 0 and rise_late > 0 else math.nan,
        "washout_share": float((change < -CHANGE).mean()),
        "persistent_share": float((change > CHANGE).mean()),
    }


def _softened(volume: Volume, mask: Mask) -> NDArray[np.float32]:
    """(n,): each voxel of the mask averaged with those of its 26 neighbours that are in it."""
    weight = mask.astype(np.float32)
    total, count = volume * weight, weight
    for axis in range(3):
        total, count = _three(total, axis), _three(count, axis)
    return np.asarray(total[mask] / count[mask], np.float32)


def _three(volume: Volume, axis: int) -> Volume:
    padded = np.moveaxis(np.pad(volume, [(int(k == axis),) * 2 for k in range(3)]), axis, 0)
    return np.moveaxis(padded[:-2] + padded[1:-1] + padded[2:], 0, axis)


def eroded(mask: Mask) -> Mask:
    """Voxels whose six neighbours are all in the mask; beyond the box is outside."""
    inner = mask.copy()
    padded = np.pad(mask, 1)
    middle = (slice(1, -1),) * 3
    for axis in range(3):
        for step in (slice(None, -2), slice(2, None)):
            inner &= padded[(*middle[:axis], step, *middle[axis + 1 :])]
    return inner


def _radiomics(
    percent: Volume, mask: Mask, spacing_mm: tuple[float, float, float]
) -> dict[str, float]:
    try:
        found = radiomic_features(percent, mask, spacing_mm, FixedWidth(_BIN_PERCENT))
    except ImageError:
        # So few voxels have no texture: these features are nan, and count as usual.
        return {}
    return {name: found[name] for name in RADIOMICS}
