"""The grey values of a mammogram from air, 0, to what is densest, 1, under each of its windows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.config import disable_value_validation

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_header import text_of, whole_of
from senoscope.studies.images.mammogram import FOR_PROCESSING
from senoscope.studies.images.mammogram_pixels import decoded, shows_air_bright
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.pixels.cine_frames import DAMAGE
from senoscope.studies.pixels.grey_scale import GreyScale
from senoscope.studies.pixels.grey_windows import AS_STORED, Contrast

_LEAST_SEEN = 0.02
"""Of the pixels, how many a window must show neither black nor white for it to be meant."""

Greys = tuple[NDArray[np.float32], str, list[str]]
"""(rows, columns) in 0..1, air dark, as stored; the name of the window used; cautions."""


@dataclass(frozen=True, eq=False)
class DecodedMammogram:
    """`values` is (rows, columns), 16-bit, as stored. `windows` names those of `greys`."""

    image: StoredImage
    header: Dataset = field(repr=False)
    values: NDArray[np.integer] = field(repr=False)

    @classmethod
    def of(cls, image: StoredImage) -> DecodedMammogram:
        """SourceUnavailable says why it cannot be decoded."""
        if image.trouble is not None:
            raise SourceUnavailable(f"File {image.place} of the study is {image.trouble}.")
        try:
            with disable_value_validation():  # whose warnings quote the header
                return cls(image, *decoded(image))
        except SourceUnavailable as error:
            raise SourceUnavailable(
                f"File {image.place} of the study is not read: {error}."
            ) from error
        except DAMAGE:
            # Not chained: what pydicom says may quote the header.
            raise _damaged(image) from None

    @property
    def windows(self) -> tuple[str, ...]:
        """Their names, empty where there are none or where they are not for looking at."""
        if self.image.sop_class == FOR_PROCESSING:
            return ()
        with disable_value_validation():
            return self._scale(0).names

    def greys(self, voi: int = 0, contrast: Contrast = AS_STORED) -> Greys:
        """Under the window at place `voi`. SettingsError where there is none."""
        try:
            with disable_value_validation():
                return self._greys(self._scale(voi), voi, contrast)
        except DAMAGE:
            raise _damaged(self.image) from None

    def _scale(self, voi: int) -> GreyScale:
        return GreyScale.of(self.header, voi=voi)

    def _greys(self, scale: GreyScale, voi: int, contrast: Contrast) -> Greys:
        cautions = ["contradicting_greys"] if scale.contradicts_itself else []
        if self.image.sop_class == FOR_PROCESSING:
            exposed = self._of_exposure(scale.stored_to_modality(self.values))
            return contrast.of_greys(exposed), "", cautions
        if not scale.names:
            shown = spread(scale.shade(self.values))
            return contrast.of_greys(shown), "", [*cautions, "no_window"]
        shown = scale.shade(self.values)
        if shows_enough(shown):
            if contrast != AS_STORED:
                shown = scale.shade(self.values, contrast)
            return shown, scale.names[voi], cautions
        # Under such a window all is black or white: what was stored says more.
        values = scale.stored_to_modality(self.values)
        shown = spread(-values if scale.inverts else values)
        return contrast.of_greys(shown), "", [*cautions, "window_unused"]

    def _of_exposure(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of what is for processing: the logarithm of attenuation, whichever way it is stored."""
        sign = whole_of(self.header, "PixelIntensityRelationshipSign")
        if sign not in (1, -1):
            sign = 1 if shows_air_bright(self.image, self.header) else -1
        if text_of(self.header, "PixelIntensityRelationship").upper() == "LIN":
            values = np.log(np.maximum(values - values.min(), 0) + 1)
        return spread(values if sign == -1 else -values)


def shows_enough(shown: NDArray[np.float32]) -> bool:
    """Whether a window that shows a picture so is meant: not all is black or white."""
    return bool(np.mean((shown > 0.02) & (shown < 0.98)) >= _LEAST_SEEN)


def spread(
    values: NDArray[np.float32], ends: tuple[float, float] | None = None
) -> NDArray[np.float32]:
    """To 0..1 between these ends, or its own."""
    low, high = ends or ends_of(values)
    return np.asarray(np.clip((values - low) / max(high - low, 1e-6), 0, 1), np.float32)


def ends_of(values: NDArray[np.float32]) -> tuple[float, float]:
    """Nearly the lowest and nearly the highest of (rows, columns)."""
    low, high = np.percentile(values[::4, ::4], [0.1, 99.9])
    return float(low), float(high)


def _damaged(image: StoredImage) -> SourceUnavailable:
    return SourceUnavailable(
        f"The pixels of file {image.place} of the study are damaged. Copy it again, or export "
        "it again from the scanner."
    )
