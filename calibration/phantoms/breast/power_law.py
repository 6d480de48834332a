"""Noise whose power falls with frequency, as that of breast tissue does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def power_law(
    random: np.random.Generator,
    shape: tuple[int, ...],
    exponent: float,
    stretch: tuple[float, ...] | None = None,
) -> Field:
    """Noise of mean 0 and variance 1, of that shape, periodic.

    Its power spectrum is 1 / f**exponent: about 3 in a mammogram (Burgess et al., Med Phys 2001).
    `stretch`: how many times longer its structures are along each axis.
    """
    stretch = stretch or (1.0,) * len(shape)
    squared = np.zeros(1, np.float32)
    for axis, (count, longer) in enumerate(zip(shape, stretch, strict=True)):
        is_last = axis == len(shape) - 1
        steps = np.fft.rfftfreq(count) if is_last else np.fft.fftfreq(count)
        across = [1] * len(shape)
        across[axis] = -1
        squared = squared + np.square(steps.astype(np.float32) * longer * count).reshape(across)
    squared[(0,) * len(shape)] = np.inf  # no mean
    spectrum = np.fft.rfftn(random.standard_normal(shape, dtype=np.float32))
    spectrum *= squared ** np.float32(-exponent / 4)
    noise = np.fft.irfftn(spectrum, s=shape, axes=tuple(range(len(shape)))).astype(np.float32)
    return np.asarray(noise / noise.std(), np.float32)
