"""Speckle and structure inside the lesion: grey-level co-occurrence and first-order statistics."""

from __future__ import annotations

import numpy as np

from senoscope.models.programmed.feature import Feature, Values
from senoscope.models.programmed.region import Floats, LesionRegion

LEVELS = 16
DISTANCE = 3
"""Region pixels, 1/32 of the lesion's diameter, in four directions."""
HARALICK = "Haralick et al., IEEE Trans SMC 1973; definitions of IBSI, Radiology 2020"
FIRST_ORDER = "IBSI, Zwanenburg et al., Radiology 2020"

FEATURES = (
    Feature(
        "glcm_contrast", "1", "mean squared difference of neighbouring grey levels, of 16", HARALICK
    ),
    Feature("glcm_correlation", "1", "linear dependence of neighbouring grey levels", HARALICK),
    Feature("glcm_energy", "1", "sum of squared joint probabilities", HARALICK),
    Feature("glcm_homogeneity", "1", "mean of 1 / (1 + squared difference)", HARALICK),
    Feature("glcm_entropy", "bit", "joint entropy of neighbouring grey levels", HARALICK),
    Feature("skewness", "1", "third standardised moment of grey inside", FIRST_ORDER),
    Feature(
        "kurtosis",
        "1",
        "fourth standardised moment of grey inside, 3 for a normal law",
        FIRST_ORDER,
    ),
)


def measure_texture(region: LesionRegion) -> Values:
    """`FEATURES` by name; nan where the inside is of one grey or hardly in the frame."""
    within = region.inside & region.seen
    grey = region.pixels[within].astype(np.float64)
    if grey.size < 100 or np.ptp(grey) == 0:
        return {feature.name: np.nan for feature in FEATURES}
    low, high = np.percentile(grey, [1, 99])
    levels = np.clip((region.pixels - low) / max(high - low, 1e-6) * LEVELS, 0, LEVELS - 1)
    joint = _co_occurrence(levels.astype(np.int64), within)
    one, other = np.indices(joint.shape)
    spread = (grey - grey.mean()) / grey.std()
    mean = float((one * joint).sum())
    variance = float(((one - mean) ** 2 * joint).sum())
    covariance = float(((one - mean) * (other - mean) * joint).sum())
    known = joint[joint > 0]
    return {
        "glcm_contrast": float(((one - other) ** 2 * joint).sum()),
        "glcm_correlation": covariance / variance if variance > 0 else np.nan,
        "glcm_energy": float((joint**2).sum()),
        "glcm_homogeneity": float((joint / (1 + (one - other) ** 2)).sum()),
        "glcm_entropy": float(-(known * np.log2(known)).sum()),
        "skewness": float((spread**3).mean()),
        "kurtosis": float((spread**4).mean()),
    }


def _co_occurrence(levels: np.ndarray, within: np.ndarray) -> Floats:
    """(LEVELS, LEVELS), symmetric, sums to 1, over four directions together."""
    counts = np.zeros(LEVELS * LEVELS)
    for down, across in ((0, DISTANCE), (DISTANCE, 0), (DISTANCE, DISTANCE), (DISTANCE, -DISTANCE)):
        first, second = _pair(levels, down, across)
        both = np.logical_and(*_pair(within, down, across))
        counts += np.bincount((first * LEVELS + second)[both], minlength=LEVELS * LEVELS)
    joint = counts.reshape(LEVELS, LEVELS)
    joint = joint + joint.T
    return np.asarray(joint / joint.sum(), dtype=np.float64)


def _pair(picture: np.ndarray, down: int, across: int) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = picture.shape
    first = picture[: rows - down, max(0, -across) : columns - max(0, across)]
    second = picture[down:, max(0, across) : columns - max(0, -across)]
    return first, second
