"""How far two outlines are apart: what Dice does not tell of a large lesion.

A mask's boundary are its pixels with one of their four neighbours outside the mask; beyond the
image's edge is outside. Distances are Euclidean, between pixel centres.

Where exactly one mask is empty there is no distance, and the worst value stands for it: nan would
be left out of a mean, so that a network would gain by not drawing the hard lesions. Two empty
masks agree, as in `metrics.dice`.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.models.evaluation.metrics import Bools


def hausdorff_95(predicted: Bools, truth: Bools) -> float:
    """The larger of the two directed 95th percentiles of boundary distances, of (rows, columns).

    In pixels. 0 where both masks are empty, the image's diagonal where
    one is. Of the definitions in use this is Metrics Reloaded's (Maier-Hein, Nat Methods 2024)
    and MONAI's; MedPy's percentile of both directions pooled gives less wherever one boundary is
    much longer, and so hides a small island drawn far from a large lesion. Percentiles are
    interpolated linearly. Raises ImageError for masks of unlike shape.
    """
    _require_masks(predicted, truth)
    if not predicted.any() and not truth.any():
        return 0.0
    if not predicted.any() or not truth.any():
        rows, columns = truth.shape
        return math.hypot(rows - 1, columns - 1)
    there, back = _distances(predicted, truth)
    return max(float(np.percentile(there, 95)), float(np.percentile(back, 95)))


def boundary_f1(predicted: Bools, truth: Bools, tolerance: float) -> float:
    """Harmonic mean of the shares of each boundary within `tolerance` pixels of the other.

    Csurka et al., BMVC 2013, who count a distance below the tolerance; here one equal to it counts
    as well, so that 0 asks for the same pixels. 1 where both masks of (rows, columns) are empty, 0
    where one is. Raises ImageError for masks of unlike shape, SettingsError for a tolerance that
    is negative or not finite.
    """
    _require_masks(predicted, truth)
    if not 0 <= tolerance < math.inf:
        raise SettingsError(
            f"The tolerance is {tolerance} pixels; expected 0 or more. "
            "Give how far apart two careful hands draw the same outline."
        )
    if not predicted.any() or not truth.any():
        return float(not predicted.any() and not truth.any())
    there, back = _distances(predicted, truth)
    # OpenCV's distances are the roots of whole numbers, rounded to float32: so must this be.
    near = np.float32(tolerance)
    precision, recall = float((there <= near).mean()), float((back <= near).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _distances(one: Bools, other: Bools) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Of each boundary pixel of one mask to the other's boundary, and back; neither is empty."""
    of_one, of_other = _boundary(one), _boundary(other)
    return _away_from(of_other)[of_one], _away_from(of_one)[of_other]


def _boundary(mask: Bools) -> Bools:
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    inside = cv2.erode(
        mask.astype(np.uint8), cross, borderType=cv2.BORDER_CONSTANT, borderValue=(0,)
    )
    boundary: Bools = mask & (inside == 0)
    return boundary


def _away_from(boundary: Bools) -> NDArray[np.floating]:
    """(rows, columns): pixels to the nearest boundary pixel."""
    elsewhere = (~boundary).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(elsewhere, cv2.DIST_L2, cv2.DIST_MASK_PRECISE))


def _require_masks(predicted: Bools, truth: Bools) -> None:
    for mask in (predicted, truth):
        if mask.ndim != 2 or mask.dtype != np.bool_ or mask.shape != truth.shape or not mask.size:
            raise ImageError(
                f"Masks are {predicted.dtype} of shape {predicted.shape} and {truth.dtype} of "
                f"shape {truth.shape}; expected bool, both (rows, columns). "
                "Resize the prediction to the truth's size, then apply the threshold."
            )
