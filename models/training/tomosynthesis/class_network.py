"""One network for each source: crops of several depths, their features pooled, three classes.

As Li et al. (Eur Radiol 2020;30:778, 10.1007/s00330-019-06457-5) classify regions of tomosynthesis
and mammography; here each depth has the features of GoogLeNet or ResNet, and over depth the highest
of each feature is kept. A view is what its most suspicious places are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import Floats, auc
from senoscope.models.evaluation.tomosynthesis.class_places import Place
from senoscope.models.evaluation.tomosynthesis.class_view import CLASSES, Greys
from senoscope.models.networks.googlenet import GoogLeNet
from senoscope.models.networks.resnet import ResNet
from senoscope.models.training.tomosynthesis.class_crops import (
    SHAKE_PX,
    SourceVolume,
    flipped,
    growths_of,
    view_crops,
)
from senoscope.models.training.tomosynthesis.class_network_kind import ClassNetworkKind

VIEW_FIGURES = ("benign", "malignant", "malignant over benign")
"""Of a view, from the logits of its places: see `view_figures`."""
_BODIES: Mapping[ClassNetworkKind, type[GoogLeNet] | type[ResNet]] = {
    ClassNetworkKind.GOOGLENET: GoogLeNet,
    ClassNetworkKind.RESNET: ResNet,
}


class DepthPooled(nn.Module):
    """(n, depths, rows, columns) to logits (n, classes), whatever the number of depths."""

    def __init__(self, kind: ClassNetworkKind) -> None:
        super().__init__()
        body = _BODIES[kind](len(CLASSES))
        self.body = body
        self.last = nn.Linear(body.channels, len(CLASSES))

    def forward(self, crops: Tensor) -> Tensor:
        """See the class."""
        count, depths, rows, columns = crops.shape
        maps = self.body.maps(crops.reshape(count * depths, 1, rows, columns))
        features = maps.mean(dim=(2, 3)).reshape(count, depths, -1).amax(dim=1)
        logits: Tensor = self.last(features)
        return logits


class ClassTask:
    """A third of a batch of each class; normal crops are of places that outshine, as read later."""

    def __init__(
        self, kind: ClassNetworkKind, fitted: Sequence[SourceVolume], inner: Sequence[SourceVolume]
    ) -> None:
        self.network: nn.Module = DepthPooled(kind)
        self._places = _by_class(fitted)
        self._inner = [
            (class_, volume.crop(place))
            for class_, places in enumerate(_by_class(inner))
            for volume, place in places
        ]
        lacking = [name for name, its in zip(CLASSES, self._places, strict=True) if not its]
        if lacking or len({class_ for class_, _ in self._inner}) < len(CLASSES):
            raise DataSetError(
                f"{len(fitted)} views to fit lack places that are {', '.join(lacking) or 'none'}, "
                f"and {len(inner)} to choose by have {len(self._inner)}; expected some of each "
                "class in both. Give more views, with marked regions."
            )

    def batch(
        self,
        size: int,  # noqa: ARG002 - every Task is told it
        count: int,
        rng: np.random.Generator,
    ) -> tuple[Tensor, ...]:
        """Crops (count, depths, SIDE, SIDE) and classes (count,)."""
        classes = np.arange(count) % len(CLASSES)
        crops = [self._drawn(int(class_), rng) for class_ in classes]
        return torch.from_numpy(np.stack(crops)), torch.from_numpy(classes)

    def loss(self, output: Tensor, batch: tuple[Tensor, ...]) -> Tensor:
        """Cross entropy, smoothed a little: there are few growths."""
        return functional.cross_entropy(output.float(), batch[1], label_smoothing=0.05)

    @torch.inference_mode()
    def score(self, network: nn.Module) -> Mapping[str, float]:
        """On the inner split's crops."""
        classes = np.array([class_ for class_, _ in self._inner])
        logits = logits_of(network, np.stack([crop for _, crop in self._inner]))
        figures = {"accuracy": float((logits.argmax(1) == classes).mean())}
        for class_, name in enumerate(CLASSES):
            rest = np.delete(logits, class_, axis=1).max(1)
            figures[f"auc_{name}"] = auc(classes == class_, logits[:, class_] - rest)
        return figures

    def _drawn(self, class_: int, rng: np.random.Generator) -> Greys:
        places = self._places[class_]
        volume, place = places[rng.integers(len(places))]
        down, along = (int(k) for k in rng.integers(-SHAKE_PX, SHAKE_PX + 1, 2))
        return flipped(volume.crop(place, (int(rng.integers(-1, 2)), down, along)), rng)


def _by_class(volumes: Sequence[SourceVolume]) -> list[list[tuple[SourceVolume, Place]]]:
    """In the order of CLASSES."""
    clear = [(volume, place) for volume in volumes for place in volume.clear_places()]
    return [clear, *(growths_of(volumes, class_) for class_ in range(1, len(CLASSES)))]


@torch.inference_mode()
def logits_of(network: nn.Module, crops: Greys) -> Floats:
    """(n, classes) of (n, depths, SIDE, SIDE)."""
    parts = [network(torch.from_numpy(crops[k : k + 32])) for k in range(0, len(crops), 32)]
    return np.asarray(torch.cat(parts).double().numpy(), np.float64)


def view_figures(network: nn.Module, volume: SourceVolume) -> Floats:
    """(VIEW_FIGURES,): how far above normal its most benign and its most malignant place are.

    And by how much malignant is above benign at the least normal place.
    """
    logits = logits_of(network, view_crops(volume))
    above = logits[:, 1:] - logits[:, :1]
    worst = above[int(above.max(1).argmax())]
    return np.array([above[:, 0].max(), above[:, 1].max(), worst[1] - worst[0]])
