"""How density and the breast's parts agree with readers' letters and masks on a data set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.domain.mammogram import Intent, Mammogram
from senoscope.models.evaluation.mammography.density_set import (
    DensityImage,
    read_grey,
    read_tissues,
    tissue_masks,
)
from senoscope.models.evaluation.metrics import Estimate, Floats, bootstrap, dice
from senoscope.models.programmed.mammography.breast import Grey, Mask
from senoscope.models.programmed.mammography.density import measure_density
from senoscope.models.programmed.mammography.density_category import LETTERS, density_category
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.models.programmed.mammography.parts import BreastParts, find_parts

_LEAST_MUSCLE = 0.002
"""Of the picture: a mask with less has no pectoral muscle to be found."""


@dataclass(frozen=True, slots=True)
class DensityOutcome:
    """What was measured on one image; nan where there is no mask, letter or muscle.

    `trouble` says why an image was not measured; its file could be opened where `is_missed`: a
    mask's parts then count as not found.
    """

    image: DensityImage
    percent: float = float("nan")
    otsu_percent: float = float("nan")
    area_share: float = float("nan")
    breast_dice: float = float("nan")
    dense_dice: float = float("nan")
    pectoral_dice: float = float("nan")
    trouble: str | None = None

    @property
    def letter(self) -> str | None:
        """Of the suggestion; None where nothing was measured."""
        return None if np.isnan(self.percent) else density_category(self.percent).letter


def measure_images(images: Sequence[DensityImage]) -> Iterator[DensityOutcome]:
    """One after the other: what cannot be read is told and does not end it."""
    for image in images:
        try:
            pixels = read_grey(image.image)
            tissues = None
            if image.mask is not None:
                tissues = read_tissues(image.mask, (pixels.shape[0], pixels.shape[1]))
        except ImageError as error:
            yield DensityOutcome(image, trouble=str(error))
            continue
        yield _measured(image, pixels, tissues)


def _measured(
    image: DensityImage, pixels: Grey, tissues: NDArray[np.uint8] | None
) -> DensityOutcome:
    try:
        hanging = Hanging.of(pixels)
        hung = np.asarray(hanging.hang(pixels), np.float32)
        mammogram = Mammogram(hung, Intent.PRESENTATION, None, image.view, None)
        parts = find_parts(mammogram)
        density = measure_density(mammogram, parts)
    except ImageError as error:
        nothing = np.zeros(pixels.shape, bool)
        return _overlapping(
            DensityOutcome(image, trouble=str(error)), tissues, (nothing, nothing, nothing)
        )
    pectoral = np.zeros(hung.shape, bool) if parts.pectoral is None else parts.pectoral
    found = tuple(
        np.asarray(hanging.back(each), bool) for each in (parts.breast, density.dense, pectoral)
    )
    outcome = DensityOutcome(
        image,
        density.percent,
        _otsu_percent(hung, parts),
        float(parts.tissue.sum() / pixels.size),
    )
    return _overlapping(outcome, tissues, (found[0], found[1], found[2]))


def _overlapping(
    outcome: DensityOutcome, tissues: NDArray[np.uint8] | None, found: tuple[Mask, Mask, Mask]
) -> DensityOutcome:
    """With the Dice of breast, dense tissue and muscle, where there is a mask."""
    if tissues is None:
        return outcome
    breast, dense, muscle = tissue_masks(tissues)
    has_muscle = float(muscle.mean()) >= _LEAST_MUSCLE
    return replace(
        outcome,
        breast_dice=dice(found[0], breast),
        dense_dice=dice(found[1], dense),
        pectoral_dice=dice(found[2], muscle) if has_muscle else float("nan"),
    )


def _otsu_percent(pixels: Grey, parts: BreastParts) -> float:
    """The plain way: one threshold (Otsu 1979) inside the breast without muscle."""
    values = np.clip(pixels[parts.tissue] * 255, 0, 255).astype(np.uint8)
    limit, _ = cv2.threshold(values[None], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(100 * np.mean(values > limit))


def spearman(one: Floats, other: Floats) -> float:
    """Rank correlation, ties sharing their ranks; nan where all of one are the same."""
    ranks = [_ranks(each) for each in (one, other)]
    if len(one) < 2 or min(float(np.ptp(each)) for each in ranks) == 0:
        return float("nan")
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def density_figures(outcomes: Sequence[DensityOutcome]) -> dict[str, Estimate]:
    """The figures by name; intervals by image. Baselines are named so."""
    lettered = [each for each in outcomes if each.image.density and each.letter]
    said = np.array([LETTERS.index(each.image.density or "A") for each in lettered], np.float64)
    measures: Mapping[str, Callable[[DensityOutcome], float]] = {
        "spearman_density": lambda each: each.percent,
        "baseline_spearman_otsu": lambda each: each.otsu_percent,
        "baseline_spearman_small_breast": lambda each: -each.area_share,
    }
    figures: dict[str, Estimate] = {}
    for name, measure in measures.items():
        values = np.array([measure(each) for each in lettered], np.float64)
        figures[name] = bootstrap(partial(_correlated, values, said), range(len(lettered)))
    right = np.array([each.letter == each.image.density for each in lettered], np.float64)
    figures["same_letter"] = _mean(right)
    for name in ("breast_dice", "dense_dice", "pectoral_dice"):
        overlaps = np.array([getattr(each, name) for each in outcomes], np.float64)
        figures[name] = _mean(overlaps[~np.isnan(overlaps)])
    return figures


def _correlated(one: Floats, other: Floats, rows: NDArray[np.int64]) -> float:
    return spearman(one[rows], other[rows])


def _mean(values: Floats) -> Estimate:
    return bootstrap(lambda rows: float(values[rows].mean()), range(len(values)))
