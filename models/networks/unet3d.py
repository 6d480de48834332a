"""3-D U-Net (Cicek 2016), small: three levels, one threshold away from an outline of the tumour."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 4
"""Input sides must be multiples of this."""


def _convolutions(*channels: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for source, target in pairwise(channels):
        layers += [
            nn.Conv3d(source, target, 3, padding=1, bias=False),
            nn.BatchNorm3d(target),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class UNet3D(nn.Module):
    """(n, channels, slices, rows, columns) to logits (n, 1, slices, rows, columns).

    Sides are multiples of STRIDE. 72,441 weights at three channels and a width of 8.
    """

    def __init__(self, channels: int, width: int = 8) -> None:
        super().__init__()
        widths = (width, 2 * width, 4 * width)
        self.encoder = nn.ModuleList(
            _convolutions(source, target, target)
            for source, target in zip((channels, *widths[:-1]), widths, strict=True)
        )
        self.narrow = nn.ModuleList(
            nn.Conv3d(below, skip, 1) for skip, below in reversed(list(pairwise(widths)))
        )
        self.decoder = nn.ModuleList(_convolutions(2 * skip, skip) for skip in widths[-2::-1])
        self.head = nn.Conv3d(width, 1, 1)
        # Few voxels are tumour: to begin with, none is thought to be one.
        nn.init.constant_(self.head.bias, -3.0)  # type: ignore[arg-type]

    def forward(self, volume: Tensor) -> Tensor:
        """Volume to logits."""
        skips: list[Tensor] = []
        maps = volume
        for level, block in enumerate(self.encoder):
            maps = block(maps if level == 0 else functional.max_pool3d(maps, 2))
            skips.append(maps)
        for skip, narrow, block in zip(skips[-2::-1], self.narrow, self.decoder, strict=True):
            maps = functional.interpolate(narrow(maps), scale_factor=2.0, mode="nearest")
            maps = block(torch.cat([maps, skip], dim=1))
        logits: Tensor = self.head(maps)
        return logits
