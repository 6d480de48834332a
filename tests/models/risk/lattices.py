"""Lattices of texture made up for tests: a woman's risk is in one feature."""

from __future__ import annotations

import numpy as np

from senoscope.models.programmed.mammography.parenchyma import FEATURES, ParenchymalTexture

TELLS = 5
"""The feature that hangs on the outcome."""


def lattice(
    random: np.random.Generator, sick: bool, shape: tuple[int, int] = (6, 5)
) -> ParenchymalTexture:
    values = random.normal(size=(*shape, len(FEATURES)))
    values[..., TELLS] += 1.5 if sick else -1.5
    values[0, -1] = np.nan
    mean = values[~np.isnan(values[..., 0])].mean(axis=0)
    named = {each.name: float(one) for each, one in zip(FEATURES, mean, strict=True)}
    return ParenchymalTexture(values, 20.0, named, None)
