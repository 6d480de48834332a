"""A picture that is no DICOM, as grey values."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError


def stored_grey(path: Path) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """(rows, columns) as it is stored; colour made grey. ImageError where it is no such picture."""
    try:
        stored = np.fromfile(path, np.uint8)
        read = cv2.imdecode(stored, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_GRAYSCALE)
    except (OSError, cv2.error):
        read = None
    if read is None or read.dtype not in (np.uint8, np.uint16):
        raise ImageError(
            f"{path.name} is no grey picture of 8 or 16 bits that can be read; expected PNG, TIFF, "
            "PGM or JPEG. Convert it, or copy it again."
        )
    return read  # type: ignore[return-value]  # of those two
