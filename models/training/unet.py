"""Fits a U-Net to lesion masks, presence and malignancy, on lesions and on tissue without."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from senoscope.domain.frame import Gray
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, side_strip
from senoscope.models.networks.unet import UNetOutput
from senoscope.models.training.augmentation import (
    mark_like_an_operator,
    press,
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
from senoscope.models.training.transplant import with_lesion, without_lesion

PRESENCE_WEIGHT = 0.3
MALIGNANCY_WEIGHT = 0.2
COARSE_WEIGHT = 0.3
"""Of each coarser join's cross entropy (deep supervision)."""
EDGE_WEIGHT = 1.0
"""More for a pixel within two of the outline: where Dice and distances are won."""
LABEL_SMOOTHING = 0.05
MALIGNANT_SHARE = 0.45
"""Of lesions drawn; a third of the images. They are missed more often, and matter more."""
FOUND_FROM = 0.3
"""Dice from which an inner lesion counts as found in the log."""
VISIBLE_SHARE = 0.001
"""A lesion cut off to less than this share of the picture counts as absent."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture to learn from, not yet varied; `malignant` is 0, 1 or NaN where it is unknown."""

    pixels: Gray
    mask: Gray
    malignant: float = math.nan


class UNetTask:
    """Batches mix lesions, normals, lesion-free parts and simulated frames by fixed shares."""

    def __init__(self, network: nn.Module, samples: Samples, size: int) -> None:
        self.network = network
        self._size = size
        self._malignant = [s for s in samples.fitted if s.diagnosis is Diagnosis.MALIGNANT]
        self._benign = [s for s in samples.fitted if s.diagnosis is Diagnosis.BENIGN]
        self._normals = [s for s in samples.fitted if not s.has_lesion]
        self._phantoms = list(samples.phantoms)
        self._inner = samples.inner
        self._strips = tuple(_strips_of(samples.inner))

    def batch(self, size: int, count: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """Pictures (n, 1, size, size), masks alike, presence (n,), malignancy (n,) or NaN."""
        pictures = np.empty((count, 1, size, size), np.float32)
        masks = np.empty((count, 1, size, size), np.float32)
        malignant = np.empty(count, np.float32)
        for place in range(count):
            drawn = self._draw(place / count, rng)
            pixels, mask = _vary(drawn.pixels, drawn.mask, size, rng)
            pictures[place, 0] = to_network(vary_display(pixels, rng))
            masks[place, 0] = mask > 127
            malignant[place] = drawn.malignant
        presence = (masks.mean(axis=(1, 2, 3)) > VISIBLE_SHARE).astype(np.float32)
        malignant[presence == 0] = np.nan
        return tuple(torch.from_numpy(each) for each in (pictures, masks, presence, malignant))

    def loss(self, output: UNetOutput, batch: tuple[Tensor, ...]) -> Tensor:
        """Cross entropy, more at the edge; soft Dice where there is a lesion; the other heads."""
        _, mask, present, malignant = batch
        lesion = output.lesion.float()
        near = 1 + EDGE_WEIGHT * _edge(mask)
        pixelwise = functional.binary_cross_entropy_with_logits(lesion, mask, near)
        probability = lesion.sigmoid()
        overlap = (probability * mask).sum(dim=(1, 2, 3))
        total = (probability + mask).sum(dim=(1, 2, 3))
        dice = 1 - (2 * overlap + 1) / (total + 1)
        total_loss = pixelwise + (dice * present).sum() / present.sum().clamp(min=1)
        for coarse in output.coarse:
            share = functional.avg_pool2d(mask, mask.shape[-1] // coarse.shape[-1])
            total_loss = total_loss + COARSE_WEIGHT * (
                functional.binary_cross_entropy_with_logits(coarse.float(), share)
            )
        presence = functional.binary_cross_entropy_with_logits(output.presence.float(), present)
        total_loss = total_loss + PRESENCE_WEIGHT * presence
        known = ~malignant.isnan()
        if output.malignant is not None and known.any():
            target = (malignant[known] - LABEL_SMOOTHING).abs()
            diagnosis = functional.binary_cross_entropy_with_logits(
                output.malignant.float()[known], target
            )
            total_loss = total_loss + MALIGNANCY_WEIGHT * diagnosis
        return total_loss

    def score(self, network: nn.Module) -> Mapping[str, float]:
        """Dice and AUC of malignancy over inner lesions; AUC of presence on tissue without."""
        dice: list[float] = []
        lesions: list[float] = []
        normals: list[float] = []
        suspicion: dict[bool, list[float]] = {True: [], False: []}
        for sample in self._inner:
            read = predict(network, sample.pixels, self._size)
            (lesions if sample.has_lesion else normals).append(read.presence)
            if sample.has_lesion:
                mask = cv2.resize(sample.mask, (self._size, self._size)) > 127
                found = read.lesion > 0.5
                dice.append(2 * float((found & mask).sum()) / float(found.sum() + mask.sum()))
                suspicion[sample.diagnosis is Diagnosis.MALIGNANT].append(read.malignant)
        strips = [predict(network, strip, self._size).presence for strip in self._strips]
        return {
            "dice": float(np.mean(dice)),
            "found": float(np.mean(np.array(dice) > FOUND_FROM)),
            "presence_auc_normals": _separation(lesions, normals),
            "presence_auc_strips": _separation(lesions, strips),
            "auc_frame": _separation(suspicion[True], suspicion[False]),
        }

    def _draw(self, along: float, rng: np.random.Generator) -> Drawn:
        """Of 16: 9 lesions, 1 transplanted, 1 covered, 2 lesion-free parts, 2 normals, 1 simulated.

        Where one cannot be made of what was drawn, a whole lesion takes its place.
        """
        sample = self._lesion(rng)
        drawn: Drawn | None = None
        if along >= 0.93 and self._phantoms:
            sample = self._phantoms[rng.integers(len(self._phantoms))]
            drawn = Drawn(sample.pixels, sample.mask)
        elif along >= 0.81:
            drawn = self._bare_normal(rng)
        elif along >= 0.69:
            drawn = _bare_part(sample, rng)
        elif along >= 0.63:
            covered = without_lesion(sample.drawn(rng), sample.mask, rng)
            drawn = None if covered is None else Drawn(covered, np.zeros_like(sample.mask))
        elif along >= 0.56:
            drawn = self._transplanted(sample, rng)
        return drawn or Drawn(sample.drawn(rng), sample.mask, _malignancy(sample))

    def _bare_normal(self, rng: np.random.Generator) -> Drawn | None:
        if not self._normals:
            return _bare_part(self._lesion(rng), rng)
        sample = self._normals[rng.integers(len(self._normals))]
        part = _bare_part(sample, rng) if rng.random() < 0.5 else None
        return part or Drawn(sample.pixels, sample.mask)

    def _transplanted(self, donor: Sample, rng: np.random.Generator) -> Drawn | None:
        bare = self._bare_normal(rng) if rng.random() < 0.5 else _bare_part(self._lesion(rng), rng)
        made = None if bare is None else with_lesion(bare.pixels, donor.unmarked, donor.mask, rng)
        return None if made is None else Drawn(*made, _malignancy(donor))

    def _lesion(self, rng: np.random.Generator) -> Sample:
        kind = self._malignant if rng.random() < MALIGNANT_SHARE else self._benign
        return kind[rng.integers(len(kind))]


def _malignancy(sample: Sample) -> float:
    return float(sample.diagnosis is Diagnosis.MALIGNANT)


def _bare_part(sample: Sample, rng: np.random.Generator) -> Drawn | None:
    window = lesion_free_window(sample, rng)
    return None if window is None else Drawn(sample.pixels[window], sample.mask[window])


def _vary(pixels: Gray, mask: Gray, size: int, rng: np.random.Generator) -> tuple[Gray, Gray]:
    """Another view of the same tissue at `size`, with an operator's marks or without."""
    # Reduced by area first: sampling a large picture would alias its speckle.
    fit = min(1.0, 1.3 * size / max(pixels.shape))
    if fit < 1:
        pixels, mask = (
            np.asarray(
                cv2.resize(each, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA),
                dtype=np.uint8,
            )
            for each in (pixels, mask)
        )
    affine = random_affine(rng, (pixels.shape[0], pixels.shape[1]), size)
    pixels, mask = warp(pixels, affine, size), warp(mask, affine, size)
    if rng.random() < 0.4:
        pixels, mask = press(pixels, mask, rng)
    # More often where there is no lesion: there, real images hardly ever carry marks.
    if rng.random() < (0.3 if mask.any() else 0.6):
        mark_like_an_operator(pixels, mask, rng)
    return pixels, mask


def _edge(mask: Tensor) -> Tensor:
    """1 within two pixels of an outline of (n, 1, rows, columns) `mask`, else 0."""
    wider = functional.max_pool2d(mask, 5, stride=1, padding=2)
    narrower = -functional.max_pool2d(-mask, 5, stride=1, padding=2)
    return wider - narrower


@dataclass(frozen=True, slots=True)
class Read:
    """One picture as the network reads it: `lesion` is (size, size), all in 0..1."""

    lesion: np.ndarray
    presence: float
    malignant: float


@torch.inference_mode()
def predict(network: nn.Module, pixels: np.ndarray, size: int) -> Read:
    """What the network says of a grey picture of any shape, read at `size`."""
    small = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
    picture = torch.from_numpy(gray_to_network(np.asarray(small, dtype=np.uint8)))
    output = cast(UNetOutput, network(picture))
    malignant = math.nan if output.malignant is None else float(output.malignant[0].sigmoid())
    return Read(
        output.lesion[0, 0].sigmoid().numpy(), float(output.presence[0].sigmoid()), malignant
    )


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
