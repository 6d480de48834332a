"""Pictures of a mammography data set, DICOM or plain files, for what is below studies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.models.evaluation.mammogram_sets.marked_view import Said
from senoscope.models.evaluation.mammography.density_set import read_grey
from senoscope.models.programmed.mammography.breast import Grey

if TYPE_CHECKING:
    from senoscope.studies.files.study_files import FoundFile
    from senoscope.studies.images.stored_image import StoredImage

PLAIN = (".png", ".tif", ".tiff", ".pgm", ".jpg", ".jpeg")


def read_picture(path: Path) -> Grey:
    """(rows, columns) in 0..1 as stored, air dark, under its first window. ImageError if not."""
    if path.suffix.lower() in PLAIN:
        return read_grey(path)
    # pydicom takes a quarter of a second, which `senoscope --help` need not wait for.
    from senoscope.studies.images.stored_mammogram import picture_of  # noqa: PLC0415

    try:
        return picture_of(_stored(path)[0]).astype(np.float32) / np.float32(255)
    except SourceUnavailable as error:
        raise ImageError(f"{path.name} cannot be read. {error}") from error


def said_of(path: Path) -> Said:
    """Side and view of a DICOM file's header, each None where it does not say."""
    from senoscope.studies.images.stored_mammogram import (  # noqa: PLC0415 - as above
        laterality_of,
        view_of,
    )

    image, found = _stored(path)
    return laterality_of(image), view_of(image, found.header)


def _stored(path: Path) -> tuple[StoredImage, FoundFile]:
    from senoscope.studies.files.study_files import StudyFiles  # noqa: PLC0415 - as above
    from senoscope.studies.images.stored_image import StoredImage  # noqa: PLC0415 - as above

    with StudyFiles.listed([path]) as files:
        for found in files:
            return StoredImage.of(found), found
    raise ImageError(
        f"{path.name} is no DICOM file; expected one, or {', '.join(PLAIN)}. Download it again."
    )
