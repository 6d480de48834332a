"""What a peer is given and what it answers, and what all peers do alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray
from senoscope.models.crop import lesion_crops
from senoscope.models.engines.base import Engine
from senoscope.models.odds import logistic
from senoscope.models.package import ModelPackage

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in frame pixels, pixel centres at integers."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """A frame, and what the networks take of it, made before the clock starts.

    `pixels` is (rows, columns), `small` the whole of it at the U-Net's (size, size). `crops` holds
    for each lesion what GoogLeNet takes, (crops, size, size).
    """

    pixels: Gray
    small: Gray
    crops: tuple[NDArray[np.uint8], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer says of a frame.

    `probabilities` of malignancy are of what looks like a lesion, the highest first. `mask` is
    called off the clock: (rows, columns) of the frame, True inside an outline.
    """

    probabilities: tuple[float, ...]
    mask: Callable[[], Mask]


Read = Callable[[Given], Answer]


def made_ready(
    pixels: Gray, boxes: Iterable[Box], unet: ModelPackage, googlenet: ModelPackage
) -> Given:
    """A (rows, columns) frame with lesions in `boxes`, and its inputs for both networks."""
    small = reduced(pixels, unet.size)
    crops = (lesion_crops(pixels, box, googlenet.size, googlenet.margins) for box in boxes)
    return Given(pixels, small, tuple(crops))


def reduced(pixels: Gray, size: int) -> Gray:
    """A (rows, columns) frame at (size, size)."""
    small = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def probability(malignant: float, is_lesion: float, package: ModelPackage) -> float | None:
    """Of malignancy, from a lesion's two logits, calibrated. None where it looks like no lesion."""
    if is_lesion < package.setting("lesion_logit_from"):
        return None
    slope, intercept = (package.setting(f"calibration_{name}") for name in ("slope", "intercept"))
    return logistic(slope * malignant + intercept)


def highest_first(probabilities: Iterable[float | None]) -> tuple[float, ...]:
    """Those there are."""
    return tuple(sorted((each for each in probabilities if each is not None), reverse=True))


def enlarged(inside: NDArray[np.float32], level: float, shape: tuple[int, int]) -> Mask:
    """Where a network's (size, size) map reaches `level`, on its (rows, columns) frame."""
    return np.asarray(cv2.resize(inside, shape[::-1], interpolation=cv2.INTER_LINEAR) >= level)


class NetworksAlone:
    """Both networks on inputs made beforehand: no resizing, outlines or picture."""

    def __init__(
        self, unet: Engine, googlenet: Engine, unet_card: ModelPackage, googlenet_card: ModelPackage
    ) -> None:
        self.unet_card, self.googlenet_card = unet_card, googlenet_card
        self._unet, self._googlenet = unet, googlenet

    def __call__(self, given: Given) -> Answer:
        """Outline and classify."""
        lesion = self.lesion(given.small).copy()
        level, (rows, columns) = self.unet_card.setting("lesion_from"), given.pixels.shape
        found = highest_first(self.probability(crops) for crops in given.crops)
        return Answer(found, partial(enlarged, lesion, level, (rows, columns)))

    def lesion(self, small: Gray) -> NDArray[np.float32]:
        """(size, size) in 0..1, of a frame at that size. Valid until the next call."""
        outputs = self._unet.run(self.unet_card.fed(small[None]))
        lesion: NDArray[np.float32] = outputs["lesion"][0, 0]
        return lesion

    def probability(self, crops: NDArray[np.uint8]) -> float | None:
        """Of malignancy, of the lesion that all `crops` show; None where it looks like none."""
        outputs = self._googlenet.run(self.googlenet_card.fed(crops))
        malignant, is_lesion = (float(outputs[name][0]) for name in ("malignant", "is_lesion"))
        return probability(malignant, is_lesion, self.googlenet_card)
