"""Outlines and frames whose features are known."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.domain.frame import Gray

Outline = np.ndarray

LEFT, TOP = 200.0, 160.0


def ellipse(half_width: float, half_height: float, tilt: float = 0.0, points: int = 400) -> Outline:
    """Round (LEFT, TOP); `tilt` in degrees, clockwise on the screen."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    flat = np.stack([half_width * np.cos(angle), half_height * np.sin(angle)], axis=1)
    turn = np.radians(tilt)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return flat @ rotation + [LEFT, TOP]


def star(lobes: int, depth: float, radius: float = 60.0) -> Outline:
    """A circle whose radius swings by `depth` of itself, `lobes` times round."""
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    radial = radius * (1 + depth * np.cos(lobes * angle))
    return np.stack([LEFT + radial * np.cos(angle), TOP + radial * np.sin(angle)], axis=1)


def frame(outline: Outline, inside: int = 40, outside: int = 120, columns: int = 400) -> Gray:
    """A flat frame, 400 rows, with the outline filled."""
    pixels = np.full((400, columns), outside, np.uint8)
    cv2.fillPoly(pixels, [np.rint(outline).astype(np.int32)], inside)
    return pixels


def speckled(pixels: Gray, seed: int = 0) -> Gray:
    """`pixels` as mean of fully developed speckle, compressed as a scanner shows it."""
    grain = np.random.default_rng(seed).rayleigh(1.0, pixels.shape)
    grain = cv2.GaussianBlur(grain, (0, 0), 1.2)
    grain = (grain - grain.mean()) / grain.std()
    return np.clip(pixels + 12 * grain, 0, 255).astype(np.uint8)
