"""A lesion in, a calibrated probability of malignancy out."""

from __future__ import annotations

from typing import NamedTuple

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding, OperatingPoint
from senoscope.models.crop import lesion_crops
from senoscope.models.engines.base import Engine
from senoscope.models.engines.falling import fell
from senoscope.models.odds import logistic
from senoscope.models.package import ModelPackage
from senoscope.models.prevalence import PrevalenceShift


class CropLogits(NamedTuple):
    """What the network says of a crop: of malignancy, and of there being a lesion at all."""

    malignant: float
    lesion: float


class Classifier:
    """Reads the square round a lesion. One thread's."""

    def __init__(
        self, engine: Engine, package: ModelPackage, prevalence: float | None = None
    ) -> None:
        """`prevalence` is the site's share of malignant lesions; as in training if left out."""
        if not package.margins:
            raise ModelPackageError(
                f"The card of {package.title} names no margins to crop a lesion at. Give the "
                "package of a classifier, or write its card again with `senoscope train`."
            )
        self._engine = engine
        self._package = package
        self._slope = package.setting("calibration_slope")
        self._lesion_from = package.setting("lesion_logit_from")
        trained = package.setting("prevalence")
        shift = PrevalenceShift(trained, trained if prevalence is None else prevalence)
        self._intercept = package.setting("calibration_intercept") + shift.log_odds
        self.operating_point = shift.operating_point(
            OperatingPoint(package.setting("low_below"), package.setting("high_from"))
        )

    def classify(self, pixels: Gray, lesion: Lesion) -> Finding | None:
        """What is said of `lesion` on its (rows, columns) frame; None where it looks like none."""
        read = self.logits(pixels, lesion.box)
        if read.lesion < self._lesion_from:
            return None
        probability = logistic(self._slope * read.malignant + self._intercept)
        return Finding(lesion, probability, self.operating_point.suspicion(probability))

    def probability(self, pixels: Gray, box: tuple[float, float, float, float]) -> float:
        """Of malignancy, in 0..1, for the lesion in `box` (left, top, right, bottom).

        Platt scaling (Platt 1999), fitted on the inner split.
        """
        return logistic(self.log_odds(pixels, box))

    def log_odds(self, pixels: Gray, box: tuple[float, float, float, float]) -> float:
        """What `probability` is the logistic function of."""
        return self._slope * self.logit(pixels, box) + self._intercept

    @property
    def fell_back(self) -> bool:
        """Whether another engine than the one asked read the last lesion."""
        return fell(self._engine)

    @property
    def widest_margin(self) -> float:
        """How far it looks round a lesion, as a share of the lesion's longer side."""
        return max(self._package.margins)

    def logit(self, pixels: Gray, box: tuple[float, float, float, float]) -> float:
        """Of malignancy, the network's own output, uncalibrated."""
        return self.logits(pixels, box).malignant

    def logits(self, pixels: Gray, box: tuple[float, float, float, float]) -> CropLogits:
        """The network's own outputs, uncalibrated, the mean over the margins of its card."""
        crops = lesion_crops(pixels, box, self._package.size, self._package.margins)
        outputs = self._engine.run(self._package.fed(crops))
        return CropLogits(float(outputs["malignant"][0]), float(outputs["is_lesion"][0]))
