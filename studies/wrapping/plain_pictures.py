"""Mammograms that are plain pictures, PNG or JPEG, put into one exam of DICOM images."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from senoscope.domain.errors import ImageError, SettingsError, StorageError
from senoscope.domain.mammogram import Intent, Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.mammography.grey_picture import stored_grey
from senoscope.models.programmed.mammography.breast import Edge, chest_wall
from senoscope.studies.images.mammogram_pixels import MOST_PIXELS
from senoscope.studies.wrapping.mammogram_object import (
    VIEW_CODES,
    PictureToWrap,
    WrappedExam,
    mammogram_object,
)

ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pgm")
_JPEG = b"\xff\xd8\xff"
_NAMED = re.compile(
    rf"(?:^|[^a-z])(l|r|left|right)[-_ ]?({'|'.join(VIEW_CODES)})(?:[^a-z]|$)", re.IGNORECASE
)
_EDGES = {Laterality.LEFT: Edge.LEFT, Laterality.RIGHT: Edge.RIGHT}


@dataclass(frozen=True, eq=False)
class PlainPicture:
    """`name` is the file's. `edge`: where the chest wall lies, None where none stands out."""

    name: str
    laterality: Laterality
    view: str
    pixels: NDArray[np.unsignedinteger]
    is_lossy: bool
    edge: Edge | None
    is_mirrored: bool = False

    @property
    def lies_as_other_side(self) -> bool:
        """Whether the breast lies at the edge of the other side."""
        return self.edge is not None and self.edge is not _EDGES[self.laterality]

    def hung(self) -> PlainPicture:
        """Mirrored where it lies as the other side does; it says so."""
        if not self.lies_as_other_side:
            return self
        pixels = np.ascontiguousarray(self.pixels[:, ::-1])
        return replace(
            self, pixels=pixels, edge=_EDGES[self.laterality], is_mirrored=not self.is_mirrored
        )


def named_views(path: Path) -> tuple[Laterality, str]:
    """Side and view that the file's name says: "R-CC.png". SettingsError where it says none."""
    found = _NAMED.search(path.stem)
    if found is None:
        raise SettingsError(
            f"The name {path.name!r} does not say side and view; expected such as L-CC or R_MLO in "
            "it. Rename the file, or wrap it alone with --laterality and --view."
        )
    return Laterality(found[1][0].upper()), found[2].upper()


def read_plain_picture(path: Path, laterality: Laterality, view: str) -> PlainPicture:
    """Grey, 8 or 16 bits. ImageError where it is none, or too large, or lies on its side."""
    _require_small(path)
    pixels = stored_grey(path)
    edge = chest_wall(np.asarray(pixels / np.iinfo(pixels.dtype).max, np.float32))
    if edge in (Edge.TOP, Edge.BOTTOM):
        raise ImageError(
            f"In {path.name} the chest wall lies at the {edge.name.lower()} edge; expected it at "
            "the left or the right one. Turn the picture first."
        )
    return PlainPicture(path.name, laterality, view, pixels, _is_jpeg(path), edge)


def _require_small(path: Path) -> None:
    """Before anything is decoded."""
    try:
        with Image.open(path) as image:
            columns, rows = image.size
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        raise ImageError(
            f"{path.name} is no picture that can be read; expected {', '.join(ENDINGS)}."
            " Save it so."
        ) from None
    if rows * columns > MOST_PIXELS:
        raise ImageError(
            f"{path.name} has {columns} x {rows} pixels; expected {MOST_PIXELS} in all at most. "
            "Give it smaller."
        )


def write_wrapped_exam(
    out: Path, pictures: Sequence[PlainPicture], spacing: PixelSpacing | None, patient_id: str
) -> None:
    """The folder `out`, which is new: one DICOM file a picture, all of one study, or nothing.

    The same pictures give the same UIDs again. StorageError where it cannot be written.
    """
    content = sha256()
    for each in pictures:
        content.update(f"{each.laterality}{each.view}{each.pixels.shape}".encode())
        content.update(each.pixels.tobytes())
    exam = WrappedExam(
        key=f"wrapped pictures 1/{patient_id}/{content.hexdigest()}",
        patient_id=patient_id,
        name="",
        description="Pictures wrapped as mammograms",
        date=date.today().strftime("%Y%m%d"),
        is_simulated=False,
    )
    partial = out.with_name(f".{out.name}.{secrets.token_hex(4)}.partial")
    try:
        try:
            partial.mkdir(parents=True)
            for number, each in enumerate(pictures, start=1):
                made = mammogram_object(exam, _to_wrap(each, spacing), number)
                name = f"{number}-{each.laterality}-{each.view}.dcm"
                made.save_as(partial / name, enforce_file_format=True)
            partial.rename(out)
        except OSError as error:
            raise StorageError(
                f"The images cannot be written ({error.strerror}). Free space, allow writing "
                "there, or choose another folder."
            ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _is_jpeg(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_JPEG)) == _JPEG


def _to_wrap(picture: PlainPicture, spacing: PixelSpacing | None) -> PictureToWrap:
    bits = 8 if picture.pixels.dtype == np.uint8 else max(9, int(picture.pixels.max()).bit_length())
    return PictureToWrap(
        pixels=picture.pixels,
        bits=bits,
        laterality=picture.laterality,
        view=picture.view,
        intent=Intent.PRESENTATION,
        spacing=spacing,
        is_lossy=picture.is_lossy,
        derivation="Mirrored left to right." if picture.is_mirrored else "",
    )
