"""All that is written goes to a real PACS and comes back, and what it refers to is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
import pytest
from pydicom import Dataset, dcmread, uid

from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.series import Study
from senoscope.studies.network.destinations import Destination, DimseDestination, WebDestination
from senoscope.studies.network.dimse_sending import Delivered
from senoscope.studies.network.sending import send_files
from senoscope.studies.network.study_fetching import fetch
from senoscope.studies.network.study_search import StudyQuery, search
from senoscope.studies.results.cad_report import MammographyCadReport
from senoscope.studies.results.live_key_frame import LiveStudy, key_frame_image, live_series
from senoscope.studies.results.made_object import written
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
from tests.studies.dicom_files import write
from tests.studies.network.orthanc import Orthanc, running_orthanc
from tests.studies.references import differences, references
from tests.studies.results.cad_builders import everything
from tests.studies.results.conformance import dciodvfy_errors, dsrdump_complaints
from tests.studies.results.image_builders import (
    colour_cine,
    grey_cine,
    inverted,
    jpeg_cine,
    reading_of,
    still,
)
from tests.studies.results.report_builders import AT, picture
from tests.studies.results.sr_builders import MammogramHeaders
from tests.studies.study_builders import SERIES, folder_of, read

LIVE = LiveStudy(uid.generate_uid(prefix=None), "Exam 12 小", datetime(2026, 11, 28, 9, tzinfo=UTC))
UNICODE = {"DefaultEncoding": "Utf8"}
"""Else Orthanc drops letters from what it answers to a search."""
REPORTS = (uid.ComprehensiveSRStorage, uid.MammographyCADSRStorage)


@dataclass(frozen=True)
class Written:
    """Files of one study: those it came with, and those made of it."""

    sources: tuple[Path, ...]
    results: tuple[Path, ...]


def clips(folder: Path) -> Written:
    """Cines in all kinds of pixels and a still, read and then signed."""
    sources = (grey_cine(1), still(2), colour_cine(3), jpeg_cine(4), inverted(5))
    [study], _ = read(folder_of(folder / "in", *sources))
    return read_and_signed(folder, study)


def live_exam(folder: Path) -> Written:
    """Two key frames of a live exam, kept as images, read and then signed."""
    series = live_series()
    for number in (1, 2):
        frame = key_frame_image(picture(), LIVE, series, number, spacing=PixelSpacing(0.08, 0.12))
        written(frame, folder / "in")
    [study], _ = read(folder / "in")
    return read_and_signed(folder, study)


def mammograms(folder: Path) -> Written:
    """Two views and the report of what marked them."""
    headers = MammogramHeaders()
    views = [headers.header(f"{SERIES}.{number}") for number in (1, 2)]
    sources = [write(folder / f"{number}.dcm", each) for number, each in enumerate(views)]
    report = MammographyCadReport(everything(), headers).document()
    return Written(tuple(sources), (written(report, folder / "out"),))


def read_and_signed(folder: Path, study: Study) -> Written:
    reading = reading_of(study)
    made = write_results(study, reading, folder / "machine")
    made += write_results(
        study, reading, folder / "signed", signed_of(reading), machine=folder / "machine"
    )
    objects = tuple(each.path for each in made if each.instance_uid is not None)
    return Written(tuple(each.path for each in study.images), objects)


def signed_of(reading: StudyReading) -> SignedReading:
    """The first outline redrawn, the other finding overruled."""
    first, *others = reading.findings
    drawn = replace(first.key, contour=first.key.contour + np.float32(3))
    decisions = [Decision(first.number, Verdict.EDITED, outline=drawn)]
    decisions += [Decision(each.number, Verdict.OVERRULED, "A vessel.") for each in others]
    said = Impression(Assessment.BENIGN, "A cyst.", AT)
    return SignedReading(reading, said, tuple(decisions), said, Signer("Li^Na", "Clinic"))


STUDIES = {"clips": clips, "live exam": live_exam, "mammograms": mammograms}


@dataclass(frozen=True)
class Returned:
    """A study as the PACS gives it back: `listed` by QIDO, `files` and `shown` by WADO.

    By SOPInstanceUID: its series and class, its file, and its header as viewers ask for it.
    """

    written: Written
    study_uid: str
    listed: dict[str, tuple[str, str]]
    files: dict[str, Path]
    shown: dict[str, Dataset]

    def results(self) -> list[Path]:
        return [self.files[instance_of(each)] for each in self.written.results]


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with running_orthanc(tmp_path_factory.mktemp("orthanc"), UNICODE) as started:
        yield started


@pytest.fixture(scope="module", params=STUDIES)
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return STUDIES[request.param](tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module", params=["C-STORE", "STOW-RS"])
def returned(
    request: pytest.FixtureRequest,
    study: Written,
    orthanc: Orthanc,
    tmp_path_factory: pytest.TempPathFactory,
) -> Returned:
    orthanc.forget()
    web = WebDestination(orthanc.web)
    dimse = DimseDestination(orthanc.host, orthanc.dimse_port, orthanc.ae)
    to: Destination = dimse if request.param == "C-STORE" else web
    paths = [*study.sources, *study.results]
    assert list(send_files(to, paths)) == [Delivered()] * len(paths)
    first = dcmread(paths[0], stop_before_pixels=True)
    # Orthanc's DICOMweb (1.10) finds no patient whose id has a space.
    [found] = search(web, StudyQuery(modality=first.Modality))
    assert found.patient_id == first.PatientID
    assert (found.study_instance_uid, found.instances) == (first.StudyInstanceUID, len(paths))
    folder = tmp_path_factory.mktemp("returned") / "study"
    assert fetch(web, found.study_instance_uid, folder) == len(paths)
    below = f"{orthanc.web}/studies/{found.study_instance_uid}"
    listed, shown = asked(f"{below}/instances"), asked(f"{below}/metadata")
    return Returned(
        study,
        found.study_instance_uid,
        {each.SOPInstanceUID: (each.SeriesInstanceUID, each.SOPClassUID) for each in listed},
        {instance_of(each): each for each in folder.iterdir()},
        {each.SOPInstanceUID: each for each in shown},
    )


def asked(address: str) -> list[Dataset]:
    """What DICOMweb answers there, without pixels and other long values."""
    answer = httpx.get(address, headers={"Accept": "application/dicom+json"}, timeout=60)
    answer.raise_for_status()
    return [Dataset.from_json(each, lambda _: None) for each in answer.json()]


def instance_of(path: Path) -> str:
    return str(dcmread(path, stop_before_pixels=True).SOPInstanceUID)


def test_the_pacs_lists_each_instance_under_its_series_and_class(returned: Returned) -> None:
    sent = [dcmread(each) for each in (*returned.written.sources, *returned.written.results)]
    assert {each.StudyInstanceUID for each in sent} == {returned.study_uid}
    assert returned.listed == {
        each.SOPInstanceUID: (each.SeriesInstanceUID, each.SOPClassUID) for each in sent
    }


def test_each_element_comes_back_as_it_was_written(returned: Returned) -> None:
    for path in (*returned.written.sources, *returned.written.results):
        sent, came = dcmread(path), dcmread(returned.files[instance_of(path)])
        assert sent.file_meta.TransferSyntaxUID == came.file_meta.TransferSyntaxUID
        assert list(differences(sent, came)) == []


def test_every_reference_leads_to_an_instance_that_the_pacs_has_in_the_study(
    returned: Returned,
) -> None:
    sources = {instance_of(each) for each in returned.written.sources}
    for path in returned.results():
        made = dcmread(path)
        found = list(references(made))
        for each in found:
            series, sop_class = returned.listed[each.instance]
            assert each.sop_class == sop_class
            assert each.series in (series, None)
            assert each.study in (returned.study_uid, None)
            target = dcmread(returned.files[each.instance])
            assert all(1 <= frame <= target.get("NumberOfFrames", 1) for frame in each.frames)
            numbers = {one.SegmentNumber for one in target.get("SegmentSequence", ())}
            assert set(each.segments) <= numbers
        assert sources & {each.instance for each in found}, made.SOPClassUID.name
        assert list(references(returned.shown[made.SOPInstanceUID])) == found


def test_reports_name_all_that_they_refer_to_as_evidence(returned: Returned) -> None:
    for path in returned.results():
        made = dcmread(path)
        if made.SOPClassUID not in REPORTS:
            continue
        inside = {each.instance for each in references(content_of(made))}
        named = {each.instance for each in references(made) if each.series and each.study}
        assert inside and inside <= named


def content_of(report: Dataset) -> Dataset:
    alone = Dataset()
    alone.ContentSequence = report.ContentSequence
    return alone


def test_the_signed_report_succeeds_the_machine_s_which_is_there_unverified(
    returned: Returned,
) -> None:
    made = [dcmread(each) for each in returned.results()]
    reports = [each for each in made if each.SOPClassUID in REPORTS]
    [machine] = [each for each in reports if each.VerificationFlag == "UNVERIFIED"]
    assert "PredecessorDocumentsSequence" not in machine
    signed = [each for each in reports if each.VerificationFlag == "VERIFIED"]
    # What marks mammograms is signed by nobody yet.
    assert len(signed) == (machine.SOPClassUID == uid.ComprehensiveSRStorage)
    for each in signed:
        [predecessor] = each.PredecessorDocumentsSequence
        assert [one.instance for one in references(predecessor)] == [machine.SOPInstanceUID]


def test_each_result_still_conforms(returned: Returned) -> None:
    reports = 0
    for path in returned.results():
        assert dciodvfy_errors(path) == []
        if dcmread(path).SOPClassUID in REPORTS:
            assert dsrdump_complaints(path) == []
            reports += 1
    assert reports
