"""Random changes a scanner, an operator or a screen could have made to the same lesion."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

Picture = NDArray[np.float32]
"""(rows, columns), 0 black to 1 white."""
Affine = NDArray[np.float64]
"""(2, 3): source [x, y, 1] to target [x, y], in pixels."""


def random_affine(rng: np.random.Generator, source: tuple[int, int], size: int) -> Affine:
    """Map a `source` (rows, columns) picture, squeezed, onto `size` x `size`, varied."""
    rows, columns = source
    angle = rng.uniform(-15, 15) * np.pi / 180
    aspect = np.exp(rng.uniform(-0.22, 0.22))
    scale = np.exp(rng.uniform(-0.28, 0.28))
    flip = rng.choice([-1.0, 1.0])
    centre = np.array([[1, 0, -(columns - 1) / 2], [0, 1, -(rows - 1) / 2], [0, 0, 1]])
    squeeze = np.diag([flip * scale * aspect * size / columns, scale / aspect * size / rows, 1.0])
    shear = np.array([[1, rng.uniform(-0.1, 0.1), 0], [0, 1, 0], [0, 0, 1]])
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    shift_x, shift_y = rng.uniform(-0.12, 0.12, 2) * size
    back = np.array([[1, 0, (size - 1) / 2 + shift_x], [0, 1, (size - 1) / 2 + shift_y], [0, 0, 1]])
    return np.asarray((back @ turn @ shear @ squeeze @ centre)[:2], dtype=np.float64)


def warp(pixels: Gray, affine: Affine, size: int) -> Gray:
    """`pixels` through `affine` onto a black (size, size) picture."""
    return np.asarray(
        cv2.warpAffine(pixels, affine, (size, size), flags=cv2.INTER_LINEAR), dtype=np.uint8
    )


def press(pixels: Gray, mask: Gray, rng: np.random.Generator) -> tuple[Gray, Gray]:
    """Both pictures as a probe pressed unevenly would show them: a smooth, small displacement."""
    size = len(pixels)
    coarse = rng.standard_normal((2, 5, 5)).astype(np.float32) * np.float32(0.02 * size)
    shift_x, shift_y = (
        cv2.resize(each, (size, size), interpolation=cv2.INTER_CUBIC) for each in coarse
    )
    here = np.arange(size, dtype=np.float32)
    x, y = here[None, :] + shift_x, here[:, None] + shift_y
    return (
        np.asarray(cv2.remap(pixels, x, y, cv2.INTER_LINEAR), dtype=np.uint8),
        np.asarray(cv2.remap(mask, x, y, cv2.INTER_LINEAR), dtype=np.uint8),
    )


def mark_like_an_operator(pixels: Gray, mask: Gray, rng: np.random.Generator) -> None:
    """Draw calipers and text into `pixels`, at a lesion's edge as often as elsewhere.

    Stored images carry them at lesions, live frames do not: a network must not learn them.
    """
    size = len(pixels)
    ink = int(rng.integers(150, 256))
    reach = max(2, size // 64)
    ends = [tuple(rng.integers(0, size, 2)) for _ in range(int(rng.integers(2, 5)))]
    edge = np.argwhere(cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 127)
    if len(edge) and rng.random() < 0.7:
        ends = [tuple(edge[rng.integers(len(edge))][::-1]) for _ in ends]
    for x, y in ends:
        marker = cv2.MARKER_CROSS if rng.random() < 0.6 else cv2.MARKER_TILTED_CROSS
        cv2.drawMarker(pixels, (int(x), int(y)), ink, marker, 2 * reach, 1)
    if rng.random() < 0.6:
        _dotted_line(pixels, ends[0], ends[1], ink)
    if rng.random() < 0.4:
        text = "".join(rng.choice(list("0123456789.cm DABLR"), int(rng.integers(3, 10))))
        place = (int(rng.integers(0, size)), int(rng.integers(10, size)))
        cv2.putText(pixels, text, place, cv2.FONT_HERSHEY_PLAIN, 0.6 + size / 512, ink, 1)


def _dotted_line(pixels: Gray, start: tuple[int, ...], end: tuple[int, ...], ink: int) -> None:
    count = int(np.hypot(end[0] - start[0], end[1] - start[1]) // 4)
    for along in np.linspace(0, 1, max(count, 2)):
        x = round(start[0] + along * (end[0] - start[0]))
        y = round(start[1] + along * (end[1] - start[1]))
        pixels[y : y + 1, x : x + 1] = ink


def vary_display(pixels: Gray, rng: np.random.Generator) -> Picture:
    """Grey map, gain, TGC, shadow, speckle, focus and dropped-out patches of another setting."""
    picture: Picture = _grey_map(rng)[pixels]
    size = len(picture)
    if rng.random() < 0.7:
        picture = picture * np.float32(rng.uniform(0.7, 1.35)) + np.float32(
            rng.uniform(-0.08, 0.08)
        )
    if rng.random() < 0.4:
        knots = rng.uniform(0.65, 1.35, int(rng.integers(2, 6)))
        ramp = np.interp(np.linspace(0, 1, size), np.linspace(0, 1, len(knots)), knots)
        picture = picture * ramp.astype(np.float32)[:, None]
    if rng.random() < 0.15:
        picture = picture * _shadow(size, rng)
    if rng.random() < 0.3:
        grain = rng.standard_normal((size, size), dtype=np.float32)
        grain = _blurred(grain, rng.uniform(0.5, 1.5))
        picture = picture * (1 + np.float32(rng.uniform(0.05, 0.25)) * grain / grain.std())
    if rng.random() < 0.2:
        picture = _blurred(picture, rng.uniform(0.4, 1.6))
    if rng.random() < 0.15:
        high, wide = rng.integers(size // 16, size // 4, 2)
        top, left = rng.integers(0, size - high), rng.integers(0, size - wide)
        picture[top : top + high, left : left + wide] = rng.uniform(0, 0.6)
    return np.asarray(np.clip(picture, 0, 1), dtype=np.float32)


def _grey_map(rng: np.random.Generator) -> Picture:
    """(256,): grey value to 0..1, rising; a power, or any curve a console's post-processing has."""
    straight: Picture = np.linspace(0, 1, 256, dtype=np.float32)
    kind = rng.random()
    if kind < 0.25:
        return straight
    if kind < 0.7:
        return np.power(straight, np.float32(np.exp(rng.uniform(-0.45, 0.45))))
    rises = np.concatenate([[0.0], np.cumsum(rng.uniform(0.3, 1.7, 6))])
    curve = np.interp(straight, np.linspace(0, 1, len(rises)), rises / rises[-1])
    return np.asarray(curve, dtype=np.float32)


def _shadow(size: int, rng: np.random.Generator) -> Picture:
    """(size, size) in 0..1: a band darkened below some depth, as behind a rib or a bad contact."""
    middle, half = rng.uniform(0, size), rng.uniform(0.03, 0.15) * size
    across = np.exp(-(((np.arange(size) - middle) / half) ** 4))
    below = np.clip((np.arange(size) - rng.uniform(-0.1, 0.6) * size) / (0.1 * size), 0, 1)
    darkness = rng.uniform(0.3, 0.8)
    return np.asarray(1 - darkness * below[:, None] * across[None, :], dtype=np.float32)


def _blurred(picture: Picture, sigma: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.float32)
