"""A mass drawn on a mammogram: where it truly ends, and what is measured of it and around it.

What a person draws is a loop round the mass, so its edge is looked for along that loop:
straightened like a rubber band (Sahiner et al., Med Phys 1998), the closed path of the steepest
fall of grey by dynamic programming (Timp & Karssemeijer, Med Phys 2004). Shape and edge are then
those that `programmed.shape` and `programmed.margin` measure, dark turned for bright.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Intent, Mammogram
from senoscope.models.programmed import margin, shape
from senoscope.models.programmed.feature import Feature, Values
from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.density import measure_density
from senoscope.models.programmed.mammography.distortion import Lines, find_lines
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.working_picture import (
    WorkingPicture,
    blurred,
    working_picture,
)
from senoscope.models.programmed.region import LesionRegion, lesion_region

STEP_MM = 0.2
ANGLES = 64
SHARES = np.linspace(0.55, 1.45, 46)
"""Of the drawn loop's distance from its middle, where the edge is looked for."""
_BLUR_MM = 0.4
_STEEPEST_STEP = 2
RING = (1.1, 2.2)
"""In radii: where spicules are looked for."""
_SECTORS = 32

_KARSSEMEIJER = "Karssemeijer & te Brake, IEEE TMI 1996"
_TE_BRAKE = "te Brake & Karssemeijer, IEEE TMI 1999"
_HUO = "Huo et al., Med Phys 1998"
FEATURES = (
    *shape.FEATURES,
    *margin.FEATURES,
    Feature("radial_lines", "1", "share of lines around that point to the middle", _KARSSEMEIJER),
    Feature("radial_gradient", "1", "share of the gradient in the rim that is radial", _HUO),
    Feature("hidden", "1", "share of the edge with no fall and dense tissue beyond", "BI-RADS"),
    Feature("faded", "1", "share of the edge with no fall and no dense tissue beyond", "BI-RADS"),
    Feature("over_gland", "1", "grey over dense tissue around, in that's over fat", _TE_BRAKE),
)

Outline = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MassView:
    """Of one view at STEP_MM: its lines, what is dense, and its fat's and dense tissue's grey."""

    picture: WorkingPicture
    smooth: Grey
    lines: Lines
    dense: Mask
    fat_grey: float
    dense_grey: float

    @classmethod
    def of(cls, mammogram: Mammogram, parts: BreastParts) -> MassView:
        """ImageError where the picture does not allow it: its spacing, or For Processing."""
        if mammogram.intent is not Intent.PRESENTATION:
            raise ImageError(
                "This mammogram is For Processing; words are found on those For Presentation. Send "
                "that one as well."
            )
        picture = working_picture(mammogram, parts, STEP_MM)
        density = measure_density(mammogram, parts)
        shown = density.dense[:, : round(picture.pixels.shape[1] * picture.zoom[0])]
        size = picture.pixels.shape[::-1]
        dense = cv2.resize(shown.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        fat = picture.breast & ~dense & (picture.from_edge_mm > 8)
        dense &= picture.breast
        greys = [
            float(np.median(picture.pixels[each])) if each.any() else np.nan
            for each in (fat, dense)
        ]
        smooth = blurred(picture.pixels, picture.reach(_BLUR_MM))
        return cls(picture, smooth, find_lines(picture), np.asarray(dense), greys[0], greys[1])

    def placed(self, contour: NDArray[np.floating]) -> Outline:
        """(n, 2) [x, y] of hung pixels, in those of the picture."""
        points = np.asarray(contour, np.float64)
        return np.asarray((points + 0.5) / np.array(self.picture.zoom) - 0.5)


def measure_mass(view: MassView, drawn: Outline) -> Values:
    """`FEATURES` by name, of the mass within `drawn`, (n, 2) [x, y] in the view's picture.

    nan where too little of what is asked for lies around.
    """
    outline = true_outline(view, drawn)
    turned = np.clip(255 - 255 * view.picture.pixels, 0, 255).astype(np.uint8)
    region = lesion_region(turned, outline)
    return {
        **shape.measure_shape(region),
        **margin.measure_margin(region),
        **_around(view, outline, region),
    }


def true_outline(view: MassView, drawn: Outline) -> Outline:
    """(ANGLES, 2): the closed path of the steepest fall of grey near the drawn loop."""
    middle, away = _drawn_radii(drawn)
    angle = np.arange(ANGLES) * 2 * np.pi / ANGLES
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    radii = away[:, None] * SHARES
    reach = max(1.0, 0.09 * float(away.mean()))
    inner, outer = (
        _sampled(view.smooth, middle + along[:, None] * (radii + sign * reach)[..., None])
        for sign in (-1, 1)
    )
    # Not far from what was drawn without a reason.
    fall = inner - outer
    fall = fall / max(float(fall.std()), 1e-6) - 1.2 * np.abs(np.log(SHARES))
    best = _closed_path(fall)
    return np.asarray(middle + along * (away * SHARES[best])[:, None])


def _drawn_radii(drawn: Outline) -> tuple[Outline, NDArray[np.float64]]:
    """The loop's middle, and its distance from there at each angle."""
    moments = cv2.moments(drawn.astype(np.float32)[:, None])
    middle = np.array([moments["m10"], moments["m01"]]) / max(moments["m00"], 1e-6)
    closed = np.vstack([drawn, drawn[:1]])
    dense = np.concatenate([np.linspace(a, b, 24) for a, b in pairwise(closed)])
    off = dense - middle
    turn = np.arctan2(off[:, 1], off[:, 0]) % (2 * np.pi)
    order = np.argsort(turn)
    angle = np.arange(ANGLES) * 2 * np.pi / ANGLES
    away = np.interp(angle, turn[order], np.hypot(*off[order].T), period=2 * np.pi)
    return middle, np.maximum(away, 1.0)


def _closed_path(gain: NDArray[np.float64]) -> NDArray[np.intp]:
    """(angles,) of (angles, places): the path of most gain, neighbours _STEEPEST_STEP apart.

    Twice round, and the second half of it kept, so that its end meets its beginning.
    """
    twice = np.concatenate([gain, gain, gain])
    places = np.arange(gain.shape[1])
    total, came = twice[0], np.zeros(twice.shape, np.intp)
    for row in range(1, len(twice)):
        options = np.stack(
            [
                total[np.clip(places + step, 0, len(places) - 1)] - 0.15 * abs(step)
                for step in range(-_STEEPEST_STEP, _STEEPEST_STEP + 1)
            ]
        )
        pick = options.argmax(axis=0)
        came[row] = np.clip(places + pick - _STEEPEST_STEP, 0, len(places) - 1)
        total = options.max(axis=0) + twice[row]
    path = np.zeros(len(twice), np.intp)
    path[-1] = int(np.argmax(total))
    for row in range(len(twice) - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    return path[len(gain) : 2 * len(gain)]


def _around(view: MassView, outline: Outline, region: LesionRegion) -> Values:
    middle = outline.mean(axis=0)
    off = outline - middle
    away = np.hypot(*off.T)
    along = off / away[:, None]
    rays = np.linspace(*RING, 24)
    places = middle + along[:, None] * (away[:, None] * rays)[..., None]
    strength = _sampled(view.lines.strength, places)
    turn = 2 * np.arctan2(along[:, 1], along[:, 0])[:, None]
    pointing = _sampled(view.lines.cosine, places) * np.cos(turn)
    pointing += _sampled(view.lines.sine, places) * np.sin(turn)
    hidden, faded = _edge_shares(view, middle, along, away)
    return {
        "radial_lines": float((strength * pointing).sum() / (strength.sum() + 1e-6)),
        "radial_gradient": _radial_gradient(region),
        "hidden": hidden,
        "faded": faded,
        "over_gland": _over_gland(view, outline),
    }


def _edge_shares(
    view: MassView, middle: Outline, along: Outline, away: NDArray[np.float64]
) -> tuple[float, float]:
    """Of the edge, what has no fall: with dense tissue beyond, and without.

    Both nan where the breast has no fat or no dense tissue to say what a fall is.
    """
    scale = view.dense_grey - view.fat_grey
    if not scale > 0:
        return np.nan, np.nan

    def band(low: float, high: float) -> NDArray[np.float64]:
        shares = np.linspace(low, high, 6)
        at = middle + along[:, None] * (away[:, None] * shares)[..., None]
        grey = _sampled(view.smooth, at).mean(axis=1)
        return np.asarray(grey.reshape(_SECTORS, -1).mean(axis=1))

    fall = band(0.7, 0.92) - band(1.08, 1.3)
    beyond = (band(1.1, 1.5) - view.fat_grey) / scale
    lost = fall < 0.25 * scale
    is_dense = beyond > 0.5
    return float((lost & is_dense).mean()), float((lost & ~is_dense).mean())


def _radial_gradient(region: LesionRegion) -> float:
    """Over a band about the edge, the gradient's mean share across it."""
    soft = cv2.GaussianBlur(region.pixels, (0, 0), 1.5)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    ys, xs = np.nonzero(region.band(-0.1, 0.15))
    off = np.stack([xs, ys], axis=1) - region.contour.mean(axis=0)
    off /= np.maximum(np.hypot(*off.T), 1e-6)[:, None]
    size = np.hypot(across[ys, xs], down[ys, xs])
    radial = across[ys, xs] * off[:, 0] + down[ys, xs] * off[:, 1]
    return float(radial.sum() / size.sum()) if len(xs) and size.sum() > 0 else np.nan


def _over_gland(view: MassView, outline: Outline) -> float:
    """Not a number where there is no dense tissue nearby, or hardly any fat, to compare with."""
    mask = np.zeros(view.dense.shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
    far = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 3) * view.picture.step_mm
    near = view.dense & (far > 2) & (far < 15)
    scale = view.dense_grey - view.fat_grey
    if near.sum() * view.picture.step_mm**2 < 100 or not scale > 0:
        return np.nan
    inside = cv2.erode(mask, np.ones((5, 5), np.uint8)) > 0
    values = view.smooth[inside if inside.any() else mask > 0]
    return float((values.mean() - np.median(view.smooth[near])) / scale)


def _sampled(field: Grey, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """`field` at (angles, radii, 2) [x, y]."""
    x, y = (places[..., axis].astype(np.float32) for axis in (0, 1))
    grey = cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(grey, np.float64)
