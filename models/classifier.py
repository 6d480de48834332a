"""A lesion in, a calibrated probability of malignancy out."""

from __future__ import annotations

import math

import numpy as np

from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, OperatingPoint
from senoscope.models.crop import crop_affine, sample_crop
from senoscope.models.engines.base import Engine
from senoscope.models.package import ModelPackage


class Classifier:
    """Reads the square round a lesion. One thread's."""

    def __init__(self, engine: Engine, package: ModelPackage) -> None:
        self._engine = engine
        self._package = package
        self._slope = package.setting("calibration_slope")
        self._intercept = package.setting("calibration_intercept")
        self.operating_point = OperatingPoint(
            package.setting("low_below"), package.setting("high_from")
        )

    def classify(self, pixels: Gray, lesion: Lesion) -> Finding:
        """What is said of `lesion` on its (rows, columns) frame."""
        probability = self.probability(pixels, lesion.box)
        return Finding(lesion, probability, self.operating_point.suspicion(probability))

    def probability(self, pixels: Gray, box: tuple[float, float, float, float]) -> float:
        """Of malignancy, in 0..1, for the lesion in `box` (left, top, right, bottom).

        Platt scaling (Platt 1999), fitted on the inner split.
        """
        # The logistic function, in the form that no logit makes overflow.
        return 0.5 + 0.5 * math.tanh((self._slope * self.logit(pixels, box) + self._intercept) / 2)

    def logit(self, pixels: Gray, box: tuple[float, float, float, float]) -> float:
        """The network's own output, uncalibrated."""
        size = self._package.size
        crop = sample_crop(pixels, crop_affine(box, size), size)
        picture = crop.astype(np.float32)[None, None]
        picture *= 1 / (255 * self._package.std)
        picture -= self._package.mean / self._package.std
        return float(self._engine.run(picture)["malignant"][0])
