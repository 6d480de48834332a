"""Drawn views of three classes: a disc, a star or nothing, as small as a network can learn from."""

from __future__ import annotations

import cv2
import numpy as np

from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.tomosynthesis.class_view import GRID_MM, ClassPlace, ClassView
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

SHAPE = (9, 150, 100)
"""Slabs, rows, columns."""
AT = (45, 80, 4)
"""Column, row and slab of the growth."""
RADIUS_PX = 9


def drawn_view(
    anatomy: str, diagnosis: Diagnosis, seed: int, measures: dict[str, float] | None = None
) -> ClassView:
    """Half an ellipse of tissue at the chest wall; the growth in three of its slabs."""
    rng = np.random.default_rng(seed)
    breast = np.zeros(SHAPE[1:], np.uint8)
    cv2.ellipse(breast, (0, 75), (85, 65), 0, -90, 90, (1,), -1)
    slabs = (rng.integers(50, 80, SHAPE) * breast).astype(np.uint8)
    growth = _growth(diagnosis)
    for slab in range(AT[2] - 1, AT[2] + 2):
        slabs[slab][growth] = 170
    places: tuple[ClassPlace, ...] = ()
    if diagnosis is not Diagnosis.NORMAL:
        at_mm = ((AT[0] + 0.5) * GRID_MM, (AT[1] + 0.5) * GRID_MM)
        places = (ClassPlace(diagnosis, at_mm, 2.0 * AT[2] + 0.5, 4.5, at_mm),)
    return ClassView(
        anatomy=anatomy,
        laterality=Laterality.LEFT,
        view="CC",
        diagnosis=diagnosis,
        slabs=slabs,
        mammogram=slabs.mean(0).round().astype(np.uint8),
        places=places,
        measures={"slab_brightness": 0.2 + 0.01 * seed} if measures is None else measures,
    )


def _growth(diagnosis: Diagnosis) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    drawn = np.zeros(SHAPE[1:], np.uint8)
    if diagnosis is Diagnosis.BENIGN:
        cv2.circle(drawn, AT[:2], RADIUS_PX, (1,), -1)
    if diagnosis is Diagnosis.MALIGNANT:
        cv2.circle(drawn, AT[:2], RADIUS_PX - 4, (1,), -1)
        for turn in np.arange(0, 2 * np.pi, np.pi / 5):
            tip = AT[0] + 2 * RADIUS_PX * np.cos(turn), AT[1] + 2 * RADIUS_PX * np.sin(turn)
            cv2.line(drawn, AT[:2], (round(tip[0]), round(tip[1])), (1,), 2)
    return drawn > 0
