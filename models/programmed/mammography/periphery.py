"""The breast's rim, where it is thinner and so darker: how far from the skin, and evened out.

The grey of fat is followed inwards from the skin and lifted to what it is further in, as Snoeren
and Karssemeijer do with a model of thickness (IEEE Trans Med Imaging 2004).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.mammography.breast import Grey, Mask

FAT_SHARE = 0.3
"""Of the pixels at one distance from the skin, those that are at most as bright as fat."""
_BINS = 48
_DEEPEST = 0.6
"""Of the greatest distance: from here on the breast is fully thick."""


def skin_distance(breast: Mask) -> NDArray[np.float32]:
    """Pixels from the skin, 0 outside. Edges of the picture are no skin: the breast goes on."""
    wide = max(breast.shape)
    padded = cv2.copyMakeBorder(breast.astype(np.uint8), 0, 0, wide, 1, cv2.BORDER_REPLICATE)
    padded[:, -1] = 0
    above = wide if breast[0].any() else 1
    below = wide if breast[-1].any() else 1
    padded = cv2.copyMakeBorder(padded, above, below, 0, 0, cv2.BORDER_REPLICATE)
    if above == 1:
        padded[0] = 0
    if below == 1:
        padded[-1] = 0
    far = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_5)
    rows, columns = breast.shape
    return np.asarray(far[above : above + rows, wide : wide + columns], np.float32)


def evened(pixels: Grey, breast: Mask, left_out: Mask | None = None) -> Grey:
    """Of a hung picture: the fall-off towards the skin is taken out; same shape and scale.

    `left_out`, the pectoral muscle, is not looked at, but lifted as the rest.
    """
    far = skin_distance(breast)
    deepest = float(far.max())
    looked_at = breast if left_out is None else breast & ~left_out
    if deepest <= 0 or looked_at.sum() < 16 * _BINS:
        return pixels.copy()
    place = far / (deepest * _DEEPEST) * _BINS
    bins = np.minimum(place, _BINS - 1).astype(np.int32)
    profile = _fat_by_bin(pixels[looked_at], bins[looked_at])
    # Brighter further out is skin and gland, no thickness: only a rise inwards is evened.
    rising = np.minimum.accumulate(profile[::-1])[::-1]
    at = np.interp(place[breast], np.arange(_BINS) + 0.5, rising)
    result = pixels.copy()
    result[breast] += (rising[-1] - at).astype(np.float32)
    return result


def _fat_by_bin(values: Grey, bins: NDArray[np.int32]) -> NDArray[np.float64]:
    """The FAT_SHARE quantile of each distance; where there are few, as in the next one in."""
    levels = 256
    low, high = float(values.min()), float(values.max()) + 1e-6
    grey = ((values - low) / (high - low) * levels).astype(np.int32)
    counts = np.bincount(bins * levels + grey, minlength=_BINS * levels).reshape(_BINS, levels)
    summed = np.cumsum(counts, axis=1)
    total = summed[:, -1]
    first = np.argmax(summed >= FAT_SHARE * np.maximum(total, 1)[:, None], axis=1)
    profile = low + (first + 0.5) / levels * (high - low)
    for one in range(_BINS - 2, -1, -1):
        if total[one] < 8:
            profile[one] = profile[one + 1]
    kernel = np.hanning(7)[1:-1] / np.hanning(7)[1:-1].sum()
    return np.convolve(np.pad(profile, 2, mode="edge"), kernel, "valid")
