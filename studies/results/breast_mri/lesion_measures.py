"""A reading of breast MRI as a TID 1500 Measurement Report: each lesion a volume, TID 1411."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import highdicom.sr as hd
from pydicom import Dataset

from senoscope.domain.mammogram import Laterality
from senoscope.studies.results import codes
from senoscope.studies.results.breast_mri.lesion_codes import CURVE, CURVES, KINETICS, MEASURES
from senoscope.studies.results.finding_said import finding_name
from senoscope.studies.results.lesion_group import algorithm_of, rounded, word_item
from senoscope.studies.study_reading import ReadingFact, StudyFinding, StudyReading

Group = hd.VolumetricROIMeasurementsAndQualitativeEvaluations
SIDE = "side"
"""Name of the fact whose word is "L" or "R"."""


def volume_group(
    finding: StudyFinding, reading: StudyReading, segmentations: Sequence[Dataset]
) -> Group | None:
    """None where no segment has its tracking UID: then there is no volume to speak of."""
    segment = _segment(finding, segmentations)
    if segment is None:
        return None
    group = Group(
        tracking_identifier=hd.TrackingIdentifier(finding.tracking_uid, finding_name(finding)),
        referenced_segment=segment,
        finding_type=codes.FINDING_TYPES[finding.kind],
        finding_category=codes.ABNORMAL_STRUCTURE,
        finding_sites=[_site(finding)],
        algorithm_id=algorithm_of(reading),
        measurements=list(_measurements(finding)),
        qualitative_evaluations=[
            hd.QualitativeEvaluation(KINETICS, CURVES[fact.word])
            for fact in finding.facts
            if fact.name == CURVE and fact.word in CURVES
        ],
    )
    group[0].ContentSequence.extend(map(word_item, finding.words))
    return group


def _measurements(finding: StudyFinding) -> Iterator[hd.Measurement]:
    facts = {each.name: each for each in finding.facts}
    for name, (code, unit) in MEASURES.items():
        fact = facts.get(name)
        if fact is not None and fact.number is not None:
            yield hd.Measurement(code, rounded(fact.number), unit)
    sure = rounded(100 * finding.probability)
    yield hd.Measurement(codes.CERTAINTY_OF_FINDING, sure, codes.PERCENT)


def _site(finding: StudyFinding) -> hd.FindingSite:
    side = side_of_lesion(finding.facts)
    return hd.FindingSite(codes.BREAST, laterality=None if side is None else codes.LATERALITY[side])


def side_of_lesion(facts: Sequence[ReadingFact]) -> Laterality | None:
    """As the place in the patient says it."""
    return next((Laterality(each.word) for each in facts if each.name == SIDE and each.word), None)


def _segment(
    finding: StudyFinding, segmentations: Sequence[Dataset]
) -> hd.ReferencedSegment | None:
    for made in segmentations:
        for segment in made.SegmentSequence:
            if segment.get("TrackingUID") == finding.tracking_uid:
                return hd.ReferencedSegment.from_segmentation(made, int(segment.SegmentNumber))
    return None
