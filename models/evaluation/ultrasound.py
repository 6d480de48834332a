"""How well a reader does on a public ultrasound data set: every figure with CI and n."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation import metrics
from senoscope.models.evaluation.boundary import boundary_f1, hausdorff_95
from senoscope.models.evaluation.matching import best_match, box_of, lesion_components
from senoscope.models.evaluation.metrics import Estimate, bootstrap
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, UltrasoundImage, side_strip
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import lesion_mask

BOUNDARY_TOLERANCE = 0.0075
"""Of the image's diagonal, as Csurka et al. (BMVC 2013) have it: four pixels of 500."""


@dataclass(frozen=True, slots=True)
class ImageOutcome:
    """What one image contributes. nan where a figure does not apply to it."""

    group: str
    malignant: float
    dice: float
    iou: float
    hausdorff_95: float
    boundary_f1: float
    lesions: int
    lesions_found: int
    alarms: float
    strip_alarmed: float
    probability_true: float
    probability_predicted: float
    predicted_size: float
    centre_dice: float


def read_images(
    reader: UltrasoundReader, images: Sequence[UltrasoundImage]
) -> Iterable[ImageOutcome]:
    """Read each image once, in order."""
    for image in images:
        if image.diagnosis is Diagnosis.NORMAL:
            yield _normal(reader, image)
        else:
            yield _lesion(reader, image)


def summarise(outcomes: Sequence[ImageOutcome], low_below: float) -> dict[str, Estimate]:
    """The report's figures, by key. `low_below` is where suspicion stops being low."""
    nan = np.isnan
    lesions = [o for o in outcomes if not nan(o.malignant)]
    normals = [o for o in outcomes if nan(o.malignant)]
    strips = [o for o in lesions if not nan(o.strip_alarmed)]
    found = [o for o in lesions if o.probability_predicted > 0]
    malignant = [o for o in lesions if o.malignant]

    def mean(of: Sequence[ImageOutcome], name: str) -> Estimate:
        values = np.array([getattr(o, name) for o in of])
        return bootstrap(lambda rows: float(values[rows].mean()), [o.group for o in of])

    def separation(of: Sequence[ImageOutcome], name: str) -> Estimate:
        return _judged(of, name, metrics.auc)

    def called(figure: Callable[..., float]) -> Estimate:
        return _judged(
            lesions,
            "probability_predicted",
            lambda labels, scores: figure(labels, scores >= low_below),
        )

    return {
        "dice": mean(lesions, "dice"),
        "iou": mean(lesions, "iou"),
        "hausdorff_95_px": mean([o for o in lesions if o.dice > 0], "hausdorff_95"),
        "boundary_f1": mean(lesions, "boundary_f1"),
        "lesion_sensitivity": _lesion_sensitivity(lesions),
        "malignant_found": _share(malignant, "probability_predicted"),
        "false_alarms_per_normal": mean(normals, "alarms"),
        "normals_with_alarm": _share(normals, "alarms"),
        "strips_with_alarm": _share(strips, "strip_alarmed"),
        "auc_true_lesion": separation(lesions, "probability_true"),
        "auc_predicted_lesion": separation(lesions, "probability_predicted"),
        "sensitivity": called(metrics.sensitivity),
        "specificity": called(metrics.specificity),
        "ece": _judged(found, "probability_predicted", metrics.expected_calibration_error),
        "baseline_dice_centre_ellipse": mean(lesions, "centre_dice"),
        "baseline_auc_predicted_size": separation(lesions, "predicted_size"),
    }


def _lesion(reader: UltrasoundReader, image: UltrasoundImage) -> ImageOutcome:
    pixels, truth = image.pixels(), image.mask()
    shape = (pixels.shape[0], pixels.shape[1])
    lesions = reader.segmenter.segment(pixels).lesions
    predicted = lesion_mask(lesions, shape)
    if truth.shape != shape or not truth.any():
        raise DataSetError(
            f"The mask of {image.name} is empty or of another size than its image. "
            "Unpack the data set again."
        )
    parts = lesion_components(truth)
    matched = [best_match(lesions, part) for part in parts]
    first = matched[0]
    strip = side_strip(truth)
    strip_alarmed = np.nan
    if strip is not None:
        strip_pixels = np.ascontiguousarray(pixels[:, strip])
        strip_alarmed = float(bool(reader.segmenter.segment(strip_pixels).lesions))
    probability = reader.classifier.probability
    return ImageOutcome(
        group=image.group,
        malignant=float(image.diagnosis is Diagnosis.MALIGNANT),
        dice=metrics.dice(predicted, truth),
        iou=metrics.iou(predicted, truth),
        hausdorff_95=hausdorff_95(predicted, truth),
        boundary_f1=boundary_f1(predicted, truth, BOUNDARY_TOLERANCE * math.hypot(*shape)),
        lesions=len(parts),
        lesions_found=sum(lesion is not None for lesion in matched),
        alarms=np.nan,
        strip_alarmed=strip_alarmed,
        probability_true=probability(pixels, box_of(parts[0])),
        probability_predicted=probability(pixels, first.box) if first else 0.0,
        predicted_size=float(predicted.mean()),
        centre_dice=metrics.dice(_centre_ellipse(shape), truth),
    )


def _normal(reader: UltrasoundReader, image: UltrasoundImage) -> ImageOutcome:
    lesions = reader.segmenter.segment(image.pixels()).lesions
    nan = np.nan
    return ImageOutcome(
        image.group, nan, nan, nan, nan, nan, 0, 0, float(len(lesions)), nan, nan, nan, nan, nan
    )


def _centre_ellipse(shape: tuple[int, int]) -> NDArray[np.bool_]:
    """A lesion of the usual place and size, drawn without looking: the baseline to beat."""
    rows, columns = shape
    mask = np.zeros(shape, np.uint8)
    cv2.ellipse(
        mask,
        (columns // 2, round(rows * 0.42)),
        (columns // 5, round(rows * 0.17)),
        0, 0, 360, 1, -1,
    )  # fmt: skip
    return mask.astype(bool)


def _lesion_sensitivity(of: Sequence[ImageOutcome]) -> Estimate:
    """Found lesions of all lesions; `n` counts lesions, of which an image may hold several."""
    counts = np.array([(o.lesions_found, o.lesions) for o in of]).reshape(-1, 2)
    estimate = bootstrap(
        lambda rows: float(counts[rows, 0].sum() / counts[rows, 1].sum()), [o.group for o in of]
    )
    return replace(estimate, n=int(counts[:, 1].sum()))


def _share(of: Sequence[ImageOutcome], name: str) -> Estimate:
    values = np.array([getattr(o, name) > 0 for o in of])
    return bootstrap(lambda rows: float(values[rows].mean()), [o.group for o in of])


def _judged(of: Sequence[ImageOutcome], name: str, figure: Callable[..., float]) -> Estimate:
    labels = np.array([o.malignant > 0 for o in of], dtype=bool)
    scores = np.array([getattr(o, name) for o in of], dtype=np.float64)
    return bootstrap(lambda rows: figure(labels[rows], scores[rows]), [o.group for o in of])
