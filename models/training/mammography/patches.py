"""Patches of mammograms: a network of this project on them, and read over a whole view.

A patch classifier turned into one of the whole image, as Shen et al., Scientific Reports 2019;9:
12495 do; here the whole view's logit is that of its most suspicious window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammogram_sets.marked_view import MALIGNANT, OTHER
from senoscope.models.evaluation.metrics import auc
from senoscope.models.networks.googlenet import GoogLeNet, GoogLeNetOutput
from senoscope.models.networks.resnet import ResNet
from senoscope.models.training.classifier import AUXILIARY_WEIGHT
from senoscope.models.training.mammography.learnt_views import (
    LearntView,
    LearntViews,
    as_input,
    regions_of,
    varied,
)

STRIDE = 32
"""Pixels between the cells of both networks' last maps."""
WINDOW = 3
"""Cells of a patch either way; odd, so that it has a middle cell."""
SIDE = WINDOW * STRIDE
"""Pixels of a patch: 24 mm where the view is 240 mm high and 960 pixels."""
SHAKE = 0.25
"""Of a patch's side, how far a region lies from its middle at most."""
OTHER_SHARE = 0.3
"""Of patches that are not malignant: those on other regions, where there are any."""
TRIES = 50
Place = tuple[LearntView, float, float]


class PatchOverView(nn.Module):
    """Every patch of a view at once: the network's last layer at each cell, averaged by window.

    To a view it is what the network is to each patch, but for the edges of the convolutions.
    """

    def __init__(self, network: GoogLeNet | ResNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 1, rows, columns) to logits (n,) and saliency (n, 1, rows / 32, columns / 32)."""
        last = self.network.fc
        cells = functional.conv2d(self.network.maps(picture), last.weight[..., None, None])
        windows = functional.avg_pool2d(cells + last.bias, WINDOW, stride=1)
        saliency = functional.pad(windows.sigmoid(), (WINDOW // 2,) * 4)
        return windows.amax(dim=(1, 2, 3)), saliency


class PatchTask:
    """Half of a batch on malignant regions, the rest on other regions and on bare tissue."""

    def __init__(self, network: GoogLeNet | ResNet, views: LearntViews) -> None:
        self.network: nn.Module = network
        self._fitted = views.fitted
        self._malignant = _places(views.fitted, MALIGNANT)
        self._other = _places(views.fitted, OTHER)
        inner = _places(views.inner, MALIGNANT)
        if not self._malignant or not inner:
            raise DataSetError(
                f"{len(self._malignant)} malignant regions to fit and {len(inner)} to choose by "
                "were marked; patches need some of both. Train on whole views by multiple "
                "instances, or on a set with regions."
            )
        rng = np.random.default_rng(0)
        bare = [_bare(views.inner, rng) for _ in inner]
        inner_other = [each for each in _places(views.inner, OTHER) if not _is_malignant(each)]
        self._inner = [_cut(place) for place in (*inner, *inner_other, *bare)]
        self._inner_labels = np.arange(len(self._inner)) < len(inner)

    def batch(
        self,
        size: int,  # noqa: ARG002 - every Task is told it
        count: int,
        rng: np.random.Generator,
    ) -> tuple[Tensor, ...]:
        """Patches (count, 1, SIDE, SIDE) and labels (count,); `size` is SIDE."""
        malignant = np.arange(count) < count // 2
        patches = [self._drawn(is_malignant, rng) for is_malignant in malignant.tolist()]
        return (
            torch.from_numpy(np.stack(patches)[:, None]),
            torch.from_numpy(malignant.astype(np.float32)),
        )

    def loss(self, output: Tensor | GoogLeNetOutput, batch: tuple[Tensor, ...]) -> Tensor:
        """Cross entropy, of auxiliary classifiers too if there are."""
        entropy = functional.binary_cross_entropy_with_logits
        if isinstance(output, Tensor):
            return entropy(output[:, 0].float(), batch[1])
        others = entropy(output.aux1[:, 0].float(), batch[1]) + entropy(
            output.aux2[:, 0].float(), batch[1]
        )
        return entropy(output.logits[:, 0].float(), batch[1]) + AUXILIARY_WEIGHT * others

    @torch.inference_mode()
    def score(self, network: nn.Module) -> Mapping[str, float]:
        """AUC on the inner split's patches."""
        scores = [float(network(torch.from_numpy(as_input([each])))) for each in self._inner]
        return {"auc_patches": auc(self._inner_labels, np.array(scores))}

    def _drawn(self, is_malignant: bool, rng: np.random.Generator) -> NDArray[np.float32]:
        if is_malignant:
            place = _shaken(self._malignant[rng.integers(len(self._malignant))], rng)
        else:
            place = self._not_malignant(rng)
        patch = np.rot90(_cut(place), int(rng.integers(4)))
        patch = patch[:, ::-1] if rng.random() < 0.5 else patch
        return varied(np.asarray(patch, np.float32) / np.float32(255), rng)

    def _not_malignant(self, rng: np.random.Generator) -> Place:
        if self._other and rng.random() < OTHER_SHARE:
            place = _shaken(self._other[rng.integers(len(self._other))], rng)
            # A malignant region may lie beside it.
            if not _is_malignant(place):
                return place
        return _bare(self._fitted, rng)


def _places(views: tuple[LearntView, ...], value: int) -> list[Place]:
    return [(view, x, y) for view in views for x, y in regions_of(view, value)]


def _shaken(place: Place, rng: np.random.Generator) -> Place:
    view, x, y = place
    along, down = rng.uniform(-SHAKE, SHAKE, 2) * SIDE
    return view, x + float(along), y + float(down)


def _bare(views: tuple[LearntView, ...], rng: np.random.Generator) -> Place:
    """In a breast, with no malignant region on the patch."""
    for _ in range(TRIES):
        view = views[rng.integers(len(views))]
        rows, columns = np.nonzero(view.breast)
        at = rng.integers(len(rows))
        place = view, float(columns[at]), float(rows[at])
        if not _is_malignant(place):
            return place
    raise DataSetError(
        f"{TRIES} places were tried and each is on a malignant region; expected bare tissue. "
        "Check the regions of the data set."
    )


def _is_malignant(place: Place) -> bool:
    """Whether its patch shows any of a malignant region."""
    return bool((_cut(place, place[0].truth) == MALIGNANT).any())


def _cut(place: Place, of: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """(SIDE, SIDE) round `place`, of its picture or of `of`; air beyond it."""
    view, x, y = place
    source = view.picture if of is None else of
    around = cv2.copyMakeBorder(source, *(SIDE,) * 4, cv2.BORDER_CONSTANT, value=(0,))
    # As far from the border as a place in the picture, shaken, may lie.
    top, left = (round(at + SIDE / 2) for at in (y, x))
    return np.asarray(around[top : top + SIDE, left : left + SIDE], np.uint8)


PATCH_NETWORKS: Mapping[str, Callable[[], GoogLeNet | ResNet]] = {
    "googlenet": GoogLeNet,
    "resnet": ResNet,
}
