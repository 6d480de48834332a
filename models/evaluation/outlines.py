"""How well lesions are outlined, by a network or by no look at all: every figure with CI and n."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from senoscope.domain.errors import DataSetError
from senoscope.domain.frame import Gray
from senoscope.domain.lesion import Lesion
from senoscope.models.evaluation import metrics
from senoscope.models.evaluation.boundary import boundary_f1, hausdorff_95
from senoscope.models.evaluation.comparison import Difference, paired_bootstrap
from senoscope.models.evaluation.matching import best_match, lesion_components
from senoscope.models.evaluation.metrics import Bools, Estimate, bootstrap
from senoscope.models.evaluation.ultrasound_sets import Diagnosis, UltrasoundImage, side_strip
from senoscope.models.segmenter import lesion_mask

BOUNDARY_TOLERANCE = 0.0075
"""Of the image's diagonal, as Csurka et al. (BMVC 2013) have it: four pixels of 500."""
Lesions = tuple[Lesion, ...]
Outliner = Callable[[Gray], Lesions]
"""Lesions of a (rows, columns) picture, in its pixels."""


@dataclass(frozen=True, slots=True)
class OutlineOutcome:
    """What the outlines of one image were worth. nan where a figure does not apply to it.

    `lesions` counts those of the truth, 0 on a normal image; `alarms` outlines on a normal image.
    """

    group: str
    dice: float
    iou: float
    hausdorff_95: float
    boundary_f1: float
    lesions: int
    lesions_found: int
    alarms: float
    strip_alarmed: float


def outline_outcomes(
    outline: Outliner, images: Sequence[UltrasoundImage]
) -> Iterable[OutlineOutcome]:
    """Outline each image once, in order; a lesion-free side strip once more."""
    for image in images:
        pixels = image.pixels()
        if image.diagnosis is Diagnosis.NORMAL:
            yield normal_outcome(image, outline(pixels))
            continue
        truth = true_mask(image, pixels)
        yield lesion_outcome(image, truth, outline(pixels), strip_alarmed(outline, pixels, truth))


def true_mask(image: UltrasoundImage, pixels: Gray) -> Bools:
    """(rows, columns) of `pixels`. DataSetError where the mask is empty or of another size."""
    truth = image.mask()
    if truth.shape != pixels.shape or not truth.any():
        raise DataSetError(
            f"The mask of {image.name} is empty or of another size than its image. "
            "Unpack the data set again."
        )
    return truth


def strip_alarmed(outline: Outliner, pixels: Gray, truth: Bools) -> float:
    """1 where the lesion-free side strip, read alone, gets an outline; nan where there is none."""
    strip = side_strip(truth)
    if strip is None:
        return float("nan")
    return float(bool(outline(np.ascontiguousarray(pixels[:, strip]))))


def lesion_outcome(
    image: UltrasoundImage, truth: Bools, lesions: Lesions, alarmed: float
) -> OutlineOutcome:
    """Of an image with lesions in `truth` (rows, columns); `alarmed` from `strip_alarmed`."""
    shape = (truth.shape[0], truth.shape[1])
    drawn, parts = lesion_mask(lesions, shape), lesion_components(truth)
    return OutlineOutcome(
        group=image.group,
        dice=metrics.dice(drawn, truth),
        iou=metrics.iou(drawn, truth),
        hausdorff_95=hausdorff_95(drawn, truth),
        boundary_f1=boundary_f1(drawn, truth, BOUNDARY_TOLERANCE * math.hypot(*shape)),
        lesions=len(parts),
        lesions_found=sum(best_match(lesions, part) is not None for part in parts),
        alarms=float("nan"),
        strip_alarmed=alarmed,
    )


def normal_outcome(image: UltrasoundImage, lesions: Lesions) -> OutlineOutcome:
    """Of an image without a lesion: every outline is a false alarm."""
    nan = float("nan")
    return OutlineOutcome(image.group, nan, nan, nan, nan, 0, 0, float(len(lesions)), nan)


def outline_figures(outcomes: Sequence[OutlineOutcome]) -> dict[str, Estimate]:
    """By key; see docs/train.md for what each is."""
    lesions = [o for o in outcomes if o.lesions]
    normals = [o for o in outcomes if not o.lesions]
    strips = [o for o in lesions if not math.isnan(o.strip_alarmed)]

    def mean(of: Sequence[OutlineOutcome], name: str) -> Estimate:
        values = np.array([getattr(o, name) for o in of])
        return bootstrap(lambda rows: float(values[rows].mean()), [o.group for o in of])

    alarmed = np.array([o.alarms > 0 for o in normals])
    return {
        "dice": mean(lesions, "dice"),
        "iou": mean(lesions, "iou"),
        "hausdorff_95_px": mean([o for o in lesions if o.dice > 0], "hausdorff_95"),
        "boundary_f1": mean(lesions, "boundary_f1"),
        "lesion_sensitivity": _lesion_sensitivity(lesions),
        "false_alarms_per_normal": mean(normals, "alarms"),
        "normals_with_alarm": bootstrap(
            lambda rows: float(alarmed[rows].mean()), [o.group for o in normals]
        ),
        "strips_with_alarm": mean(strips, "strip_alarmed"),
    }


def dice_over(one: Sequence[OutlineOutcome], other: Sequence[OutlineOutcome]) -> Difference:
    """Mean Dice of `one` minus that of `other` on the same images, paired, by patient."""
    pairs = [(a.group, a.dice - b.dice) for a, b in zip(one, other, strict=True) if a.lesions]
    gaps = np.array([gap for _, gap in pairs])
    return paired_bootstrap(lambda rows: float(gaps[rows].mean()), [group for group, _ in pairs])


def centre_ellipse(pixels: Gray) -> Lesions:
    """A lesion of the usual place and size, drawn without looking: the baseline to beat."""
    rows, columns = pixels.shape
    mask = np.zeros((rows, columns), np.uint8)
    cv2.ellipse(
        mask,
        (columns // 2, round(rows * 0.42)),
        (columns // 5, round(rows * 0.17)),
        0, 0, 360, 1, -1,
    )  # fmt: skip
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = contours[0][:, 0].astype(np.float32)
    return (Lesion(contour, area_px=float(mask.sum()), presence=1.0),)


def _lesion_sensitivity(of: Sequence[OutlineOutcome]) -> Estimate:
    """Found lesions of all lesions; `n` counts lesions, of which an image may hold several."""
    counts = np.array([(o.lesions_found, o.lesions) for o in of]).reshape(-1, 2)
    estimate = bootstrap(
        lambda rows: float(counts[rows, 0].sum() / counts[rows, 1].sum()), [o.group for o in of]
    )
    return replace(estimate, n=int(counts[:, 1].sum()))
