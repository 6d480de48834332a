"""The one place that picks the concrete parts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2

from senoscope.domain.reading import OperatingPoint, ReaderDescription
from senoscope.models.classifier import Classifier
from senoscope.models.engines import openvino
from senoscope.models.package import SHIPPED, ModelPackage, Precision, load_package
from senoscope.models.prevalence import PrevalenceShift
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter
from senoscope.ui.why import Explainer

SEGMENTER = SHIPPED / "unet-realtime"
CLASSIFIER = SHIPPED / "googlenet"


def build_reader(
    precision: Precision = Precision.INT8,
    segmenter: Path = SEGMENTER,
    classifier: Path = CLASSIFIER,
    prevalence: float | None = None,
) -> UltrasoundReader:
    """A reader from two package folders. ModelPackageError or EngineUnavailable says why not.

    `prevalence` is the site's share of malignant lesions; SettingsError where it cannot be one.
    """
    # One thread reads: OpenCV's own pool would only take the other cores from the picture.
    cv2.setNumThreads(1)
    unet, googlenet = load_package(segmenter), load_package(classifier)
    return UltrasoundReader(
        segmenter=build_segmenter(segmenter, precision),
        classifier=build_classifier(classifier, precision, prevalence),
        description=ReaderDescription(
            engine=f"OpenVINO {precision}",
            models=(unet.title, googlenet.title + _at_prevalence(prevalence)),
        ),
    )


def build_segmenter(folder: Path, precision: Precision = Precision.INT8) -> Segmenter:
    """A segmenter from its package's folder; raises as `build_reader` does."""
    package = load_package(folder)
    return Segmenter(openvino.load(package.weights(precision)), package)


def build_classifier(
    folder: Path, precision: Precision = Precision.INT8, prevalence: float | None = None
) -> Classifier:
    """A classifier from its package's folder; raises as `build_reader` does."""
    package = load_package(folder)
    return Classifier(openvino.load(package.weights(precision)), package, prevalence)


def build_explainer(
    precision: Precision = Precision.INT8,
    classifier: Path = CLASSIFIER,
    prevalence: float | None = None,
) -> Explainer:
    """Of what `build_reader` makes of the same. Nothing is loaded before the first question."""
    return Explainer(partial(build_classifier, classifier, precision, prevalence))


def operating_point(classifier: ModelPackage, prevalence: float | None = None) -> OperatingPoint:
    """Where the classifier's probability becomes a word, without loading its weights."""
    point = OperatingPoint(classifier.setting("low_below"), classifier.setting("high_from"))
    if prevalence is None:
        return point
    return PrevalenceShift(classifier.setting("prevalence"), prevalence).operating_point(point)


def _at_prevalence(prevalence: float | None) -> str:
    return "" if prevalence is None else f", prevalence {prevalence:g}"
