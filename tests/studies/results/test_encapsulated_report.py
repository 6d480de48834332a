from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.studies.results.encapsulated_report import encapsulated_pdf
from senoscope.studies.results.made_object import written
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.image_builders import CHINESE, grey_cine, still, study_of

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.mark.parametrize("signed", [False, True])
def test_dciodvfy_finds_no_error_and_the_pdf_comes_back(tmp_path: Path, signed: bool) -> None:
    study, sources = study_of(tmp_path / "study", grey_cine(1), still(2))
    headers = [sources.header(each.instance_uid) for each in study.images]
    path = written(encapsulated_pdf(PDF, headers, "Breast ultrasound", signed), tmp_path / "out")
    assert path.name == "report_1.dcm"
    assert dciodvfy_errors(path) == []
    made = dcmread(path)
    assert made.EncapsulatedDocument[: made.EncapsulatedDocumentLength] == PDF
    assert len(made.EncapsulatedDocument) == len(PDF) + 1
    assert made.MIMETypeOfEncapsulatedDocument == "application/pdf"
    assert made.DocumentTitle == "Breast ultrasound"
    assert made.VerificationFlag == ("VERIFIED" if signed else "UNVERIFIED")
    assert made.BurnedInAnnotation == "YES"
    assert made.ConceptNameCodeSequence[0].CodeValue == "18748-4"
    assert "HL7InstanceIdentifier" not in made
    assert made.PatientName == CHINESE
    assert [each.ReferencedSOPInstanceUID for each in made.SourceInstanceSequence] == [
        each.instance_uid for each in study.images
    ]


def test_a_chinese_title_is_kept_in_the_studys_character_set(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "study", grey_cine())
    made = encapsulated_pdf(PDF, [sources.header(study.images[0].instance_uid)], "乳腺超声", True)
    assert dcmread(written(made, tmp_path / "out")).DocumentTitle == "乳腺超声"


def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    with pytest.raises(ImageError, match="no PDF"):
        encapsulated_pdf(b"<html>", [sources.header(study.images[0].instance_uid)], "A", False)


def test_a_report_needs_images_and_a_title(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path, grey_cine())
    headers = [sources.header(study.images[0].instance_uid)]
    with pytest.raises(SettingsError, match="images"):
        encapsulated_pdf(PDF, [], "A", False)
    for title in ("", "a\\b", "a" * 1025):
        with pytest.raises(SettingsError, match="title"):
            encapsulated_pdf(PDF, headers, title, False)
