"""The slices of a tomosynthesis view from air, 0, to what is densest, 1, decoded one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.config import disable_value_validation

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.images.mammogram_greys import ends_of, shows_enough, spread
from senoscope.studies.images.mammogram_pixels import GreyFrames
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.pixels.cine_frames import DAMAGE
from senoscope.studies.pixels.grey_scale import GreyScale
from senoscope.studies.pixels.grey_windows import AS_STORED, Contrast

Grey = NDArray[np.float32]
Values = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class TomosynthesisFrames:
    """Frames by their stored number, from 1. Nothing is kept between two of them.

    Each is seen under its own window, or the one that all share; where there is none, or where it
    shows next to nothing (`cautions`: "no_window", "window_unused", "contradicting_greys"), all
    are spread between the same `ends`, so that their greys can be compared.
    """

    image: StoredImage
    stored: GreyFrames = field(repr=False)
    ends: tuple[float, float]
    window: str
    cautions: tuple[str, ...]

    @classmethod
    def of(
        cls, image: StoredImage, stored: GreyFrames, samples: Mapping[int, Values]
    ) -> TomosynthesisFrames:
        """`samples`, stored values of some frames by number, are those by which windows are judged.

        ImageError where the header cannot be followed.
        """
        with disable_value_validation():
            scales = {number: _scale(stored.header, number) for number in samples}
            cautions = ["contradicting_greys"] * any(x.contradicts_itself for x in scales.values())
            first = next(iter(scales.values()))
            name = first.names[0] if all(each.names for each in scales.values()) else ""
            shown = (scales[number].shade(values) for number, values in samples.items())
            if not name:
                cautions.append("no_window")
            elif not any(map(shows_enough, shown)):
                cautions.append("window_unused")
                name = ""
            ends = [ends_of(_plain(scales[number], each)) for number, each in samples.items()]
        whole = min(low for low, _ in ends), max(high for _, high in ends)
        return cls(image, stored, whole, name, tuple(cautions))

    def __len__(self) -> int:
        """How many there are."""
        return len(self.stored)

    @property
    def windows(self) -> tuple[str, ...]:
        """The names of the middle frame's."""
        with disable_value_validation():
            return _scale(self.stored.header, len(self) // 2 + 1).names

    def frame(self, number: int, voi: int = 0, contrast: Contrast = AS_STORED) -> Grey:
        """(rows, columns) in 0..1, air dark, as stored, under the window at place `voi`.

        SettingsError where there is no such frame or window; SourceUnavailable, which names the
        frame, where it is damaged.
        """
        if not 1 <= number <= len(self):
            raise SettingsError(
                f"Frame {number} was asked for; the image has {len(self)}, counted from 1. Choose "
                "another."
            )
        return self.shade(number, decoded_frame(self.image, self.stored, number), voi, contrast)

    def shade(
        self, number: int, values: Values, voi: int = 0, contrast: Contrast = AS_STORED
    ) -> Grey:
        """The same of stored values that were decoded already."""
        with disable_value_validation():
            scale = _scale(self.stored.header, number, voi)
            if scale.names and (self.window or voi):
                return scale.shade(values, contrast)
            return contrast.of_greys(spread(_plain(scale, values), self.ends))


@dataclass(frozen=True, eq=False)
class HungSlices:
    """See `domain.tomosynthesis.Slices`. `numbers` are those of the frames in order of height."""

    frames: TomosynthesisFrames
    numbers: tuple[int, ...]
    hanging: Hanging

    def __len__(self) -> int:
        """How many there are."""
        return len(self.numbers)

    def __iter__(self) -> Iterator[Grey]:
        """Errors as of `TomosynthesisFrames.frame`."""
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, place: int, /) -> Grey:
        """The slice at that place, from 0, without the others."""
        shown = self.frames.frame(self.numbers[place])
        return np.asarray(self.hanging.hang(shown), np.float32)


def opened(image: StoredImage) -> GreyFrames:
    """Nothing is decoded yet. SourceUnavailable says why it cannot be."""
    if image.trouble is not None:
        raise SourceUnavailable(f"File {image.place} of the study is {image.trouble}.")
    try:
        with disable_value_validation():  # whose warnings quote the header
            return GreyFrames.of(image)
    except SourceUnavailable as error:
        raise SourceUnavailable(f"File {image.place} of the study is not read: {error}.") from error
    except DAMAGE:
        # Not chained: what pydicom says may quote the header.
        raise SourceUnavailable(
            f"The header of file {image.place} of the study is damaged. Copy it again, or export "
            "it again from the scanner."
        ) from None


def decoded_frame(image: StoredImage, stored: GreyFrames, number: int) -> Values:
    """Stored values, (rows, columns). SourceUnavailable, which names the frame."""
    try:
        with disable_value_validation():
            return stored[number - 1]
    except (*DAMAGE, SourceUnavailable):
        raise SourceUnavailable(
            f"Frame {number} of {len(stored)} of file {image.place} of the study is damaged. Copy "
            "it again, or export it again from the scanner."
        ) from None


def _scale(header: Dataset, number: int, voi: int = 0) -> GreyScale:
    return GreyScale.of(header, number - 1, voi)


def _plain(scale: GreyScale, values: Values) -> Grey:
    """Without a window: more is brighter, whichever way it is stored."""
    modality = scale.stored_to_modality(values)
    return -modality if scale.inverts else modality
