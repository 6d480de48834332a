"""The slices of an MR series, whether each has a file of its own or lies in one with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.images.mri_header import CLASSIC, MR_CLASSES, MriHeader
from senoscope.studies.images.stored_image import StoredImage, Vector, normal_of
from senoscope.studies.mri.enhanced_frames import headers_of_frames

MOST_SLICES = 20_000
"""Of one study, as many as `StudyLimits` takes files."""


@dataclass(frozen=True, slots=True)
class MriSlice:
    """Frame `frame`, from 1, of `image`; `offset_mm` along the unit `normal` of its plane."""

    image: StoredImage = field(repr=False)
    frame: int
    said: MriHeader = field(repr=False)
    normal: Vector
    offset_mm: float

    @property
    def order(self) -> tuple[int, int]:
        """As it was numbered."""
        return self.image.instance_number or 0, self.frame

    @property
    def origin(self) -> Vector:
        """The centre of its first pixel in the patient, mm."""
        x, y, z = self.said.position_mm
        return x, y, z


def is_mri(image: StoredImage) -> bool:
    """Whether it is an MR image of a class that is read here."""
    return image.sop_class in MR_CLASSES and image.has_pixels


def slices_of(images: Iterable[StoredImage]) -> tuple[tuple[MriSlice, ...], tuple[str, ...]]:
    """All that say where they lie; and why others cannot be used, each reason once."""
    found: list[MriSlice] = []
    troubles: dict[str, int] = {}
    for image in images:
        for frame, said in enumerate(_headers(image, troubles), 1):
            made = _slice(image, frame, said)
            if made is None:
                _count(troubles, NO_PLACE)
            else:
                found.append(made)
        if len(found) > MOST_SLICES:
            raise SourceUnavailable(
                f"The study holds more than {MOST_SLICES} MR slices; expected one dynamic study. "
                "Give fewer series."
            )
    return tuple(found), tuple(_said(reason, count) for reason, count in troubles.items())


NO_PLACE = (
    "without a place in the patient or a pixel spacing (ImagePositionPatient, "
    "ImageOrientationPatient, PixelSpacing); export it again from the scanner"
)


def _headers(image: StoredImage, troubles: dict[str, int]) -> Iterator[MriHeader]:
    if image.trouble is not None:
        _count(troubles, image.trouble)
    elif image.sop_class == CLASSIC and image.mri is not None:
        if image.frames == 1:
            yield image.mri
        else:
            _count(troubles, "of several frames in a class that has one; export it again")
    else:
        try:
            yield from headers_of_frames(image)
        except SourceUnavailable as error:
            _count(troubles, str(error))


def _slice(image: StoredImage, frame: int, said: MriHeader) -> MriSlice | None:
    normal = normal_of(said.orientation)
    is_spaced = len(said.spacing_mm) == 2 and min(said.spacing_mm) > 0
    if normal is None or len(said.position_mm) != 3 or not is_spaced:
        return None
    offset = sum(a * b for a, b in zip(normal, said.position_mm, strict=True))
    return MriSlice(image, frame, said, normal, offset)


def _count(troubles: dict[str, int], reason: str) -> None:
    troubles[reason] = troubles.get(reason, 0) + 1


def _said(reason: str, count: int) -> str:
    return f"{count} {'picture is' if count == 1 else 'pictures are'} left out: {reason}"
