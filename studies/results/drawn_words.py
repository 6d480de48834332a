"""BI-RADS words for a region that a person drew on a mammogram.

Not for marks of CADe: on real mammograms these lie on crossing fibres as a rule, which the words
would make spiculated masses of. How dense a mass is was right no more often than by chance, even on
simulation, and is not said (docs/mammogram-words.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.mammography.calcification_words import describe_calcifications
from senoscope.models.programmed.mammography.mass_words import describe_mass
from senoscope.models.programmed.mammography.parts import find_parts
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.images.stored_mammogram import read_mammogram
from senoscope.studies.study_reading import FindingKind, FindingWord

WORDED = (FindingKind.MASS, FindingKind.CALCIFICATIONS)
"""Kinds for which there are words here."""


def drawn_words(
    image: StoredImage, contour: NDArray[np.float32], kind: FindingKind
) -> tuple[FindingWord, ...]:
    """`contour` is (n, 2) [x, y] of the stored picture.

    Errors as of `read_mammogram`; SettingsError where there are no words for such a kind.
    """
    if kind not in WORDED:
        raise SettingsError(
            f"Words for {kind.value} were asked for; expected mass or calcifications. Choose one."
        )
    stored = read_mammogram(image)
    parts, hung = find_parts(stored.seen), stored.hanging.points_hung(contour)
    if kind is FindingKind.MASS:
        mass = describe_mass(stored.seen, parts, hung)
        return (
            FindingWord.of("shape", mass.shape),
            FindingWord.of("mammographic_margin", mass.margin),
        )
    calcified = describe_calcifications(stored.seen, parts, hung)
    return (
        FindingWord.of("calcification_morphology", calcified.morphology),
        FindingWord.of("calcification_distribution", calcified.distribution),
    )
