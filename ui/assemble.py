"""The one place that picks the concrete parts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cv2

from senoscope.domain.reading import OperatingPoint, ReaderDescription
from senoscope.models.classifier import Classifier
from senoscope.models.engines.ways import USUAL, Way
from senoscope.models.package import SHIPPED, ModelPackage, load_package
from senoscope.models.prevalence import PrevalenceShift
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter
from senoscope.ui.why import Explainer

SEGMENTER = SHIPPED / "unet-realtime"
CLASSIFIER = SHIPPED / "googlenet"


def build_reader(
    way: Way = USUAL,
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
    looks_again = build_classifier(classifier, way, prevalence)
    return UltrasoundReader(
        segmenter=build_segmenter(segmenter, way),
        classifier=looks_again,
        description=ReaderDescription(
            engine=way.title,
            models=(unet.title, googlenet.title + _at_prevalence(prevalence)),
            operating_point=looks_again.operating_point,
        ),
    )


def build_segmenter(folder: Path, way: Way = USUAL) -> Segmenter:
    """A segmenter from its package's folder; raises as `build_reader` does."""
    package = load_package(folder)
    return Segmenter(way.load(package), package)


def build_classifier(folder: Path, way: Way = USUAL, prevalence: float | None = None) -> Classifier:
    """A classifier from its package's folder; raises as `build_reader` does."""
    package = load_package(folder)
    return Classifier(way.load(package), package, prevalence)


def build_explainer(
    way: Way = USUAL,
    classifier: Path = CLASSIFIER,
    prevalence: float | None = None,
) -> Explainer:
    """Of what `build_reader` makes of the same. Nothing is loaded before the first question."""
    return Explainer(partial(build_classifier, classifier, way, prevalence))


def operating_point(classifier: ModelPackage, prevalence: float | None = None) -> OperatingPoint:
    """Where the classifier's probability becomes a word, without loading its weights."""
    point = OperatingPoint(classifier.setting("low_below"), classifier.setting("high_from"))
    if prevalence is None:
        return point
    return PrevalenceShift(classifier.setting("prevalence"), prevalence).operating_point(point)


def _at_prevalence(prevalence: float | None) -> str:
    return "" if prevalence is None else f", prevalence {prevalence:g}"
