"""The largest distance between two points of an outline or a surface (Feret's diameter)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.int32]
Floats = NDArray[np.float64]

CHUNK = 512
"""Points compared with all others at once: bounds the memory."""


def largest_distance(points_mm: Floats) -> float:
    """Between any two of (n, d) points, in mm."""
    best = 0.0
    for start in range(0, len(points_mm), CHUNK):
        gap = points_mm[start : start + CHUNK, None] - points_mm
        best = max(best, float(np.einsum("ijk,ijk->ij", gap, gap).max()))
    return float(np.sqrt(best))


def hull_indices(points: Points) -> NDArray[np.int64]:
    """Which of (n, 2) whole-numbered points are corners of their convex hull."""
    hull = cv2.convexHull(np.ascontiguousarray(points, np.int32), returnPoints=False)
    return np.asarray(hull, np.int64).ravel()


def plane_hulls(points: Points, axis: int) -> list[NDArray[np.int64]]:
    """For each plane across `axis`, which of (n, 3) points are corners of that plane's hull."""
    order = np.argsort(points[:, axis], kind="stable")
    starts = np.flatnonzero(np.diff(points[order, axis])) + 1
    across = np.delete(points, axis, axis=1)
    return [plane[hull_indices(across[plane])] for plane in np.split(order, starts)]


def diameters(points: Points, unit_mm: Floats) -> tuple[float, float, float, float]:
    """Of (n, 3) whole-numbered points in units of `unit_mm`: in planes across each axis, and any.

    The farthest pair are corners of the hull, and a corner of the hull is one in each of its three
    planes too; few points are.
    """
    in_plane = []
    corners = np.ones(len(points), bool)
    for axis in range(3):
        hulls = plane_hulls(points, axis)
        in_plane.append(max(largest_distance(points[hull] * unit_mm) for hull in hulls))
        here = np.zeros(len(points), bool)
        here[np.concatenate(hulls)] = True
        corners &= here
    overall = largest_distance(points[corners] * unit_mm)
    return in_plane[0], in_plane[1], in_plane[2], overall
