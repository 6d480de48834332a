"""Views whose malignant ones have a bright square, as large as a network takes in a moment."""

from __future__ import annotations

import numpy as np

from senoscope.models.evaluation.mammogram_sets.marked_view import MALIGNANT, OTHER
from senoscope.models.training.mammography.learnt_views import LearntView, LearntViews

SIZE = (192, 128)


def drawn(patient: str, is_malignant: bool, seed: int) -> LearntView:
    rng = np.random.default_rng(seed)
    breast = np.zeros(SIZE, bool)
    breast[10:180, :100] = True
    picture = np.where(breast, rng.integers(60, 100, SIZE), 0).astype(np.uint8)
    truth = np.zeros(SIZE, np.uint8)
    top = int(rng.integers(20, 150))
    square = slice(top, top + 16), slice(40, 56)
    if is_malignant:
        picture[square] = 250
    truth[square] = MALIGNANT if is_malignant else OTHER
    return LearntView(patient, is_malignant, picture, truth, breast)


def views(patients: str = "abcdefgh", inner: int = 2) -> LearntViews:
    made = [drawn(name, place % 2 == 0, place) for place, name in enumerate(patients)]
    return LearntViews(tuple(made[:-inner]), tuple(made[-inner:]))
