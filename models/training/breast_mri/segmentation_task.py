"""Fits a network to outlines of breast MRI: patches of volumes, or of slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from senoscope.domain.errors import DataSetError
from senoscope.models.breast_mri_card import MriChannel
from senoscope.models.networks.unet import RealTimeUNet, UNetOutput
from senoscope.models.networks.unet3d import UNet3D
from senoscope.models.training.breast_mri.cases import CHANNELS, SegmentationCase

ON_TARGET = 0.6
"""Of patches, those that hold some of what is sought; the rest lie anywhere."""
INNER_PATCHES = 4
"""Of each case in the inner split, half of them on target."""
Patch = tuple[int, int, int]


class OverVolumes(nn.Module):
    """Takes (n, channels * slices, rows, columns), as the training loop lays pictures out.

    In float32 whatever the loop multiplies in: convolutions of volumes in bfloat16 gave another
    network at every run on the processor, and at times none (torch 2.13).
    """

    def __init__(self, network: UNet3D, channels: int) -> None:
        super().__init__()
        self.network, self.channels = network, channels

    def forward(self, folded: Tensor) -> Tensor:
        """To logits (n, 1, slices, rows, columns)."""
        count, both, rows, columns = folded.shape
        volume = folded.reshape(count, self.channels, both // self.channels, rows, columns)
        with torch.autocast("cpu", enabled=False):
            logits: Tensor = self.network(volume)
        return logits


class OverSlices(nn.Module):
    """(n, 1, rows, columns) to logits (n, 1, rows, columns), of the house's own U-Net."""

    def __init__(self, network: RealTimeUNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        output: UNetOutput = self.network(pictures)
        return output.lesion


class SegmentationTask:
    """Half of the loss is cross entropy, half Dice over the batch (Milletari 2016)."""

    def __init__(
        self,
        network: OverVolumes | OverSlices,
        channels: Sequence[MriChannel],
        patch: Patch,
        fitted: Sequence[SegmentationCase],
        inner: Sequence[SegmentationCase],
    ) -> None:
        self.network: nn.Module = network
        self._channels = [CHANNELS.index(each) for each in channels]
        self._patch = patch
        self._fitted = [(case, np.argwhere(case.truth)) for case in fitted]
        if not any(len(places) for _, places in self._fitted) or not inner:
            raise DataSetError(
                f"{len(fitted)} exams to fit and {len(inner)} to choose by were given; expected "
                "some of each, with something outlined. Give more exams."
            )
        self._inner = self._patches(inner)

    def batch(
        self,
        size: int,  # noqa: ARG002 - every Task is told it
        count: int,
        rng: np.random.Generator,
    ) -> tuple[Tensor, ...]:
        """Folded patches (n, channels * slices, rows, columns), truth (n, 1, ...) alike."""
        drawn = [self._drawn(place / count < ON_TARGET, rng) for place in range(count)]
        volumes = np.stack([volume for volume, _ in drawn])
        truth = np.stack([mask for _, mask in drawn])
        return _folded(volumes), torch.from_numpy(truth[:, None].astype(np.float32))

    def loss(self, output: Tensor, batch: tuple[Tensor, ...]) -> Tensor:
        """See the class."""
        logits, truth = output.float().reshape(batch[1].shape), batch[1]
        probability = logits.sigmoid()
        overlap = 2 * (probability * truth).sum() + 1
        soft = overlap / (probability.sum() + truth.sum() + 1)
        return functional.binary_cross_entropy_with_logits(logits, truth) + 1 - soft

    @torch.inference_mode()
    def score(self, network: nn.Module) -> Mapping[str, float]:
        """Dice over all voxels of the inner patches together."""
        both = total = 0.0
        for volume, truth in self._inner:
            seen = network(_folded(volume[None])).reshape(truth.shape) > 0
            both += float((seen.numpy() & (truth > 0)).sum())
            total += float(seen.sum()) + float(truth.sum())
        return {"dice": 2 * both / total if total else 0.0}

    def _patches(
        self, cases: Sequence[SegmentationCase]
    ) -> list[tuple[NDArray[np.float32], NDArray[np.uint8]]]:
        rng = np.random.default_rng(0)
        found = []
        for case in cases:
            places = np.argwhere(case.truth)
            for number in range(INNER_PATCHES):
                on_target = bool(len(places)) and number % 2 == 0
                found.append(self._cut(case, self._corner(case, places, on_target, rng)))
        return found

    def _drawn(
        self, on_target: bool, rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        case, places = self._fitted[int(rng.integers(len(self._fitted)))]
        corner = self._corner(case, places, on_target and bool(len(places)), rng)
        volume, truth = self._cut(case, corner)
        volume = volume * np.float32(np.exp(rng.uniform(-0.2, 0.2)))
        volume = volume + rng.normal(0, rng.uniform(0, 0.02), volume.shape).astype(np.float32)
        for axis in range(1, volume.ndim):
            if rng.random() < 0.5:
                volume, truth = np.flip(volume, axis), np.flip(truth, axis - 1)
        return np.ascontiguousarray(volume), np.ascontiguousarray(truth)

    def _corner(
        self,
        case: SegmentationCase,
        places: NDArray[np.int64],
        on_target: bool,
        rng: np.random.Generator,
    ) -> tuple[int, ...]:
        if on_target:
            middle = places[int(rng.integers(len(places)))]
            shake = [int(rng.integers(-(side // 4), side // 4 + 1)) for side in self._patch]
            corner = [
                int(at) - side // 2 + off
                for at, side, off in zip(middle, self._patch, shake, strict=True)
            ]
        else:
            corner = [
                int(rng.integers(0, max(1, whole - side + 1)))
                for whole, side in zip(case.truth.shape, self._patch, strict=True)
            ]
        limits = zip(corner, case.truth.shape, self._patch, strict=True)
        return tuple(max(0, min(at, whole - side)) for at, whole, side in limits)

    def _cut(
        self, case: SegmentationCase, corner: tuple[int, ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Padded at the far ends where the volume is smaller than a patch."""
        window = tuple(slice(at, at + side) for at, side in zip(corner, self._patch, strict=True))
        volume = np.asarray(case.volume[(slice(None), *window)][self._channels], np.float32)
        truth = case.truth[window]
        missing = [(0, side - had) for side, had in zip(self._patch, truth.shape, strict=True)]
        if any(after for _, after in missing):
            volume, truth = np.pad(volume, [(0, 0), *missing], mode="edge"), np.pad(truth, missing)
        return volume, truth


def _folded(volumes: NDArray[np.float32]) -> Tensor:
    count, channels, slices, rows, columns = volumes.shape
    return torch.from_numpy(volumes.reshape(count, channels * slices, rows, columns))
