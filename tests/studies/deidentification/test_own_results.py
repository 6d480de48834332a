"""What Senoscope itself writes about a study is exported with it, and keeps belonging to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import Dataset, dcmread, dcmwrite, uid

from senoscope.studies.deidentification.deidentify_report import DeidentifyReport
from senoscope.studies.results.measurement_report import measurement_report
from senoscope.studies.results.presentation import presentations_of
from senoscope.studies.results.segmentation import segmentation_of
from senoscope.studies.results.signed_report import signed_report
from tests.studies.deidentification.exports import copied, errors
from tests.studies.dicom_files import region
from tests.studies.results.image_builders import grey_cine, reading_of, study_of
from tests.studies.results.report_builders import signed


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> tuple[DeidentifyReport, Path, Path]:
    """Of an image and all that was made of it: the report, the copy and the source."""
    folder = tmp_path_factory.mktemp("results")
    source = folder / "source"
    box = region(RegionLocationMaxX1=125, RegionLocationMaxY1=110)
    study, sources = study_of(source, grey_cine(SequenceOfUltrasoundRegions=[box]))
    reading = reading_of(study)
    segmentations = segmentation_of(reading, sources)
    report = measurement_report(reading, sources, segmentations)
    final = signed_report(signed(reading), report, sources, segmentations)
    marks = presentations_of(reading, sources)
    for number, made in enumerate([*segmentations, report, final, *marks]):
        dcmwrite(source / f"made{number}", made, enforce_file_format=True)
    return *copied(source, folder / "out"), source


def by_class(folder: Path) -> dict[str, list[Dataset]]:
    found: dict[str, list[Dataset]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            each = dcmread(path)
            found.setdefault(each.SOPClassUID, []).append(each)
    return found


def test_all_are_written_without_a_new_error(
    export: tuple[DeidentifyReport, Path, Path],
) -> None:
    report, out, source = export
    assert not report.left_out
    before = {error for path in source.iterdir() for error in errors(path)}
    for each in report.written:
        assert errors(out / each.name) <= before
    assert len({each.patient for each in report.written}) == 1


def test_a_segmentation_keeps_its_masks_and_points_to_the_copied_image(
    export: tuple[DeidentifyReport, Path, Path],
) -> None:
    _, out, source = export
    (before,) = by_class(source)[uid.SegmentationStorage]
    copies = by_class(out)
    (after,) = copies[uid.SegmentationStorage]
    (image,) = copies[uid.UltrasoundMultiFrameImageStorage]
    assert (after.pixel_array == before.pixel_array).all() and after.pixel_array.any()
    derived = after.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0]
    assert derived.SourceImageSequence[0].ReferencedSOPInstanceUID == image.SOPInstanceUID
    assert after.StudyInstanceUID == image.StudyInstanceUID


def test_reports_keep_their_numbers_and_their_predecessor_and_no_words(
    export: tuple[DeidentifyReport, Path, Path],
) -> None:
    _, out, source = export
    before = {each.VerificationFlag: each for each in by_class(source)[uid.ComprehensiveSRStorage]}
    after = {each.VerificationFlag: each for each in by_class(out)[uid.ComprehensiveSRStorage]}
    machine, final = after["UNVERIFIED"], after["VERIFIED"]
    (series,) = final.PredecessorDocumentsSequence[0].ReferencedSeriesSequence
    assert series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == machine.SOPInstanceUID
    assert numbers(final) == numbers(before["VERIFIED"]) != []
    assert words(before["VERIFIED"]) > {"Müller^Anna", "A mass.", "The margin was cut."}
    assert words(final) == {"Removed"}


def test_marks_lose_their_graphics(export: tuple[DeidentifyReport, Path, Path]) -> None:
    _, out, _ = export
    (marks,) = by_class(out)[uid.GrayscaleSoftcopyPresentationStateStorage]
    assert "GraphicAnnotationSequence" not in marks and "GraphicLayerSequence" not in marks


def numbers(item: Dataset) -> list[float]:
    """All measured values of a report, in its order."""
    found = [float(each.NumericValue) for each in item.get("MeasuredValueSequence") or ()]
    for below in item.get("ContentSequence") or ():
        found += numbers(below)
    return found


def words(item: Dataset) -> set[str]:
    """All free text of a report and all names in it."""
    said = {str(item[each].value) for each in ("TextValue", "PersonName") if each in item}
    return said.union(*(words(below) for below in item.get("ContentSequence") or ()))
