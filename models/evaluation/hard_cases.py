"""What defeats a reader: cases of known traps, and its own worst ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.reading import Finding
from senoscope.models.evaluation.matching import best_match, lesion_components
from senoscope.models.evaluation.metrics import dice
from senoscope.models.evaluation.ultrasound_sets import (
    Diagnosis,
    UltrasoundImage,
    read_busi_flags,
)
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import lesion_mask

POOR_DICE = 0.6


class Trap(StrEnum):
    """Why a case is hard, or what went wrong; a case may be in several."""

    AXILLA = "labelled as axilla"
    COLOUR = "colour pixels: Doppler or coloured calipers"
    SEVERAL = "two lesions or more"
    CUT = "lesion cut by the picture's border"
    MISSED_MALIGNANT = "malignant lesion missed"
    MISSED_BENIGN = "benign lesion missed"
    FALSE_ALARM = "outline on a normal image"
    POOR_OUTLINE = f"found, with a Dice below {POOR_DICE}"
    MALIGNANT_CALLED_LOW = "malignant, called low"


@dataclass(frozen=True, slots=True)
class HardCase:
    """One image, what the reader found on it, and the traps it shows.

    `dice` is nan on an image without a lesion.
    """

    image: UltrasoundImage
    findings: tuple[Finding, ...]
    traps: tuple[Trap, ...]
    dice: float


def hard_cases(
    reader: UltrasoundReader, images: Sequence[UltrasoundImage], flags: Mapping[str, Sequence[str]]
) -> Iterable[HardCase | None]:
    """One for each image in order, None where it is no hard case. `flags` by image name."""
    for image in images:
        findings = reader.read(image.pixels(), 0).findings
        traps = [Trap[flag] for flag in flags.get(image.name, ())]
        overlap = np.nan
        if image.diagnosis is Diagnosis.NORMAL:
            traps += [Trap.FALSE_ALARM] if findings else []
        else:
            truth = image.mask()
            overlap = dice(_drawn(findings, truth), truth)
            traps += _lesion_traps(image.diagnosis, findings, truth, overlap)
        yield HardCase(image, findings, tuple(traps), overlap) if traps else None


def busi_flags(folder: Path) -> dict[str, list[str]]:
    """AXILLA and COLOUR by image name, from BUSI's `quality.csv` where it is there."""
    return {
        Path(row["filename"]).stem: [
            flag
            for flag, column in (("AXILLA", "axilla_text"), ("COLOUR", "colour_pixels"))
            if row[column] == "1"
        ]
        for row in read_busi_flags(folder)
    }


def _lesion_traps(
    diagnosis: Diagnosis, findings: Sequence[Finding], truth: NDArray[np.bool_], overlap: float
) -> Iterable[Trap]:
    parts = lesion_components(truth)
    if len(parts) > 1:
        yield Trap.SEVERAL
    if truth[0].any() or truth[-1].any() or truth[:, 0].any() or truth[:, -1].any():
        yield Trap.CUT
    lesion = best_match([finding.lesion for finding in findings], parts[0])
    malignant = diagnosis is Diagnosis.MALIGNANT
    if lesion is None:
        yield Trap.MISSED_MALIGNANT if malignant else Trap.MISSED_BENIGN
        return
    if overlap < POOR_DICE:
        yield Trap.POOR_OUTLINE
    word = next(finding.suspicion for finding in findings if finding.lesion is lesion)
    if malignant and word == "low":
        yield Trap.MALIGNANT_CALLED_LOW


def _drawn(findings: Sequence[Finding], truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    shape = (truth.shape[0], truth.shape[1])
    return lesion_mask(tuple(finding.lesion for finding in findings), shape)
