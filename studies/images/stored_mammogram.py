"""A mammogram of a study as readers see it: hung, from air 0 to 1, with what had to be decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.mammogram import Intent, Laterality, Mammogram
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.studies.files.study_header import numbers_of, text_of
from senoscope.studies.images.breast_object import BreastObject
from senoscope.studies.images.mammogram import FOR_PROCESSING, TOMOSYNTHESIS, VIEWS
from senoscope.studies.images.mammogram_greys import DecodedMammogram
from senoscope.studies.images.stored_image import StoredImage

MAMMOGRAPHY = "MG"
FEW_BITS = 8


@dataclass(frozen=True, eq=False)
class StoredMammogram:
    """`hanging` turns what is stored into what `seen` holds, and points back.

    `window` names the VOI that was used, "" where none was. `cautions` are keys of words for what
    a person must know of how it was read: "window_unused", "no_window", "eight_bits", "lossy",
    "no_spacing", "no_side", "no_view", "contradicting_greys", "synthetic".
    """

    image: StoredImage
    seen: Mammogram
    hanging: Hanging
    window: str
    cautions: tuple[str, ...]


def is_mammogram(image: StoredImage) -> bool:
    """One picture of modality MG, whatever it is wrapped in, a synthetic one too.

    Slices and projections of tomosynthesis are none, in whatever form they come.
    """
    if image.modality != MAMMOGRAPHY or image.sop_class == TOMOSYNTHESIS:
        return False
    if image.breast not in (None, BreastObject.SYNTHETIC):
        return False
    return image.has_pixels and image.frames == 1


def read_mammogram(image: StoredImage) -> StoredMammogram:
    """Decoded, under its first window. SourceUnavailable or ImageError says why it cannot be."""
    given = DecodedMammogram.of(image)
    pixels, window, cautions = given.greys()
    try:
        hanging = Hanging.of(pixels)
    except ImageError as error:
        raise ImageError(f"File {image.place} of the study is not read. {error}") from error
    seen = Mammogram(
        np.asarray(hanging.hang(pixels), np.float32),
        Intent.PROCESSING if image.sop_class == FOR_PROCESSING else Intent.PRESENTATION,
        laterality_of(image),
        view_of(image, given.header),
        turned(spacing_of(given.header), hanging.wall),
    )
    missing = missing_of(image, seen.laterality, seen.view, seen.spacing)
    return StoredMammogram(image, seen, hanging, window, (*cautions, *missing))


def picture_of(image: StoredImage) -> NDArray[np.uint8]:
    """(rows, columns) as it is stored, air dark, under its first window. Errors as above."""
    pixels, _, _ = DecodedMammogram.of(image).greys()
    return np.asarray(np.rint(pixels * 255), np.uint8)


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


def spacing_of(header: Dataset) -> PixelSpacing | None:
    """As stored: in the breast, not at the detector, where the magnification is said (C.8.11.7)."""
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


def turned(spacing: PixelSpacing | None, wall: Edge) -> PixelSpacing | None:
    """That of the picture as it hangs, of one whose chest wall is stored at `wall`."""
    if spacing is None or wall in (Edge.LEFT, Edge.RIGHT):
        return spacing
    return PixelSpacing(spacing.column_mm, spacing.row_mm)


def missing_of(
    image: StoredImage,
    laterality: Laterality | None,
    view: str | None,
    spacing: PixelSpacing | None,
) -> list[str]:
    """What a person must know of an image as which that was found, see `StoredMammogram`."""
    found = {
        "synthetic": image.breast is BreastObject.SYNTHETIC,
        "eight_bits": _is_of_few_bits(image),
        "lossy": image.lossy.says == "01",
        "no_spacing": spacing is None,
        "no_side": laterality is None,
        "no_view": view is None,
    }
    return [key for key, is_so in found.items() if is_so]


def _is_of_few_bits(image: StoredImage) -> bool:
    return image.bits_stored is not None and image.bits_stored <= FEW_BITS
