"""How well a reader does on a public ultrasound data set: every figure with CI and n."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from senoscope.domain.frame import Gray
from senoscope.models.evaluation import metrics
from senoscope.models.evaluation.calibration_error import equal_mass_bins
from senoscope.models.evaluation.matching import best_match, box_of, lesion_components
from senoscope.models.evaluation.metrics import Estimate, Floats, bootstrap
from senoscope.models.evaluation.outlines import (
    Lesions,
    OutlineOutcome,
    centre_ellipse,
    lesion_outcome,
    normal_outcome,
    outline_figures,
    strip_alarmed,
    true_mask,
)
from senoscope.models.evaluation.plots import reliability_picture, roc_picture
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, UltrasoundImage
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import lesion_mask


@dataclass(frozen=True, slots=True)
class ImageOutcome:
    """What one image contributes. nan where a figure does not apply to it."""

    outline: OutlineOutcome
    malignant: float
    probability_true: float
    probability_predicted: float
    predicted_size: float
    centre_dice: float


def read_images(
    reader: UltrasoundReader, images: Sequence[UltrasoundImage]
) -> Iterable[ImageOutcome]:
    """Read each image once, in order."""

    def outline(pixels: Gray) -> Lesions:
        return reader.lesions(pixels)

    nan = np.nan
    for image in images:
        pixels = image.pixels()
        if image.diagnosis is not Diagnosis.NORMAL:
            yield _lesion(reader, image, pixels, outline(pixels))
        else:
            drawn = normal_outcome(image, outline(pixels))
            yield ImageOutcome(drawn, nan, nan, nan, nan, nan)


def summarise(outcomes: Sequence[ImageOutcome], low_below: float) -> dict[str, Estimate]:
    """The report's figures, by key. `low_below` is where suspicion stops being low."""
    lesions = [o for o in outcomes if not np.isnan(o.malignant)]
    found = [o for o in lesions if o.probability_predicted > 0]
    malignant = [o for o in lesions if o.malignant]

    def separation(name: str) -> Estimate:
        return _judged(lesions, name, metrics.auc)

    def called(figure: Callable[..., float]) -> Estimate:
        return _judged(
            lesions,
            "probability_predicted",
            lambda labels, scores: figure(labels, scores >= low_below),
        )

    def mean(of: Sequence[ImageOutcome], values: Sequence[float]) -> Estimate:
        column = np.array(values)
        return bootstrap(lambda rows: float(column[rows].mean()), _groups(of))

    return {
        **outline_figures([o.outline for o in outcomes]),
        "malignant_found": mean(malignant, [o.probability_predicted > 0 for o in malignant]),
        "auc_true_lesion": separation("probability_true"),
        "auc_predicted_lesion": separation("probability_predicted"),
        "sensitivity": called(metrics.sensitivity),
        "specificity": called(metrics.specificity),
        "ece": _judged(found, "probability_predicted", metrics.expected_calibration_error),
        "baseline_dice_centre_ellipse": mean(lesions, [o.centre_dice for o in lesions]),
        "baseline_auc_predicted_size": separation("predicted_size"),
    }


def pictures_of(title: str, outcomes: Sequence[ImageOutcome]) -> dict[str, str]:
    """SVG texts by file name: ROC curves over all lesions, reliability over those outlined.

    Without benign and malignant lesions there is no curve, without outlined ones no reliability.
    """
    lesions = [o for o in outcomes if not np.isnan(o.malignant)]
    found = [o for o in lesions if o.probability_predicted > 0]

    def column(of: Sequence[ImageOutcome], name: str) -> Floats:
        return np.array([getattr(o, name) for o in of], dtype=np.float64)

    drawn = {}
    if len({o.malignant for o in lesions}) == 2:
        curves = {
            "on predicted lesions, missed ones last": column(lesions, "probability_predicted"),
            "on true lesions": column(lesions, "probability_true"),
            "size of the predicted lesion alone": column(lesions, "predicted_size"),
        }
        labels = column(lesions, "malignant") > 0
        drawn["roc.svg"] = roc_picture(f"Malignant, {title}", labels, curves, _groups(lesions))
    if found:
        probabilities = column(found, "probability_predicted")
        bins = equal_mass_bins(column(found, "malignant") > 0, probabilities)
        drawn["reliability.svg"] = reliability_picture(f"Outlined lesions, {title}", bins)
    return drawn


def _lesion(
    reader: UltrasoundReader, image: UltrasoundImage, pixels: Gray, lesions: Lesions
) -> ImageOutcome:
    truth = true_mask(image, pixels)
    shape = (truth.shape[0], truth.shape[1])
    alarmed = strip_alarmed(reader.lesions, pixels, truth)
    first = lesion_components(truth)[0]
    matched = best_match(lesions, first)
    probability = reader.classifier.probability
    return ImageOutcome(
        outline=lesion_outcome(image, truth, lesions, alarmed),
        malignant=float(image.diagnosis is Diagnosis.MALIGNANT),
        probability_true=probability(pixels, box_of(first)),
        probability_predicted=probability(pixels, matched.box) if matched else 0.0,
        predicted_size=float(lesion_mask(lesions, shape).mean()),
        centre_dice=metrics.dice(lesion_mask(centre_ellipse(pixels), shape), truth),
    )


def _judged(of: Sequence[ImageOutcome], name: str, figure: Callable[..., float]) -> Estimate:
    labels = np.array([o.malignant > 0 for o in of], dtype=bool)
    scores = np.array([getattr(o, name) for o in of], dtype=np.float64)
    return bootstrap(lambda rows: figure(labels[rows], scores[rows]), _groups(of))


def _groups(of: Sequence[ImageOutcome]) -> list[str]:
    return [o.outline.group for o in of]
