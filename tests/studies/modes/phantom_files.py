"""Simulated sweeps in DICOM files, the tissue away from the picture's corner."""

from __future__ import annotations

from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.spacing import PixelSpacing
from tests.studies.dicom_files import region
from tests.studies.study_builders import ultrasound

LEFT, TOP = 90, 40
"""Where the tissue begins in the stored picture."""
COLUMNS, ROWS = 320, 240
SEED, FRAMES = 1, 20
"""A sweep on which the shipped networks follow two lesions."""


@cache
def sweep() -> NDArray[np.uint8]:
    """(FRAMES, ROWS, COLUMNS), the tissue alone."""
    frames = BModePhantom(SEED, COLUMNS, ROWS).sweep(40)
    return np.stack([each.pixels for each in islice(frames, FRAMES)])


def spacing() -> PixelSpacing:
    """Of the phantom."""
    return BModePhantom(SEED, COLUMNS, ROWS).pixel_spacing


def stored(tissue: NDArray[np.uint8], number: int = 1, **changed: object) -> Dataset:
    """These frames on a larger black screen, with a region that says where they are."""
    screen = np.zeros((len(tissue), TOP + ROWS + 20, LEFT + COLUMNS + 30), np.uint8)
    screen[:, TOP : TOP + ROWS, LEFT : LEFT + COLUMNS] = tissue
    of = spacing()
    given: dict[str, object] = {
        "NumberOfFrames": len(screen),
        "Rows": screen.shape[1],
        "Columns": screen.shape[2],
        "PixelData": screen.tobytes() + b"\0" * (screen.size % 2),
        "InstanceNumber": number,
        "FrameTime": "33",
        "SequenceOfUltrasoundRegions": [
            region(
                PhysicalDeltaX=of.column_mm / 10,
                PhysicalDeltaY=of.row_mm / 10,
                RegionLocationMinX0=LEFT,
                RegionLocationMinY0=TOP,
                RegionLocationMaxX1=LEFT + COLUMNS - 1,
                RegionLocationMaxY1=TOP + ROWS - 1,
            )
        ],
    }
    return ultrasound(number, **(given | changed))


def still(tissue: NDArray[np.uint8], number: int = 1) -> Dataset:
    """One (ROWS, COLUMNS) picture as an ultrasound image."""
    header = stored(tissue[None], number)
    header.SOPClassUID = uid.UltrasoundImageStorage
    del header.NumberOfFrames, header.FrameTime
    return header
