"""A reading that a clinician signed: a new TID 1500 report, verified, which succeeds the machine's.

Every finding of the software stays in it, with what was decided on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import highdicom.sr as hd
from pydicom import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import ComprehensiveSRStorage

from senoscope.calibration.measurement import LesionMeasurements
from senoscope.domain.errors import SettingsError
from senoscope.studies.results import codes
from senoscope.studies.results.identity import MANUFACTURER
from senoscope.studies.results.image_group import code_item, summary, text_item
from senoscope.studies.results.lesion_group import edited_group
from senoscope.studies.results.made_object import NewSeries
from senoscope.studies.results.measurement_report import (
    Group,
    device_observer,
    finding_group,
    image_groups,
    image_uids,
    report_root,
)
from senoscope.studies.results.report_words import shown
from senoscope.studies.results.sr_document import (
    Headers,
    dicom_time,
    headers_of,
    sr_document,
    verify,
)
from senoscope.studies.sign_off import Decision, Impression, SignedReading, Signer
from senoscope.studies.study_reading import FindingWord, StudyFinding

SERIES_NUMBER = 9106
PERSON = hd.CodedConcept("121006", "DCM", "Person")
DrawnWords = Mapping[int, Sequence[FindingWord]]
"""By a finding's number, of the outline that a person drew."""
NO_WORDS: DrawnWords = {}
NOT_MEASURED: Mapping[int, LesionMeasurements] = {}


def signed_report(
    signed: SignedReading,
    machine_report: Dataset,
    headers: Headers,
    segmentations: Sequence[Dataset] = (),
    remeasured: Mapping[int, LesionMeasurements] = NOT_MEASURED,
    reworded: DrawnWords = NO_WORDS,
) -> Dataset:
    """A new instance in a new series; `machine_report` is its predecessor and stays as it is.

    `remeasured` and `reworded`: of the edited outlines, by the finding's number. SettingsError
    where the machine's report is of another study; errors as of `measurement_report`.
    """
    _require_same_study(signed, machine_report)
    reading = signed.reading
    edited = [each.outline.at.instance_uid for each in signed.decisions if each.outline]
    images = headers_of([*image_uids(reading), *edited], headers)
    groups: list[Group] = []
    for finding in reading.findings:
        group = finding_group(finding, reading, headers, segmentations)
        decision = signed.decision(finding.number)
        group[0].ContentSequence.append(_decision(decision))
        groups.append(group)
        if decision.outline is not None:
            measured = remeasured.get(finding.number)
            said = reworded.get(finding.number, ())
            groups.append(_edited(finding, decision, headers, measured, said))
    groups += image_groups(reading)
    context = hd.ObservationContext(_person(signed.signer), device_observer())
    root = report_root(context, reading, images, groups, [*summary(reading), *_impressions(signed)])
    series = NewSeries("SR", SERIES_NUMBER, f"{MANUFACTURER}: measurements, signed")
    made = sr_document(root, ComprehensiveSRStorage, series, [*images, *segmentations])
    verify(made, signed.signer, signed.final.at, machine_report)
    return made


def _require_same_study(signed: SignedReading, machine_report: Dataset) -> None:
    same_study = machine_report.StudyInstanceUID == signed.reading.study_uid
    if not same_study or machine_report.SOPClassUID != ComprehensiveSRStorage:
        raise SettingsError(
            "The report to be succeeded is of another study, or is no measurement report; expected "
            "the one that was made of this reading. Give that one."
        )


def _edited(
    finding: StudyFinding,
    decision: Decision,
    headers: Headers,
    measured: LesionMeasurements | None,
    words: Sequence[FindingWord],
) -> Group:
    assert decision.outline is not None
    image = headers.header(decision.outline.at.instance_uid)
    return edited_group(finding, decision.outline, image, measured, words)


def _decision(decision: Decision) -> hd.CodeContentItem:
    item = code_item(codes.DECISION, codes.verdict_code(decision.verdict))
    if reason := shown(decision.reason):
        why = hd.TextContentItem(codes.COMMENT, reason, hd.RelationshipTypeValues.HAS_PROPERTIES)
        item.ContentSequence = hd.ContentSequence([why])
    return item


def _impressions(signed: SignedReading) -> list[hd.ContentItem]:
    said = [] if signed.alone is None else _impression(signed.alone, codes.ALONE)
    return [*said, *_impression(signed.final, codes.FINAL)]


def _impression(impression: Impression, stage: Code) -> list[hd.ContentItem]:
    items: list[hd.ContentItem] = [
        code_item(codes.ASSESSMENT_CATEGORY, codes.ASSESSMENTS[impression.assessment])
    ]
    if shown(impression.text):
        items.append(text_item(codes.IMPRESSION, impression.text))
    for each in items:
        each.add_new("ObservationDateTime", "DT", dicom_time(impression.at))
        when = hd.CodeContentItem(
            codes.READING_STAGE, stage, hd.RelationshipTypeValues.HAS_CONCEPT_MOD
        )
        each.ContentSequence = hd.ContentSequence([when])
    return items


def _person(signer: Signer) -> hd.ObserverContext:
    return hd.ObserverContext(
        PERSON,
        hd.PersonObserverIdentifyingAttributes(
            name=signer.name, organization_name=signer.organization
        ),
    )
