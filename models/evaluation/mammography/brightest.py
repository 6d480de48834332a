"""The baseline of CADe: the brightest places of a mammogram, with nothing learnt or compared."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.domain.mammogram import Mammogram
from senoscope.models.evaluation.mammography.froc import Guess
from senoscope.models.programmed.mammography import calcifications, masses
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.parts import BreastParts
from senoscope.models.programmed.mammography.working_picture import working_picture

BLUR_MM = {MarkKind.CALCIFICATIONS: 0.1, MarkKind.MASS: 3.0, MarkKind.DISTORTION: 3.0}
AROUND = 3.0
"""Times the blur: brightness is over that of a surrounding as wide."""
MOST = 12
APART_MM = 10.0
FROM_EDGE_MM = 4.0


def brightest_places(view: Mammogram, parts: BreastParts) -> list[Guess]:
    """The brightest blobs over their surroundings, of a size for each kind, scored by contrast."""
    guesses = []
    for kind, blur_mm in BLUR_MM.items():
        is_fine = kind is MarkKind.CALCIFICATIONS
        picture = working_picture(
            view, parts, calcifications.STEP_MM if is_fine else masses.STEP_MM
        )
        blurred, around = (
            cv2.GaussianBlur(picture.pixels, (0, 0), picture.reach(each))
            for each in (blur_mm, AROUND * blur_mm)
        )
        contrast = np.asarray(blurred - around, np.float32)
        allowed = picture.from_edge_mm > FROM_EDGE_MM
        for x, y in masses.highest_places(contrast, allowed, picture.reach(APART_MM), MOST):
            at = (float(x) * picture.step_mm, float(y) * picture.step_mm)
            guesses.append(Guess(kind, at, float(np.clip(contrast[y, x], 0, 1))))
    return guesses
