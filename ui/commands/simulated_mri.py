"""Simulated breast MRI for training and measuring: lesions one by one, and exams as MAMA-MIA's.

What a network learns from never says its class by anything but the lesion: size, place, side and
exam are drawn alike for benign and malignant (`calibration.phantoms.breast_mri.appearance`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from senoscope.calibration.phantoms.breast_mri.exam import SimulatedBreastMri
from senoscope.calibration.phantoms.breast_mri.truth import SimulatedLesion
from senoscope.domain.breast_mri import DynamicSeries, Mask, VolumeGeometry
from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.breast_mri.lesion_case import (
    ENDING,
    LesionCase,
    keep_lesion,
    kept_lesion,
)
from senoscope.models.evaluation.breast_mri.mama_mia import MamaMiaSplit
from senoscope.models.evaluation.breast_mri.mama_mia_folder import (
    exam_of,
    read_tables,
    write_exam,
    write_tables,
)
from senoscope.models.programmed.breast_mri.analysis import Tissue
from senoscope.models.programmed.breast_mri.lesions import Uptake, find_regions
from senoscope.models.programmed.kinetics.phase_choice import phase_choice

Say = Callable[[str], None]
FITTED_BELOW, TEST_FROM = 5000, 27300
"""Seeds: to fit, and to tell the final figure on."""
SHAPE, SPACING_MM = (64, 100, 100), (1.6, 1.3, 1.3)
"""Of one breast without its chest, so that hundreds of lesions are drawn in minutes."""
MOTION_MM = 4.0
_FAMILIES, _SHARES = ("mass", "non-mass", "focus"), (0.7, 0.2, 0.1)
_BOX_MM = 56.0
_NEAR_MM = 5.0
_KINDS = 301
"""Of the random numbers that say which lesions a woman has."""


def lesion_cases(seeds: Sequence[int], kept: Path, say: Say) -> list[LesionCase]:
    """Each seed's lesions that were found, drawn where `kept` does not hold them yet.

    A few breasts have no room for a second one; which is drawn first is by chance.
    """
    cases, lost = [], 0
    for place, seed in enumerate(seeds, 1):
        done = kept / f"{seed:05}.done"
        if not done.is_file():
            kept.mkdir(parents=True, exist_ok=True)
            for number, case in drawn_lesions(seed):
                if case is not None:
                    keep_lesion(case, kept / f"{seed:05}-{number}{ENDING}")
            done.touch()
            say(f"seed {seed}: simulated, {place} of {len(seeds)}")
        found = [kept_lesion(path) for path in sorted(kept.glob(f"{seed:05}-*{ENDING}"))]
        lost += 2 - len(found)
        cases += found
    say(f"{len(cases)} lesions of {len(seeds)} women; {lost} more had no room or were not found")
    return cases


def drawn_lesions(seed: int) -> Iterator[tuple[int, LesionCase | None]]:
    """A benign and a malignant one of one breast; None for one that is not found at its place."""
    random = np.random.default_rng([seed, _KINDS])
    kinds = [f"{of} {random.choice(_FAMILIES, p=_SHARES)}" for of in ("benign", "malignant")]
    random.shuffle(kinds)
    side = Laterality.LEFT if random.random() < 0.5 else Laterality.RIGHT
    exam = _drawn(seed, kinds, {"shape": SHAPE, "spacing_mm": SPACING_MM, "side": side})
    others = {"t2": exam.t2, "adc": exam.adc}
    for lesion in exam.lesions:
        yield lesion.number, _case(exam, lesion, others)


def _drawn(seed: int, kinds: list[str], how: Mapping[str, Any]) -> SimulatedBreastMri:
    """With the first lesion alone where there is no room for another beside it."""
    try:
        return SimulatedBreastMri.drawn(seed, kinds=tuple(kinds), **how)
    except SettingsError:
        if len(kinds) == 1:
            raise
        return _drawn(seed, kinds[:1], how)


def _case(
    exam: SimulatedBreastMri, lesion: SimulatedLesion, others: dict[str, np.ndarray]
) -> LesionCase | None:
    series = exam.series
    window = []
    for at, side, step in zip(lesion.centre, series.shape, series.geometry.spacing_mm, strict=True):
        half = _BOX_MM / 2 / step
        window.append(slice(max(0, round(at - half)), min(side, round(at + half) + 1)))
    box = window[0], window[1], window[2]
    geometry = VolumeGeometry(series.geometry.spacing_mm, series.geometry.axes)
    cut = DynamicSeries(
        tuple(np.ascontiguousarray(phase[box]) for phase in series.phases),
        geometry,
        series.times_s,
        series.pre_contrast,
        series.injected_s,
        series.fat_suppressed,
    )
    middle = np.array(lesion.centre) - [part.start for part in box]
    outline = found_outline(cut, middle)
    if outline is None:
        return None
    cuts = {name: np.ascontiguousarray(each[box]) for name, each in others.items()}
    return LesionCase(f"seed {exam.seed}", lesion.malignant, cut, outline, cuts)


def found_outline(series: DynamicSeries, middle: np.ndarray) -> Mask | None:
    """What the programmed search finds nearest to a voxel, within _NEAR_MM; None if nothing."""
    before = np.asarray(series.phases[series.pre_contrast - 1], np.float32)
    early = np.asarray(series.phases[phase_choice(series).early], np.float32)
    bright = float(np.percentile(before, 95))
    uptake = Uptake(
        before, early, early > 0.1 * bright, before > 0.5 * bright, series.geometry.spacing_mm
    )
    best, nearest = None, _NEAR_MM
    for region in find_regions(uptake, 70.0):
        mask = np.zeros(series.shape, np.bool_)
        mask[region.box] = region.mask
        away = (np.argwhere(mask) - middle) * series.geometry.spacing_mm
        distance = float(np.linalg.norm(away, axis=1).min())
        if distance < nearest:
            best, nearest = mask, distance
    return best


def write_mama_mia_exams(out: Path, exams: int, test: int, say: Say) -> None:
    """In MAMA-MIA's layout: `exams` from seed 0 to train on, `test` from TEST_FROM.

    Each with one malignant lesion, the primary tumour, and half with a benign one beside it.
    """
    seeds = [*range(exams), *range(TEST_FROM, TEST_FROM + test)]
    written = read_tables(out)
    for place, seed in enumerate(seeds, 1):
        name = f"SIMULATED_{seed:05}"
        if any(each.name == name for each in written):
            say(f"{name} is there already")
            continue
        split = MamaMiaSplit.TEST if seed >= TEST_FROM else MamaMiaSplit.TRAIN
        random = np.random.default_rng([seed, _KINDS, 1])
        kinds = [f"malignant {random.choice(_FAMILIES[:2], p=(0.8, 0.2))}"]
        kinds += ["benign mass"] if random.random() < 0.5 else []
        exam = _drawn(seed, kinds, {"motion_mm": MOTION_MM})
        _write(out, name, exam)
        written.append(exam_of(name, split, exam.series))
        write_tables(out, written)
        say(f"{name}: written, {place} of {len(seeds)}")


def _write(out: Path, name: str, exam: SimulatedBreastMri) -> None:
    tumour = np.zeros(exam.series.shape, np.bool_)
    for lesion in exam.lesions:
        if lesion.malignant:
            tumour[lesion.box] |= lesion.mask
    tissue = exam.breast * np.uint8(Tissue.BREAST)
    tissue |= exam.fibroglandular * np.uint8(Tissue.FIBROGLANDULAR)
    write_exam(out, name, exam.series, tumour, tissue)
