"""What is measured at a candidate for a mass or a distortion, and the outline that is found.

All of it on rays from the candidate's middle, so that a few thousand values stand for its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.models.programmed.feature import Feature
from senoscope.models.programmed.mammography.breast import Grey
from senoscope.models.programmed.mammography.distortion import Centres, Lines
from senoscope.models.programmed.mammography.marks import Points
from senoscope.models.programmed.mammography.masses import Blobs, pointing, smoothed
from senoscope.models.programmed.mammography.working_picture import WorkingPicture

ANGLES = 32
_STEP_MM = 0.4
_REACH_MM = 22.0
_SECTORS = 8

FEATURES = (
    Feature("convergence", "1", "share of the gradient that points inwards", "Kobatake 1996"),
    Feature("blobness", "grey", "difference of Gaussians over the breast's spread", "Polakowski"),
    Feature("iris", "1", "inward share along each ray to where it is highest", "Kobatake 1996"),
    Feature("weak_iris", "1", "the same of the weakest quarter of rays", "this project"),
    Feature("contrast", "1", "inside less around, in spreads of the breast", "te Brake 2000"),
    Feature("weak_contrast", "1", "the same of the weakest quarter of rays", "this project"),
    Feature("edge", "1", "fall of grey at the outline, in spreads of the breast", "te Brake 2000"),
    Feature("unevenness", "1", "spread of the outline's distance by its mean", "te Brake 2000"),
    Feature("radius", "1", "log of the outline's mean distance in mm", "this project"),
    Feature("brightness", "1", "share of the breast that is darker than the inside", "te Brake"),
    Feature("texture", "1", "log of the grey's spread inside by that around", "te Brake 2000"),
    Feature("ball", "1", "correlation with the shadow of a ball", "Lai 1989"),
    Feature("rim", "1", "the same with the spectrum evened, where edges count", "this project"),
    Feature("even_ball", "1", "the same as ball, slopes across taken out", "this project"),
    Feature("local_contrast", "1", "inside less around by the spread around", "this project"),
    Feature("edge_steadiness", "1", "mean fall at the outline by its spread", "this project"),
    Feature("radial", "1", "lines that point here, in spreads of chance", "Karssemeijer 1996"),
    Feature("radial_sectors", "1", "share of sectors with more such lines", "Karssemeijer 1996"),
    Feature("weak_radial", "1", "the same lines in the weakest half of sectors", "this project"),
    Feature("lines_around", "1", "mean strength of lines around", "this project"),
)
MEASURED = tuple(each.name for each in FEATURES)
OVER = "_over"
"""At the end of a feature's name: over the median of the view's candidates of the kind. What stands
out in a fatty breast is usual in a dense one."""
NAMES = (*MEASURED, *(name + OVER for name in MEASURED))


@dataclass(frozen=True, eq=False)
class Measured:
    """Of n candidates: `outlines` (n, ANGLES, 2) [x, y] and a row of features each."""

    outlines: NDArray[np.float32]
    features: list[Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class _Rays:
    """Sampled at (n, ANGLES, distances): grey, its inward share, lines that point here, lines."""

    away_mm: Grey
    along: Grey
    grey: Grey
    inward: Grey
    aligned: Grey
    lines: Grey


def measured(
    picture: WorkingPicture, at: Points, radius_mm: Grey, blobs: Blobs, centres: Centres
) -> Measured:
    """At (n, 2) places [x, y] with the radius, (n,), that fits each."""
    if not len(at):
        return Measured(np.zeros((0, ANGLES, 2), np.float32), [])
    rays = _rays(picture, at, centres.lines)
    levels = np.sort(smoothed(picture)[picture.breast][::7])
    spread = max(float(np.std(levels)), 1e-4)
    edge_mm, fall = _edges(rays, radius_mm)
    columns = _grey_features(rays, edge_mm, fall, levels, spread)
    columns |= _line_features(rays, edge_mm)
    x, y = np.round(at).astype(int).T
    columns["convergence"] = _near(blobs.convergence, x, y)
    columns["blobness"] = _near(blobs.blobness, x, y) / spread
    columns["ball"], columns["rim"] = (_near(each, x, y) for each in (blobs.ball, blobs.rim))
    columns["radial"] = _near(centres.radial, x, y)
    outlines = at[:, None] + rays.along * picture.reach(1.0) * edge_mm[..., None]
    features = [{name: float(columns[name][one]) for name in MEASURED} for one in range(len(at))]
    return Measured(outlines.astype(np.float32), list(features))


def in_context(features: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """The features of a view's candidates of one kind, each with how far it is over the usual."""
    usual = {
        name: float(np.median([each[name] for each in features])) for name in MEASURED if features
    }
    return [
        {**each, **{name + OVER: each[name] - usual[name] for name in MEASURED}}
        for each in features
    ]


def _rays(picture: WorkingPicture, at: Points, lines: Lines) -> _Rays:
    angle = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    away_mm = np.arange(_STEP_MM, _REACH_MM, _STEP_MM, dtype=np.float32)
    places = at[:, None, None] + along[:, None] * picture.reach(1.0) * away_mm[:, None]
    x, y = (places[..., axis].reshape(len(at), -1).astype(np.float32) for axis in (0, 1))

    def sampled(field: Grey) -> Grey:
        values = cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(values.reshape(len(at), ANGLES, -1), np.float32)

    across, down = pointing(picture)
    inward = -(sampled(across) * along[:, :1] + sampled(down) * along[:, 1:])
    twice = np.cos(2 * angle)[:, None], np.sin(2 * angle)[:, None]
    strength = sampled(lines.strength)
    aligned = strength * (sampled(lines.cosine) * twice[0] + sampled(lines.sine) * twice[1])
    return _Rays(away_mm, along, sampled(smoothed(picture)), inward, aligned, strength)


def _edges(rays: _Rays, radius_mm: Grey) -> tuple[Grey, Grey]:
    """(n, ANGLES) the outline's distance in mm and the fall of grey there.

    The steepest fall between half and twice the radius that fits, smoothed along the outline.
    """
    half = 4
    total = np.cumsum(np.pad(rays.grey, ((0, 0), (0, 0), (half, half)), mode="edge"), axis=2)
    count = rays.grey.shape[2]
    inner = total[..., half : half + count] - total[..., :count]
    outer = total[..., 2 * half :] - total[..., half : half + count]
    fall = np.zeros_like(rays.grey)
    fall[...] = (inner - outer[..., :count]) / half
    share = rays.away_mm / radius_mm[:, None]
    prior = np.where((share > 0.45) & (share < 2.0), 1 - 0.3 * np.abs(np.log(share)), -np.inf)
    weighted = np.where(np.isfinite(prior)[:, None], fall * np.maximum(prior, 0)[:, None], -np.inf)
    # Neighbouring rays share what they see, so that one vessel does not pull the outline.
    steady = weighted + np.roll(weighted, 1, axis=1) + np.roll(weighted, -1, axis=1)
    edge_mm = rays.away_mm[np.argmax(steady, axis=2)]
    around = np.stack([np.roll(edge_mm, step, axis=1) for step in range(-2, 3)])
    edge_mm = np.median(around, axis=0)
    place = np.clip(np.round(edge_mm / _STEP_MM).astype(int) - 1, 0, count - 1)
    return edge_mm, np.take_along_axis(fall, place[..., None], axis=2)[..., 0]


def _grey_features(
    rays: _Rays, edge_mm: Grey, fall: Grey, levels: Grey, spread: float
) -> dict[str, Grey]:
    share = rays.away_mm / edge_mm[..., None]
    inside, around = share <= 0.85, (share > 1.15) & (share <= 1.7)
    within, outside = _mean(rays.grey, inside), _mean(rays.grey, around)
    contrast = (within - outside) / spread
    steps = np.arange(1, rays.inward.shape[2] + 1)
    running = np.cumsum(rays.inward, axis=2) / steps
    # Not from the first millimetres, where a few pixels decide.
    iris = running[..., 5:35].max(axis=2)
    spreads = [
        np.sqrt(_mean((rays.grey - mean[..., None]) ** 2, mask))
        for mean, mask in ((within, inside), (outside, around))
    ]
    quarter = ANGLES // 4
    return {
        "iris": iris.mean(axis=1),
        "weak_iris": np.sort(iris, axis=1)[:, :quarter].mean(axis=1),
        "contrast": contrast.mean(axis=1),
        "weak_contrast": np.sort(contrast, axis=1)[:, :quarter].mean(axis=1),
        "edge": fall.mean(axis=1) / spread,
        "unevenness": edge_mm.std(axis=1) / edge_mm.mean(axis=1),
        "radius": np.log(edge_mm.mean(axis=1)),
        "brightness": np.searchsorted(levels, within.mean(axis=1)) / len(levels),
        "even_ball": _even_ball(rays, edge_mm),
        "local_contrast": (within - outside).mean(axis=1) / (spreads[1].mean(axis=1) + 1e-5),
        "edge_steadiness": fall.mean(axis=1) / (fall.std(axis=1) + 0.05 * spread),
        "texture": np.log((spreads[0].mean(axis=1) + 1e-5) / (spreads[1].mean(axis=1) + 1e-5)),
    }


def _even_ball(rays: _Rays, edge_mm: Grey) -> Grey:
    """(n,): the correlation with the shadow of a ball as large as the outline.

    At each distance what goes once up and down around the middle is taken out: a slope.
    """
    around = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    grey = rays.grey.copy()
    for wave in (np.cos(around), np.sin(around)):
        grey -= 2 / ANGLES * np.einsum("a,nad->nd", wave, rays.grey)[:, None] * wave[:, None]
    share = rays.away_mm / edge_mm.mean(axis=1)[:, None]
    shadow = np.sqrt(np.maximum(1 - share**2, 0))
    # Rays lie closer near the middle: weighted by distance, all places count alike.
    weight = rays.away_mm * (share < 1.6)
    weight = weight / weight.sum(axis=1, keepdims=True)
    form = shadow - (weight * shadow).sum(axis=1, keepdims=True)
    grey -= np.einsum("nd,nad->n", weight, grey)[:, None, None] / ANGLES
    power = np.einsum("nd,nad->n", weight, grey**2) / ANGLES * (weight * form**2).sum(axis=1)
    both = np.einsum("nd,nad->n", weight * form, grey) / ANGLES
    return np.asarray(both / (np.sqrt(power) + 1e-9), np.float32)


def _near(field: Grey, x: NDArray[np.int64], y: NDArray[np.int64]) -> Grey:
    """The highest within two pixels, since maps do not peak at quite the same place."""
    return np.asarray(cv2.dilate(field, np.ones((5, 5), np.uint8))[y, x])


def _line_features(rays: _Rays, edge_mm: Grey) -> dict[str, Grey]:
    share = rays.away_mm / np.maximum(edge_mm.mean(axis=1), 4)[:, None]
    around = ((share > 0.8) & (share < 2.5))[:, None] & np.ones_like(rays.lines, bool)
    aligned, strength = _mean(rays.aligned, around), _mean(rays.lines, around)
    sectors = aligned.reshape(len(aligned), _SECTORS, -1).mean(axis=2)
    return {
        "radial_sectors": (sectors > 0.15).mean(axis=1),
        "weak_radial": np.sort(sectors, axis=1)[:, : _SECTORS // 2].mean(axis=1),
        "lines_around": strength.mean(axis=1),
    }


def _mean(values: Grey, where: NDArray[np.bool_]) -> Grey:
    return np.asarray((values * where).sum(axis=-1) / np.maximum(where.sum(axis=-1), 1))
