"""The surface of a 3-D mask by marching cubes (Lorensen & Cline 1987).

A cube lies between eight voxel centres; the surface crosses its edges halfway wherever one end is
in the mask and the other is not. The polygons so made in a cube are cut into triangles as in the
table that Bourke published and pyradiomics uses. Like pyradiomics, a cube whose last corner is in
the mask is taken as its complement. Where voxels meet at an edge only, two such cubes may disagree
over the square between them and leave a slit: area and volume are then pyradiomics' values, not a
closed surface's.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Loop = list[int]

CORNERS = np.array(
    [(0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0)]
)
"""(slice, row, column) of a cube's corners; corner k is bit k of the cube's code."""
RINGS = (0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4)
EDGES = *RINGS, (0, 4), (1, 5), (2, 6), (3, 7)
FACES = ((0, 1, 2, 3), (7, 6, 5, 4), (1, 0, 4, 5), (3, 2, 6, 7), (0, 3, 7, 4), (2, 1, 5, 6))
"""Corners of each face, in the same turn as seen from outside."""
HEPTAGON = 7


def surface_triangles(mask: NDArray[np.bool_]) -> Floats:
    """(n, 3, 3): n triangles of three points (slice, row, column), in voxels.

    The mask's first voxel is at (1, 1, 1). Seen from outside every triangle turns the same way, so
    that det(a, b, c) / 6 adds up to the enclosed volume.
    """
    padded = np.pad(mask, 1).astype(np.uint8)
    size = np.array(padded.shape) - 1
    codes = np.zeros(size, np.uint8)
    for bit, (z, y, x) in enumerate(CORNERS):
        codes |= padded[z : z + size[0], y : y + size[1], x : x + size[2]] << bit
    found = np.argwhere((codes > 0) & (codes < 255))
    code_of = codes[tuple(found.T)]
    parts = [
        found[code_of == code][:, None, None, :] + _patch(int(code)) for code in np.unique(code_of)
    ]
    return np.concatenate([part.reshape(-1, 3, 3) for part in parts])


@cache
def _patch(code: int) -> Floats:
    """(t, 3, 3): the triangles within one cube, by which of its corners are in the mask."""
    if code >= 128:
        return _patch(255 - code)[:, ::-1]
    middles = np.array([(CORNERS[a] + CORNERS[b]) / 2 for a, b in EDGES])
    return np.concatenate([_fan(middles[loop]) for loop in _loops(code)])


def _loops(code: int) -> list[Loop]:
    """The polygons in a cube, as the edges they cross; corners in the mask are kept apart."""
    leads_to: dict[int, int] = {}
    edge_between = {frozenset(ends): edge for edge, ends in enumerate(EDGES)}
    for face in FACES:
        inside = [bool(code >> corner & 1) for corner in face]
        for k in range(4):
            if inside[k] and not inside[k - 1]:
                last = k
                while inside[(last + 1) % 4]:
                    last += 1
                entered = edge_between[frozenset((face[k - 1], face[k]))]
                left = edge_between[frozenset((face[last % 4], face[(last + 1) % 4]))]
                leads_to[entered] = left
    loops = []
    while leads_to:
        loop = [min(leads_to)]
        while (edge := leads_to.pop(loop[-1])) != loop[0]:
            loop.append(edge)
        loops.append(loop)
    return loops


def _fan(polygon: Floats) -> Floats:
    """(k - 2, 3, 3): a polygon of k points cut into triangles from one of them.

    From which one matters where the polygon is not flat. The published table takes the fan of the
    largest area, and for the heptagon the one that holds the largest triangle.
    """
    fans = []
    for k in range(len(polygon)):
        turned = np.roll(polygon, -k, axis=0)
        apex = np.broadcast_to(turned[0], (len(polygon) - 2, 3))
        fans.append(np.stack([apex, turned[1:-1], turned[2:]], axis=1))
    areas = np.array([triangle_areas(fan) for fan in fans])
    worth = areas.max(axis=1) if len(polygon) == HEPTAGON else areas.sum(axis=1)
    return fans[int(np.argmax(np.round(worth, 9)))]


def triangle_areas(triangles: Floats) -> Floats:
    """(n,) areas of (n, 3, 3) triangles."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    return np.asarray(np.linalg.norm(np.cross(a - c, b - c), axis=1) / 2)
