"""From a DICOM image's stored values to what a display shows.

In this order: Modality LUT, VOI, inversion; a palette or the three samples of a colour instead. See
docs/grey-scale.md for the attributes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.studies.pixels.cine_frames import DAMAGE
from senoscope.studies.pixels.grey_palette import palette
from senoscope.studies.pixels.grey_stored import Stored
from senoscope.studies.pixels.grey_tables import lookup_table
from senoscope.studies.pixels.grey_windows import (
    AS_STORED,
    Contrast,
    FullRange,
    Shading,
    shading,
    voi_names,
)

if TYPE_CHECKING:
    from pydicom import Dataset

MONOCHROME = ("MONOCHROME1", "MONOCHROME2")
YBR = ("YBR_FULL", "YBR_FULL_422")
RED_GREEN_BLUE = ("RGB", "YBR_ICT", "YBR_RCT")
"""The last two are of JPEG 2000, whose decoders give red, green and blue."""
KINDS = (*MONOCHROME, "PALETTE COLOR", *RED_GREEN_BLUE, *YBR)
SHAPES = {"": False, "IDENTITY": False, "INVERSE": True}
"""Presentation LUT Shape: whether it inverts."""


class ShownRange(StrEnum):
    """Where black and white come from."""

    VOI = "the file's VOI"
    POSSIBLE = "all that the stored bits can say"
    FRAME = "the darkest and brightest of this frame"


@dataclass(frozen=True, slots=True, eq=False)
class GreyScale:
    """The transformation of one frame, or of all frames that share its functional groups.

    `names` lists the file's VOIs, for the argument `voi`. `shown_range` says where black and white
    come from; where it is FRAME, grey values of two frames cannot be compared. `inverts` is True
    where the lowest value is shown white; `contradicts_itself` where Photometric Interpretation
    (MONOCHROME1 or 2) and Presentation LUT Shape (INVERSE or IDENTITY) do not say the same: it is
    then inverted, since one of them asks for it.
    """

    photometric: str
    names: tuple[str, ...]
    shown_range: ShownRange
    inverts: bool
    contradicts_itself: bool
    _stored: Stored
    _values: NDArray[np.float64]
    _shown: NDArray[np.uint8] | None
    _way: Shading | None = None

    @classmethod
    def of(cls, dataset: Dataset, frame: int = 0, voi: int = 0) -> GreyScale:
        """What the header says of frame `frame`, counted from 0, under the VOI at place `voi`.

        PhotometricInterpretation must be that of the decoded pixels: RGB, where the decoder has
        turned YBR into it. ImageError where the header cannot be followed, SettingsError where
        there is no such frame or VOI.
        """
        try:
            return cls._of(dataset, frame, voi)
        except DAMAGE:
            # Not chained: what pydicom says may quote the header.
            raise ImageError(
                "The attributes that say how the image is shown are damaged. Export it again from "
                "the device that made it."
            ) from None

    @classmethod
    def _of(cls, dataset: Dataset, frame: int, voi: int) -> GreyScale:
        photometric = str(dataset.PhotometricInterpretation)
        stored = Stored.of(dataset)
        _require_readable(dataset, photometric, stored)
        little = dataset.original_encoding[1] is not False
        groups = tuple(_groups(dataset, frame))
        if photometric not in MONOCHROME:
            _require_voi(voi, ())
            shown = _colours(dataset, photometric, stored, little)
            possible = ShownRange.POSSIBLE
            return cls(photometric, (), possible, False, False, stored, stored.values(), shown)
        values = _modality_values(groups, stored, little)
        source = _first(groups, "FrameVOILUTSequence", ("VOILUTSequence", "WindowCenter"))
        names = () if source is None else voi_names(source)
        _require_voi(voi, names)
        inverts, contradicts = _inversion(dataset, photometric)
        way: Shading | None = None
        shown_range = ShownRange.FRAME
        if source is not None:
            way = shading(source, voi, signed=bool(values.min() < 0), little_endian=little)
            shown_range = ShownRange.VOI
        elif stored.bits <= 8:
            way = FullRange(float(values.min()), float(values.max()))
            shown_range = ShownRange.POSSIBLE
        grey = None if way is None else _grey(way.shade(values), inverts, stored)
        return cls(photometric, names, shown_range, inverts, contradicts, stored, values, grey, way)

    def stored_to_modality(self, pixels: NDArray[np.integer]) -> NDArray[np.float32]:
        """(rows, columns): after the Modality LUT only, in the units that it says, if any.

        `pixels` as for `display`; padding is not marked. ImageError for a colour image.
        """
        if self.photometric not in MONOCHROME:
            raise ImageError(
                f"Modality values were asked of an image in {self.photometric}; expected "
                "MONOCHROME1 or MONOCHROME2. Use what it shows instead."
            )
        return self._values[self._stored.places(pixels)].astype(np.float32)

    def shade(
        self, pixels: NDArray[np.integer], contrast: Contrast = AS_STORED
    ) -> NDArray[np.float32]:
        """(rows, columns), as `display` but from 0, black, to 1, white, with all that was stored.

        `contrast` is what a reader makes of the VOI. ImageError for a colour image.
        """
        if self.photometric not in MONOCHROME:
            raise ImageError(
                f"Grey values were asked of an image in {self.photometric}; expected MONOCHROME1 "
                "or MONOCHROME2. Use what it shows instead."
            )
        places = self._stored.places(pixels)
        way = contrast.of(self._way or self._range_of(places), self.inverts)
        shade = way.shade(self._values)
        shade = 1 - shade if self.inverts else shade
        shade[self._stored.padding] = 0
        return np.asarray(shade, np.float32)[places]

    def display(self, pixels: NDArray[np.integer]) -> NDArray[np.uint8]:
        """(rows, columns) grey, 0 black, or (rows, columns, 3) red, green, blue.

        `pixels` are one frame's stored values, (rows, columns), or (rows, columns, 3) for three
        samples a pixel, any integer type; bits above BitsStored are passed over. Grey values of
        PixelPaddingValue, or from it to PixelPaddingRangeLimit, are shown black, inverted or not.
        ImageError for another shape or type.
        """
        places = self._stored.places(pixels)
        shown = self._shown
        if shown is None:
            way = self._range_of(places)
            shown = _grey(way.shade(self._values), self.inverts, self._stored)
        picture = shown[places]
        return _red_green_blue(picture) if self.photometric in YBR else picture

    def _range_of(self, places: NDArray[np.intp]) -> FullRange:
        present = np.bincount(places.ravel(), minlength=2**self._stored.bits) > 0
        present &= ~self._stored.padding
        found = self._values[present]
        return FullRange(float(found.min()), float(found.max())) if found.size else FullRange(0, 0)


def _require_readable(dataset: Dataset, photometric: str, stored: Stored) -> None:
    three = photometric in (*RED_GREEN_BLUE, *YBR)
    samples = int(dataset.get("SamplesPerPixel") or 1)
    fits = samples == stored.samples == (3 if three else 1) and not (three and stored.signed)
    if photometric not in KINDS or not fits or (photometric in YBR and stored.bits != 8):
        raise ImageError(
            f"The image's pixels are {stored.bits}-bit, {samples} to a pixel, of the kind "
            f"{photometric[:16]!r}; expected {', '.join(KINDS)}, in colour unsigned, YBR of 8 bit. "
            "Export it again as one of these."
        )
    presentation = str(dataset.get("PixelPresentation") or "MONOCHROME")
    if photometric in MONOCHROME and presentation in ("COLOR", "MIXED"):
        raise ImageError(
            f"The image's Pixel Presentation is {presentation}: grey with a supplemental palette, "
            "which is not read. Export it in RGB."
        )


def _require_voi(voi: int, names: tuple[str, ...]) -> None:
    if not 0 <= voi < max(1, len(names)):
        raise SettingsError(
            f"VOI {voi} was asked for; the image has {len(names)}, counted from 0: "
            f"{', '.join(names) or 'none'}. Choose one of these."
        )


def _colours(
    dataset: Dataset, photometric: str, stored: Stored, little_endian: bool
) -> NDArray[np.uint8]:
    if photometric == "PALETTE COLOR":
        return palette(dataset, stored.values(), signed=stored.signed, little_endian=little_endian)
    return _eight_bit(FullRange(0, 2**stored.bits - 1).shade(stored.values()))


def _groups(dataset: Dataset, frame: int) -> Iterator[Dataset]:
    """Where an attribute is looked for, in this order: the frame's groups, the shared, the top."""
    count = int(dataset.get("NumberOfFrames") or 1)
    if not 0 <= frame < count:
        raise SettingsError(
            f"Frame {frame} was asked for; the image has {count}, counted from 0. Choose another."
        )
    if own := dataset.get("PerFrameFunctionalGroupsSequence"):
        if frame >= len(own):
            raise ImageError(
                f"The image has {count} frames, and functional groups for {len(own)}; expected as "
                "many. Export it again from the device that made it."
            )
        yield own[frame]
    yield from (dataset.get("SharedFunctionalGroupsSequence") or ())[:1]
    yield dataset


def _first(groups: tuple[Dataset, ...], macro: str, keywords: tuple[str, ...]) -> Dataset | None:
    """The first that has a value for one of these: in that macro's item, last at the top."""
    for place, group in enumerate(groups):
        at_top = place == len(groups) - 1
        for item in (group,) if at_top else (group.get(macro) or ())[:1]:
            if any(_has(item, keyword) for keyword in keywords):
                return item
    return None


def _has(item: Dataset, keyword: str) -> bool:
    return keyword in item and not item[keyword].is_empty


def _modality_values(
    groups: tuple[Dataset, ...], stored: Stored, little_endian: bool
) -> NDArray[np.float64]:
    """(2 ** bits,), the modality value of each stored one, by its place."""
    keywords = ("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept")
    source = _first(groups, "PixelValueTransformationSequence", keywords)
    if source is None:
        return stored.values()
    if tables := source.get("ModalityLUTSequence"):
        table = lookup_table(tables[0], signed=stored.signed, little_endian=little_endian)
        return table.at(stored.values())
    slope, intercept = source.get("RescaleSlope"), source.get("RescaleIntercept")
    if (
        slope is None
        or intercept is None
        or not np.isfinite([float(slope), float(intercept)]).all()
    ):
        raise ImageError(
            f"The image has the Rescale Slope {slope} and the Rescale Intercept {intercept}; "
            "expected a number for each. Export it again from the device that made it."
        )
    return stored.values() * float(slope) + float(intercept)


def _inversion(dataset: Dataset, photometric: str) -> tuple[bool, bool]:
    """Whether it is inverted, and whether the two attributes that say so contradict each other."""
    shape = str(dataset.get("PresentationLUTShape") or "").strip().upper()
    if shape not in SHAPES:
        raise ImageError(
            f"The image's Presentation LUT Shape is {shape[:16]!r}; expected IDENTITY or INVERSE. "
            "Export it again from the device that made it."
        )
    low_is_white = photometric == "MONOCHROME1"
    return low_is_white or SHAPES[shape], bool(shape) and SHAPES[shape] != low_is_white


def _grey(shade: NDArray[np.float64], inverts: bool, stored: Stored) -> NDArray[np.uint8]:
    grey = _eight_bit(shade)
    if inverts:
        grey = 255 - grey
    grey[stored.padding] = 0
    return grey


def _eight_bit(shade: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.asarray(np.rint(255 * shade), np.uint8)


def _red_green_blue(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """From YBR_FULL, by the inverse of PS3.3 C.7.6.3.1.2's equations."""
    luminance, blue, red = np.moveaxis(picture.astype(np.float32), -1, 0)
    blue, red = blue - 128, red - 128
    green = luminance - (0.114 * 1.772 / 0.587) * blue - (0.299 * 1.402 / 0.587) * red
    colours = np.stack([luminance + 1.402 * red, green, luminance + 1.772 * blue], axis=-1)
    return np.asarray(np.clip(np.rint(colours), 0, 255), np.uint8)
