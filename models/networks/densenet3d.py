"""DenseNet (Huang 2017) in three dimensions, small, for the box round one lesion."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class DenseLayer(nn.Module):
    """Normalise, activate, convolve: its maps are put beside what came in."""

    def __init__(self, channels: int, growth: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm3d(channels),
            nn.ReLU(),
            nn.Conv3d(channels, growth, 3, padding=1, bias=False),
        )

    def forward(self, maps: Tensor) -> Tensor:
        """(n, channels, ...) to (n, channels + growth, ...)."""
        return torch.cat([maps, self.layers(maps)], dim=1)


def _transition(channels: int, target: int) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm3d(channels),
        nn.ReLU(),
        nn.Conv3d(channels, target, 1, bias=False),
        nn.AvgPool3d(2),
    )


class DenseNet3D(nn.Module):
    """(n, channels, slices, rows, columns) to logits (n, classes); sides from 16 up.

    `blocks` are the layers of each dense block; between two, maps are halved in number and side.
    """

    def __init__(
        self,
        channels: int,
        classes: int = 1,
        growth: int = 8,
        blocks: tuple[int, ...] = (3, 3, 3),
    ) -> None:
        super().__init__()
        width = 2 * growth
        layers: list[nn.Module] = [nn.Conv3d(channels, width, 3, stride=2, padding=1, bias=False)]
        for number, depth in enumerate(blocks):
            for _ in range(depth):
                layers.append(DenseLayer(width, growth))
                width += growth
            if number < len(blocks) - 1:
                layers.append(_transition(width, width // 2))
                width //= 2
        layers += [nn.BatchNorm3d(width), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.channels = width
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(width, classes)

    def forward(self, volume: Tensor) -> Tensor:
        """Volume to logits."""
        maps = self.features(volume).mean(dim=(2, 3, 4))
        logits: Tensor = self.fc(self.dropout(maps))
        return logits
