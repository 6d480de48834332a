"""An exam as the studies page shows it, JSON-ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from senoscope.calibration.measurement import LesionMeasurements
from senoscope.domain.reading import Unsuitable
from senoscope.domain.spacing import CalibratedSpacing
from senoscope.studies.sign_off import Impression, SignedReading
from senoscope.studies.study_reading import (
    FramePlace,
    Outlined,
    ReadingFact,
    StudyFinding,
    StudyReading,
)
from senoscope.ui.frames.measured_facts import MEASURES, interval, scale_facts
from senoscope.ui.frames.overlay import Header
from senoscope.ui.studies.hanging_places import HangingView, planned

NO_READING: Header = {
    "findings": [],
    "below": [],
    "facts": [],
    "image_facts": {},
    "not_read": {},
    "troubles": [],
    "models": [],
    "engine": "",
    "abstained": False,
}
"""While the AI is not shown."""


def reading_facts(reading: StudyReading, images: Sequence[str]) -> Header:
    """What was read. `images` are the SOPInstanceUIDs in the order in which the page counts."""
    places = {uid: place for place, uid in enumerate(images)}
    not_read: Counter[Unsuitable] = Counter()
    for image in reading.images:
        not_read.update(image.unsuitable)

    def told(findings: Iterable[StudyFinding]) -> list[Header]:
        return [
            _finding(each, places, reading.spacing_of(each.key.at.instance_uid))
            for each in findings
            if each.key.at.instance_uid in places
        ]

    return {
        "findings": told(reading.findings),
        "below": told(reading.below),
        "facts": _told_facts(reading.facts),
        "image_facts": {
            places[each.instance_uid]: _told_facts(each.facts)
            for each in reading.images
            if each.instance_uid in places and each.facts
        },
        "not_read": {why.value: count for why, count in not_read.items()},
        "troubles": [each.trouble for each in reading.images if each.trouble],
        "models": list(reading.reader.models),
        "engine": reading.reader.engine,
        "abstained": reading.abstained,
    }


def hanging_facts(views: Sequence[HangingView]) -> Header | None:
    """How the exam's mammograms hang; None where it has none."""
    if not views:
        return None
    plan = planned(views)
    return {
        "tiles": [asdict(each) for each in plan.tiles],
        "extra": list(plan.extra),
        "views": {each.image: each.model_dump(mode="json") for each in views},
    }


def impression_facts(impression: Impression | None) -> Header | None:
    """A category, words and when."""
    if impression is None:
        return None
    return {
        "assessment": impression.assessment.value,
        "text": impression.text,
        "at": impression.at.isoformat(timespec="seconds"),
    }


def signed_facts(signed: SignedReading) -> Header:
    """Who signed, and what was decided on each finding."""
    return {
        "name": signed.signer.name.replace("^", " "),
        "at": signed.final.at.isoformat(timespec="seconds"),
        "final": impression_facts(signed.final),
        "decisions": [
            {
                "number": each.number,
                "verdict": each.verdict.value,
                "reason": each.reason,
                "outline": None if each.outline is None else _flat(each.outline),
            }
            for each in signed.decisions
        ],
    }


def _finding(
    finding: StudyFinding, places: Mapping[str, int], spacing: CalibratedSpacing | None
) -> Header:
    def at(place: FramePlace) -> str:
        return f"{places[place.instance_uid]}/{place.frame}"

    key = finding.key.at
    return {
        "number": finding.number,
        "kind": finding.kind.name.lower(),
        "image": places[key.instance_uid],
        "frame": key.frame,
        "outlines": {
            at(each.at): _flat(each) for each in finding.outlines if each.at.instance_uid in places
        },
        "suspicion": finding.suspicion.value,
        "probability": round(finding.probability, 2),
        "score": finding.probability,
        "range": [round(finding.lowest, 2), round(finding.highest, 2)],
        "measured": _measured(finding.measured, spacing),
        "words": finding.assessed,
    }


def _told_facts(facts: Sequence[ReadingFact]) -> list[Header]:
    return [asdict(each) for each in facts]


def _flat(outline: Outlined) -> list[float]:
    """x, y, x, y ... in pixels of the image."""
    return [round(float(value), 1) for value in outline.contour.ravel()]


def _measured(
    measured: LesionMeasurements | None, spacing: CalibratedSpacing | None
) -> dict[str, Any] | None:
    if measured is None:
        return None
    told: dict[str, Any] = {name: interval(getattr(measured, name)) for name in MEASURES}
    return told | {"scale": scale_facts(spacing)}
