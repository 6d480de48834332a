"""Fits programmed CADx on *predicted* outlines: true ones were drawn by who knew the diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senoscope.models.evaluation.matching import best_match
from senoscope.models.evaluation.metrics import auc, bootstrap
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.programmed.descriptors import FEATURES, measure
from senoscope.models.programmed.feature import Values
from senoscope.models.programmed.feature_model import FeatureModel, write_feature_model
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.feature_model import fit_feature_model
from senoscope.models.training.samples import Sample, Samples

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MeasuredLesion:
    """One found lesion: its features, the truth, and the patient it belongs to."""

    features: Values
    malignant: bool
    group: str


def measured_lesions(
    segmenter: Segmenter, samples: Sequence[Sample], say: Say
) -> list[MeasuredLesion]:
    """Features of the lesions that the segmenter finds, one an image, calipers taken off."""
    rows = []
    for number, sample in enumerate(samples, start=1):
        if number % 100 == 0:
            say(f"measured {number} of {len(samples)} images")
        if not sample.has_lesion:
            continue
        lesion = best_match(segmenter.segment(sample.unmarked).lesions, sample.mask > 127)
        if lesion is not None:
            malignant = sample.diagnosis is Diagnosis.MALIGNANT
            features = measure(sample.unmarked, lesion.contour)
            rows.append(MeasuredLesion(features, malignant, sample.group))
    return rows


def train_cadx(segmenter: Segmenter, samples: Samples, target: Path, say: Say) -> FeatureModel:
    """Fit on the fitted part, say how it does on the inner split, and write `target`."""
    fitted = measured_lesions(segmenter, samples.fitted, say)
    malignant = np.array([row.malignant for row in fitted], dtype=bool)
    say(f"fitting {len(FEATURES)} features of {len(fitted)} lesions")
    model = fit_feature_model(
        [row.features for row in fitted], malignant, [row.group for row in fitted]
    )
    inner = measured_lesions(segmenter, samples.inner, say)
    labels = np.array([row.malignant for row in inner], dtype=bool)
    logits = np.array([model.opinion(row.features).logit for row in inner])
    figure = bootstrap(lambda rows: auc(labels[rows], logits[rows]), [row.group for row in inner])
    say(f"inner split: auc {figure.value:.3f} [{figure.ci[0]:.3f}, {figure.ci[1]:.3f}]")
    about = {
        "made_by": "senoscope train cadx",
        "outlines": "predicted by the real-time U-Net, calipers taken off",
        "trained_on": {
            "lesions": len(fitted),
            "malignant": int(malignant.sum()),
            "patients_or_duplicate_groups": len({row.group for row in fitted}),
        },
        "inner_split": {
            "auc": round(figure.value, 4),
            "ci": [round(end, 4) for end in figure.ci],
            "n": figure.n,
        },
    }
    write_feature_model(model, about, target)
    return model
