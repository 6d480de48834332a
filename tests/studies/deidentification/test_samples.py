"""Real files: the public samples, those of pydicom's wheel, and damaged ones."""

from __future__ import annotations

import logging
import random
import warnings
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread, uid

from senoscope.studies.deidentification.deidentify_report import DeidentifyReport
from senoscope.studies.files.study_files import StudyFiles
from tests.studies.deidentification.exports import copied, errors
from tests.studies.test_mutated_files import LARGEST, SAMPLES, mutated


def paths_of(source: Path) -> dict[int, Path]:
    """The files by the number that the report gives them."""
    with StudyFiles(source) as files:
        return {each.place: each.path for each in files}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> tuple[DeidentifyReport, Path]:
    """Of all samples of pydicom."""
    return copied(SAMPLES, tmp_path_factory.mktemp("samples") / "out")


def test_no_sample_of_pydicom_gets_a_new_error_or_keeps_its_name(
    copy: tuple[DeidentifyReport, Path],
) -> None:
    report, out = copy
    sources = paths_of(SAMPLES)
    assert len(report.written) > 30
    for each in report.written:
        assert errors(out / each.name) <= errors(sources[each.place]), sources[each.place].name
        name = str(dcmread(sources[each.place], stop_before_pixels=True).get("PatientName") or "")
        content = (out / each.name).read_bytes()
        assert len(name) < 5 or name.encode() not in content


def test_stored_values_are_those_of_an_independent_decoding(
    copy: tuple[DeidentifyReport, Path],
) -> None:
    report, out = copy
    sources = paths_of(SAMPLES)
    compared = 0
    for each in report.written:
        if each.frames and each.cleaned_by is None:
            source = dcmread(sources[each.place])
            if source.BitsStored < source.BitsAllocated and source.PixelRepresentation:
                continue  # pydicom leaves the bits above as they are
            assert (dcmread(out / each.name).pixel_array == source.pixel_array).all()
            compared += 1
    assert compared > 10


def test_the_public_ultrasound_samples_are_clean_or_left_out(
    public_data: Path, tmp_path: Path
) -> None:
    source = public_data / "ultrasound-dicom"
    report, out = copied(source, tmp_path / "out")
    sources = paths_of(source)
    assert len(report.written) == 5
    assert [each.places for each in report.left_out] == [(3,)]
    for each in report.written:
        made = dcmread(out / each.name)
        assert made.file_meta.TransferSyntaxUID == uid.ExplicitVRLittleEndian
        assert made.BurnedInAnnotation == "NO" and each.cleaned_by is not None
        assert errors(out / each.name) <= errors(sources[each.place])


def test_the_sample_with_a_burned_in_name_loses_it_above_and_on_the_tissue(
    public_data: Path, tmp_path: Path
) -> None:
    source = public_data / "ultrasound-dicom" / "YBR_FULL-RLE.dcm"
    report, out = copied(source, tmp_path / "out")
    (written,) = report.written
    pixels = dcmread(out / written.name).pixel_array
    region = next(
        each
        for each in dcmread(source).SequenceOfUltrasoundRegions
        if each.RegionSpatialFormat == 1
    )
    outside = np.ones(pixels.shape[:2], bool)
    outside[
        region.RegionLocationMinY0 : region.RegionLocationMaxY1 + 1,
        region.RegionLocationMinX0 : region.RegionLocationMaxX1 + 1,
    ] = False
    assert outside.sum() > 100_000 and not pixels[outside].any()
    assert written.lines_covered == 1
    on_tissue = pixels[370:390, 106:156]
    assert len(np.unique(on_tissue)) == 1


def test_damaged_files_are_written_or_left_out_with_a_line_that_quotes_nothing(
    copy: tuple[DeidentifyReport, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(11)
    whole = {each.place for each in copy[0].written}
    paths = [path for place, path in paths_of(SAMPLES).items() if place in whole]
    samples = [each for each in paths if 8000 < each.stat().st_size < LARGEST]
    outcomes = {"written": 0, "left out": 0}
    with warnings.catch_warnings(record=True) as said, caplog.at_level(logging.DEBUG):
        for number in range(120):
            path = tmp_path / "mutated"
            path.write_bytes(mutated(chance, chance.choice(samples).read_bytes()))
            report, _ = copied(path, tmp_path / str(number))
            assert len(report.written) + len(report.left_out) == 1
            outcomes["written" if report.written else "left out"] += 1
            assert "\n" not in str(report.left_out[0] if report.left_out else "")
    assert min(outcomes.values()) > 15
    quoted = caplog.text + " ".join(str(each.message) for each in said)
    assert "Invalid value" not in quoted and "CompressedSamples" not in quoted


def test_the_public_mammogram_keeps_its_stored_values_and_its_view(
    public_data: Path, tmp_path: Path
) -> None:
    source = public_data / "mammography-dicom" / "GH133.dcm"
    report, out = copied(source, tmp_path / "out")
    (written,) = report.written
    before, after = dcmread(source), dcmread(out / written.name)
    assert (after.pixel_array == before.pixel_array).all()
    assert after.ViewCodeSequence[0].CodeValue == before.ViewCodeSequence[0].CodeValue
    assert after.ImageLaterality == before.ImageLaterality
    assert errors(out / written.name) <= errors(source)
