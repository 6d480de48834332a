"""Mammograms that the tests draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, uid

from tests.studies.study_builders import image

ROWS, COLUMNS = 500, 400
MOST = 4095
FOR_PRESENTATION = uid.DigitalMammographyXRayImageStorageForPresentation
FOR_PROCESSING = uid.DigitalMammographyXRayImageStorageForProcessing
VIEWS = {"CC": "399162004", "MLO": "399368009", "ML": "399260004"}


def breast(
    *, oblique: bool = False, noise: float = 15, label: bool = True, border: int = 0
) -> NDArray[np.uint16]:
    """(ROWS, COLUMNS) of 12 bit, air dark, the chest wall at the left edge.

    Air is not 0; a label is at the right, and where it is `oblique`, a muscle at the left above and
    the belly's fold along the foot of the picture. `border`: white lines on all sides.
    """
    draw = np.random.default_rng(7)
    row, column = np.mgrid[:ROWS, :COLUMNS]
    outline = ((row - ROWS / 2) / (0.38 * ROWS)) ** 2 + (column / (0.6 * COLUMNS)) ** 2
    picture = np.full((ROWS, COLUMNS), 60.0)
    picture[outline < 1] = 900  # fat
    picture[outline < 0.4] = 2600  # gland
    if oblique:
        picture[row / (0.5 * ROWS) + column / (0.35 * COLUMNS) < 1] = 3000
        picture[(row > 0.94 * ROWS) & (column < 0.55 * COLUMNS)] = 1500
    picture += draw.normal(0, noise, picture.shape)
    if label:
        picture[20:60, COLUMNS - 90 : COLUMNS - 10 : 3] = MOST
        picture[70:110, COLUMNS - 90 : COLUMNS - 10] = MOST
    if border:
        for edge in (np.s_[:border], np.s_[-border:], np.s_[:, :border], np.s_[:, -border:]):
            picture[edge] = MOST
    return np.asarray(np.clip(picture, 0, MOST), np.uint16)


def mammogram(
    side: str | None = "L",
    view: str | None = "CC",
    picture: NDArray[np.uint16] | None = None,
    number: int = 1,
    **changed: Any,
) -> Dataset:
    """For presentation, hung as its side is; `changed` None: not said."""
    if picture is None:
        picture = breast() if side != "R" else breast()[:, ::-1]
    given: dict[str, Any] = {
        "Modality": "MG",
        "SOPClassUID": FOR_PRESENTATION,
        "PresentationIntentType": "FOR PRESENTATION",
        "ImageLaterality": side,
        "ViewCodeSequence": None if view is None else [code(VIEWS[view])],
        "ViewPosition": view,
        "WindowCenter": 2048,
        "WindowWidth": 4096,
        "Rows": picture.shape[0],
        "Columns": picture.shape[1],
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelData": np.ascontiguousarray(picture).tobytes(),
    }
    return image(number, **given | changed)


def code(value: str, *modifiers: str) -> Dataset:
    """An item of ViewCodeSequence with these modifiers."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "SCT", "a view"
    item.ViewModifierCodeSequence = [code(each) for each in modifiers]
    return item


def raw(side: str = "L", picture: NDArray[np.uint16] | None = None, **changed: Any) -> Dataset:
    """For processing: air bright, more X-rays more."""
    if picture is None:
        picture = breast() if side == "L" else breast()[:, ::-1]
    given: dict[str, Any] = {
        "SOPClassUID": FOR_PROCESSING,
        "PresentationIntentType": "FOR PROCESSING",
        "PhotometricInterpretation": "MONOCHROME1",
        "PixelIntensityRelationshipSign": 1,
        "WindowCenter": None,
        "WindowWidth": None,
    }
    return mammogram(side, picture=MOST - picture, **given | changed)
