"""A mammogram of a study as readers see it: hung, from air 0 to 1, with what had to be decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.config import disable_value_validation

from senoscope.domain.errors import ImageError, SettingsError, SourceUnavailable
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.files.study_header import numbers_of, text_of, whole_of
from senoscope.studies.images.mammogram import FOR_PROCESSING, TOMOSYNTHESIS, VIEWS
from senoscope.studies.images.mammogram_pixels import decoded, shows_air_bright
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.pixels.cine_frames import DAMAGE
from senoscope.studies.pixels.grey_scale import GreyScale

MAMMOGRAPHY = "MG"
FEW_BITS = 8
_LEAST_SEEN = 0.02
"""Of the pixels, how many a window must show neither black nor white for it to be meant."""


@dataclass(frozen=True, eq=False)
class StoredMammogram:
    """`hanging` turns what is stored into what `seen` holds, and points back.

    `window` names the VOI that was used, "" where none was. `cautions` are keys of words for what
    a person must know of how it was read: "window_unused", "no_window", "eight_bits", "lossy",
    "no_spacing", "no_side", "no_view", "contradicting_greys".
    """

    image: StoredImage
    seen: Mammogram
    hanging: Hanging
    window: str
    cautions: tuple[str, ...]


def is_mammogram(image: StoredImage) -> bool:
    """One picture of modality MG, whatever it is wrapped in; tomosynthesis is read elsewhere."""
    if image.modality != MAMMOGRAPHY or image.sop_class == TOMOSYNTHESIS:
        return False
    return image.has_pixels and image.frames == 1


def read_mammogram(image: StoredImage) -> StoredMammogram:
    """Decoded, under its first window. SourceUnavailable or ImageError says why it cannot be."""
    header, pixels, window, cautions = _stored(image)
    try:
        hanging = Hanging.of(pixels)
    except ImageError as error:
        raise ImageError(f"File {image.place} of the study is not read. {error}") from error
    seen = Mammogram(
        np.asarray(hanging.hang(pixels), np.float32),
        Intent.PROCESSING if image.sop_class == FOR_PROCESSING else Intent.PRESENTATION,
        laterality_of(image),
        view_of(image, header),
        _turned(_spacing(header), hanging.wall),
    )
    return StoredMammogram(image, seen, hanging, window, (*cautions, *_missing(image, seen)))


def picture_of(image: StoredImage) -> NDArray[np.uint8]:
    """(rows, columns) as it is stored, air dark, under its first window. Errors as above."""
    _, pixels, _, _ = _stored(image)
    return np.asarray(np.rint(pixels * 255), np.uint8)


def _stored(image: StoredImage) -> tuple[Dataset, NDArray[np.float32], str, list[str]]:
    """Header, and what `_greys` makes of the pixels."""
    if image.trouble is not None:
        raise SourceUnavailable(f"File {image.place} of the study is {image.trouble}.")
    try:
        with disable_value_validation():  # whose warnings quote the header
            header, stored = decoded(image)
            return header, *_greys(image, header, stored)
    except SourceUnavailable as error:
        raise SourceUnavailable(f"File {image.place} of the study is not read: {error}.") from error
    except DAMAGE:
        # Not chained: what pydicom says may quote the header.
        raise SourceUnavailable(
            f"The pixels of file {image.place} of the study are damaged. Copy it again, or export "
            "it again from the scanner."
        ) from None


def laterality_of(image: StoredImage) -> Laterality | None:
    """As the header says, by the first attribute that says a side."""
    side = image.sides[0][1] if image.sides else ""
    return Laterality(side) if side in ("L", "R") else None


def view_of(image: StoredImage, header: Dataset) -> str | None:
    """ViewCodeSequence's, else ViewPosition's; of a secondary capture what stands in its place."""
    if image.mammogram is not None:
        return image.mammogram.view
    # CBIS-DDSM writes the view where the patient's orientation belongs.
    for keyword in ("ViewPosition", "PatientOrientation"):
        if (word := text_of(header, keyword).upper()) in VIEWS.values():
            return word
    return None


def _greys(
    image: StoredImage, header: Dataset, stored: NDArray[np.integer]
) -> tuple[NDArray[np.float32], str, list[str]]:
    """(rows, columns) in 0..1, air dark, as stored; the window's name; cautions."""
    scale = GreyScale.of(header)
    cautions = ["contradicting_greys"] if scale.contradicts_itself else []
    if image.sop_class == FOR_PROCESSING:
        return _of_exposure(image, header, scale.stored_to_modality(stored)), "", cautions
    shown = scale.shade(stored)
    if not scale.names:
        return _spread(shown), "", [*cautions, "no_window"]
    if np.mean((shown > 0.02) & (shown < 0.98)) >= _LEAST_SEEN:
        return shown, scale.names[0], cautions
    # Under such a window all is black or white: what was stored says more.
    values = scale.stored_to_modality(stored)
    return _spread(-values if scale.inverts else values), "", [*cautions, "window_unused"]


def _of_exposure(
    image: StoredImage, header: Dataset, values: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Of what is for processing: the logarithm of attenuation, whichever way it is stored."""
    sign = whole_of(header, "PixelIntensityRelationshipSign")
    if sign not in (1, -1):
        sign = 1 if shows_air_bright(image, header) else -1
    if text_of(header, "PixelIntensityRelationship").upper() == "LIN":
        values = np.log(np.maximum(values - values.min(), 0) + 1)
    return _spread(values if sign == -1 else -values)


def _spread(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """To 0..1 between nearly the lowest and nearly the highest."""
    low, high = np.percentile(values[::4, ::4], [0.1, 99.9])
    return np.asarray(np.clip((values - low) / max(high - low, 1e-6), 0, 1), np.float32)


def _spacing(header: Dataset) -> PixelSpacing | None:
    """In the breast, not at the detector: by the magnification, where it is said (C.8.11.7)."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        given = numbers_of(header, keyword)
        if len(given) == 2:
            factor = numbers_of(header, "EstimatedRadiographicMagnificationFactor")
            is_at_detector = keyword == "ImagerPixelSpacing" and len(factor) == 1
            by = factor[0] if is_at_detector and 1 <= factor[0] <= 3 else 1.0
            try:
                return PixelSpacing(given[0] / by, given[1] / by)
            except SettingsError:  # not plausible: as good as not said
                return None
    return None


def _turned(spacing: PixelSpacing | None, wall: Edge) -> PixelSpacing | None:
    if spacing is None or wall in (Edge.LEFT, Edge.RIGHT):
        return spacing
    return PixelSpacing(spacing.column_mm, spacing.row_mm)


def _missing(image: StoredImage, seen: Mammogram) -> list[str]:
    found = {
        "eight_bits": _is_of_few_bits(image),
        "lossy": image.lossy.says == "01",
        "no_spacing": seen.spacing is None,
        "no_side": seen.laterality is None,
        "no_view": seen.view is None,
    }
    return [key for key, is_so in found.items() if is_so]


def _is_of_few_bits(image: StoredImage) -> bool:
    return image.bits_stored is not None and image.bits_stored <= FEW_BITS
