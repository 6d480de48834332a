"""Fits the real-time U-Net to lesion masks and to presence, on lesions and on tissue without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, side_strip
from senoscope.models.networks.unet import UNetOutput
from senoscope.models.training.augmentation import (
    mark_like_an_operator,
    random_affine,
    vary_display,
    warp,
)
from senoscope.models.training.normalise import gray_to_network, to_network
from senoscope.models.training.samples import (
    Sample,
    Samples,
    lesion_free_window,
)

SCORED_SIZE = 256
PRESENCE_WEIGHT = 0.3
MALIGNANT_SHARE = 0.45
"""Of lesions drawn; a third of the images. They are missed more often, and matter more."""
VISIBLE_SHARE = 0.001
"""A lesion cut off to less than this share of the picture counts as absent."""


class UNetTask:
    """Batches mix lesions, normals, lesion-free parts and simulated frames by fixed shares."""

    def __init__(self, network: nn.Module, samples: Samples) -> None:
        self.network = network
        self._malignant = [s for s in samples.fitted if s.diagnosis is Diagnosis.MALIGNANT]
        self._benign = [s for s in samples.fitted if s.diagnosis is Diagnosis.BENIGN]
        self._normals = [s for s in samples.fitted if not s.has_lesion]
        self._phantoms = list(samples.phantoms)
        self._inner = samples.inner
        self._strips = tuple(_strips_of(samples.inner))

    def batch(self, size: int, count: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """Pictures (n, 1, size, size), masks alike, presence (n,)."""
        pictures = np.empty((count, 1, size, size), np.float32)
        masks = np.empty((count, 1, size, size), np.float32)
        for place in range(count):
            pixels, mask = self._draw(place / count, rng)
            # Reduced by area first: sampling a large picture would alias its speckle.
            fit = min(1.0, 1.3 * size / max(pixels.shape))
            if fit < 1:
                pixels = cv2.resize(pixels, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA)
                mask = cv2.resize(mask, pixels.shape[::-1], interpolation=cv2.INTER_AREA)
            affine = random_affine(rng, (pixels.shape[0], pixels.shape[1]), size)
            pixels, mask = warp(pixels, affine, size), warp(mask, affine, size)
            # More often where there is no lesion: there, real images hardly ever carry marks.
            if rng.random() < (0.3 if mask.any() else 0.6):
                mark_like_an_operator(pixels, mask, rng)
            pictures[place, 0] = to_network(vary_display(pixels, rng))
            masks[place, 0] = mask > 127
        presence = masks.mean(axis=(1, 2, 3)) > VISIBLE_SHARE
        return (
            torch.from_numpy(pictures),
            torch.from_numpy(masks),
            torch.from_numpy(presence.astype(np.float32)),
        )

    def loss(self, output: UNetOutput, batch: tuple[Tensor, ...]) -> Tensor:
        """Cross entropy everywhere, soft Dice where there is a lesion, and presence."""
        _, mask, present = batch
        lesion = output.lesion.float()
        pixelwise = functional.binary_cross_entropy_with_logits(lesion, mask)
        probability = lesion.sigmoid()
        overlap = (probability * mask).sum(dim=(1, 2, 3))
        total = (probability + mask).sum(dim=(1, 2, 3))
        dice = 1 - (2 * overlap + 1) / (total + 1)
        soft_dice = (dice * present).sum() / present.sum().clamp(min=1)
        presence = functional.binary_cross_entropy_with_logits(output.presence.float(), present)
        return pixelwise + soft_dice + PRESENCE_WEIGHT * presence

    def score(self, network: nn.Module) -> Mapping[str, float]:
        """Dice over inner lesions; AUC of presence on normals and on lesion-free strips."""
        dice: list[float] = []
        lesions: list[float] = []
        normals: list[float] = []
        for sample in self._inner:
            probability, presence = predict(network, sample.pixels)
            (lesions if sample.has_lesion else normals).append(presence)
            if sample.has_lesion:
                mask = cv2.resize(sample.mask, (SCORED_SIZE, SCORED_SIZE)) > 127
                found = probability > 0.5
                dice.append(2 * float((found & mask).sum()) / float(found.sum() + mask.sum()))
        strips = [predict(network, strip)[1] for strip in self._strips]
        return {
            "dice": float(np.mean(dice)),
            "presence_auc_normals": _separation(lesions, normals),
            "presence_auc_strips": _separation(lesions, strips),
        }

    def _draw(self, along: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Of a batch of 16: 11 lesions, 2 lesion-free parts, 2 normals, 1 simulated frame."""
        if along >= 0.68:
            if along < 0.80:
                sample = self._lesion(rng)
                window = lesion_free_window(sample, rng)
                if window is not None:
                    return sample.pixels[window], sample.mask[window]
            elif along < 0.92 or not self._phantoms:
                sample = self._normals[rng.integers(len(self._normals))]
                window = lesion_free_window(sample, rng) if rng.random() < 0.5 else None
                if window is not None:
                    return sample.pixels[window], sample.mask[window]
                return sample.pixels, sample.mask
            else:
                sample = self._phantoms[rng.integers(len(self._phantoms))]
                return sample.pixels, sample.mask
        sample = self._lesion(rng)
        return sample.drawn(rng), sample.mask

    def _lesion(self, rng: np.random.Generator) -> Sample:
        kind = self._malignant if rng.random() < MALIGNANT_SHARE else self._benign
        return kind[rng.integers(len(kind))]


@torch.inference_mode()
def predict(network: nn.Module, pixels: np.ndarray) -> tuple[np.ndarray, float]:
    """Lesion probability (256, 256) and presence in 0..1 for a grey picture of any size."""
    small = cv2.resize(pixels, (SCORED_SIZE, SCORED_SIZE), interpolation=cv2.INTER_AREA)
    picture = torch.from_numpy(gray_to_network(np.asarray(small, dtype=np.uint8)))
    output = cast(UNetOutput, network(picture))
    return output.lesion[0, 0].sigmoid().numpy(), float(output.presence[0].sigmoid())


def _strips_of(samples: Sequence[Sample]) -> list[np.ndarray]:
    strips = []
    for sample in samples:
        columns = side_strip(sample.mask)
        if columns is not None:
            strips.append(np.ascontiguousarray(sample.pixels[:, columns]))
    return strips


def _separation(positive: Sequence[float], negative: Sequence[float]) -> float:
    if not positive or not negative:
        return float("nan")
    labels = np.array([True] * len(positive) + [False] * len(negative))
    return auc(labels, np.array([*positive, *negative]))
