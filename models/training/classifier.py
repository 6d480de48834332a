"""Fits a classifier to "malignant or not" on crops round lesions; any network on equal terms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from senoscope.domain.frame import Gray
from senoscope.models.crop import crop_affine, sample_crop
from senoscope.models.evaluation.matching import box_of, lesion_components
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.training.augmentation import mark_like_an_operator, vary_display
from senoscope.models.training.normalise import gray_to_network, to_network
from senoscope.models.training.samples import Sample, Samples

LABEL_SMOOTHING = 0.05
MIXUP_ALPHA = 0.3


class ClassifierTask:
    """Crops round true outlines, shaken as predicted outlines are."""

    def __init__(self, network: nn.Module, samples: Samples, size: int) -> None:
        self.network = network
        self._size = size
        self._fitted = [(s, _box(s)) for s in samples.fitted if s.has_lesion]
        self._inner = [(s, _box(s)) for s in samples.inner if s.has_lesion]

    def batch(self, size: int, count: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """Crops (n, 1, size, size) and targets (n,) in 0..1."""
        crops = np.empty((count, 1, size, size), np.float32)
        targets = np.empty(count, np.float32)
        for place in range(count):
            sample, box = self._fitted[rng.integers(len(self._fitted))]
            affine = _shake(crop_affine(box, size), size, rng)
            crop = sample_crop(sample.drawn(rng), affine, size)
            if rng.random() < 0.4:
                mask = sample_crop(sample.mask, affine, size)
                mark_like_an_operator(crop, mask, rng)
            crops[place, 0] = to_network(vary_display(crop, rng))
            malignant = sample.diagnosis is Diagnosis.MALIGNANT
            targets[place] = abs(malignant - LABEL_SMOOTHING)
        if rng.random() < 0.5:
            share = np.float32(rng.beta(MIXUP_ALPHA, MIXUP_ALPHA))
            crops = share * crops + (1 - share) * crops[::-1]
            targets = share * targets + (1 - share) * targets[::-1]
        return torch.from_numpy(crops), torch.from_numpy(np.ascontiguousarray(targets))

    def loss(self, output: Tensor, batch: tuple[Tensor, ...]) -> Tensor:
        """Binary cross entropy on soft targets."""
        return functional.binary_cross_entropy_with_logits(output.float().squeeze(1), batch[1])

    def score(self, network: nn.Module) -> Mapping[str, float]:
        """AUC on the inner split's true boxes."""
        labels = np.array([s.diagnosis is Diagnosis.MALIGNANT for s, _ in self._inner])
        crops = [
            sample_crop(s.pixels, crop_affine(b, self._size), self._size) for s, b in self._inner
        ]
        return {"auc_true_box": auc(labels, np.array([predict(network, crop) for crop in crops]))}


@torch.inference_mode()
def predict(network: nn.Module, crop: Gray) -> float:
    """Logit of malignancy for one grey crop."""
    picture = torch.from_numpy(gray_to_network(crop))
    return float(network(picture)[0, 0])


def _box(sample: Sample) -> tuple[float, float, float, float]:
    return box_of(lesion_components(sample.mask > 127)[0])


def _shake(affine: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Turn, flip, scale and shift a crop about its centre."""
    angle = rng.uniform(-20, 20) * np.pi / 180
    scale = np.exp(rng.uniform(-0.25, 0.25))
    stretch = np.exp(rng.uniform(-0.08, 0.08))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([rng.choice([-1.0, 1.0]) * scale * stretch, scale / stretch])
    centre = (size - 1) / 2
    shift = centre + rng.uniform(-0.12, 0.12, 2) * size - linear @ [centre, centre]
    return np.hstack([linear @ affine[:, :2], (linear @ affine[:, 2] + shift)[:, None]])
