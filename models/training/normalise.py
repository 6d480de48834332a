"""The input contract of networks trained here, written into every card."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray

MEAN, STD = 0.25, 0.2
"""Of grey values in 0..1; round numbers near those of the training images."""


def to_network(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Grey in 0..1 to what the network reads."""
    return np.asarray((picture - MEAN) / STD, dtype=np.float32)


def gray_to_network(pixels: Gray) -> NDArray[np.float32]:
    """(rows, columns) uint8 to (1, 1, rows, columns), a batch of one."""
    return to_network(np.asarray(pixels / np.float32(255), dtype=np.float32))[None, None]
