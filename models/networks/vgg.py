"""VGG-19 (Simonyan 2015, configuration E) with batch normalisation, for one grey lesion crop.

Names and initialisation of `features` are torchvision's, biases before normalisation included, so
that weights trained elsewhere can be loaded; only `features.0` differs in shape.

The two 4096-wide layers hold 120 of the network's 140 million weights, a hundred thousand for each
of a thousand training images. An average over the last maps (Lin 2014), as in GoogLeNet and ResNet,
stands in their place: what is compared is then the convolutions, and every crop size fits.
"""

from __future__ import annotations

from torch import Tensor, nn

STAGES = ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,) * 4)
"""Channels of the 3x3 convolutions; maximum pooling halves the maps after each stage."""


class VGG19(nn.Module):
    """(n, 1, rows, columns) crop to (n, classes) logits. Made for 224x224, sides from 32 up.

    20,034,753 weights at one class.
    """

    channels = STAGES[-1][-1]
    """Of `maps`."""

    def __init__(self, classes: int = 1) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        source = 1
        for stage in STAGES:
            for target in stage:
                convolution = nn.Conv2d(source, target, 3, padding=1)
                layers += [convolution, nn.BatchNorm2d(target), nn.ReLU(inplace=True)]
                source = target
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.dropout = nn.Dropout()
        self.fc = nn.Linear(source, classes)
        for layer in self.features:
            if isinstance(layer, nn.Conv2d):
                _initialise(layer)
        nn.init.normal_(self.fc.weight, std=0.01)
        nn.init.zeros_(self.fc.bias)

    def maps(self, crop: Tensor) -> Tensor:
        """The last maps before any place is lost: (n, 512, rows / 32, columns / 32)."""
        maps: Tensor = self.features(crop)
        return maps

    def forward(self, crop: Tensor) -> Tensor:
        """Crop to logits."""
        logits: Tensor = self.fc(self.dropout(self.maps(crop).mean(dim=(2, 3))))
        return logits


def _initialise(convolution: nn.Conv2d) -> None:
    """He 2015, as torchvision does."""
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    assert convolution.bias is not None
    nn.init.zeros_(convolution.bias)
