"""WADO-RS: a study from a real Orthanc, and what other servers give instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from senoscope.domain.errors import SenoscopeError, SettingsError
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_limits import StudyLimits
from senoscope.studies.network.destinations import WebDestination
from senoscope.studies.network.failures import PacsHasNone, PacsRefused, PacsUnavailable
from senoscope.studies.network.study_fetching import fetch
from tests.studies.network.faulty import SHORT, answer, http
from tests.studies.network.network_files import KINDS, STUDY, data_set, file_of, us_native
from tests.studies.network.orthanc import HOST, Orthanc

MULTIPART = 'multipart/related; type="application/dicom"; boundary=XX'


def test_a_study_comes_as_it_is_stored_there(orthanc: Orthanc, tmp_path: Path) -> None:
    paths = [file_of(tmp_path / "given", made()) for made in KINDS.values()]
    for path in paths:
        orthanc.put(path.read_bytes())
    folder = tmp_path / "new" / "study"
    assert fetch(WebDestination(orthanc.web), STUDY, folder) == len(paths)
    came = sorted(data_set(path.read_bytes()) for path in folder.iterdir())
    assert came == sorted(data_set(path.read_bytes()) for path in paths)
    with StudyFiles(folder) as files:
        assert len(list(files)) == len(paths)
        assert files.left_out == ()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in folder.parent.iterdir()] == ["study"]


def test_a_study_that_is_not_there_leaves_no_folder(orthanc: Orthanc, tmp_path: Path) -> None:
    with pytest.raises(PacsHasNone):
        fetch(WebDestination(orthanc.web), "1.2.3.4", tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("uid", ["", "../..", "1.2/series", "1.2?x=1", 65 * "1", "1..2"])
def test_only_uids_are_asked_for(tmp_path: Path, uid: str) -> None:
    with pytest.raises(SettingsError):
        fetch(WebDestination("http://localhost"), uid, tmp_path / "study")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is there already"):
        fetch(WebDestination("http://localhost"), STUDY, tmp_path)


def part(content: bytes, kind: bytes = b"application/dicom") -> bytes:
    return b"--XX\r\nContent-Type: " + kind + b"\r\n\r\n" + content + b"\r\n"


def given(tmp_path: Path, response: bytes, limits: StudyLimits | None = None) -> int:
    """What `fetch` makes of it; where it fails, nothing may be left."""
    folder = tmp_path / "out" / "study"
    with http(response) as server:
        destination = WebDestination(f"http://{HOST}:{server.port}")
        try:
            return fetch(destination, STUDY, folder, limits, SHORT)
        except SenoscopeError:
            assert list(folder.parent.iterdir()) == []
            raise


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return file_of(tmp_path / "files", us_native()).read_bytes()


def test_parts_become_files(tmp_path: Path, content: bytes) -> None:
    body = part(content) + part(content) + b"--XX--"
    assert given(tmp_path, answer("200 OK", body, Content_Type=MULTIPART)) == 2


def test_malformed_bodies_leave_nothing(tmp_path: Path, content: bytes) -> None:
    bodies = {
        "cut off": part(content)[:-1000],
        "no end": part(content),
        "page": b"<html></html>",
        "kind": part(content, b"text/html") + b"--XX--",
    }
    for body in bodies.values():
        with pytest.raises(PacsUnavailable):
            given(tmp_path, answer("200 OK", body, Content_Type=MULTIPART))
    with pytest.raises(PacsUnavailable):
        given(tmp_path, answer("200 OK", part(content) + b"--XX--", Content_Type="text/html"))


def test_a_connection_that_breaks_off_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    whole = answer("200 OK", part(content) + b"--XX--", Content_Type=MULTIPART)
    with pytest.raises(PacsUnavailable):
        given(tmp_path, whole[:-5000])


def test_what_is_no_dicom_or_of_another_study_leaves_nothing(tmp_path: Path) -> None:
    other = us_native()
    other.StudyInstanceUID = "1.2.3"
    for content in (b"no DICOM", file_of(tmp_path / "files", other).read_bytes()):
        with pytest.raises(PacsRefused):
            given(tmp_path, answer("200 OK", part(content) + b"--XX--", Content_Type=MULTIPART))


def test_an_answer_that_is_packed_is_not_unpacked(tmp_path: Path) -> None:
    packed = answer("200 OK", b"x", Content_Type=MULTIPART, Content_Encoding="gzip")
    with pytest.raises(PacsUnavailable, match="packed"):
        given(tmp_path, packed)


def test_studies_larger_than_the_limits_leave_nothing(tmp_path: Path, content: bytes) -> None:
    whole = answer("200 OK", 3 * part(content) + b"--XX--", Content_Type=MULTIPART)
    for limits in (StudyLimits(most_files=2), StudyLimits(most_bytes=2 * len(content))):
        with pytest.raises(PacsRefused, match="more than"):
            given(tmp_path, whole, limits)
