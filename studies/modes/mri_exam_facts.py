"""What is said of a breast MRI exam as a whole, by the names that `report_rows` has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from math import isfinite
from typing import Any

from senoscope.models.programmed.breast_mri.analysis import MriAnalysis
from senoscope.models.programmed.breast_mri.background import (
    background_category,
    fibroglandular_amount,
)
from senoscope.studies.results.breast_mri.report_rows import (
    BACKGROUND,
    FIBROGLANDULAR,
    MOTION,
    NETWORK_AGREEMENT,
    NETWORK_OUTLINE,
    PHASE_TIME,
    PHASES,
    SHADING,
    THRESHOLDS,
)
from senoscope.studies.study_reading import ReadingFact, ReadVolumes


def exam_facts(volumes: Sequence[ReadVolumes]) -> Iterator[ReadingFact]:
    """Phases and what was done are of the first series, tissue and networks' outlines of all."""
    yield from _phase_facts(volumes[0])
    yield from _tissue_facts(volumes)
    yield from _done(volumes[0].analysis)
    for each in volumes:
        yield from _network_facts(each, is_alone=len(volumes) == 1)


def _network_facts(volumes: ReadVolumes, is_alone: bool) -> Iterator[ReadingFact]:
    sides = [f"_{each}" for each in "LR" if each in volumes.analysis.dense_percent]
    side = "" if is_alone or not sides else sides[0]
    for each in volumes.networks:
        name = f"{NETWORK_OUTLINE}_{each.target}{side}"
        yield ReadingFact(name, each.volume_mm3 / 1000, "ml", each.title)
        if each.agreement is not None:
            yield ReadingFact(NETWORK_AGREEMENT, each.agreement)


def _phase_facts(volumes: ReadVolumes) -> Iterator[ReadingFact]:
    series = volumes.series
    yield ReadingFact(PHASES, float(len(series.phases)))
    for time_s in series.times_s or ():
        yield ReadingFact(PHASE_TIME, time_s, "s")


def _tissue_facts(volumes: Sequence[ReadVolumes]) -> Iterator[ReadingFact]:
    words: tuple[tuple[str, str, Callable[[float], StrEnum]], ...] = (
        (FIBROGLANDULAR, "dense_percent", fibroglandular_amount),
        (BACKGROUND, "background_percent", background_category),
    )
    for name, of, word_of in words:
        by_side: dict[str, float] = {}
        for each in volumes:
            by_side |= getattr(each.analysis, of)
        sides = [by_side[side] for side in ("L", "R") if side in by_side]
        if len(volumes) > 1 and sides:
            by_side["both"] = sum(sides) / len(sides)
        known = {side: each for side, each in by_side.items() if isfinite(each)}
        for side, percent in known.items():
            yield ReadingFact(f"{name}_{side}", percent, "%")
        if "both" in known:
            yield ReadingFact(name, word=word_of(known["both"]).value)


def _done(analysis: MriAnalysis) -> Iterator[ReadingFact]:
    """What was corrected, and by which thresholds volumes were counted."""
    settings: Mapping[str, Any] = asdict(analysis.settings)
    yield ReadingFact(MOTION, word="left" if analysis.motion is None else "corrected")
    yield ReadingFact(SHADING, word="left" if analysis.bias is None else "corrected")
    for name in THRESHOLDS:
        yield ReadingFact(name, float(settings[name]))
