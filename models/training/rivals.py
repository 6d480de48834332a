"""Every way to score a lesion on equal terms: the same predicted outlines, parts and figures.

What has weights of its own here (size alone, CADx, radiomics) is fitted on the parts the networks
learnt from, on outlines the shipped U-Net predicts; networks come as packages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.frame import Gray
from senoscope.models.classifier import Classifier
from senoscope.models.evaluation.matching import best_match, lesion_components
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.rival_table import inner_threshold
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, UltrasoundImage
from senoscope.models.programmed.descriptors import measure
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.feature_model import FeatureModel
from senoscope.models.programmed.radiomics.discretise import FixedCount
from senoscope.models.programmed.radiomics.features import radiomic_features
from senoscope.models.programmed.region import lesion_region
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.feature_model import fit_feature_model

GREY_LEVELS = 32
"""Of radiomics: ultrasound grey has no unit, so levels are counted, not measured (IBSI)."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RivalLesion:
    """The first lesion of one image, as each rival sees it.

    `size`, `cadx` and `radiomics` are features of the predicted outline and `oracle` those of
    CADx on the true one; all but `oracle` are empty where the lesion was missed. `logits` are the
    networks' by name, on the predicted outline.
    """

    name: str
    group: str
    malignant: bool
    size: Values
    cadx: Values
    radiomics: Values
    oracle: Values
    logits: Mapping[str, float]

    @property
    def found(self) -> bool:
        """Whether an outline met the lesion."""
        return bool(self.cadx)


SIZE_ALONE = "image and lesion size only"
ORACLE = "CADx on true outlines (ORACLE, LEAKS)"
FEATURES_OF: Mapping[str, Callable[[RivalLesion], Values]] = {
    SIZE_ALONE: lambda lesion: lesion.size,
    "CADx on predicted outlines": lambda lesion: lesion.cadx,
    "radiomics on predicted outlines": lambda lesion: lesion.radiomics,
    ORACLE: lambda lesion: lesion.oracle,
}
"""The rivals that are fitted here, and what each looks at."""


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


@dataclass(frozen=True, slots=True)
class Rivals:
    """All that was fitted: `models` by name, their `fusion`, and a threshold for each rival."""

    models: Mapping[str, FeatureModel]
    fusion: FeatureModel
    thresholds: Mapping[str, float]

    def columns(self, lesions: Sequence[RivalLesion]) -> dict[str, Floats]:
        """(n,) logits of each rival by its name, the fusion last; nan where missed."""
        columns = rival_logits(lesions, self.models)
        return columns | {fusion_name(self.fusion): fused_logits(self.fusion, columns)}


def fit_rivals(fitted: Sequence[RivalLesion], inner: Sequence[RivalLesion]) -> Rivals:
    """Models from `fitted`; the fusion of all that is fair, and thresholds, from `inner`."""
    models = fitted_rivals(fitted)
    logits = rival_logits(inner, models)
    joined = [name for name in logits if name not in (SIZE_ALONE, ORACLE)]
    rivals = Rivals(models, fitted_fusion(inner, logits, joined), {})
    labels = np.array([lesion.malignant for lesion in inner], dtype=bool)
    thresholds = {
        name: inner_threshold(labels, each) for name, each in rivals.columns(inner).items()
    }
    return replace(rivals, thresholds=thresholds)


def fusion_name(fusion: FeatureModel) -> str:
    """It says what is joined: the table must."""
    return "fusion of " + ", ".join(name.split(" on ")[0] for name in fusion.weights)


def fitted_rivals(lesions: Sequence[RivalLesion]) -> dict[str, FeatureModel]:
    """A model for each of FEATURES_OF, from lesions to learn from."""
    return {
        name: fit_feature_model(
            [features_of(lesion) for lesion in lesions if features_of(lesion)],
            np.array([lesion.malignant for lesion in lesions if features_of(lesion)], dtype=bool),
            [lesion.group for lesion in lesions if features_of(lesion)],
        )
        for name, features_of in FEATURES_OF.items()
    }


def rival_logits(
    lesions: Sequence[RivalLesion], models: Mapping[str, FeatureModel]
) -> dict[str, Floats]:
    """(n,) logits of each rival by its name; nan where the lesion was missed."""
    columns = {
        name: np.array([_logit(model, FEATURES_OF[name](lesion)) for lesion in lesions])
        for name, model in models.items()
    }
    for name in lesions[0].logits if lesions else ():
        columns[name] = np.array([lesion.logits[name] for lesion in lesions])
    return columns


def fitted_fusion(
    lesions: Sequence[RivalLesion], logits: Mapping[str, Floats], of: Sequence[str]
) -> FeatureModel:
    """Joins rivals `of` on lesions that none of them learnt from: only the joining is fitted."""
    known = [row for row in range(len(lesions)) if lesions[row].found]
    return fit_feature_model(
        [{name: float(logits[name][row]) for name in of} for row in known],
        np.array([lesions[row].malignant for row in known], dtype=bool),
        [lesions[row].group for row in known],
    )


def fused_logits(model: FeatureModel, logits: Mapping[str, Floats]) -> Floats:
    """(n,) of the joined model; nan where the lesion was missed."""
    table = np.stack([logits[name] for name in model.weights], axis=1)
    return np.array(
        [
            _logit(model, {} if np.isnan(row).any() else dict(zip(model.weights, row, strict=True)))
            for row in table.tolist()
        ]
    )


def _logit(model: FeatureModel, features: Values) -> float:
    return model.opinion(features).logit if features else np.nan


def _rival_lesion(
    image: UltrasoundImage, segmenter: Segmenter, networks: Mapping[str, Classifier]
) -> RivalLesion:
    pixels, truth = image.pixels(), lesion_components(image.mask())[0]
    lesion = best_match(segmenter.segment(pixels).lesions, truth)
    malignant = image.diagnosis is Diagnosis.MALIGNANT
    oracle = measure(pixels, _outline_of(truth))
    nothing = {name: np.nan for name in networks}
    if lesion is None:
        return RivalLesion(image.name, image.group, malignant, {}, {}, {}, oracle, nothing)
    return RivalLesion(
        image.name,
        image.group,
        malignant,
        size=_size(pixels, lesion.area_px),
        cadx=measure(pixels, lesion.contour),
        radiomics=_radiomics(pixels, lesion.contour),
        oracle=oracle,
        logits={name: each.logit(pixels, lesion.box) for name, each in networks.items()},
    )


def _outline_of(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(max(contours, key=cv2.contourArea)[:, 0], dtype=np.float64)


def _size(pixels: Gray, area: float) -> Values:
    """No look at the tissue: what the operator's zoom and the outline's area give away."""
    rows, columns = pixels.shape
    return {
        "image_area": float(np.log(rows * columns)),
        "image_aspect": float(np.log(columns / rows)),
        "lesion_area": float(np.log(area)),
        "lesion_share": float(np.log(area / (rows * columns))),
    }


def _radiomics(pixels: Gray, contour: NDArray[np.floating]) -> Values:
    """On the region's own scale, where a pixel is the same share of every lesion."""
    region = lesion_region(pixels, contour)
    within = region.inside & region.seen
    try:
        return radiomic_features(region.pixels, within, (1.0, 1.0), binning=FixedCount(GREY_LEVELS))
    except ImageError:
        return {}
