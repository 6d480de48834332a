"""Masses and distortions slab by slab, by the detectors of mammograms, with their depth.

Each slab of some millimetres is looked at as a mammogram would be. At each place that is found,
every slice is then asked how much brighter it is within the outline: the profile over slices says
at what height the thing lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from senoscope.domain.spacing import PixelSpacing
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.programmed.mammography import masses
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.mark_features import ANGLES, NAMES
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.models.programmed.mammography.soft_tissue import soft_tissue
from senoscope.models.programmed.mammography.working_picture import WorkingPicture, working_picture
from senoscope.models.programmed.tomosynthesis.slabs import (
    COARSE_SLAB_MM,
    Scanned,
    as_mammogram,
    spans_of,
    steps_mm,
)

SHARES = np.arange(0.15, 1.7, 0.1, dtype=np.float32)
"""Of a place's radius: rings whose mean grey makes a profile."""
_EDGE = 0.6, 1.5
"""Between which the outline is looked for in each slice."""
_ANGLES = 16


def _ball() -> Grey:
    """What rings weigh in contrast: the shadow of a ball, evened, by their length; 1 in all."""
    shadow = np.sqrt(np.maximum(1 - SHARES**2, 0))
    weight = SHARES * (shadow - np.average(shadow, weights=SHARES))
    return np.asarray(weight / np.abs(weight).sum() * 2, np.float32)


_BALL = _ball()


@dataclass(frozen=True, eq=False)
class FlatPlaces:
    """Of n places on the mean of all slices, as on a mammogram: as of `SoftPlaces`."""

    kind: Sequence[MarkKind]
    at_mm: Grey
    features: Grey


@dataclass(frozen=True, eq=False)
class SoftPlaces:
    """Of n places: `kind` (n,), `at_mm` (n, 2) [x, y] from the chest wall and the upper edge.

    `slice_at` (n,) is the middle of the slab it was found in; `outlines` (n, ANGLES, 2) [x, y] in
    pixels of the view; `features` (n, names) in the order of `mark_features.NAMES`. `contrast` and
    `fall`, (n, slices), are how much brighter each slice is within a circle of the outline's size
    than around it, and just within than just without, in spreads of the breast. `flat` are those of
    the mean of all slices.
    """

    kind: Sequence[MarkKind]
    at_mm: Grey
    slice_at: Grey
    outlines: Grey
    features: Grey
    contrast: Grey
    fall: Grey
    flat: FlatPlaces


def soft_places(view: TomosynthesisView, scan: Scanned) -> SoftPlaces:
    """All of `view`, before any is scored or joined with what lies above it."""
    spacing = scan.coarse_spacing
    mean = as_mammogram(view, scan.coarse.mean(axis=0), spacing)
    shown = working_picture(mean, find_parts(mean), masses.STEP_MM)
    kinds: list[MarkKind] = []
    centres, outlines, middles = [], [], []
    features: list[list[float]] = []
    for span in spans_of(view, COARSE_SLAB_MM):
        slab = scan.coarse[span.first : span.last + 1].mean(axis=0)
        for each in soft_tissue(_with_pixels(shown, slab)):
            kinds.append(each.kind)
            centres.append(each.centre)
            outlines.append(each.outline)
            features.append([each.features[name] for name in NAMES])
            middles.append(span.middle)
    at = np.array(centres, np.float32).reshape(-1, 2)
    around = np.array(outlines, np.float32).reshape(-1, ANGLES, 2)
    at_mm = _in_view(scan, _to_view(shown, at)) * steps_mm(view)
    seen = np.array(features, np.float32).reshape(-1, len(NAMES))
    radius_mm = np.exp(seen[:, NAMES.index("radius")])
    contrast, fall = (
        each / spread_of(shown) for each in profiles(scan.coarse, spacing, at_mm, radius_mm)
    )
    outlined = _in_view(scan, _to_view(shown, around))
    middle = np.array(middles, np.float32)
    flat = flat_places(shown, scan.coarse_spacing)
    return SoftPlaces(kinds, at_mm, middle, outlined, seen, contrast, fall, flat)


def flat_places(mean: WorkingPicture, spacing: PixelSpacing) -> FlatPlaces:
    """Of the coarse mean of all slices, whose pixels are of `spacing`."""
    found = soft_tissue(mean)
    at = mean.to_view(np.array([each.centre for each in found], np.float32).reshape(-1, 2))
    rows = [[each.features[name] for name in NAMES] for each in found]
    return FlatPlaces(
        [each.kind for each in found],
        np.asarray(at * np.array([spacing.column_mm, spacing.row_mm]), np.float32),
        np.array(rows, np.float32).reshape(-1, len(NAMES)),
    )


def _with_pixels(picture: WorkingPicture, slab: Grey) -> WorkingPicture:
    """Of another slab of the same breast, which has the same parts."""
    rows, columns = picture.pixels.shape
    reach = round(columns * picture.zoom[0])
    shown = cv2.resize(slab[:, :reach], (columns, rows), interpolation=cv2.INTER_AREA)
    return replace(picture, pixels=np.asarray(shown, np.float32))


def _to_view(picture: WorkingPicture, points: Grey) -> Grey:
    return picture.to_view(points.reshape(-1, 2)).reshape(points.shape)


def _in_view(scan: Scanned, points: Grey) -> Grey:
    """Of the slices, points (..., 2) [x, y] of their coarse copies."""
    rows, columns = scan.mean.pixels.shape
    scale = np.array([columns / scan.coarse.shape[2], rows / scan.coarse.shape[1]], np.float32)
    return np.asarray((points + 0.5) * scale - 0.5, np.float32)


def spread_of(shown: WorkingPicture) -> float:
    """Of the grey of the breast, in which contrasts are told."""
    return max(float(np.std(shown.pixels[shown.breast][::7])), 1e-4)


def profiles(stack: Grey, spacing: PixelSpacing, at_mm: Grey, radius_mm: Grey) -> tuple[Grey, Grey]:
    """Contrast and fall, (n, slices) each, in grey, of n places on a coarse stack of `spacing`."""
    contrast = np.zeros((len(at_mm), len(stack)), np.float32)
    fall = np.zeros_like(contrast)
    if not len(at_mm):
        return contrast, fall
    steps = np.array([spacing.column_mm, spacing.row_mm], np.float32)
    turn = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    along = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
    off = along[:, None] * SHARES[:, None] * radius_mm[:, None, None, None]
    x, y = (
        np.ascontiguousarray(((at_mm[:, None, None] + off) / steps)[..., axis], np.float32)
        for axis in (0, 1)
    )
    flat = len(at_mm), _ANGLES * len(SHARES)
    x, y = x.reshape(flat), y.reshape(flat)
    edges = np.nonzero((_EDGE[0] < SHARES) & (_EDGE[1] > SHARES))[0]
    for index, pixels in enumerate(stack):
        seen = cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        rings = seen.reshape(len(at_mm), _ANGLES, -1).mean(axis=1)
        contrast[:, index] = rings @ _BALL
        # Two rings less the next two; the outline may be a little off, so the steepest counts.
        falls = rings[:, edges - 1] + rings[:, edges - 2] - rings[:, edges] - rings[:, edges + 1]
        fall[:, index] = falls.max(axis=1) / 2
    return contrast, fall
