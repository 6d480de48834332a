"""Which parts round a lesion the probability of malignancy rests on, by hiding them in turn.

Occlusion sensitivity (Zeiler & Fergus 2014): a patch of the frame is replaced by what a low-pass
leaves of it, the classifier reads the lesion again, and the change is put down to the patch. Chosen
over Grad-CAM (Selvaraju 2017), which needs the last feature maps and their gradients: no engine
gives them, so running Senoscope would need torch or weights exported anew. Grad-CAM also draws
one cell per 32 crop pixels, each of which saw nearly the whole crop, in no unit; a patch hidden
is an intervention, in the unit of the answer, and the same for every network of every engine.

The fill is smooth, not black or grey: a black square on ultrasound looks like a cyst or a shadow,
and the network would answer to what was put in. Patches fade out, since edges would be put in too
(as in RISE, Petsiuk 2018). They are hidden in the frame itself, so that the classifier sees the
same at every margin it crops at, and with nothing hidden gives the very answer of the reading.

What a map does not say: why in words of the field; that a network looks where a reader would;
anything of evidence shown twice (hiding one of two shadows may change nothing); anything finer
than a patch, which half hides a seventh of the square's side, so that a region's weight runs over
into the next. Echo level wider than that stays under the fill: the map tells of edges and texture
more than of how dark a lesion is.
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
from senoscope.models.classifier import Classifier
from senoscope.models.crop import crop_affine

PATCHES = 7
"""Along each side of the square: with the picture as it is, 50 answers of the classifier a map."""
PATCH_WIDTH = 2
"""Of the distance between patches, the least that leaves no gap: each place is hidden by 2 x 2. A
square of 2.2 lesion sides, as of a classifier that looks 0.6 of them beyond the lesion, has patches
that half hide 0.31 of a lesion's side."""
LOW_PASS = 1 / 8
"""Standard deviation of the fill's Gaussian, of the lesion's longer side: its edge and texture go,
and what is left has no new edge."""
MARGIN_BAND = 0.15
"""Of the lesion's longer side, within and beyond the outline: together what a patch half hides,
since a narrower band could not be told from its neighbours."""
SIDE = 105
"""Pixels along a map's side, 15 a patch."""
WIDEST_BLUR = 8.0
"""Frame pixels, a standard deviation. For a wider one the picture is reduced first: it leaves no
detail that reducing could lose, and blurring a large lesion would take longer than reading it."""

FAINT, FULL = 0.15, 1.0
"""Log odds. int8 in place of fp32 moves a map by 0.01 to 0.03 (root mean square, ten images of
BUS-BRA), which is no evidence; 1 turns a probability of 0.50 into 0.27 or 0.73."""
SUPPORTS, OPPOSES = (213, 94, 0), (86, 180, 233)
"""Vermillion and sky blue of Okabe & Ito 2008: red-green blindness leaves them apart."""
MOST_OPACITY = 140
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
    """What hiding each place round a lesion does to the probability of malignancy.

    `change` is (SIDE, SIDE) float32 over `box`, in log odds of that probability: positive where
    hiding lowers suspicion, so where the picture speaks for malignancy; 0 beyond the frame.
    `box` (left, top, right, bottom) is what it covers: the outer edges of its outermost pixels, in
    frame pixels with pixel centres at integers, beyond the frame where the classifier looks there.
    `log_odds` is the answer with nothing hidden. `done` in 0..1 is the share of patches hidden so
    far, the others count as 0. `weight` says where the absolute change lies, None where nothing
    changed; `area` says the same of the pixels in the frame, which an even map would give.
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
    classifier: Classifier, pixels: Gray, lesion: Lesion, patches: int = PATCHES
) -> Iterator[OcclusionMap]:
    """The map of `lesion` on its (rows, columns) frame as it grows, one answer each.

    It covers the largest square that `classifier` looks at. The last of the `patches`**2 maps is
    whole. Between two the classifier is free for other work, and whoever stops asking has
    cancelled. `patches` along a side: 2 to PATCHES, fewer are coarser. SettingsError for another
    number, ImageError where no part of the square lies in the frame.
    """
    require_usable(pixels)
    if not 2 <= patches <= PATCHES:
        raise SettingsError(
            f"{patches} patches along a side were asked for; expected 2 to {PATCHES}."
        )
    square = _square(pixels, lesion, classifier.widest_margin)
    # Here and not in the generator, so that bad input is refused at the call.
    return _growing(classifier, pixels, lesion, square, patches)


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
class _Square:
    """The square a map covers. `box` as the map's; `rows` and `columns` of the frame lie in it.

    `held` says which pixels of the map the frame holds, `regions` which of those lie where.
    """

    box: tuple[float, float, float, float]
    rows: slice
    columns: slice
    held: Bools
    regions: Regions


def _square(pixels: Gray, lesion: Lesion, margin: float) -> _Square:
    affine = crop_affine(lesion.box, SIDE, margin)
    scale, shift = affine[0, 0], affine[:, 2]
    (left, top), (right, bottom) = ((edge - shift) / scale for edge in (-0.5, SIDE - 0.5))
    height, width = pixels.shape
    rows, columns = _within(top, bottom, height), _within(left, right, width)
    if rows.start >= rows.stop or columns.start >= columns.stop:
        raise ImageError(
            f"A lesion at {lesion.box} was given for a frame of {width}x{height}; expected one "
            "that lies in it. Give the frame it was outlined on."
        )
    x, y = ((np.arange(SIDE) - shift[axis]) / scale for axis in (0, 1))
    held = np.outer(abs(y - (height - 1) / 2) <= height / 2, abs(x - (width - 1) / 2) <= width / 2)
    box = float(left), float(top), float(right), float(bottom)
    return _Square(box, rows, columns, held, _regions(lesion, affine, held))


def _within(start: float, stop: float, length: int) -> slice:
    """The pixels of `length` whose centres lie from `start` to `stop`."""
    return slice(max(int(np.ceil(start)), 0), min(int(np.floor(stop)) + 1, length))


def _growing(
    classifier: Classifier, pixels: Gray, lesion: Lesion, square: _Square, patches: int
) -> Iterator[OcclusionMap]:
    left, top, right, bottom = square.box
    down = _bumps(patches, np.arange(square.rows.start, square.rows.stop), top, bottom)
    across = _bumps(patches, np.arange(square.columns.start, square.columns.stop), left, right)
    seen = pixels[square.rows, square.columns]
    missing = _low_passed(seen, _longer_side(lesion) * LOW_PASS) - seen
    # A place's change is the mean over the patches that hide it, by how much each hides of it.
    spread = _bumps(patches, np.arange(SIDE), -0.5, SIDE - 0.5)
    spread /= spread.sum(axis=0)
    area = RegionShares(*(float(each.sum() / square.held.sum()) for each in square.regions))
    whole = classifier.log_odds(pixels, lesion.box)
    changes = np.zeros((patches, patches), np.float32)
    frame = pixels.copy()
    hidden = frame[square.rows, square.columns]
    for number, (row, column) in enumerate(product(range(patches), repeat=2), start=1):
        place = _reach(down[row]), _reach(across[column])
        share = np.outer(down[row, place[0]], across[column, place[1]])
        hidden[place] = np.rint(seen[place] + share * missing[place])
        changes[row, column] = whole - classifier.log_odds(frame, lesion.box)
        hidden[place] = seen[place]
        # What lies beyond the frame was never hidden.
        change = np.where(square.held, spread.T @ changes @ spread, np.float32(0))
        weight = _shares(change, square.regions)
        yield OcclusionMap(change, square.box, whole, number / patches**2, weight, area)


def _low_passed(seen: Gray, sigma: float) -> Floats:
    """`seen` without detail finer than `sigma` pixels.

    Normalised convolution (Knutsson & Westin 1993): black beyond the frame is no echo level.
    """
    ratio = max(sigma / WIDEST_BLUR, 1.0)
    size = [max(1, round(side / ratio)) for side in seen.shape[::-1]]
    reduced = cv2.resize(seen, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    sums, weights = (
        cv2.GaussianBlur(part, (0, 0), sigma / ratio, borderType=cv2.BORDER_CONSTANT)
        for part in (reduced, np.ones_like(reduced))
    )
    smooth = np.asarray(sums / weights, dtype=np.float32)
    whole = cv2.resize(smooth, seen.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, dtype=np.float32)


def _bumps(patches: int, places: NDArray[np.int_], start: float, stop: float) -> Floats:
    """(patches, places): how much each patch hides of each place; Hann's window.

    `patches` share the way from `start` to `stop` evenly; each hides all of its own middle.
    """
    away = (places - start) / (stop - start) * patches - 0.5 - np.arange(patches)[:, None]
    away = np.minimum(np.abs(away) / PATCH_WIDTH, 0.5)
    return np.asarray(0.5 + 0.5 * np.cos(2 * np.pi * away), dtype=np.float32)


def _reach(bump: Floats) -> slice:
    """The places that a patch hides anything of."""
    places = np.flatnonzero(bump)
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0)


def _regions(lesion: Lesion, affine: NDArray[np.float64], held: Bools) -> Regions:
    """Pixels of the map inside the lesion, in its margin band and outside, where `held`."""
    outline = lesion.contour @ affine[:, :2].T + affine[:, 2]
    mask = np.zeros(held.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline * 16).astype(np.int32)], (1,), shift=4)
    within, beyond = (
        cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for part in (mask, 1 - mask)
    )
    band = MARGIN_BAND * _longer_side(lesion) * affine[0, 0]
    # The filled outline holds its own pixels, which are one pixel from the nearest beyond.
    inside, outside = held & (within - 1 > band), held & (beyond > band)
    return inside, held & ~inside & ~outside, outside


def _longer_side(lesion: Lesion) -> float:
    left, top, right, bottom = lesion.box
    return max(right - left, bottom - top, 1.0)  # a pixel at least: a blur of 0 is none


def _shares(change: Floats, regions: Regions) -> RegionShares | None:
    sums = [float(np.abs(change[region]).sum()) for region in regions]
    total = sum(sums)
    return RegionShares(*(each / total for each in sums)) if total else None
