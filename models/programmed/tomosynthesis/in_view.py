"""How far a place stands out from the others of its kind in its view.

What stands out in a fatty breast is usual in a dense one, as for mammograms
(`mammography.mark_features.OVER`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.mammography.mark_features import OVER

BEST = 8
"""By their mean it is judged what a view's usual best places are like."""


def over_others(features: Sequence[Values], names: Sequence[str]) -> list[Values]:
    """Each with the features in `names` over the view's BEST highest, under NAME + OVER."""
    usual = {
        name: float(np.mean(sorted((each[name] for each in features), reverse=True)[:BEST]))
        for name in names
    }
    return [
        {**each, **{name + OVER: each[name] - usual[name] for name in names}} for each in features
    ]


def with_over(names: Sequence[str], compared: Sequence[str]) -> frozenset[str]:
    """All names that `over_others` gives."""
    return frozenset((*names, *(name + OVER for name in compared)))
