"""The one place that picks the concrete parts."""

from __future__ import annotations

from pathlib import Path

import cv2

from senoscope.domain.reading import OperatingPoint, ReaderDescription
from senoscope.models.classifier import Classifier
from senoscope.models.engines import openvino
from senoscope.models.package import SHIPPED, ModelPackage, Precision, load_package
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter

SEGMENTER = SHIPPED / "unet-realtime"
CLASSIFIER = SHIPPED / "googlenet"


def build_reader(
    precision: Precision = Precision.INT8,
    segmenter: Path = SEGMENTER,
    classifier: Path = CLASSIFIER,
) -> UltrasoundReader:
    """A reader from two package folders. ModelPackageError or EngineUnavailable says why not."""
    # One thread reads: OpenCV's own pool would only take the other cores from the picture.
    cv2.setNumThreads(1)
    unet, googlenet = load_package(segmenter), load_package(classifier)
    return UltrasoundReader(
        segmenter=build_segmenter(segmenter, precision),
        classifier=build_classifier(classifier, precision),
        description=ReaderDescription(
            engine=f"OpenVINO {precision}", models=(unet.title, googlenet.title)
        ),
    )


def build_segmenter(folder: Path, precision: Precision = Precision.INT8) -> Segmenter:
    """A segmenter from its package's folder; raises as `build_reader` does."""
    package = load_package(folder)
    return Segmenter(openvino.load(package.weights(precision)), package)


def build_classifier(folder: Path, precision: Precision = Precision.INT8) -> Classifier:
    """A classifier from its package's folder; raises as `build_reader` does."""
    package = load_package(folder)
    return Classifier(openvino.load(package.weights(precision)), package)


def operating_point(classifier: ModelPackage) -> OperatingPoint:
    """Where the classifier's probability becomes a word, without loading its weights."""
    return OperatingPoint(classifier.setting("low_below"), classifier.setting("high_from"))
