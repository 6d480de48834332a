"""Radiomic features of one lesion: the one entry to this folder.

Definitions are those of the Image Biomarker Standardisation Initiative (Zwanenburg et al.,
Radiology 2020;295:328), with the names and the choices of pyradiomics (van Griethuysen et al.,
Cancer Research 2017;77:e104). Each file says where the two differ. Images are taken as they are:
resample, normalise and leave outliers out of the mask before.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.models.programmed.radiomics.discretise import Binning, FixedWidth
from senoscope.models.programmed.radiomics.firstorder import firstorder_features
from senoscope.models.programmed.radiomics.glcm import glcm_features
from senoscope.models.programmed.radiomics.gldm import gldm_features
from senoscope.models.programmed.radiomics.glrlm import glrlm_features
from senoscope.models.programmed.radiomics.glszm import glszm_features
from senoscope.models.programmed.radiomics.neighbours import adjoining_pairs
from senoscope.models.programmed.radiomics.ngtdm import ngtdm_features
from senoscope.models.programmed.radiomics.shape import shape2d_features, shape_features

Intensities = NDArray[np.integer | np.floating]

DEFAULT_BINNING = FixedWidth(25.0)
"""pyradiomics' own choice."""
FEWEST = 3
"""Of two pixels none lies between the 10th and the 90th percentile."""


def radiomic_features(
    image: Intensities,
    mask: NDArray[np.bool_],
    spacing_mm: Sequence[float],
    binning: Binning = DEFAULT_BINNING,
    in_plane: bool = False,
) -> dict[str, float]:
    """Features by class and name, as `glcm_Contrast`: 107 in 3-D, 102 in 2-D.

    `image` and `mask` are (rows, columns) or (slices, rows, columns), `spacing_mm` in the same
    order. `in_plane` keeps the texture of a volume within its slices. `shape_` becomes `shape2D_`
    in 2-D. Raises ImageError where image and mask cannot be measured, SettingsError for the rest.
    """
    spacing = _checked(image, mask, spacing_mm)
    values = image[mask].astype(np.float64)
    pairs = adjoining_pairs(mask, in_plane)
    if values.size < FEWEST or not pairs:
        raise ImageError(
            f"the mask holds {values.size} pixels{'' if pairs else ', of which no two adjoin'}; "
            f"at least {FEWEST} are needed, two of them adjoining: outline the lesion again"
        )
    levels = binning.levels(values)
    flat = mask.ndim == 2
    classes = {
        "firstorder": firstorder_features(values, levels, float(np.prod(spacing))),
        "shape2D" if flat else "shape": (shape2d_features if flat else shape_features)(
            mask, spacing
        ),
        "glcm": glcm_features(levels, pairs),
        "glrlm": glrlm_features(levels, pairs),
        "glszm": glszm_features(levels, pairs),
        "gldm": gldm_features(levels, pairs),
        "ngtdm": ngtdm_features(levels, pairs),
    }
    return {
        f"{family}_{name}": value
        for family, features in classes.items()
        for name, value in features.items()
    }


def _checked(
    image: Intensities, mask: NDArray[np.bool_], spacing_mm: Sequence[float]
) -> NDArray[np.float64]:
    """`spacing_mm` as an array, once image, mask and spacing fit together."""
    if image.ndim not in (2, 3) or image.shape != mask.shape or mask.dtype != np.bool_:
        raise ImageError(
            f"the image is {image.shape} and the mask {mask.shape} of {mask.dtype}; both must be "
            "(rows, columns) or (slices, rows, columns) of one size, and the mask of bool"
        )
    if not np.isfinite(image[mask]).all():
        raise ImageError(
            "some intensities in the mask are not finite; leave those pixels out of the mask"
        )
    spacing = np.asarray(spacing_mm, np.float64)
    if spacing.shape != (image.ndim,) or not (np.isfinite(spacing) & (spacing > 0)).all():
        raise SettingsError(
            f"the spacing is {tuple(spacing_mm)}; give {image.ndim} positive numbers of mm, "
            "one for each axis of the image"
        )
    return spacing
