"""Which parts of a lesion's crop the probability of malignancy rests on, by hiding them in turn.

Occlusion sensitivity (Zeiler & Fergus 2014): a patch of the crop is replaced by what a low-pass
leaves of it, the network reads the crop again, and the change is put down to the patch. Chosen
over Grad-CAM (Selvaraju 2017), which needs the last feature maps and their gradients: no engine
gives them, so running Senoscope would need torch or weights exported anew. Grad-CAM also draws
one cell per 32 crop pixels, each of which saw nearly the whole crop, in no unit; a patch hidden
is an intervention, in the unit of the answer, and the same for every network of every engine.

The fill is smooth, not black or grey: a black square on ultrasound looks like a cyst or a shadow,
and the network would answer to what was put in. Patches fade out, since edges would be put in too
(as in RISE, Petsiuk 2018).

What a map does not say: why in words of the field; that a network looks where a reader would;
anything of evidence shown twice (hiding one of two shadows may change nothing); anything finer
than a patch, which half hides a fifth of the crop's side, so that a region's weight runs over into
the next. Echo level wider than that stays under the fill: the map tells of edges and texture more
than of how dark a lesion is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Gray, require_usable
from senoscope.domain.lesion import Lesion
from senoscope.models.crop import crop_affine, sample_crop
from senoscope.models.engines.base import Engine
from senoscope.models.package import ModelPackage

PATCHES = 7
"""Along each side of the crop: with the crop as it is, 50 runs of the network a map."""
PATCH_WIDTH = 3
"""Of the distance between patches: each place but the crop's edge is hidden in 3 x 3 runs."""
LOW_PASS = 1 / 12
"""Standard deviation of the fill's Gaussian, of the crop's side: an eighth of the lesion's longer
side, so that its edge and texture go and what is left has no new edge."""
MARGIN_BAND = 0.15
"""Of the lesion's longer side, within and beyond the outline: together what a patch half hides,
since a narrower band could not be told from its neighbours."""

FAINT, FULL = 0.15, 1.0
"""Log odds. int8 in place of fp32 moves a map by 0.02 to 0.06 (root mean square, four images of
BUS-BRA), which is no evidence; 1 turns a probability of 0.50 into 0.27 or 0.73."""
SUPPORTS, OPPOSES = (213, 94, 0), (86, 180, 233)
"""Vermillion and sky blue of Okabe & Ito 2008: red-green blindness leaves them apart."""
MOST_OPACITY = 200
"""Of 255: speckle still shows through."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Regions = tuple[Bools, Bools, Bools]


@dataclass(frozen=True, slots=True)
class RegionShares:
    """Shares, 1 together: `inside` the lesion, in the `margin` band on its outline, `outside`."""

    inside: float
    margin: float
    outside: float


@dataclass(frozen=True, slots=True, eq=False)
class OcclusionMap:
    """What hiding each place of a lesion's crop does to the probability of malignancy.

    `change` is (rows, columns) float32 over the crop, in log odds of that probability: positive
    where hiding lowers suspicion, so where the picture speaks for malignancy; 0 beyond the frame.
    `box` (left, top, right, bottom) is what it covers: the outer edges of its outermost pixels, in
    frame pixels with pixel centres at integers, beyond the frame where the crop is.
    `log_odds` is the answer with nothing hidden. `done` in 0..1 is the share of patches hidden so
    far, the others count as 0. `weight` says where the absolute change lies, None where nothing
    changed; `area` says the same of the crop's pixels, which an even map would give.
    """

    change: Floats
    box: tuple[float, float, float, float]
    log_odds: float
    done: float
    weight: RegionShares | None
    area: RegionShares

    def __post_init__(self) -> None:
        finite = bool(np.isfinite(self.change).all())
        if self.change.ndim != 2 or self.change.dtype != np.float32 or not finite:
            raise ImageError(
                f"An occlusion map has shape {self.change.shape}, type {self.change.dtype} and "
                f"{'only' if finite else 'not only'} finite numbers; expected float32 (rows, "
                "columns), all finite. Check the network's answers with `senoscope doctor`."
            )


def occlusion_maps(
    engine: Engine, package: ModelPackage, pixels: Gray, lesion: Lesion, patches: int = PATCHES
) -> Iterator[OcclusionMap]:
    """The map of `lesion` on its (rows, columns) frame as it grows, one run of `engine` each.

    The last of the `patches`**2 maps is whole. Between two the engine is free for other work, and
    whoever stops asking has cancelled. `patches` along a side: 2 to PATCHES, fewer are coarser.
    SettingsError for another number, ImageError where no part of the crop lies in the frame.
    """
    require_usable(pixels)
    if not 2 <= patches <= PATCHES:
        raise SettingsError(
            f"{patches} patches along a side were asked for; expected 2 to {PATCHES}."
        )
    view = _view(pixels, lesion, package.size)
    # Here and not in the generator, so that bad input is refused at the call.
    return _growing(engine, package, view, patches)


def heat_layer(change: Floats) -> NDArray[np.uint8]:
    """(rows, columns, 4) RGBA, opacity not multiplied in, to lay over the map's box.

    SUPPORTS where `change` is positive, OPPOSES where it is negative, the more opaque the further
    from 0: nothing up to FAINT, MOST_OPACITY from FULL on. The scale is the same for every map:
    one stretched to its own largest value would show noise as evidence.
    """
    layer = np.empty((*change.shape, 4), np.uint8)
    layer[..., :3] = np.where(change[..., None] > 0, SUPPORTS, OPPOSES)
    strength = np.clip((np.abs(change) - FAINT) / (FULL - FAINT), 0, 1)
    layer[..., 3] = np.rint(strength * MOST_OPACITY)
    return layer


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The crop as read: grey values 0..255, and how much of each pixel the frame holds, 0..1."""

    crop: Floats
    seen: Floats
    regions: Regions
    box: tuple[float, float, float, float]


def _view(pixels: Gray, lesion: Lesion, size: int) -> _View:
    affine = crop_affine(lesion.box, size)
    seen = sample_crop(np.full(pixels.shape, 255, np.uint8), affine, size)
    if not seen.any():
        raise ImageError(
            f"A lesion at {lesion.box} was given for a frame of {pixels.shape[1]}x"
            f"{pixels.shape[0]}; expected one that lies in it. Give the frame it was outlined on."
        )
    edges = np.array([-0.5, size - 0.5])
    (left, right), (top, bottom) = ((edges - affine[axis, 2]) / affine[0, 0] for axis in (0, 1))
    return _View(
        crop=sample_crop(pixels, affine, size).astype(np.float32),
        seen=seen.astype(np.float32) / np.float32(255),
        regions=_regions(lesion, affine, seen > 0),
        box=(float(left), float(top), float(right), float(bottom)),
    )


def _growing(
    engine: Engine, package: ModelPackage, view: _View, patches: int
) -> Iterator[OcclusionMap]:
    missing = _low_passed(view.crop, view.seen) - view.crop
    bumps = _bumps(patches, package.size)
    # A place's change is the mean over the patches that hide it, by how much each hides of it.
    spread = bumps / bumps.sum(axis=0)
    held = view.seen > 0
    area = RegionShares(*(float(region.sum() / held.sum()) for region in view.regions))
    whole = _log_odds(engine, package, view.crop)
    changes = np.zeros((patches, patches), np.float32)
    for number, (row, column) in enumerate(product(range(patches), repeat=2), start=1):
        hidden = view.crop + np.outer(bumps[row], bumps[column]) * missing
        changes[row, column] = whole - _log_odds(engine, package, hidden)
        # What lies beyond the frame was never hidden.
        change = np.where(held, spread.T @ changes @ spread, np.float32(0))
        weight = _shares(change, view.regions)
        yield OcclusionMap(change, view.box, whole, number / patches**2, weight, area)


def _log_odds(engine: Engine, package: ModelPackage, crop: Floats) -> float:
    """Of malignancy as calibrated, for a crop of grey values 0..255."""
    picture = (crop[None, None] / 255 - package.mean) / package.std
    logit = float(engine.run(picture.astype(np.float32))["malignant"][0])
    return package.setting("calibration_slope") * logit + package.setting("calibration_intercept")


def _low_passed(crop: Floats, seen: Floats) -> Floats:
    """`crop` without detail. `seen` in 0..1 is how much of a pixel the frame holds.

    Normalised convolution (Knutsson & Westin 1993): black beyond the frame is no echo level.
    """
    sigma = LOW_PASS * len(crop)
    sums, weights = (
        cv2.GaussianBlur(part, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
        for part in (crop, seen)
    )
    return np.asarray(sums / np.maximum(weights, np.float32(1e-6)) * seen, dtype=np.float32)


def _bumps(patches: int, size: int) -> Floats:
    """(patches, size): how much each patch hides along one axis, 1 in its middle; Hann's window."""
    step = size / patches
    middles = (np.arange(patches) + 0.5) * step - 0.5
    away = np.abs(np.arange(size) - middles[:, None]) / (PATCH_WIDTH * step)
    return np.where(away < 0.5, 0.5 + 0.5 * np.cos(2 * np.pi * away), 0).astype(np.float32)


def _regions(lesion: Lesion, affine: NDArray[np.float64], seen: Bools) -> Regions:
    """Pixels of the crop inside the lesion, in its margin band and outside, where `seen`."""
    outline = lesion.contour @ affine[:, :2].T + affine[:, 2]
    mask = np.zeros(seen.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline * 16).astype(np.int32)], (1,), shift=4)
    within, beyond = (
        cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for part in (mask, 1 - mask)
    )
    left, top, right, bottom = lesion.box
    band = MARGIN_BAND * max(right - left, bottom - top) * affine[0, 0]
    # The filled outline holds its own pixels, which are one pixel from the nearest beyond.
    inside, outside = seen & (within - 1 > band), seen & (beyond > band)
    return inside, seen & ~inside & ~outside, outside


def _shares(change: Floats, regions: Regions) -> RegionShares | None:
    sums = [float(np.abs(change[region]).sum()) for region in regions]
    total = sum(sums)
    return RegionShares(*(each / total for each in sums)) if total else None
