"""Findings and exams of a case, made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reading import Suspicion
from senoscope.studies.cases.breast_place import BreastPlace, operator_place, space_place
from senoscope.studies.cases.case_values import (
    CaseExam,
    CaseFinding,
    FindingKey,
    Modality,
    Size,
)
from senoscope.studies.study_reading import FindingKind, FramePlace

US, MG, DBT, MRI = Modality
LEFT, RIGHT = Laterality.LEFT, Laterality.RIGHT
KINDS = {
    US: FindingKind.LESION,
    MG: FindingKind.MASS,
    DBT: FindingKind.MASS,
    MRI: FindingKind.ENHANCEMENT,
}


def at(hour: float, away_mm: float = 40.0, side: Laterality = LEFT) -> BreastPlace:
    """As an operator says it."""
    return operator_place(side, hour, away_mm)


def near(lateral_mm: float, up_mm: float, side: Laterality = LEFT) -> BreastPlace:
    """As MRI knows it, of what lies in the nipple's plane."""
    left = lateral_mm if side is LEFT else -lateral_mm
    return space_place(side, left, up_mm, 0.0, 5.0)


def finding(
    modality: Modality, place: BreastPlace, number: int = 1, exam: int = 0, **changed: Any
) -> CaseFinding:
    mm = changed.pop("mm", 10.0)
    given: dict[str, Any] = {
        "key": FindingKey(exam or list(Modality).index(modality) + 1, 1, number),
        "modality": modality,
        "also": (),
        "kind": KINDS[modality],
        "place": place,
        "at": FramePlace("1.2", "1.2.3", "1.2.4"),
        "size": None if mm is None else Size(mm),
        "probability": 0.5,
        "suspicion": Suspicion.UNCERTAIN if modality is US else None,
        "words": (),
    }
    return CaseFinding(**given | changed)


def exam(modality: Modality, *findings: CaseFinding, number: int = 0, **changed: Any) -> CaseExam:
    """Both breasts are covered, but for ultrasound."""
    covered = frozenset() if modality is US else frozenset((modality, each) for each in Laterality)
    given: dict[str, Any] = {
        "number": number or list(Modality).index(modality) + 1,
        "study_date": date(2026, 1, 2),
        "stored_modality": "",
        "modalities": (modality,),
        "covered": covered,
        "findings": findings,
        "state": "read",
        "shows": True,
    }
    return CaseExam(**given | changed)
