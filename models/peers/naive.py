"""What a capable person writes first: PyTorch, a mask at full size, a coloured picture."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.frame import Gray
from senoscope.models.crop import lesion_crops
from senoscope.models.engines.base import Engine
from senoscope.models.package import ModelPackage, Precision
from senoscope.models.peers.reading import (
    Answer,
    Box,
    Given,
    Mask,
    NetworksAlone,
    Read,
    highest_first,
    reduced,
)
from senoscope.models.segmenter import MOST_LESIONS

RED = (0, 0, 255)
"""In OpenCV's order."""
COVER = 0.35
"""How much of a lesion's grey the colour hides."""
Contour = NDArray[np.int32]


def torch_loop(unet: ModelPackage, googlenet: ModelPackage, jpeg_quality: int) -> Read:
    """The loop on PyTorch: eager, fp32, one thread. EngineUnavailable says why not."""
    # Importing PyTorch takes seconds, and whoever lists the peers should not wait for it.
    from senoscope.models.engines import torch  # noqa: PLC0415

    cv2.setNumThreads(1)
    outlines, classifies = (torch.load(each.weights(Precision.FP32)) for each in (unet, googlenet))
    return NaiveLoop(outlines, classifies, unet, googlenet, jpeg_quality)


class NaiveLoop:
    """From a grey frame to a coloured JPEG with what was found on it."""

    def __init__(
        self,
        unet: Engine,
        googlenet: Engine,
        unet_card: ModelPackage,
        googlenet_card: ModelPackage,
        jpeg_quality: int,
    ) -> None:
        self._networks = NetworksAlone(unet, googlenet, unet_card, googlenet_card)
        self._quality = (cv2.IMWRITE_JPEG_QUALITY, jpeg_quality)
        self.jpeg = b""
        """The last picture."""

    def __call__(self, given: Given) -> Answer:
        """Outline, classify, draw and encode."""
        pixels = given.pixels
        looked_at = [
            (contour, self._probability(pixels, box_of(contour)))
            for contour in self._contours(pixels)
        ]
        found = [(contour, share) for contour, share in looked_at if share is not None]
        self.jpeg = self._picture(pixels, found)
        contours = [contour for contour, _ in found]
        rows, columns = pixels.shape
        return Answer(
            highest_first(share for _, share in found), partial(filled, contours, (rows, columns))
        )

    def _contours(self, pixels: Gray) -> list[Contour]:
        """At full size, the largest first."""
        card = self._networks.unet_card
        lesion = cv2.resize(self._networks.lesion(reduced(pixels, card.size)), pixels.shape[::-1])
        inside = (lesion >= card.setting("lesion_from")).astype(np.uint8)
        found, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        smallest = card.setting("smallest_share") * inside.size
        kept = [contour for contour in found if cv2.contourArea(contour) >= smallest]
        kept.sort(key=cv2.contourArea, reverse=True)
        return [np.asarray(contour, np.int32) for contour in kept[:MOST_LESIONS]]

    def _probability(self, pixels: Gray, box: Box) -> float | None:
        card = self._networks.googlenet_card
        return self._networks.probability(lesion_crops(pixels, box, card.size, card.margins))

    def _picture(self, pixels: Gray, found: list[tuple[Contour, float]]) -> bytes:
        """The whole frame in colour, blended with itself under the lesions' colour."""
        picture = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
        covered = cv2.drawContours(picture.copy(), [each for each, _ in found], -1, RED, cv2.FILLED)
        drawn = cv2.addWeighted(covered, COVER, picture, 1 - COVER, 0)
        for contour, share in found:
            cv2.drawContours(drawn, [contour], -1, RED, 2)
            left, top, _, _ = cv2.boundingRect(contour)
            where = (left, max(top - 6, 12))
            cv2.putText(drawn, f"{share:.2f}", where, cv2.FONT_HERSHEY_SIMPLEX, 0.6, RED, 2)
        _, jpeg = cv2.imencode(".jpg", drawn, self._quality)
        return np.asarray(jpeg).tobytes()


def box_of(contour: Contour) -> Box:
    """Round a contour of whole pixels."""
    left, top, width, height = cv2.boundingRect(contour)
    return left, top, left + width - 1, top + height - 1


def filled(contours: list[Contour], shape: tuple[int, int]) -> Mask:
    """(rows, columns): inside or on any contour."""
    mask = np.zeros(shape, np.uint8)
    cv2.drawContours(mask, contours, -1, (1,), cv2.FILLED)
    return mask.astype(bool)
