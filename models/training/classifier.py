"""Fits a classifier to "malignant or not" and "lesion or not" on crops of several margins."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.models.crop import crop_affine, lesion_crops, sample_crop
from senoscope.models.evaluation.matching import box_of, lesion_components
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.networks.googlenet import GoogLeNetOutput
from senoscope.models.training.augmentation import mark_like_an_operator, vary_display
from senoscope.models.training.normalise import gray_to_network, to_network
from senoscope.models.training.samples import Sample, Samples, lesion_free_window

Box = tuple[float, float, float, float]
MARGIN_RANGE = (0.1, 0.6)
"""Of margins learnt from, a share of the lesion's longer side: wider than those read at."""
CLASSES = 2
"""Logits of a classifier: malignant, and lesion at all."""
LABEL_SMOOTHING = 0.05
MIXUP_ALPHA = 0.3
AUXILIARY_WEIGHT = 0.3
"""Of each auxiliary classifier's loss (Szegedy 2015)."""
BARE_SHARE = 0.25
"""Of crops that show no lesion."""
LESION_WEIGHT = 0.5
"""Of the loss of "lesion or not" beside that of "malignant or not"."""
MOST_TRIES = 1000
"""Images tried for a part without lesion, before the data is said to have none."""
DARKEST_OF = 4
"""A bare crop is the one with the darkest middle of so many: those are mistaken for lesions."""


class ClassifierTask:
    """Crops round true outlines, shaken as predicted outlines are, and crops of bare tissue."""

    def __init__(
        self, network: nn.Module, samples: Samples, size: int, margins: Sequence[float]
    ) -> None:
        self.network = network
        self._size = size
        self._margins = tuple(margins)
        self._fitted = [(s, _box(s)) for s in samples.fitted if s.has_lesion]
        self._inner = [(s, _box(s)) for s in samples.inner if s.has_lesion]
        self._normals = [s for s in samples.fitted if not s.has_lesion]
        rng = np.random.default_rng(0)
        self._inner_bare = [(s, self._bare_box(s, rng)) for s in samples.inner]

    def batch(self, size: int, count: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """Crops (n, 1, size, size); malignancy (n,) in 0..1, NaN of bare tissue; lesion (n,)."""
        bare = round(BARE_SHARE * count)
        lesions = [self._lesion_crop(size, rng) for _ in range(count - bare)]
        crops = np.stack([crop for crop, _ in lesions])
        malignant = np.array([target for _, target in lesions], np.float32)
        if rng.random() < 0.5:
            share = np.float32(rng.beta(MIXUP_ALPHA, MIXUP_ALPHA))
            crops = share * crops + (1 - share) * crops[::-1]
            malignant = share * malignant + (1 - share) * malignant[::-1]
        empty = np.stack([self._bare_crop(size, rng) for _ in range(bare)])
        lesion = np.arange(count) < count - bare
        return (
            torch.from_numpy(np.concatenate([crops, empty])[:, None]),
            torch.from_numpy(np.concatenate([malignant, np.full(bare, np.nan, np.float32)])),
            torch.from_numpy(lesion.astype(np.float32)),
        )

    def loss(self, output: Tensor | GoogLeNetOutput, batch: tuple[Tensor, ...]) -> Tensor:
        """Cross entropy of both questions, of auxiliary classifiers too if there are."""
        _, malignant, lesion = batch
        if isinstance(output, Tensor):
            return _cross_entropy(output, malignant, lesion)
        auxiliary = sum(
            _cross_entropy(logits, malignant, lesion) for logits in (output.aux1, output.aux2)
        )
        return _cross_entropy(output.logits, malignant, lesion) + AUXILIARY_WEIGHT * auxiliary

    def score(self, network: nn.Module) -> Mapping[str, float]:
        """AUC of malignancy on the inner split's true boxes, and of lesions from bare tissue."""
        labels = np.array([s.diagnosis is Diagnosis.MALIGNANT for s, _ in self._inner])
        read = np.array([self._read(network, s, box) for s, box in self._inner])
        bare = [self._read(network, s, box)[1] for s, box in self._inner_bare if box is not None]
        both = np.array([*read[:, 1], *bare])
        return {
            "auc_true_box": auc(labels, read[:, 0]),
            "auc_lesion_or_bare": auc(np.arange(len(both)) < len(read), both),
        }

    def _read(self, network: nn.Module, sample: Sample, box: Box) -> np.ndarray:
        return predict(network, lesion_crops(sample.pixels, box, self._size, self._margins))

    def _lesion_crop(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        sample, box = self._fitted[rng.integers(len(self._fitted))]
        affine = _shake(crop_affine(box, size, float(rng.uniform(*MARGIN_RANGE))), size, rng)
        crop = sample_crop(sample.drawn(rng), affine, size)
        if rng.random() < 0.4:
            mark_like_an_operator(crop, sample_crop(sample.mask, affine, size), rng)
        malignant = sample.diagnosis is Diagnosis.MALIGNANT
        return to_network(vary_display(crop, rng)), abs(malignant - LABEL_SMOOTHING)

    def _bare_crop(self, size: int, rng: np.random.Generator) -> np.ndarray:
        for _ in range(MOST_TRIES):
            if self._normals and rng.random() < 0.5:
                sample = self._normals[rng.integers(len(self._normals))]
            else:
                sample = self._fitted[rng.integers(len(self._fitted))][0]
            box = self._bare_box(sample, rng)
            if box is not None:
                break
        else:
            raise DataSetError(
                f"{MOST_TRIES} images were tried and none has room for tissue beside its lesion; "
                "expected images with lesion-free parts. Train on more of the data set."
            )
        affine = _shake(crop_affine(box, size, float(rng.uniform(*MARGIN_RANGE))), size, rng)
        crop = sample_crop(sample.pixels, affine, size)
        # As often as on lesions and more: marks must not speak for one.
        if rng.random() < 0.6:
            mark_like_an_operator(crop, _middle(size), rng)
        return to_network(vary_display(crop, rng))

    def _bare_box(self, sample: Sample, rng: np.random.Generator) -> Box | None:
        """As large as some lesion, where `sample` has none; None where there is no room."""
        best: tuple[float, Box] | None = None
        for _ in range(DARKEST_OF):
            window = lesion_free_window(sample, rng)
            if window is None:
                continue
            rows, columns = (part.stop - part.start for part in window)
            other, box = self._fitted[rng.integers(len(self._fitted))]
            scale = sample.pixels.shape[0] / other.pixels.shape[0]
            wide = min((box[2] - box[0]) * scale, columns - 1)
            high = min((box[3] - box[1]) * scale, rows - 1)
            left = window[1].start + rng.uniform(0, columns - wide)
            top = window[0].start + rng.uniform(0, rows - high)
            inside = sample.pixels[int(top) : int(top + high) + 1, int(left) : int(left + wide) + 1]
            found = float(inside.mean()), (left, top, left + wide, top + high)
            # Black beyond the picture is no tissue.
            if found[0] > 8 and (best is None or found[0] < best[0]):
                best = found
        return None if best is None else best[1]


def _cross_entropy(logits: Tensor, malignant: Tensor, lesion: Tensor) -> Tensor:
    known = ~malignant.isnan()
    logits = logits.float()
    entropy = functional.binary_cross_entropy_with_logits
    return entropy(logits[known, 0], malignant[known]) + LESION_WEIGHT * entropy(
        logits[:, 1], lesion
    )


@torch.inference_mode()
def predict(network: nn.Module, crops: Iterable[Gray]) -> np.ndarray:
    """(CLASSES,) logits, the mean over grey crops of one lesion."""
    pictures = torch.from_numpy(np.concatenate([gray_to_network(crop) for crop in crops]))
    logits: np.ndarray = network(pictures).mean(dim=0).numpy()
    return logits


def _box(sample: Sample) -> Box:
    return box_of(lesion_components(sample.mask > 127)[0])


def _middle(size: int) -> Gray:
    """A disc where a lesion would be."""
    mask = np.zeros((size, size), np.uint8)
    cv2.circle(mask, (size // 2, size // 2), size // 3, (255,), cv2.FILLED)
    return mask


def _shake(affine: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Turn, flip, scale and shift a crop about its centre."""
    angle = rng.uniform(-20, 20) * math.pi / 180
    scale = np.exp(rng.uniform(-0.15, 0.15))
    stretch = np.exp(rng.uniform(-0.08, 0.08))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([rng.choice([-1.0, 1.0]) * scale * stretch, scale / stretch])
    centre = (size - 1) / 2
    shift = centre + rng.uniform(-0.12, 0.12, 2) * size - linear @ [centre, centre]
    return np.hstack([linear @ affine[:, :2], (linear @ affine[:, 2] + shift)[:, None]])
