"""GoogLeNet (Szegedy 2015) with batch normalisation, for one grey lesion crop.

Layer sizes and parameter names are torchvision's, 3x3 in place of 5x5 included, so that
weights trained elsewhere can be loaded; only the first convolution and the layers that give
logits differ in shape.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional


class BasicConv2d(nn.Module):
    """Convolution, batch normalisation, ReLU."""

    def __init__(
        self, channels_in: int, channels_out: int, kernel: int, stride: int = 1, padding: int = 0
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            channels_in, channels_out, kernel, stride=stride, padding=padding, bias=False
        )
        self.bn = nn.BatchNorm2d(channels_out, eps=0.001)

    def forward(self, maps: Tensor) -> Tensor:
        """(n, channels_in, rows, columns) to (n, channels_out, ...)."""
        return torch.relu(self.bn(self.conv(maps)))


class Inception(nn.Module):
    """Four parallel branches, joined along channels.

    `widths`: 1x1; 1x1 then 3x3; 1x1 then 3x3; pooling then 1x1.
    """

    def __init__(self, channels_in: int, widths: tuple[int, int, int, int, int, int]) -> None:
        super().__init__()
        one, three_in, three, five_in, five, pool = widths
        self.branch1 = BasicConv2d(channels_in, one, 1)
        self.branch2 = nn.Sequential(
            BasicConv2d(channels_in, three_in, 1), BasicConv2d(three_in, three, 3, padding=1)
        )
        self.branch3 = nn.Sequential(
            BasicConv2d(channels_in, five_in, 1), BasicConv2d(five_in, five, 3, padding=1)
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), BasicConv2d(channels_in, pool, 1)
        )
        self.channels_out = one + three + five + pool

    def forward(self, maps: Tensor) -> Tensor:
        """(n, channels_in, rows, columns) to (n, channels_out, rows, columns)."""
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(maps) for branch in branches], dim=1)


class AuxiliaryClassifier(nn.Module):
    """A small classifier on maps half-way, so that early layers are told the diagnosis too."""

    def __init__(self, channels_in: int, classes: int) -> None:
        super().__init__()
        self.conv = BasicConv2d(channels_in, 128, 1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.dropout = nn.Dropout(0.7)
        self.fc2 = nn.Linear(1024, classes)

    def forward(self, maps: Tensor) -> Tensor:
        """(n, channels_in, rows, columns) to (n, classes) logits."""
        cells = self.conv(functional.adaptive_avg_pool2d(maps, 4)).flatten(1)
        logits: Tensor = self.fc2(self.dropout(torch.relu(self.fc1(cells))))
        return logits


class GoogLeNetOutput(NamedTuple):
    """Logits (n, classes) while training: the network's own, and the auxiliary classifiers'."""

    logits: Tensor
    aux1: Tensor
    aux2: Tensor


class GoogLeNet(nn.Module):
    """(n, 1, rows, columns) crop to (n, classes) logits. Made for 224x224.

    In training mode the output is a GoogLeNetOutput. At one class 9,926,691 weights, 4,332,034 of
    them in `aux1` and `aux2`, which nothing but training uses.
    """

    channels = 1024
    """Of `maps`."""

    def __init__(self, classes: int = 1) -> None:
        super().__init__()
        self.conv1 = BasicConv2d(1, 64, 7, stride=2, padding=3)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = BasicConv2d(64, 64, 1)
        self.conv3 = BasicConv2d(64, 192, 3, padding=1)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception3a = Inception(192, (64, 96, 128, 16, 32, 32))
        self.inception3b = Inception(256, (128, 128, 192, 32, 96, 64))
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = Inception(480, (192, 96, 208, 16, 48, 64))
        self.inception4b = Inception(512, (160, 112, 224, 24, 64, 64))
        self.inception4c = Inception(512, (128, 128, 256, 24, 64, 64))
        self.inception4d = Inception(512, (112, 144, 288, 32, 64, 64))
        self.inception4e = Inception(528, (256, 160, 320, 32, 128, 128))
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.inception5a = Inception(832, (256, 160, 320, 32, 128, 128))
        self.inception5b = Inception(832, (384, 192, 384, 48, 128, 128))
        self.dropout = nn.Dropout(0.4)
        self.fc = nn.Linear(1024, classes)
        self.aux1 = AuxiliaryClassifier(512, classes)
        self.aux2 = AuxiliaryClassifier(528, classes)

    def maps(self, crop: Tensor) -> Tensor:
        """The last maps before any place is lost: (n, 1024, rows / 32, columns / 32)."""
        return self._late(self._middle(self._early(crop)))

    def _early(self, crop: Tensor) -> Tensor:
        maps = self.maxpool1(self.conv1(crop))
        maps = self.maxpool2(self.conv3(self.conv2(maps)))
        maps = self.maxpool3(self.inception3b(self.inception3a(maps)))
        early: Tensor = self.inception4a(maps)
        return early

    def _middle(self, maps: Tensor) -> Tensor:
        middle: Tensor = self.inception4d(self.inception4c(self.inception4b(maps)))
        return middle

    def _late(self, maps: Tensor) -> Tensor:
        maps = self.maxpool4(self.inception4e(maps))
        late: Tensor = self.inception5b(self.inception5a(maps))
        return late

    def forward(self, crop: Tensor) -> Tensor | GoogLeNetOutput:
        """Crop to logits; in training mode, to those of all three classifiers."""
        early = self._early(crop)
        middle = self._middle(early)
        maps = self._late(middle)
        logits: Tensor = self.fc(self.dropout(maps.mean(dim=(2, 3))))
        if self.training:
            return GoogLeNetOutput(logits, self.aux1(early), self.aux2(middle))
        return logits
