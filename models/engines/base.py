"""The seam every inference back end is behind.

Each back end's file is a `BackEnd`.
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
        """(crops, 1, rows, columns) in, outputs by name out. Valid until the next call."""


class LoadedEngine(Engine, Protocol):
    """One that says what it takes."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of the only input."""


class BackEnd(Protocol):
    """What makes engines; a module satisfies it."""

    @property
    def NAME(self) -> str:  # noqa: N802 - a module's constant
        """What the page calls it."""

    def is_available(self) -> str | None:
        """None when networks can be loaded, else the reason and the remedy."""

    def load(self, onnx: bytes) -> LoadedEngine:
        """An engine for the ONNX model in `onnx`. EngineUnavailable says why not."""
