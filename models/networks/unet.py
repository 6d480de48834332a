"""U-Net (Ronneberger 2015) made for frame rate, with heads for presence and malignancy.

A 4x4 space-to-depth stem and a pixel-shuffle head (Shi 2016) keep every convolution at a quarter
of the picture's side or below, where dense 3x3 convolutions run near the processor's int8 peak.
Maps are narrowed before they are enlarged and joined, and only the finest join has two
convolutions: the joins of the plain design would cost as much as everything else.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 32
"""Input sides must be multiples of this."""


class UNetOutput(NamedTuple):
    """Logits: `lesion` is (n, 1, rows, columns), `presence` is (n,).

    `malignant` (n,) is of what the picture shows as a whole, from networks that have that head.
    `coarse` holds lesion logits of coarser joins, the coarsest first, while training.
    """

    lesion: Tensor
    presence: Tensor
    malignant: Tensor | None = None
    coarse: tuple[Tensor, ...] = ()


def _convolutions(kernel: int, *channels: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for source, target in pairwise(channels):
        layers += [
            nn.Conv2d(source, target, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(target),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class RealTimeUNet(nn.Module):
    """Grey picture in; lesion logits at the same size, presence and malignancy logits out.

    Input (n, 1, rows, columns), sides multiples of 32. The presence head reads the deepest
    encoder maps, by average (how much) and maximum (anywhere); the malignancy head reads the
    two deepest where the network itself sees the lesion. Deep supervision (Lee 2015): while
    training, the coarser joins give lesion logits too.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, width, 4, stride=4, bias=False), nn.BatchNorm2d(width), nn.ReLU()
        )
        widths = (width, 2 * width, 4 * width, 5 * width)
        self.encoder = nn.ModuleList(
            _convolutions(3, source, target, target)
            for source, target in zip((width, *widths[:-1]), widths, strict=True)
        )
        # What the whole picture looks like, added everywhere (Liu 2015, ParseNet).
        self.context = nn.Conv2d(widths[-1], widths[-1], 1)
        self.narrow = nn.ModuleList(
            _convolutions(1, below, skip) for skip, below in reversed(list(pairwise(widths)))
        )
        self.decoder = nn.ModuleList(
            _convolutions(3, 2 * skip, skip, *([skip] if skip == width else []))
            for skip in widths[-2::-1]
        )
        self.head = nn.Conv2d(width, 16, 1)
        self.coarse = nn.ModuleList(nn.Conv2d(skip, 1, 1) for skip in widths[-2:0:-1])
        self.presence = nn.Sequential(nn.Dropout(0.2), nn.Linear(2 * widths[-1], 1))
        self.malignant = nn.Sequential(nn.Dropout(0.3), nn.Linear(widths[-1] + widths[-2], 1))

    def forward(self, picture: Tensor) -> UNetOutput:
        """Picture to logits."""
        maps = self.stem(picture)
        skips: list[Tensor] = []
        for level, block in enumerate(self.encoder):
            maps = block(maps if level == 0 else functional.max_pool2d(maps, 2))
            skips.append(maps)
        pooled = torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1)
        maps = maps + self.context(maps.mean(dim=(2, 3), keepdim=True))
        joins: list[Tensor] = []
        for skip, narrow, block in zip(skips[-2::-1], self.narrow, self.decoder, strict=True):
            maps = functional.interpolate(narrow(maps), scale_factor=2.0, mode="nearest")
            maps = block(torch.cat([maps, skip], dim=1))
            joins.append(maps)
        lesion = functional.pixel_shuffle(self.head(maps), 4)
        seen = lesion.detach().sigmoid()
        inside = torch.cat([_mean_where(seen, skips[-1]), _mean_where(seen, skips[-2])], dim=1)
        return UNetOutput(
            lesion,
            self.presence(pooled).squeeze(1),
            self.malignant(inside).squeeze(1),
            self._coarse(joins) if self.training else (),
        )

    def _coarse(self, joins: list[Tensor]) -> tuple[Tensor, ...]:
        return tuple(head(maps) for head, maps in zip(self.coarse, joins[:-1], strict=True))


def _mean_where(seen: Tensor, maps: Tensor) -> Tensor:
    """(n, channels): the mean of `maps` weighted by `seen` (n, 1, rows, columns) in 0..1."""
    factor = seen.shape[-1] // maps.shape[-1]
    weight = functional.avg_pool2d(seen, factor) + 1e-3
    return (maps * weight).sum(dim=(2, 3)) / weight.sum(dim=(2, 3))
