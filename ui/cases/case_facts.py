"""A patient's case as its page shows it, JSON-ready."""

from __future__ import annotations

from dataclasses import asdict
from math import atan2, degrees, sqrt

import numpy as np

from senoscope.domain.mammogram import Laterality
from senoscope.studies.cases.breast_place import BreastPlace
from senoscope.studies.cases.case_values import CaseExam, CaseFinding, FindingKey, current
from senoscope.studies.cases.disagreements import Disagreement
from senoscope.studies.cases.matching import LesionGroup
from senoscope.studies.cases.patient_case import PatientCase
from senoscope.studies.cases.priors import PriorLine
from senoscope.ui.frames.overlay import Header

TWO_IN_THREE = 1.51
"""Standard deviations of the ellipse that holds 68 % of a Gaussian in the plane."""


def case_facts(case: PatientCase) -> Header:
    """All that the page shows but pictures and the patient's name."""
    newest = current(case.exams)
    return {
        "asked": case.asked,
        "simulated": any(each.simulated for each in case.exams),
        "exams": [
            _exam(each, [name.value for name, exam in newest.items() if exam is each])
            for each in case.exams
        ],
        "findings": {key_of(each.key): _finding(each) for each in case.findings},
        "groups": [_group(each) for each in case.groups],
        "disagreements": [_disagreement(each) for each in case.disagreements],
        "lines": [_line(each) for each in case.lines],
    }


def key_of(key: FindingKey) -> str:
    """As addresses and the page name a finding."""
    return f"{key.exam}/{key.reading}/{key.number}"


def _exam(exam: CaseExam, newest_of: list[str]) -> Header:
    return {
        "number": exam.number,
        "study_date": "" if exam.study_date is None else exam.study_date.isoformat(),
        "stored_modality": exam.stored_modality,
        "modalities": [each.value for each in exam.modalities],
        "newest_of": newest_of,
        "covered": sorted(f"{modality}/{side}" for modality, side in exam.covered),
        "state": exam.state,
        "shows": exam.shows,
        "assessment": exam.assessment,
        "simulated": exam.simulated,
        "trouble": exam.trouble,
        "findings": [key_of(each.key) for each in exam.findings],
    }


def _finding(finding: CaseFinding) -> Header:
    size = finding.size
    return {
        "exam": finding.key.exam,
        "number": finding.key.number,
        "modality": finding.modality.value,
        "also": [each.value for each in finding.also],
        "kind": finding.kind.name.lower(),
        "place": place_facts(finding.place),
        "size": None if size is None else asdict(size),
        "probability": round(finding.probability, 2),
        "suspicion": None if finding.suspicion is None else finding.suspicion.value,
        "words": list(finding.words),
        "said": finding.said.value,
        "why": finding.why,
        "same": list(finding.same),
        "curve": finding.curve,
    }


def place_facts(place: BreastPlace) -> Header:
    """`right_mm`: to the right of who faces the patient; the ellipse holds two places in three.

    Its radii are in mm, its angle in degrees clockwise as the page draws it.
    """
    clock, side = place.clock, place.side
    outward = -1.0 if side is Laterality.RIGHT else 1.0
    return {
        "side": "" if side is None else side.value,
        "known": place.is_known and side is not None,
        "right_mm": round(outward * place.lateral_mm, 1),
        "up_mm": round(place.up_mm, 1),
        "ellipse": _ellipse(place, outward),
        "clock": None if clock is None else [round(clock.hour, 2), round(clock.within, 2)],
        "behind_nipple": place.is_behind_nipple,
        "quadrant": place.quadrant,
        "third": "" if place.third is None else place.third.value,
        "from_nipple_mm": None if place.from_nipple_mm is None else round(place.from_nipple_mm, 1),
    }


def _ellipse(place: BreastPlace, outward: float) -> list[float]:
    turn = np.diag([outward, -1.0])  # the page's y runs down
    sizes, axes = np.linalg.eigh(turn @ place.covariance @ turn)
    small, large = (TWO_IN_THREE * sqrt(max(float(each), 0.0)) for each in sizes)
    along = axes[:, 1]
    return [round(large, 1), round(small, 1), round(degrees(atan2(along[1], along[0])), 1)]


def _group(group: LesionGroup) -> Header:
    return {
        "number": group.number,
        "side": "" if group.side is None else group.side.value,
        "findings": [key_of(each.key) for each in group.findings],
        "sure": round(group.sure, 2),
        "rivals": [key_of(each) for each in group.rivals],
    }


def _disagreement(one: Disagreement) -> Header:
    return {
        "dispute": one.dispute.value,
        "group": one.group,
        "findings": [key_of(each) for each in one.findings],
        "said": dict(one.said),
    }


def _line(line: PriorLine) -> Header:
    return {
        "modality": line.modality.value,
        "change": line.change.value,
        "prior": line.prior,
        "now": None if line.now is None else key_of(line.now),
        "before": None if line.before is None else key_of(line.before),
        "percent": None if line.percent is None else round(line.percent),
        "mm": None if line.mm is None else round(line.mm, 1),
    }
