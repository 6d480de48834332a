"""From lesions in a volume to findings, outlined slice by slice on the stored images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from senoscope.domain.breast_mri import Mask
from senoscope.domain.reading import Suspicion
from senoscope.models.programmed.breast_mri.analysis import EnhancingLesion
from senoscope.studies.results.breast_mri.lesion_codes import CURVE, MEASURES
from senoscope.studies.results.breast_mri.lesion_measures import SIDE
from senoscope.studies.results.identity import new_uid
from senoscope.studies.results.outline_mask import outlines_of
from senoscope.studies.study_reading import (
    FindingKind,
    FindingWord,
    FramePlace,
    Outlined,
    ReadingFact,
    StudyFinding,
)

CURVES = ("I", "II", "III")
_MEASURED = {
    "peak_percent": "peak",
    "time_to_peak_s": "time_to_peak",
    "washout_percent_per_min": "washout_rate",
    "ser": "ser",
    "ktrans_per_min": "ktrans",
    "kep_per_min": "kep",
    "ve": "ve",
}
"""Names of `EnhancingLesion.measures`, and those of the facts."""


def findings_of_lesions(
    lesions: Sequence[EnhancingLesion], slices: Sequence[FramePlace]
) -> Iterator[StudyFinding]:
    """One for each; `slices` are those of the volume. Suspicion is left to the clinician."""
    for lesion in lesions:
        corner = np.array([lesion.corner[2], lesion.corner[1]], np.float32)
        outlines = [
            Outlined(slices[lesion.corner[0] + plane], outline + corner)
            for plane in _by_area(lesion.mask)
            for outline in outlines_of(lesion.mask[plane])
        ]
        if outlines:
            yield _finding(lesion, outlines)


def _finding(lesion: EnhancingLesion, outlines: Sequence[Outlined]) -> StudyFinding:
    return StudyFinding(
        lesion.number,
        str(new_uid()),
        outlines[0],
        tuple(outlines),
        lesion.score,
        lesion.score,
        lesion.score,
        # The score was fitted on simulated lesions alone: no word of suspicion rests on it.
        Suspicion.UNCERTAIN,
        None,
        tuple(FindingWord.of(name, term) for name, term in lesion.words.items()),
        FindingKind.ENHANCEMENT,
        tuple(_facts(lesion)),
    )


def _facts(lesion: EnhancingLesion) -> Iterator[ReadingFact]:
    across, front_back, foot_head = lesion.extent_mm
    shares = (100 * each for each in lesion.shares)
    numbers: dict[str, float | None] = {
        "volume": lesion.volume_mm3 / 1000,
        "longest": lesion.longest_mm,
        "extent_across": across,
        "extent_front_back": front_back,
        "extent_foot_head": foot_head,
        "functional_volume": lesion.functional_mm3 / 1000,
        "nipple_distance": lesion.nipple_mm,
        "skin_distance": lesion.skin_mm,
        **dict(zip(("share_persistent", "share_plateau", "share_washout"), shares, strict=True)),
        **{name: lesion.measures.get(each) for each, name in _MEASURED.items()},
    }
    if lesion.laterality is not None:
        yield ReadingFact(SIDE, word=lesion.laterality.value)
    yield ReadingFact(CURVE, word=CURVES[lesion.worst - 1])
    for name, (_, unit) in MEASURES.items():
        number = numbers[name]
        if number is not None and np.isfinite(number):
            yield ReadingFact(name, float(number), unit.value)


def _by_area(mask: Mask) -> list[int]:
    """Planes with any of it, the largest first."""
    areas = mask.sum((1, 2))
    return [int(each) for each in np.argsort(-areas, kind="stable") if areas[each]]
