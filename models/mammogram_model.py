"""A user's own network for mammograms: ONNX behind the contract of its card.

Input "picture", float32 (views, 1, rows, columns): each view hung with its chest wall at column 0
and its head up, made as large as it fits, at the upper left, the rest as air. Output "malignant",
(views,), a probability; and "saliency", (views, 1, any rows, any columns) in 0..1, if there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Laterality, Mammogram
from senoscope.models.card_network import CardNetwork, are_shares, loaded_network
from senoscope.models.engines import openvino
from senoscope.models.engines.base import BackEnd, LoadedEngine
from senoscope.models.mammogram_card import MammogramCard, load_mammogram_card

Grey = NDArray[np.float32]
FOUR = (
    (Laterality.RIGHT, "CC"),
    (Laterality.LEFT, "CC"),
    (Laterality.RIGHT, "MLO"),
    (Laterality.LEFT, "MLO"),
)
"""The order of the views of a network that takes four at once."""


@dataclass(frozen=True, eq=False)
class MammogramScore:
    """`malignant` is a probability; `saliency`, (rows, columns) of the hung view in 0..1, or None.

    `by` is the title of the network's card.
    """

    malignant: float
    saliency: Grey | None
    by: str


def fitted(pixels: Grey, size: tuple[int, int]) -> Grey:
    """A hung view, (rows, columns), made as large as fits `size`, at its upper left."""
    rows, columns = fitted_shape((pixels.shape[0], pixels.shape[1]), size)
    is_shrunk = rows < pixels.shape[0]
    way = cv2.INTER_AREA if is_shrunk else cv2.INTER_LINEAR
    picture = np.zeros(size, np.float32)
    picture[:rows, :columns] = cv2.resize(pixels, (columns, rows), interpolation=way)
    return picture


def fitted_shape(shape: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of `size` that a view of `shape` takes up."""
    scale = min(size[0] / shape[0], size[1] / shape[1])
    rows, columns = (max(1, round(side * scale)) for side in shape)
    return min(rows, size[0]), min(columns, size[1])


class MammogramModel(CardNetwork[MammogramCard]):
    """A loaded network. One thread's."""

    def __init__(self, card: MammogramCard, engine: LoadedEngine) -> None:
        """ModelPackageError where the network is not what its card says."""
        super().__init__(card, engine)
        self._run(np.full(card.input_shape, card.low, np.float32))

    def read(self, views: Sequence[Mammogram]) -> tuple[MammogramScore, ...]:
        """A score for each of `views`, in their order.

        ImageError where a view is none that the network takes, and where four are taken at once and
        `views` are not these four.
        """
        for view in views:
            self._require(view)
        if self.card.at_once == 1:
            return tuple(self._read([view])[0] for view in views)
        order = [self._place_of(views, *which) for which in FOUR]
        if len(views) != len(FOUR):
            raise self._not_four(views)
        scores = self._read([views[place] for place in order])
        return tuple(scores[order.index(place)] for place in range(len(views)))

    def _require(self, view: Mammogram) -> None:
        if view.intent is not self.card.intent:
            raise ImageError(
                f"This mammogram is {view.intent}; {self.card.title} was made for "
                f"{self.card.intent}. Give the other picture of this exposure, or another network."
            )
        if view.view not in self.card.views:
            raise ImageError(
                f"This mammogram's view is {view.view or 'not known'}; {self.card.title} takes "
                f"{', '.join(self.card.views)}. It is not read by this network."
            )

    def _place_of(self, views: Sequence[Mammogram], side: Laterality, view: str) -> int:
        found = [k for k, each in enumerate(views) if (each.laterality, each.view) == (side, view)]
        if len(found) != 1:
            raise self._not_four(views)
        return found[0]

    def _not_four(self, views: Sequence[Mammogram]) -> ImageError:
        given = ", ".join(f"{each.laterality or '?'} {each.view or '?'}" for each in views)
        return ImageError(
            f"The views {given or 'none'} were given; {self.card.title} reads R CC, L CC, R MLO "
            "and L MLO at once. Give one of each."
        )

    def _read(self, views: Sequence[Mammogram]) -> list[MammogramScore]:
        low, high = np.float32(self.card.low), np.float32(self.card.high)
        pictures = np.stack([fitted(view.pixels, self.card.size) for view in views])
        malignant, saliency = self._run((low + (high - low) * pictures)[:, None])
        return [
            MammogramScore(
                float(malignant[place]),
                None if saliency is None else self._as_seen(saliency[place, 0], view.pixels.shape),
                self.card.title,
            )
            for place, view in enumerate(views)
        ]

    def _as_seen(self, saliency: Grey, shape: tuple[int, ...]) -> Grey:
        """What lies over the view, of a map over the whole input."""
        rows, columns = self.card.size
        whole = cv2.resize(saliency, (columns, rows), interpolation=cv2.INTER_LINEAR)
        high, wide = fitted_shape((shape[0], shape[1]), self.card.size)
        seen = cv2.resize(whole[:high, :wide], shape[1::-1], interpolation=cv2.INTER_LINEAR)
        return np.asarray(seen, np.float32)

    def _run(self, picture: Grey) -> tuple[Grey, Grey | None]:
        """Probabilities and maps, after they were found to be such."""
        views = self.card.at_once
        given = self.given_of(picture)
        malignant, saliency = given.get("malignant"), given.get("saliency")
        maps = [saliency] if self.card.has_saliency else []
        is_right = malignant is not None and malignant.shape == (views,)
        is_right &= all(each is not None and each.shape[:2] == (views, 1) for each in maps)
        is_right &= all(each is not None and each.ndim == 4 for each in maps)
        if malignant is None or not is_right or not are_shares(malignant, *maps):
            wanted = f"malignant ({views},)"
            wanted += f" and saliency ({views}, 1, rows, columns)" if maps else ""
            raise self.refused(given, wanted)
        return malignant, saliency if self.card.has_saliency else None


def load_mammogram_model(folder: Path, back_end: BackEnd = openvino) -> MammogramModel:
    """The network of `folder`, after one run. ModelPackageError says what to correct."""
    return loaded_network(load_mammogram_card(folder), back_end, MammogramModel)
