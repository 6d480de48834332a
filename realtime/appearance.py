"""What a picture looks like, in a few numbers that cost little: light, speckle, seams and strokes.

The picture is halved until it is handy, black edges are taken off, and the rest becomes a `_GRID`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

HANDY = 1000
"""Pixels of the longer side. From here on a picture is halved: quick, and thin strokes survive."""
BLACK = 16
"""Grey values. Columns that are no brighter belong to the canvas, not to the picture."""

_GRID = (128, 96)  # columns, rows
_LIT, _STEP = 0.05, 4  # of a row or column, of which every fourth pixel is looked at
_TOP, _DEEP = 10, 38  # rows of the grid: above it, the probe; from here on, depth
_SEGMENTS, _LEVEL = 64, 2  # to a row; grey values within which a segment is flat
_MIDDLE = slice(47, 79)  # columns of the grid where two pictures side by side may meet
_SEAM = 3.0  # times a row's mean step
_STROKE_COLUMNS = 13  # pixels of the handy picture: wider things are no strokes
_STROKE_ROWS, _LINE = 64, 6  # the height over a stroke's height, and over a few letters' width
_STROKE_CONTRAST, _STROKE_TO_GRAIN = 20.0, 6.0  # grey values; times the mean of thin things


@dataclass(frozen=True, slots=True)
class Appearance:
    """Of one picture. Grey values are 0 to 255, shares 0 to 1.

    `dark`, `middle`, `bright` and `brightest`: the 5th, 50th, 95th and 99th percentile of the grid.
    `black`: share of it below 8; `white`: from 245 on. `deep`: mean of its lower three fifths,
    `deep_bright` their 99th percentile. `top`: mean of its upper tenth.
    `banded`: share of its variance that depth alone explains, 1 where every row is even.
    `flat`, `empty`: share of short stretches of rows without any grain, and grey or black.
    `grain`, `coarse_grain`: mean step to the next pixel over that to the fourth, and from there to
    the twelfth; speckle lies in between white noise (1) and a slope. `layered`: mean step down over
    mean step across. `rough`: mean step across over mean grey.
    `seam`: most rows, as a share, that step sharply at one column near the middle. `gutter`: the
    darkest column there over the usual one. `strokes`: most upright strokes on one line of text.
    """

    dark: int
    middle: int
    bright: int
    brightest: int
    black: float
    white: float
    top: float
    deep: float
    deep_bright: int
    banded: float
    flat: float
    empty: float
    grain: float
    coarse_grain: float
    layered: float
    rough: float
    seam: float
    gutter: float
    strokes: int


def handy(pixels: Gray) -> Gray:
    """(rows, columns) halved until the longer side is below HANDY."""
    while max(pixels.shape) >= HANDY:
        rows, columns = (side // 2 for side in pixels.shape)
        whole = pixels[: 2 * rows, : 2 * columns]
        pixels = np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA))
    return pixels


def appearance(picture: Gray) -> Appearance:
    """Of a `handy` (rows, columns) picture, of which the pixels may be a view."""
    inner = _without_edges(picture)
    grid = averaged(inner, _GRID)
    shares = _shares(grid)
    dark, middle, bright, brightest = np.searchsorted(shares, (0.05, 0.5, 0.95, 0.99)).tolist()
    deep_bright = int(np.searchsorted(_shares(grid[_DEEP:]), 0.99))
    mean, deviation = (float(each[0, 0]) for each in cv2.meanStdDev(grid))
    profile = cv2.reduce(grid, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    across, down = (
        cv2.mean(cv2.absdiff(grid[:, 1:], grid[:, :-1]))[0],
        cv2.mean(cv2.absdiff(grid[1:], grid[:-1]))[0],
    )
    seam, gutter = _meeting(grid)
    flat, empty, grain, coarse_grain = _texture(inner)
    return Appearance(
        dark=dark,
        middle=middle,
        bright=bright,
        brightest=brightest,
        black=float(shares[7]),
        white=1 - float(shares[244]),
        top=float(profile[:_TOP].mean()),
        deep=float(profile[_DEEP:].mean()),
        deep_bright=deep_bright,
        banded=float(profile.var()) / max(deviation**2, 1e-3),
        flat=flat,
        empty=empty,
        grain=grain,
        coarse_grain=coarse_grain,
        layered=down / max(across, 0.1),
        rough=across / max(mean, 1.0),
        seam=seam,
        gutter=gutter,
        strokes=_strokes(inner),
    )


def averaged(picture: Gray, size: tuple[int, int]) -> Gray:
    """Reduced to `size` (columns, rows), each the mean of 16 pixels spread evenly over its cell.

    Halving twice is many times faster than taking means of odd areas.
    """
    columns, rows = size
    spread = cv2.resize(picture, (4 * columns, 4 * rows), interpolation=cv2.INTER_NEAREST)
    half = cv2.resize(spread, (2 * columns, 2 * rows), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(half, size, interpolation=cv2.INTER_AREA))


def _without_edges(picture: Gray) -> Gray:
    """Black columns go; black rows only as far as both ends have them: depth may be black."""
    lit = (picture[::_STEP, ::_STEP] > BLACK).view(np.uint8)
    columns = np.flatnonzero(cv2.reduce(lit, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0] >= _LIT)
    rows = np.flatnonzero(cv2.reduce(lit, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0] >= _LIT)
    if not len(columns) or not len(rows):
        return picture
    left, right = int(columns[0]) * _STEP, (int(columns[-1]) + 1) * _STEP
    edge = min(int(rows[0]), lit.shape[0] - 1 - int(rows[-1])) * _STEP
    inner = picture[edge : picture.shape[0] - edge, left:right]
    return inner if min(inner.shape) >= _SEGMENTS else picture


def _shares(grid: Gray) -> NDArray[np.float64]:
    """(256,): share of the pixels up to each grey value."""
    counts = np.bincount(grid.ravel(), minlength=256)
    return np.asarray(np.cumsum(counts) / grid.size, np.float64)


def _texture(inner: Gray) -> tuple[float, float, float, float]:
    """Flat, empty, grain and coarse grain, on every sixth row."""
    rows = np.ascontiguousarray(inner[2::6])
    width = max(rows.shape[1] // _SEGMENTS, 4)
    kernel = np.ones((1, width), np.uint8)
    middles = np.s_[:, width // 2 :: width]
    high = cv2.dilate(rows, kernel)[middles]
    low = cv2.erode(rows, kernel)[middles]
    even = cv2.subtract(high, low) <= _LEVEL
    black = low <= BLACK
    one, four, twelve = (
        cv2.mean(cv2.absdiff(rows[:, far:], rows[:, :-far]))[0] for far in (1, 4, 12)
    )
    return (
        np.count_nonzero(even & ~black) / even.size,
        np.count_nonzero(even & black) / even.size,
        one / max(four, 0.1),
        four / max(twelve, 0.1),
    )


def _meeting(grid: Gray) -> tuple[float, float]:
    """Seam and gutter. Two columns apart: a seam may fall into a column of the grid."""
    step = cv2.absdiff(grid[:, 2:], grid[:, :-2])
    usual = np.maximum(cv2.reduce(step, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F), 1)
    sharp = step[:, _MIDDLE] > _SEAM * usual
    light = cv2.reduce(grid, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0]
    gutter = light[_MIDDLE].min() / max(float(np.sort(light)[light.size // 2]), 1.0)
    return float(sharp.mean(axis=0).max()), float(gutter)


def _strokes(inner: Gray) -> int:
    """Speckle too forms upright strokes, but not many with their feet in one row."""
    thin = cv2.morphologyEx(inner, cv2.MORPH_TOPHAT, np.ones((1, _STROKE_COLUMNS), np.uint8))
    contrast = max(_STROKE_CONTRAST, _STROKE_TO_GRAIN * cv2.mean(thin)[0])
    _, bright = cv2.threshold(thin, contrast, 1, cv2.THRESH_BINARY)
    height = max(5, round(inner.shape[0] / _STROKE_ROWS))
    stroke = cv2.erode(bright, np.ones((height, 1), np.uint8))
    starts = cv2.subtract(stroke[:, 1:], stroke[:, :-1])
    rows = np.flatnonzero(cv2.reduce(starts, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0] > 2)
    if not len(rows):
        return 0
    line = max(24, round(inner.shape[0] / _LINE)), 1
    beside = cv2.boxFilter(
        starts[rows], cv2.CV_8U, line, normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return int(beside.max())
