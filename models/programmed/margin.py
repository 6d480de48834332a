"""How the lesion ends: sharpness of its edge, angles, spicules and halo."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.models.programmed.feature import Feature, Values
from senoscope.models.programmed.region import CONTOUR_POINTS, DIAMETER, Floats, LesionRegion

SECTORS = 16
STEP = 0.03
"""Of DIAMETER: how far within and beyond the outline grey is compared, and outlines smoothed."""
SHARPEST_TURN = 60.0
"""Degrees the smoothed outline may turn over 1/16 of its length. A circle turns 22.5, the end of
an ellipse half as high as wide 50."""
RAYS = 180
SPICULE_RISE = 1.0
"""Standard deviations by which a ray must be darker than its neighbours to count as spicule."""

SHEN = "Shen et al., Ultrasound Med Biol 2007"
HUO = "Huo et al., Med Phys 1995, applied to dark rays"
DRUKKER = "Drukker et al., Med Phys 2002"
STAVROS = "Stavros et al., Radiology 1995"

FEATURES = (
    Feature("edge_contrast", "grey", "just outside minus just inside, mean over the outline", SHEN),
    Feature("edge_gradient", "1", "mean outward gradient over the mean gradient's size", DRUKKER),
    Feature("weakest_edge", "grey", "edge contrast of the second weakest of 16 sectors", SHEN),
    Feature("edge_unevenness", "grey", "standard deviation of edge contrast over 16 sectors", SHEN),
    Feature("angularity", "1", "corners: turns sharper than 60 degrees in 1/16 of it", SHEN),
    Feature("bending", "1", "squared turning per length over a circle's: 1 for a circle", SHEN),
    Feature("spicules", "1", "dark rays beyond the outline, of 180", HUO),
    Feature(
        "ray_variation", "grey", "standard deviation over rays of the mean grey beyond it", HUO
    ),
    Feature("halo", "grey", "band just outside minus tissue further out", STAVROS),
)


def measure_margin(region: LesionRegion) -> Values:
    """`FEATURES` by name; nan where too little of the surroundings lies in the frame."""
    smooth = _smoothed(region.contour, STEP * DIAMETER)
    normal = _normals(smooth)
    contrast = _contrast(region, region.contour, normal)
    by_sector = np.array([_mean(part) for part in np.array_split(contrast, SECTORS)])
    assessed = np.sort(by_sector[~np.isnan(by_sector)])
    turns = _turning(smooth)
    rays = _rays(region, region.contour, normal)
    return {
        "edge_contrast": _mean(contrast),
        "edge_gradient": _radial_share(region, region.contour, normal),
        "weakest_edge": float(assessed[1]) if len(assessed) >= SECTORS // 2 else np.nan,
        "edge_unevenness": float(assessed.std()) if len(assessed) >= SECTORS // 2 else np.nan,
        "angularity": _corners(smooth),
        "bending": float(np.mean(turns**2) / np.mean(turns) ** 2),
        "spicules": _spicules(rays),
        "ray_variation": float(np.nanstd(rays)) if not np.isnan(rays).all() else np.nan,
        "halo": _mean(region.pixels[region.band(0.0, 0.12)])
        - _mean(region.pixels[region.band(0.2, 0.5)]),
    }


def _mean(values: np.ndarray) -> float:
    """Of those that are numbers; nan where fewer than a quarter are."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) and len(known) * 4 >= len(values) else np.nan


def _smoothed(contour: Floats, sigma: float) -> Floats:
    """The closed outline under a Gaussian of `sigma` region pixels along it."""
    step = float(np.hypot(*(np.roll(contour, -1, axis=0) - contour).T).mean())
    frequency = np.fft.fftfreq(len(contour)) * 2 * np.pi / step
    spectrum = np.fft.fft(contour[:, 0] + 1j * contour[:, 1]) * np.exp(
        -((frequency * sigma) ** 2) / 2
    )
    curve = np.fft.ifft(spectrum)
    return np.stack([curve.real, curve.imag], axis=1)


def _normals(contour: Floats) -> Floats:
    """Unit vectors that point outward; the outline runs clockwise on the screen."""
    along = np.roll(contour, -1, axis=0) - np.roll(contour, 1, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    return np.stack([along[:, 1], -along[:, 0]], axis=1)


def _sampled(region: LesionRegion, picture: np.ndarray, points: Floats) -> Floats:
    """`picture` at (..., 2) region points, nan beyond the frame."""
    shape = points.shape[:-1]
    x, y = (np.ascontiguousarray(points[..., axis], np.float32).reshape(1, -1) for axis in (0, 1))
    grey = cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = cv2.remap(region.seen.astype(np.uint8), x, y, cv2.INTER_NEAREST, borderValue=0)
    return np.where(seen.reshape(shape) > 0, grey.reshape(shape), np.nan).astype(np.float64)


def _contrast(region: LesionRegion, contour: Floats, normal: Floats) -> Floats:
    """Grey outside minus inside at each point, over three depths each way."""
    soft = cv2.GaussianBlur(region.pixels, (0, 0), STEP * DIAMETER / 2)
    depths = np.array([1.0, 1.5, 2.0])[:, None, None] * STEP * DIAMETER
    outside = _sampled(region, soft, contour + depths * normal)
    inside = _sampled(region, soft, contour - depths * normal)
    return np.asarray((outside - inside).mean(axis=0), dtype=np.float64)


def _radial_share(region: LesionRegion, contour: Floats, normal: Floats) -> float:
    soft = cv2.GaussianBlur(region.pixels, (0, 0), STEP * DIAMETER / 2)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    gradient = np.stack([_sampled(region, each, contour) for each in (across, down)], axis=1)
    size = _mean(np.hypot(*gradient.T))
    outward = _mean(np.einsum("ij,ij->i", gradient, normal))
    return outward / size if size > 0 else np.nan


def _turning(contour: Floats) -> Floats:
    """Radians the outline turns at each point."""
    along = np.roll(contour, -1, axis=0) - contour
    heading = np.arctan2(along[:, 1], along[:, 0])
    return (heading - np.roll(heading, 1) + np.pi) % (2 * np.pi) - np.pi


def _corners(contour: Floats) -> float:
    """Separate stretches that turn outward by over SHARPEST_TURN within 1/16 of the outline."""
    reach = CONTOUR_POINTS // SECTORS
    turns = _turning(contour)
    total = np.convolve(np.concatenate([turns, turns[: reach - 1]]), np.ones(reach), "valid")
    sharp = np.degrees(total) > SHARPEST_TURN
    return float((sharp & ~np.roll(sharp, 1)).sum())


def _rays(region: LesionRegion, contour: Floats, normal: Floats) -> Floats:
    """(RAYS,) mean grey from just beyond the outline outward, nan where the frame ends."""
    soft = cv2.GaussianBlur(region.pixels, (0, 0), STEP * DIAMETER / 2)
    picked = np.linspace(0, CONTOUR_POINTS, RAYS, endpoint=False).astype(int)
    reach = np.linspace(0.06, 0.3, 8)[:, None, None] * DIAMETER
    rays = _sampled(region, soft, contour[picked] + reach * normal[picked])
    return np.asarray(rays.mean(axis=0), dtype=np.float64)


def _spicules(rays: Floats) -> float:
    """Separate runs of rays darker than their neighbourhood by SPICULE_RISE deviations."""
    if np.isnan(rays).mean() > 0.5:
        return np.nan
    filled = np.where(np.isnan(rays), np.nanmean(rays), rays)
    wide = 31
    around = np.concatenate([filled[-(wide // 2) :], filled, filled[: wide // 2]])
    neighbourhood = np.convolve(around, np.ones(wide) / wide, "valid")
    fall = neighbourhood - filled
    dark = fall > SPICULE_RISE * max(float(fall.std()), 1e-6)
    return float((dark & ~np.roll(dark, 1)).sum())
