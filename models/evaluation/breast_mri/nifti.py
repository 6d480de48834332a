"""Volumes of NIfTI-1 files (.nii, .nii.gz), strictly: one volume of real numbers, whole, in mm.

https://nifti.nimh.nih.gov/nifti-1. ITK's reader was tried first: of a file that ends too early it
makes zeros of the rest, and of values that are not numbers zeros too, and says nothing. Axes in the
file point to the right, to the front and to the head; here, as in DICOM, to the left and back.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.breast_mri import Mask, VolumeGeometry
from senoscope.domain.errors import ImageError

MOST_VOXELS = 2**27
"""512 x 512 x 512."""
TOLERANCE_MM = 0.05
"""Of where a voxel at the far corner lies, between two volumes on one grid."""
HEADER, FIRST = 348, 352
"""Bytes: of the header, and where voxels begin at the earliest."""
_TYPES = {
    2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4",
}  # fmt: skip
_MM = (0, 2)
"""Units of length: not said, and mm."""
_TO_DICOM = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Grid:
    """`shape` and `geometry` of one volume."""

    shape: tuple[int, int, int]
    geometry: VolumeGeometry

    def is_close(self, other: Grid) -> bool:
        """Whether all corners lie in the same places, nearly."""
        corners = np.array(np.meshgrid(*([0, side - 1] for side in self.shape))).reshape(3, -1).T
        away = self.geometry.in_patient(corners) - other.geometry.in_patient(corners)
        return self.shape == other.shape and bool(np.abs(away).max() <= TOLERANCE_MM)


class _Unreadable(Exception):
    """Says what is wrong with the file; `read_nifti` adds which one it is."""


def read_nifti(path: Path) -> tuple[NDArray[np.generic], Grid]:
    """(slices, rows, columns) as stored, rescaled where the header says so. ImageError if not."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            head = file.read(HEADER)
            if len(head) < HEADER:
                raise _Unreadable("it is shorter than a header")
            order = next((each for each in "<>" if _at(head, each, "i", 0) == (HEADER,)), None)
            if order is None or head[344:348] != b"n+1\0":
                raise _Unreadable("it has no header of a single file")
            grid, dtype = _grid(head, order), _dtype(head, order)
            (offset,) = _at(head, order, "f", 108)
            if not FIRST <= offset <= 2**20:
                raise _Unreadable(f"its voxels begin at byte {offset}")
            file.read(int(offset) - HEADER)
            wanted = int(np.prod(grid.shape)) * dtype.itemsize
            content = file.read(wanted)
    except (OSError, EOFError, zlib.error, _Unreadable) as error:
        raise ImageError(
            f"{path.name} cannot be read as NIfTI: {error}. Download it again."
        ) from error
    if len(content) < wanted:
        raise ImageError(
            f"{path.name} holds {len(content)} bytes of voxels; expected {wanted}. Download it "
            "again: a part is missing."
        )
    volume = _scaled(np.frombuffer(content, dtype).reshape(grid.shape), head, order)
    if not np.isfinite(volume).all():
        raise ImageError(
            f"{path.name} has values that are not finite; expected numbers. Download it again."
        )
    return volume, grid


def _at(head: bytes, order: str, form: str, start: int) -> tuple[Any, ...]:
    return struct.unpack_from(order + form, head, start)


def _grid(head: bytes, order: str) -> Grid:
    """From the quaternion where the header has one, else from the rows of its matrix."""
    count, columns, rows, slices, *more = _at(head, order, "8h", 40)
    is_one = count == 3 or (3 < count <= 7 and all(each == 1 for each in more[: count - 3]))
    voxels = float(columns) * rows * slices
    if not is_one or min(columns, rows, slices) < 1 or voxels > MOST_VOXELS:
        raise _Unreadable(
            f"it says it is {count}-dimensional, {columns} x {rows} x {slices}; expected one "
            f"volume of {MOST_VOXELS} voxels at most"
        )
    if head[123] & 7 not in _MM:
        raise _Unreadable("its voxels are not measured in mm")
    quaternion, rows_of = _at(head, order, "2h", 252)
    if quaternion > 0:
        matrix, origin = _of_quaternion(head, order)
    elif rows_of > 0:
        affine = np.array(_at(head, order, "12f", 280), np.float64).reshape(3, 4)
        matrix, origin = affine[:, :3], affine[:, 3]
    else:
        raise _Unreadable("it does not say how its voxels lie in the patient")
    lengths = np.linalg.norm(matrix, axis=0)
    if not np.isfinite(matrix).all() or not np.isfinite(origin).all() or not (lengths > 0).all():
        raise _Unreadable(f"its voxels are {lengths.tolist()} mm")
    axes = (_TO_DICOM @ (matrix / lengths)).T[::-1]
    columns_mm, rows_mm, slices_mm = (float(each) for each in lengths)
    x, y, z = (float(each) for each in _TO_DICOM @ origin)
    geometry = VolumeGeometry((slices_mm, rows_mm, columns_mm), axes, (x, y, z))
    return Grid((slices, rows, columns), geometry)


def _of_quaternion(head: bytes, order: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    b, c, d, *origin = _at(head, order, "6f", 256)
    side, *lengths = _at(head, order, "4f", 76)
    a = float(np.sqrt(max(0.0, 1.0 - b * b - c * c - d * d)))
    turn = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    turn[:, 2] *= -1.0 if side < 0 else 1.0
    return turn * np.abs(lengths), np.array(origin, np.float64)


def _dtype(head: bytes, order: str) -> np.dtype[Any]:
    code, bits = _at(head, order, "2h", 70)
    name = _TYPES.get(code)
    if name is None or bits != 8 * int(name[1]):
        raise _Unreadable(f"its voxels are of type {code} with {bits} bits; expected real numbers")
    return np.dtype(order + name)


def _scaled(stored: NDArray[Any], head: bytes, order: str) -> NDArray[np.generic]:
    """In this machine's order of bytes."""
    slope, shift = _at(head, order, "2f", 112)
    if not (np.isfinite(slope) and np.isfinite(shift)) or slope == 0 or (slope, shift) == (1, 0):
        return stored.astype(stored.dtype.newbyteorder("="))
    return np.asarray(stored * np.float32(slope) + np.float32(shift), np.float32)


def write_nifti(path: Path, volume: NDArray[Any], geometry: VolumeGeometry) -> None:
    """(slices, rows, columns) to .nii or .nii.gz, whole or not at all."""
    volume = np.ascontiguousarray(volume, volume.dtype.newbyteorder("<"))
    code = next(k for k, name in _TYPES.items() if np.dtype(name) == np.dtype(volume.dtype.str))
    slices, rows, columns = volume.shape
    head = bytearray(FIRST)
    struct.pack_into("<i", head, 0, HEADER)
    struct.pack_into("<8h", head, 40, 3, columns, rows, slices, 1, 1, 1, 1)
    struct.pack_into("<2h", head, 70, code, 8 * volume.dtype.itemsize)
    struct.pack_into("<4f", head, 76, 1.0, *geometry.spacing_mm[::-1])
    struct.pack_into("<3f", head, 108, FIRST, 1.0, 0.0)
    head[123] = _MM[1]
    struct.pack_into("<2h", head, 252, 0, 1)
    steps = geometry.axes[::-1].T * geometry.spacing_mm[::-1]
    affine = np.hstack([_TO_DICOM @ steps, _TO_DICOM @ np.array(geometry.origin_mm)[:, None]])
    struct.pack_into("<12f", head, 280, *affine.ravel())
    head[344:348] = b"n+1\0"
    content = bytes(head) + volume.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"partial-{path.name}")
    packed = gzip.compress(content, 3, mtime=0) if path.suffix == ".gz" else content
    partial.write_bytes(packed)
    partial.replace(path)


def as_mask(volume: NDArray[np.generic], path: Path) -> Mask:
    """True where it is 1. ImageError where it holds anything but 0 and 1."""
    mask: Mask = np.asarray(volume == 1)
    if not bool((mask | (volume == 0)).all()):
        raise ImageError(
            f"The outline {path.name} holds other values than 0 and 1; expected one tumour. "
            "Download it again."
        )
    return mask
