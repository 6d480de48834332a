"""One folder of all that a reading becomes, whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread, uid

from senoscope.domain.errors import SettingsError, SourceUnavailable, StorageError
from senoscope.studies.images.series import Study
from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.results.made_results import WrittenResult
from senoscope.studies.results.report_json import reading_of_json, signed_of_json
from senoscope.studies.results.write_results import write_results
from senoscope.studies.sign_off import (
    Assessment,
    Decision,
    Impression,
    SignedReading,
    Signer,
    Verdict,
)
from senoscope.studies.study_reading import StudyReading
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.image_builders import (
    CHINESE,
    grey_cine,
    outline,
    reading_of,
    still,
    study_of,
)
from tests.studies.results.report_builders import AT, reading

FILES = [
    "key_image_1.dcm",
    "key_image_2.dcm",
    "marks_1.dcm",
    "marks_2.dcm",
    "reading.json",
    "report.html",
    "report.pdf",
    "report_1.dcm",
    "seg_1.dcm",
    "seg_2.dcm",
    "sr_1.dcm",
]


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def signed_of(reading: StudyReading) -> SignedReading:
    """The first finding edited, the others overruled."""
    first, *others = reading.findings
    drawn = outline(first.key.at, (133, 115), 4.0)
    decisions = [Decision(first.number, Verdict.EDITED, outline=drawn)]
    decisions += [Decision(each.number, Verdict.OVERRULED, "a vessel") for each in others]
    said = Impression(Assessment.BENIGN, "A cyst.", AT)
    signer = Signer("Li^Na", "Clinic")
    return SignedReading(reading, said, tuple(decisions), said, signer)


def objects(results: tuple[WrittenResult, ...]) -> list[Dataset]:
    return [dcmread(each.path) for each in results if each.instance_uid is not None]


def test_every_kind_is_written_and_conforms(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path / "in", grey_cine(1), still(2))
    read, quality = reading_of(study), quality_of(study)
    results = write_results(study, read, tmp_path / "out", quality=quality)
    assert names(tmp_path / "out") == sorted(each.path.name for each in results) == FILES
    for each in results:
        if each.instance_uid is not None:
            assert dciodvfy_errors(each.path) == []
            written = dcmread(each.path)
            assert (written.SOPInstanceUID, written.SOPClassUID) == (
                each.instance_uid,
                each.sop_class,
            )
            assert written.StudyInstanceUID == study.uid
            assert str(written.PatientName) == CHINESE
    kept = json.loads((tmp_path / "out" / "reading.json").read_text(encoding="utf-8"))
    assert [each.tracking_uid for each in reading_of_json(kept).findings] == [
        each.tracking_uid for each in read.findings
    ]
    assert kept["quality"]["facts"]
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_the_report_refers_to_the_segmentations_beside_it(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path / "in", grey_cine(1))
    made = objects(write_results(study, reading_of(study), tmp_path / "out"))
    [segmentation] = [each for each in made if each.SOPClassUID == uid.SegmentationStorage]
    [report] = [each for each in made if each.SOPClassUID == uid.ComprehensiveSRStorage]
    [evidence] = report.CurrentRequestedProcedureEvidenceSequence
    referenced = {
        each.ReferencedSOPInstanceUID
        for series in evidence.ReferencedSeriesSequence
        for each in series.ReferencedSOPSequence
    }
    assert segmentation.SOPInstanceUID in referenced


def test_a_signed_one_succeeds_what_the_machine_wrote(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path / "in", grey_cine(1))
    read = reading_of(study)
    before = write_results(study, read, tmp_path / "machine")
    signed = signed_of(read)
    results = write_results(study, read, tmp_path / "signed", signed, machine=tmp_path / "machine")
    assert names(tmp_path / "signed") == [
        "reading.json",
        "report.html",
        "report.pdf",
        "report_1.dcm",
        "sr_1.dcm",
    ]
    [report, pdf] = objects(results)
    assert report.VerificationFlag == pdf.VerificationFlag == "VERIFIED"
    [predecessor] = report.PredecessorDocumentsSequence
    [series] = predecessor.ReferencedSeriesSequence
    [machine] = [each for each in before if each.kind == "measurements"]
    assert series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == machine.instance_uid
    assert all(dciodvfy_errors(each.path) == [] for each in results if each.instance_uid)
    kept = json.loads((tmp_path / "signed" / "reading.json").read_text(encoding="utf-8"))
    assert signed_of_json(kept).signer == signed.signer


def test_signed_without_a_folder_of_the_machine_s_has_both(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path / "in", grey_cine(1))
    read = reading_of(study)
    results = write_results(study, read, tmp_path / "out", signed_of(read))
    flags = [
        each.VerificationFlag
        for each in objects(results)
        if each.SOPClassUID == uid.ComprehensiveSRStorage
    ]
    assert flags == ["UNVERIFIED", "VERIFIED"]


def test_another_reading_s_signature_is_refused(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path / "in", grey_cine(1))
    read, other = reading_of(study), reading_of(study)
    other = replace(
        other, findings=tuple(replace(each, tracking_uid="2.25.9") for each in other.findings)
    )
    with pytest.raises(SettingsError, match="is of another reading"):
        write_results(study, read, tmp_path / "out", signed_of(other))
    assert not (tmp_path / "out").exists()


def test_a_folder_of_the_machine_s_without_a_report_is_refused(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path / "in", grey_cine(1))
    read = reading_of(study)
    with pytest.raises(SettingsError, match="holds 0 measurement reports"):
        write_results(study, read, tmp_path / "out", signed_of(read), machine=tmp_path)


def test_where_it_fails_nothing_is_left(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path / "in", grey_cine(1))
    read = reading_of(study)
    study.images[0].path.unlink()
    (tmp_path / "results").mkdir()
    with pytest.raises(SourceUnavailable):
        write_results(study, read, tmp_path / "results" / "out")
    assert names(tmp_path / "results") == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    study, _ = study_of(tmp_path / "in", grey_cine(1))
    read = reading_of(study)
    out = tmp_path / "out"
    out.mkdir()
    write_results(study, read, out)  # an empty folder may be taken
    before = names(out)
    with pytest.raises(StorageError, match="place for results is taken"):
        write_results(study, read, out)
    assert names(out) == before


def test_a_folder_that_may_not_be_written_is_said(closed_folder: Path) -> None:
    study = Study("1.2.3.1", (), 0, ())
    for out in (closed_folder / "out", closed_folder / "locked" / "out"):
        with pytest.raises(StorageError, match=r"cannot be (written|looked into) \(Permission"):
            write_results(study, reading(), out)
    assert names(closed_folder) == ["locked"]
