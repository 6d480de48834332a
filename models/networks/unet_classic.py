"""The classic U-Net (Ronneberger 2015), to compare the real-time one with.

Convolutions are padded, so that the lesion has the picture's size, and batch normalisation stands
in place of dropout; both are usual today. The default width is half the paper's. The presence head
is the real-time U-Net's, so that one trainer fits both.

Maps are enlarged by the paper's 2x2 up-convolution, a transposed convolution. Its stride is its
kernel, so no two windows overlap, and uneven overlap is what draws chequerboards (Odena 2016).
Bilinear enlarging would need a convolution more to halve the channels before each join.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from senoscope.models.networks.unet import UNetOutput

STRIDE = 16
"""Input sides must be multiples of this."""


class ClassicUNet(nn.Module):
    """Grey picture in, lesion logits at the same size and one presence logit out.

    Input (n, 1, rows, columns), sides multiples of 16. 7,763,490 weights at width 32. The presence
    head reads the deepest encoder maps, by average and maximum, as RealTimeUNet's does.
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(5)]
        upward = list(pairwise(widths[::-1]))
        self.encoder = nn.ModuleList(
            _two_convolutions(source, target) for source, target in pairwise([1, *widths])
        )
        self.enlarge = nn.ModuleList(
            nn.ConvTranspose2d(below, skip, 2, stride=2) for below, skip in upward
        )
        self.decoder = nn.ModuleList(_two_convolutions(2 * skip, skip) for _, skip in upward)
        self.head = nn.Conv2d(width, 1, 1)
        self.presence = nn.Sequential(nn.Dropout(0.2), nn.Linear(2 * widths[-1], 1))
        for layer in self.modules():
            _initialise(layer)

    def forward(self, picture: Tensor) -> UNetOutput:
        """Picture to logits."""
        maps = self.encoder[0](picture)
        skips: list[Tensor] = []
        for block in self.encoder[1:]:
            skips.append(maps)
            maps = block(functional.max_pool2d(maps, 2))
        pooled = torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1)
        for skip, enlarge, block in zip(skips[::-1], self.enlarge, self.decoder, strict=True):
            maps = block(torch.cat([skip, enlarge(maps)], dim=1))
        return UNetOutput(self.head(maps), self.presence(pooled).squeeze(1))


def _two_convolutions(channels_in: int, channels_out: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for source in (channels_in, channels_out):
        layers += [
            nn.Conv2d(source, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


def _initialise(layer: nn.Module) -> None:
    """Gaussian of standard deviation sqrt(2 / inputs of one output pixel), as in the paper."""
    if not isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        return
    # One window of an up-convolution reaches each pixel, and of it one weight a channel.
    window = 1 if isinstance(layer, nn.ConvTranspose2d) else math.prod(layer.kernel_size)
    nn.init.normal_(layer.weight, std=math.sqrt(2 / (layer.in_channels * window)))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
