"""Lets a classifier's convolutions learn to outline lesions first, in place of ImageNet.

Byra 2019 fits VGG-19 from ImageNet's weights. No outside weights are used here: outlining lesions
on the same training frames stands in, since a network that outlines has seen what margins are.
"""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from senoscope.models.networks.unet import UNetOutput

FINER = 8
"""Each cell of the last maps is made to tell its picture in this many rows and columns."""


class Convolutions(Protocol):
    """What a classifier must offer to be pre-trained."""

    channels: int

    def maps(self, crop: Tensor) -> Tensor:
        """(n, 1, rows, columns) to (n, channels, ...), the last maps before places are lost."""


class OutliningTrunk(nn.Module):
    """`classifier`'s convolutions with a head for lesion and presence, fitted as a U-Net is."""

    def __init__(self, classifier: nn.Module) -> None:
        super().__init__()
        self.classifier = classifier
        channels = cast(Convolutions, classifier).channels
        self.head = nn.Conv2d(channels, FINER**2, 1)
        self.presence = nn.Linear(2 * channels, 1)

    def forward(self, picture: Tensor) -> UNetOutput:
        """(n, 1, rows, columns) to logits of the same size."""
        maps = cast(Convolutions, self.classifier).maps(picture)
        lesion = functional.pixel_shuffle(self.head(maps), FINER)
        lesion = functional.interpolate(lesion, size=picture.shape[-2:], mode="bilinear")
        pooled = torch.cat([maps.mean(dim=(2, 3)), maps.amax(dim=(2, 3))], dim=1)
        return UNetOutput(lesion, self.presence(pooled).squeeze(1))
