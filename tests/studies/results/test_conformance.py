from __future__ import annotations

from pathlib import Path

from pydicom import dcmread

from senoscope.studies.results.encapsulated_report import encapsulated_pdf
from senoscope.studies.results.made_object import written
from tests.studies.dicom_files import write
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.image_builders import grey_cine, study_of
from tests.studies.results.test_encapsulated_report import PDF


def test_what_lacks_is_found(tmp_path: Path) -> None:
    study, sources = study_of(tmp_path / "study", grey_cine())
    header = sources.header(study.images[0].instance_uid)
    made = dcmread(written(encapsulated_pdf(PDF, [header], "A", False), tmp_path / "out"))
    del made.BurnedInAnnotation
    [error] = dciodvfy_errors(write(tmp_path / "lacking", made))
    assert "BurnedInAnnotation" in error


def test_what_is_no_dicom_or_of_no_known_kind_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no DICOM")
    assert dciodvfy_errors(tmp_path / "text")
    assert dciodvfy_errors(tmp_path / "nothing")
    header = grey_cine(SOPClassUID="1.2.3.4")
    assert dciodvfy_errors(write(tmp_path / "unknown", header))
