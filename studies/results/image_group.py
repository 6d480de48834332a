"""What became of the images, in a measurement report: TID 1501 for each, and a summary of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import highdicom.sr as hd
from pydicom.sr.coding import Code

from senoscope.studies.results import codes
from senoscope.studies.results.breast_mri.report_rows import network_rows
from senoscope.studies.results.identity import new_uid
from senoscope.studies.results.report_mammography import none_marked
from senoscope.studies.results.report_words import said, shown
from senoscope.studies.study_reading import ImageReading, StudyReading

Group = hd.MeasurementsAndQualitativeEvaluations


def image_group(image: ImageReading) -> Group:
    """How many frames it has, how many were read, how many not and why."""
    group = Group(
        tracking_identifier=hd.TrackingIdentifier(new_uid(), f"Image {image.place}"),
        measurements=[
            _frames(image.frames, None, None),
            _frames(image.read, codes.SUMMARY_OF_DETECTIONS, codes.SUCCEEDED),
            *(
                _frames(number, codes.REASON_NOT_READ, codes.reason_code(reason))
                for reason, number in image.unsuitable.items()
            ),
            *_fact_measurements(image),
        ],
        qualitative_evaluations=[
            hd.QualitativeEvaluation(codes.SUMMARY_OF_DETECTIONS, _outcome(image))
        ],
        source_images=[hd.SourceImageForMeasurementGroup(image.sop_class, image.instance_uid)],
    )
    if image.trouble:
        group[0].ContentSequence.append(text_item(codes.REASON_NOT_READ, image.trouble))
    return group


def summary(reading: StudyReading) -> list[hd.ContentItem]:
    """That nothing was found and that nothing was read are two codes. CID 6042 and 6047."""
    outcomes = {_outcome(each) for each in reading.images}
    detections = outcomes.pop() if len(outcomes) == 1 else codes.PARTIALLY_SUCCEEDED
    if reading.abstained:
        findings = codes.NONE_SUCCEEDED
        if detections is codes.PARTIALLY_SUCCEEDED:
            detections = codes.NOT_ATTEMPTED
    elif detections is codes.SUCCEEDED:
        findings = codes.ALL_SUCCEEDED_WITH if reading.findings else codes.ALL_SUCCEEDED_WITHOUT
    elif reading.findings:
        findings = codes.NOT_ALL_SUCCEEDED_WITH
    else:
        findings = codes.NOT_ALL_SUCCEEDED_WITHOUT
    items = [
        code_item(codes.FINDINGS_SUMMARY, findings),
        code_item(codes.SUMMARY_OF_DETECTIONS, detections),
        text_item(codes.COMMENT, said("en", "notice")),
    ]
    items += [
        code_item(codes.BREAST_COMPOSITION, codes.COMPOSITIONS[fact.word])
        for fact in reading.facts
        if fact.name == "density_category"
    ]
    items += [
        text_item(codes.COMMENT, f"{row.name}: {row.value}") for row in network_rows(reading, "en")
    ]
    if reading.abstained:
        items.append(text_item(codes.COMMENT, said("en", "nothing_read")))
        items += [text_item(codes.REASON_NOT_READ, _why(each)) for each in reading.images]
    elif not reading.findings:
        items.append(text_item(codes.COMMENT, said("en", none_marked(reading.mode))))
    return items


def evaluations(items: Iterable[hd.ContentItem]) -> hd.ContainerContentItem:
    """Row 12 of TID 1500."""
    container = hd.ContainerContentItem(
        codes.QUALITATIVE_EVALUATIONS, relationship_type=hd.RelationshipTypeValues.CONTAINS
    )
    container.ContentSequence = hd.ContentSequence(list(items))
    return container


def code_item(name: Code, value: Code) -> hd.CodeContentItem:
    """In a container."""
    return hd.CodeContentItem(name, value, hd.RelationshipTypeValues.CONTAINS)


def text_item(name: Code, text: str) -> hd.TextContentItem:
    """In a container."""
    return hd.TextContentItem(name, shown(text), hd.RelationshipTypeValues.CONTAINS)


def _fact_measurements(image: ImageReading) -> Iterator[hd.Measurement]:
    """Of facts that have a code."""
    for fact in image.facts:
        if fact.name in codes.FACTS and fact.number is not None:
            name, unit = codes.FACTS[fact.name]
            yield hd.Measurement(name, round(fact.number, 4), unit)


def _outcome(image: ImageReading) -> Code:
    if image.trouble:
        return codes.FAILED
    if not image.read:
        return codes.NOT_ATTEMPTED
    return codes.SUCCEEDED if image.read == image.frames else codes.PARTIALLY_SUCCEEDED


def _why(image: ImageReading) -> str:
    """One line of an image of which nothing was read."""
    counted = (
        f"{number} of {said('en', f'unsuitable_{reason.value}')}"
        for reason, number in image.unsuitable.items()
    )
    why = image.trouble or ", ".join(counted) or "no reason was given"
    return f"Image {image.place}, {image.frames} frames, none read: {why}"


def _frames(number: int, of: Code | None, value: Code | None) -> hd.Measurement:
    item = hd.Measurement(codes.NUMBER_OF_FRAMES, number, codes.FRAMES)
    if of is not None and value is not None:
        which = hd.CodeContentItem(of, value, hd.RelationshipTypeValues.HAS_CONCEPT_MOD)
        item[0].ContentSequence = hd.ContentSequence([which])
    return item
