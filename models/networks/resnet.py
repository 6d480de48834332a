"""ResNet-18 (He 2016) for one grey lesion crop.

Layer sizes, parameter names and initialisation are torchvision's, so that weights trained
elsewhere can be loaded; only the first convolution and `fc` differ in shape.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut.

    Where the block halves the maps the shortcut is a 1x1 convolution, named `downsample`.
    """

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels_out)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride=stride, bias=False),
                nn.BatchNorm2d(channels_out),
            )

    def forward(self, maps: Tensor) -> Tensor:
        """(n, channels_in, rows, columns) to (n, channels_out, rows / stride, columns / stride)."""
        residual = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(maps)))))
        return torch.relu(residual + self.downsample(maps))


class ResNet(nn.Module):
    """(n, 1, rows, columns) crop to (n, classes) logits. Made for 224x224, any size fits.

    11,170,753 weights at one class.
    """

    channels = 512
    """Of `maps`."""

    def __init__(self, classes: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = _stage(64, 64, stride=1)
        self.layer2 = _stage(64, 128, stride=2)
        self.layer3 = _stage(128, 256, stride=2)
        self.layer4 = _stage(256, 512, stride=2)
        self.fc = nn.Linear(512, classes)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def maps(self, crop: Tensor) -> Tensor:
        """The last maps before any place is lost: (n, 512, rows / 32, columns / 32)."""
        maps = self.maxpool(torch.relu(self.bn1(self.conv1(crop))))
        last: Tensor = self.layer4(self.layer3(self.layer2(self.layer1(maps))))
        return last

    def forward(self, crop: Tensor) -> Tensor:
        """Crop to logits."""
        logits: Tensor = self.fc(self.maps(crop).mean(dim=(2, 3)))
        return logits


def _stage(channels_in: int, channels_out: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        BasicBlock(channels_in, channels_out, stride), BasicBlock(channels_out, channels_out, 1)
    )
