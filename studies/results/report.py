"""What a report says, whatever form it is given in: `report_html` and `report_pdf` set it.

report = report_of(signed, header, at=now, pictures={1: key_frame})
page, document = html_report(report), pdf_report(report)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from senoscope import __version__
from senoscope.domain.errors import SettingsError
from senoscope.domain.reading import OperatingPoint
from senoscope.studies.quality.study_quality import Severity, StudyQuality
from senoscope.studies.results.breast_mri.report_rows import exam_rows_mri, image_rows_mri
from senoscope.studies.results.finding_said import is_mark
from senoscope.studies.results.report_finding import FindingPart, finding_part
from senoscope.studies.results.report_mammography import exam_rows, image_row, none_marked
from senoscope.studies.results.report_patient import ReportHeader, patient_rows, running_line
from senoscope.studies.results.report_picture import Mark, Picture, close_up, drawn
from senoscope.studies.results.report_row import Row
from senoscope.studies.results.report_words import (
    LONGEST_LINE,
    LONGEST_SENTENCE,
    require_language,
    said,
    shown,
    shown_name,
    shown_time,
)
from senoscope.studies.sign_off import Decision, Impression, SignedReading
from senoscope.studies.study_reading import (
    BREAST_MRI,
    MAMMOGRAPHY,
    ImageReading,
    StudyFinding,
    StudyReading,
)

TITLES = {MAMMOGRAPHY: "title_mammography", BREAST_MRI: "title_mri"}
"""Keys of modes' own titles."""
_MODES = ("ultrasound_clip", "live_exam", MAMMOGRAPHY, BREAST_MRI)


@dataclass(frozen=True, slots=True)
class ImpressionPart:
    """What the clinician concluded; `category` "" where nothing was recorded."""

    title: str
    category: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Report:
    """In one language, all in words that are fit to be shown but not escaped for any form.

    `status` says who signed, or that nobody did. `exam` is said of the breasts as a whole.
    `conclusion` is "" where there are findings.
    `images` has rows of image, frames, read, what was left out, scale. `running` names the patient
    on every page. `quality` has severities, their words and sentences.
    """

    language: str
    title: str
    status: str
    is_signed: bool
    simulated: bool
    running: str
    patient: tuple[Row, ...]
    impressions: tuple[ImpressionPart, ...]
    exam: tuple[Row, ...]
    conclusion: str
    abstained: bool
    findings: tuple[FindingPart, ...]
    read_line: str
    images: tuple[tuple[str, str, str, str, str], ...]
    quality: tuple[tuple[Severity, str, str], ...]
    software: tuple[Row, ...]
    operating_point: OperatingPoint
    made_at: datetime

    @property
    def overview_heads(self) -> tuple[str, ...]:
        """Of a table of all findings, after the number and before the decision."""
        return tuple(each.name for each in self.findings[0].overview) if self.findings else ()

    def said(self, key: str, **values: object) -> str:
        """The words under that key, in the report's language."""
        return said(self.language, key, **values)


def report_of(
    of: StudyReading | SignedReading,
    header: ReportHeader,
    *,
    at: datetime,
    pictures: Mapping[int, NDArray[np.uint8]] | None = None,
    quality: StudyQuality | None = None,
    language: str = "en",
    simulated: bool = False,
) -> Report:
    """Made `at` that time, which has a zone.

    `pictures`: of finding numbers, their key frames as a display shows them and without marks,
    (rows, columns) or (rows, columns, 3) RGB uint8. `simulated`: the pictures come from a phantom.
    SettingsError for another language than LANGUAGES or a picture of no finding, ImageError for
    one that is no picture.
    """
    require_language(language)
    signed = of if isinstance(of, SignedReading) else None
    reading = of if isinstance(of, StudyReading) else of.reading
    _require_known(pictures or {}, reading)
    return Report(
        language,
        said(language, TITLES.get(reading.mode, "title")),
        _status(signed, language),
        signed is not None,
        simulated,
        running_line(header, language),
        tuple(patient_rows(header, language)),
        tuple(_impressions(signed, language)),
        tuple(_exam(reading, language)),
        _conclusion(reading, language),
        reading.abstained,
        tuple(_findings(reading, signed, pictures or {}, language)),
        _read_line(reading, language),
        tuple(_image_rows(reading, language)),
        tuple(_quality(quality, language)),
        tuple(_software(reading, at, language)),
        reading.reader.operating_point,
        at,
    )


def _require_known(pictures: Mapping[int, object], reading: StudyReading) -> None:
    strange = sorted(set(pictures) - {each.number for each in reading.findings})
    if strange:
        raise SettingsError(
            f"Pictures of findings {strange} were given; expected only of "
            f"{[each.number for each in reading.findings]}. Give them by the finding's number."
        )


def _status(signed: SignedReading | None, language: str) -> str:
    if signed is None:
        return said(language, "unsigned")
    return said(
        language,
        "signed",
        name=shown_name(signed.signer.name),
        organization=shown(signed.signer.organization, LONGEST_LINE),
        time=shown_time(signed.final.at),
    )


def _impressions(signed: SignedReading | None, language: str) -> Iterator[ImpressionPart]:
    if signed is None:
        return
    yield _impression("final", signed.final, language)
    if signed.alone is None:
        nothing = said(language, "not_alone")
        yield ImpressionPart(said(language, "alone"), "", nothing, "")
    else:
        yield _impression("alone", signed.alone, language)


def _impression(key: str, impression: Impression, language: str) -> ImpressionPart:
    number = impression.assessment.value
    meaning = said(language, f"category_{number}")
    category = said(language, "category", n=number, meaning=meaning)
    text = shown(impression.text)
    return ImpressionPart(said(language, key), category, text, shown_time(impression.at))


def _conclusion(reading: StudyReading, language: str) -> str:
    if reading.abstained:
        return said(language, "nothing_read")
    if reading.findings:
        return ""
    return said(language, none_marked(reading.mode))


def _exam(reading: StudyReading, language: str) -> Iterator[Row]:
    yield from exam_rows(reading, language)
    yield from exam_rows_mri(reading, language)
    for image in reading.images:
        if (row := image_row(image, language)) is not None:
            yield row


def _findings(
    reading: StudyReading,
    signed: SignedReading | None,
    pictures: Mapping[int, NDArray[np.uint8]],
    language: str,
) -> Iterator[FindingPart]:
    for finding in reading.findings:
        decision = None if signed is None else signed.decision(finding.number)
        drawn_on: tuple[Picture, ...] = ()
        if finding.number in pictures:
            drawn_on = _pictures(finding, reading, decision, pictures[finding.number])
        yield finding_part(finding, reading, decision, drawn_on, language)


def _pictures(
    finding: StudyFinding,
    reading: StudyReading,
    decision: Decision | None,
    frame: NDArray[np.uint8],
) -> tuple[Picture, ...]:
    """The key frame; of a mark also what lies around it."""
    at = finding.key.at
    edited = None if decision is None else decision.outline
    by_hand = edited.contour if edited is not None and edited.at == at else None
    mark = Mark(finding.number, finding.suspicion, finding.key.contour, by_hand)
    spacing = reading.pixel_spacing_of(at.instance_uid)
    whole = drawn(frame, mark, spacing)
    return (whole, drawn(*close_up(frame, mark), spacing)) if is_mark(finding) else (whole,)


def _read_line(reading: StudyReading, language: str) -> str:
    return said(
        language,
        "read_of",
        read=reading.frames_read,
        frames=sum(each.frames for each in reading.images),
        images=len(reading.images),
    )


def _image_rows(reading: StudyReading, language: str) -> Iterator[tuple[str, str, str, str, str]]:
    if reading.mode == BREAST_MRI:
        yield from image_rows_mri(reading.images, language)
    else:
        yield from (_image_row(each, language) for each in reading.images)


def _image_row(image: ImageReading, language: str) -> tuple[str, str, str, str, str]:
    reasons = [
        said(language, "left_out_of", n=count, why=said(language, f"unsuitable_{why.value}"))
        for why, count in sorted(image.unsuitable.items(), key=lambda each: (-each[1], each[0]))
        if count
    ]
    if image.trouble:
        reasons.insert(0, shown(image.trouble, LONGEST_SENTENCE))
    scale = said(language, "none")
    if image.spacing is not None:
        origin = said(language, f"origin_{image.spacing.origin.value}")
        percent = f"{image.spacing.total_percent:.1f}"
        scale = said(language, "scale_of", origin=origin, percent=percent)
    left_out = said(language, "comma").join(reasons)
    return f"{image.place}", f"{image.frames}", f"{image.read}", left_out, scale


def _quality(quality: StudyQuality | None, language: str) -> Iterator[tuple[Severity, str, str]]:
    for fact in quality.facts if quality is not None else ():
        yield (
            fact.severity,
            said(language, f"severity_{fact.severity}"),
            shown(fact.text, LONGEST_SENTENCE),
        )


def _software(reading: StudyReading, at: datetime, language: str) -> Iterator[Row]:
    mode = reading.mode
    point = reading.reader.operating_point
    values = {
        "version": f"Senoscope {__version__}",
        "mode": said(language, f"mode_{mode}") if mode in _MODES else mode,
        "engine": reading.reader.engine,
        "models": said(language, "comma").join(reading.reader.models),
        "words_from": said(
            language, "operating_point", low=f"{point.low_below:g}", high=f"{point.high_from:g}"
        ),
        "read_at": shown_time(reading.read_at),
        "made_at": shown_time(at),
        "study_uid": reading.study_uid,
    }
    for key, value in values.items():
        yield Row(said(language, key), shown(value, LONGEST_SENTENCE))
