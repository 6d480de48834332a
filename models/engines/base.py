"""The seam every inference back end is behind.

Each back end's file offers `is_available`, `load` and an `Engine`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Tensors = Mapping[str, NDArray[np.float32]]


class Engine(Protocol):
    """One loaded network. Used by one thread."""

    @property
    def name(self) -> str:
        """What the page calls it: "OpenVINO"."""

    def run(self, picture: NDArray[np.float32]) -> Tensors:
        """(1, 1, rows, columns) in, outputs by name out. Valid until the next call."""
