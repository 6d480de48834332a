"""One lesion as each rival sees it: the same picture and the same predicted outline for all."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.models.classifier import Classifier
from senoscope.models.evaluation.group_table import ReadLesion
from senoscope.models.evaluation.matching import best_match, lesion_components, outline_of
from senoscope.models.evaluation.metrics import dice
from senoscope.models.evaluation.outlines import true_mask
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, UltrasoundImage
from senoscope.models.programmed.descriptors import measure
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.radiomics.discretise import FixedCount
from senoscope.models.programmed.radiomics.features import radiomic_features
from senoscope.models.programmed.region import lesion_region
from senoscope.models.segmenter import Segmenter, lesion_mask
from senoscope.models.training.calipers import without_calipers

GREY_LEVELS = 32
"""Of radiomics: ultrasound grey has no unit, so levels are counted, not measured (IBSI)."""
SIZE_ALONE = "image and lesion size only"
CADX = "CADx on predicted outlines"
RADIOMICS = "radiomics on predicted outlines"
ORACLE = "CADx on true outlines (ORACLE, LEAKS)"
JOINT = "the U-Net's own malignancy head (joint model)"
Say = Callable[[str], None]
Outlined = tuple[Gray, Lesion]
"""A (rows, columns) picture and an outline on it."""


@dataclass(frozen=True, slots=True)
class RivalLesion:
    """The first lesion of one image, as each rival sees it.

    `features` are by rival, those of ORACLE of the true outline, the rest of the predicted one and
    empty where the lesion was missed. `logits` are the networks' by name, nan where missed.
    `share` is the true lesions' of the picture, `dice` that of all outlines.
    """

    name: str
    group: str
    malignant: bool
    share: float
    dice: float
    features: Mapping[str, Values]
    logits: Mapping[str, float]

    @property
    def found(self) -> bool:
        """Whether an outline met the lesion."""
        return bool(self.features[CADX])

    def as_read_by(self, network: str) -> ReadLesion:
        """What a table by kinds of images asks for."""
        logit = self.logits[network]
        return ReadLesion(self.name, self.group, self.malignant, self.dice, self.found, logit)


def measure_size(picture: Outlined) -> Values:
    """No look at the tissue: what the operator's zoom and the outline's area give away."""
    pixels, lesion = picture
    (rows, columns), area = pixels.shape, lesion.area_px
    return {
        "image_area": float(np.log(rows * columns)),
        "image_aspect": float(np.log(columns / rows)),
        "lesion_area": float(np.log(area)),
        "lesion_share": float(np.log(area / (rows * columns))),
    }


def measure_cadx(picture: Outlined) -> Values:
    """Of programmed CADx."""
    pixels, lesion = picture
    return measure(pixels, lesion.contour)


def measure_radiomics(picture: Outlined) -> Values:
    """On the region's own scale, where a pixel is the same share of every lesion."""
    pixels, lesion = picture
    region = lesion_region(pixels, lesion.contour)
    within = region.inside & region.seen
    try:
        return radiomic_features(region.pixels, within, (1.0, 1.0), binning=FixedCount(GREY_LEVELS))
    except ImageError:
        return {}


MEASURED: Mapping[str, Callable[[Outlined], Values]] = {
    SIZE_ALONE: measure_size,
    CADX: measure_cadx,
    RADIOMICS: measure_radiomics,
}
"""What the rivals that are fitted here look at; ORACLE measures as CADX does."""


def rival_lesions(
    images: Sequence[UltrasoundImage],
    segmenter: Segmenter,
    networks: Mapping[str, Classifier],
    say: Say,
) -> list[RivalLesion]:
    """One row for each image with a lesion."""
    rows = []
    for number, image in enumerate(images, start=1):
        if number % 100 == 0:
            say(f"measured {number} of {len(images)} images")
        if image.diagnosis is not Diagnosis.NORMAL:
            rows.append(_rival_lesion(image, segmenter, networks))
    return rows


def outlined_lesions(
    images: Sequence[UltrasoundImage], segmenter: Segmenter, most: int
) -> list[Outlined]:
    """The first `most` lesions that are found, to be timed on."""
    found: list[Outlined] = []
    for image in images:
        if len(found) == most:
            break
        if image.diagnosis is not Diagnosis.NORMAL:
            pixels = image.pixels()
            truth = lesion_components(true_mask(image, pixels))[0]
            lesion = best_match(segmenter.segment(pixels).lesions, truth)
            found += [] if lesion is None else [(pixels, lesion)]
    return found


def read_unmarked(
    images: Sequence[UltrasoundImage], segmenter: Segmenter, classifier: Classifier
) -> list[ReadLesion]:
    """Images with a lesion, read after small bright strokes in and near it were painted out."""
    rows = []
    for image in images:
        pixels = image.pixels()
        truth = true_mask(image, pixels)
        pixels = without_calipers(pixels, truth.astype(np.uint8) * 255)
        lesion, overlap, _ = _outlined(pixels, truth, segmenter)
        logit = np.nan if lesion is None else classifier.logit(pixels, lesion.box)
        malignant = image.diagnosis is Diagnosis.MALIGNANT
        found = lesion is not None
        rows.append(ReadLesion(image.name, image.group, malignant, overlap, found, logit))
    return rows


def _rival_lesion(
    image: UltrasoundImage, segmenter: Segmenter, networks: Mapping[str, Classifier]
) -> RivalLesion:
    pixels = image.pixels()
    truth = true_mask(image, pixels)
    lesion, overlap, joint = _outlined(pixels, truth, segmenter)
    features: dict[str, Values] = {
        name: {} if lesion is None else measured((pixels, lesion))
        for name, measured in MEASURED.items()
    }
    features[ORACLE] = measure(pixels, outline_of(lesion_components(truth)[0]))
    return RivalLesion(
        image.name,
        image.group,
        image.diagnosis is Diagnosis.MALIGNANT,
        share=float(truth.mean()),
        dice=overlap,
        features=features,
        logits={
            name: np.nan if lesion is None else each.logit(pixels, lesion.box)
            for name, each in networks.items()
        }
        | ({} if math.isnan(joint) else {JOINT: np.nan if lesion is None else joint}),
    )


def _outlined(
    pixels: Gray, truth: NDArray[np.bool_], segmenter: Segmenter
) -> tuple[Lesion | None, float, float]:
    """The outline that met the first lesion, the Dice of all, the U-Net's logit of the frame."""
    seen = segmenter.segment(pixels)
    drawn = lesion_mask(seen.lesions, (truth.shape[0], truth.shape[1]))
    met = best_match(seen.lesions, lesion_components(truth)[0])
    return met, dice(drawn, truth), seen.malignant
