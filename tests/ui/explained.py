"""Frames read by a scripted classifier, and what explains them."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.models.classifier import Classifier
from senoscope.realtime.published import PublishedFrame
from tests.models.scripted import Map, package
from tests.ui.built_frames import SQUARE, published

LESION = Lesion(SQUARE, 800.0, 0.9)
"""10 to 50 across and 10 to 30 down; with half its length on each side, the square reaches to
[-10, 70] by [-20, 60]."""


class MiddleEngine:
    """Satisfies Engine: its logit is the mean grey level, 0 to 1, in the middle of the crop.

    Each run takes `pause_s`; with `fault` set it fails. `overlaps` counts runs begun in another.
    """

    name = "middle"

    def __init__(self, pause_s: float = 0.0) -> None:
        self.runs = self.overlaps = 0
        self.fault: Exception | None = None
        self._pause_s = pause_s
        self._running = False

    def run(self, picture: Map) -> dict[str, Map]:
        if self.fault is not None:
            raise self.fault
        self.overlaps += self._running
        self._running = True
        self.runs += 1
        time.sleep(self._pause_s)
        middle = picture.shape[-1] // 2
        logit = picture[0, 0, middle - 1 : middle + 2, middle - 1 : middle + 2].mean() * 0.2 + 0.25
        self._running = False
        return {"malignant": np.array([logit]), "is_lesion": np.array([9.0])}


def classifier(engine: MiddleEngine) -> Classifier:
    made = replace(package(size=80, lesion_logit_from=0.0), margins=(0.5,))
    return Classifier(engine, made)


def bright_dot() -> Gray:
    """A lesion with one bright dot in its middle, on grey noise."""
    pixels = np.random.default_rng(0).integers(60, 70, (120, 160), np.uint8)
    pixels[18:23, 28:33] = 230
    return pixels


def read_frame(index: int = 1, pixels: Gray | None = None) -> PublishedFrame:
    """A frame with LESION on it, scored as `classifier` does."""
    shown = bright_dot() if pixels is None else pixels
    finding = classifier(MiddleEngine()).classify(shown, LESION)
    assert finding is not None
    return published(index, finding, pixels=shown)
