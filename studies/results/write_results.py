"""All that a reading becomes, in one folder: DICOM objects, the report as page and PDF, JSON."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
from pydicom import Dataset

from senoscope.calibration.measurement import LesionMeasurements, measured
from senoscope.calibration.outline_error import DRAWN
from senoscope.domain.errors import SettingsError, StorageError
from senoscope.domain.lesion import Lesion
from senoscope.studies.files.study_header import date_of, text_of
from senoscope.studies.images.series import Study
from senoscope.studies.quality.study_quality import StudyQuality
from senoscope.studies.results.drawn_words import WORDED, drawn_words
from senoscope.studies.results.encapsulated_report import encapsulated_pdf
from senoscope.studies.results.identity import MODEL_NAME
from senoscope.studies.results.machine_results import of_machine, pictures_of, write_machine
from senoscope.studies.results.made_results import MadeResults, WrittenResult
from senoscope.studies.results.report import report_of
from senoscope.studies.results.report_html import html_report
from senoscope.studies.results.report_json import reading_json, signed_json
from senoscope.studies.results.report_patient import ReportHeader
from senoscope.studies.results.report_pdf import pdf_report
from senoscope.studies.results.signed_report import signed_report
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.sign_off import SignedReading
from senoscope.studies.study_reading import BREAST_MRI, MAMMOGRAPHY, FindingWord, StudyReading

TITLE = "Breast ultrasound: report of Senoscope"
TITLES = {
    MAMMOGRAPHY: "Mammography: report of Senoscope",
    BREAST_MRI: "Breast MRI: report of Senoscope",
}
"""By mode, where it is another."""


def write_results(
    study: Study,
    reading: StudyReading,
    out: Path,
    signed: SignedReading | None = None,
    *,
    machine: Path | None = None,
    quality: StudyQuality | None = None,
    language: str = "en",
) -> tuple[WrittenResult, ...]:
    """The folder `out`, which is new or empty: whole or not at all. The study's files are needed.

    `signed`: that reading as a person signed it; then also the signed measurements, and the report
    and the data are those signed. `machine`: the folder written before of the unsigned reading,
    whose objects the signed ones succeed and which are not made again. StorageError where `out`
    cannot be written, SettingsError where the parts do not belong together; else as `SourceImages`.
    """
    _require_one(reading, signed)
    require_empty(out)
    partial = out.with_name(f".{out.name}.{secrets.token_hex(4)}.partial")
    try:
        try:
            partial.mkdir(mode=0o700, parents=True)
            made = MadeResults(partial)
            _write(made, study, reading, signed, machine, quality, language)
            if out.exists():
                out.rmdir()
            partial.rename(out)
        except OSError as error:
            raise StorageError(
                f"The results cannot be written ({error.strerror}). Free space, allow writing "
                "there, or choose another folder."
            ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return tuple(
        WrittenResult(each.kind, out / each.path.name, each.instance_uid, each.sop_class)
        for each in made.results
    )


def _write(
    made: MadeResults,
    study: Study,
    reading: StudyReading,
    signed: SignedReading | None,
    machine: Path | None,
    quality: StudyQuality | None,
    language: str,
) -> None:
    sources = SourceImages(study)
    if machine is None:
        measurements, segmentations = write_machine(made, reading, sources)
    else:
        measurements, segmentations = of_machine(machine)
    reworded: dict[int, tuple[FindingWord, ...]] = {}
    if signed is not None:
        remeasured, reworded = dict(_remeasured(signed)), dict(_reworded(signed, study))
        verified = signed_report(signed, measurements, sources, segmentations, remeasured, reworded)
        made.add("measurements", [verified])
    headers = [sources.header(each.instance_uid) for each in reading.images]
    report = report_of(
        reading if signed is None else _with_words(signed, reworded),
        _header_of(headers[0]),
        at=datetime.now(UTC),
        pictures=pictures_of(reading, sources, machine),
        quality=quality,
        language=language,
        simulated=any(map(is_simulated, headers)),
    )
    pdf, title = pdf_report(report), TITLES.get(reading.mode, TITLE)
    made.add("report", [encapsulated_pdf(pdf, headers, title, signed is not None)])
    made.add_file("report", "report.pdf", pdf)
    made.add_file("report", "report.html", html_report(report).encode())
    kept = reading_json(reading, quality) if signed is None else signed_json(signed, quality)
    made.add_file("data", "reading.json", json.dumps(kept, ensure_ascii=False, indent=1).encode())


def _require_one(reading: StudyReading, signed: SignedReading | None) -> None:
    if signed is None:
        return
    of = signed.reading
    same = [each.tracking_uid for each in of.findings] == [
        each.tracking_uid for each in reading.findings
    ]
    if not same or (of.study_uid, of.read_at) != (reading.study_uid, reading.read_at):
        raise SettingsError(
            "A signed reading was given that is of another reading; expected it of this one. "
            "Read the study again, and sign that."
        )


def require_empty(out: Path) -> None:
    """StorageError unless there is nothing at `out`, or a folder with nothing in it."""
    try:
        if out.is_dir() and not any(out.iterdir()):
            return
        there = out.exists() or out.is_symlink()
    except OSError as error:
        raise StorageError(
            f"The folder for results cannot be looked into ({error.strerror}). Choose another."
        ) from error
    if there:
        raise StorageError(
            "The place for results is taken; expected a new or an empty folder, so that nothing is "
            "overwritten. Choose another."
        )


def _remeasured(signed: SignedReading) -> Iterator[tuple[int, LesionMeasurements]]:
    """Outlines that the person drew, where millimetres are known."""
    for decision in signed.decisions:
        if decision.outline is None:
            continue
        spacing = signed.reading.spacing_of(decision.outline.at.instance_uid)
        if spacing is not None:
            contour = decision.outline.contour
            lesion = Lesion(contour, float(cv2.contourArea(contour)), 1.0)
            yield decision.number, measured(lesion, spacing, DRAWN, None)


def _reworded(signed: SignedReading, study: Study) -> Iterator[tuple[int, tuple[FindingWord, ...]]]:
    """Of outlines that the person drew on mammograms: marks of the software have no words."""
    images = {each.instance_uid: each for each in study.images}
    for decision in signed.decisions:
        finding = next(each for each in signed.reading.findings if each.number == decision.number)
        outline = decision.outline
        if outline is not None and finding.kind in WORDED:
            image = images[outline.at.instance_uid]
            yield finding.number, drawn_words(image, outline.contour, finding.kind)


def _with_words(
    signed: SignedReading, words: Mapping[int, tuple[FindingWord, ...]]
) -> SignedReading:
    """For the report: words of a person's outline stand for the software's."""
    findings = tuple(
        replace(each, words=words.get(each.number, each.words)) for each in signed.reading.findings
    )
    return replace(signed, reading=replace(signed.reading, findings=findings))


def is_simulated(header: Dataset) -> bool:
    """Whether it is Senoscope's own picture of a phantom, QualityControlImage (0028,0300).

    Asked of the image and not of whoever writes: what is signed later says it too.
    """
    is_ours = text_of(header, "ManufacturerModelName") == MODEL_NAME
    return is_ours and text_of(header, "QualityControlImage") == "YES"


def _header_of(header: Dataset) -> ReportHeader:
    return ReportHeader(
        text_of(header, "PatientName"),
        text_of(header, "PatientID"),
        date_of(header, "PatientBirthDate"),
        text_of(header, "PatientSex"),
        date_of(header, "StudyDate"),
        text_of(header, "AccessionNumber"),
        text_of(header, "InstitutionName"),
        text_of(header, "Modality"),
    )
