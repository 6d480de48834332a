"""An engine that answers what it is told to, and packages and maps to feed it with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.reading import ReaderDescription
from senoscope.models.classifier import Classifier
from senoscope.models.engines.base import Engine
from senoscope.models.package import ModelPackage
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter

SETTINGS = {
    "lesion_from": 0.5,
    "smallest_share": 0.001,
    "head_share": 0.5,
    "presence_from": 0.3,
    "presence_slope": 1.0,
    "presence_intercept": 0.0,
    "calibration_slope": 2.0,
    "calibration_intercept": -1.0,
    "low_below": 0.2,
    "high_from": 0.7,
    "lesion_logit_from": -1.0,
    "prevalence": 0.3,
}
Map = NDArray[np.float32]


class ScriptedEngine:
    """Satisfies Engine: gives the same outputs every time and keeps what it was fed."""

    name = "scripted"

    def __init__(self, **outputs: object) -> None:
        self.outputs = {
            name: np.asarray(value, dtype=np.float32) for name, value in outputs.items()
        }
        self.fed: list[Map] = []

    def run(self, picture: Map) -> dict[str, Map]:
        self.fed.append(picture.copy())
        return self.outputs


def blind_engine(size: int) -> ScriptedEngine:
    """Outlines nothing."""
    nothing = np.zeros((1, 1, size, size))
    return ScriptedEngine(lesion=nothing, presence=[0.0], malignant=[0.0], is_lesion=[4.0])


class LookingEngine:
    """Satisfies Engine: its lesion map is the picture itself, so it outlines what is drawn white.

    It scores what is as bright as `malignant_gray` (of 255) anywhere in the middle as malignant.
    """

    name = "looking"

    def __init__(self, malignant_gray: int = 255) -> None:
        self._from = malignant_gray / 255 - 0.02

    def run(self, picture: Map) -> dict[str, Map]:
        gray = picture[0, 0] * 0.2 + 0.25
        middle = gray[gray.shape[0] // 2 - 4 :, gray.shape[1] // 2 - 4 :][:8, :8]
        return {
            "lesion": gray[None, None],
            "presence": gray.max(keepdims=True)[0],
            "is_lesion": np.array([4.0], np.float32),
            "malignant": np.array([2.0 if middle.mean() > self._from else -2.0], np.float32),
        }


def reader_of(engine: Engine, size: int) -> UltrasoundReader:
    """Outlines and classifies by one engine."""
    made = package(size)
    description = ReaderDescription(engine.name, ())
    return UltrasoundReader(Segmenter(engine, made), Classifier(engine, made), description)


def package(size: int = 256, **settings: float) -> ModelPackage:
    return ModelPackage(
        name="scripted", version="1", folder=Path("nowhere"), size=size, mean=0.25, std=0.2,
        settings=SETTINGS | settings, card={}, margins=(0.25,),
    )  # fmt: skip


def ellipse(
    shape: tuple[int, int],
    centre: tuple[float, float],
    half_axes: tuple[float, float],
    angle: float = 0.0,
) -> NDArray[np.bool_]:
    """(rows, columns), True inside; centre is [x, y], pixel centres at integers."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.asarray(_radius(x, y, centre, half_axes, angle) <= 1)


def ellipse_map(
    shape: tuple[int, int],
    centre: tuple[float, float],
    half_axes: tuple[float, float],
    angle: float = 0.0,
    size: int = 256,
) -> Map:
    """What a good network says of that ellipse on a `shape` frame: a soft edge, 0.5 on the line."""
    rows, columns = shape
    v, u = np.mgrid[:size, :size]
    x, y = (u + 0.5) * columns / size - 0.5, (v + 0.5) * rows / size - 0.5
    inside_px = (1 - _radius(x, y, centre, half_axes, angle)) * min(half_axes) * size / rows
    return np.asarray(np.clip(0.5 + inside_px / 4, 0.01, 0.99), dtype=np.float32)


def _radius(
    x: NDArray[np.floating], y: NDArray[np.floating],
    centre: tuple[float, float], half_axes: tuple[float, float], angle: float,
) -> NDArray[np.floating]:  # fmt: skip
    dx, dy = x - centre[0], y - centre[1]
    along, across = (
        dx * np.cos(angle) + dy * np.sin(angle),
        dy * np.cos(angle) - dx * np.sin(angle),
    )
    return np.asarray(np.hypot(along / half_axes[0], across / half_axes[1]))
