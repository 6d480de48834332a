"""AlexNet (Krizhevsky 2012) for one grey lesion crop.

Layer sizes, parameter names and initialisation are torchvision's: the one-column form (Krizhevsky
2014), without local response normalisation. Only `features.0` and `classifier.6` differ in shape.

There is no batch normalisation: it would be another network, and this one fits without. What its
absence asks for is a lower learning rate: torchvision's training takes 0.01, a tenth of ResNet's.
"""

from __future__ import annotations

from torch import Tensor, nn


class AlexNet(nn.Module):
    """(n, 1, rows, columns) crop to (n, classes) logits. Made for 224x224, sides from 63 up.

    56,992,449 weights at one class, 96 % of them in `classifier`.
    """

    channels = 256
    """Of `maps`."""

    def __init__(self, classes: int = 1) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 64, 11, stride=4, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(64, 192, 5, padding=2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(192, 384, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
        )
        # Leaves the 6x6 maps of a 224x224 crop as they are; repeats the cells of smaller ones.
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Dropout(),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, classes),
        )

    def maps(self, crop: Tensor) -> Tensor:
        """The last maps before any place is lost: (n, 256, about rows / 32, columns / 32)."""
        maps: Tensor = self.features(crop)
        return maps

    def forward(self, crop: Tensor) -> Tensor:
        """Crop to logits."""
        logits: Tensor = self.classifier(self.avgpool(self.maps(crop)).flatten(1))
        return logits
