import struct
from pathlib import Path

import pytest
from pydicom import Dataset, FileDataset, dcmread, uid
from typer.testing import CliRunner

from senoscope.studies.files.bare_file import missing_beginning
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import read_studies
from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.quality.tissue_edge import edges_of
from senoscope.ui.commands.every_command import app
from tests.studies.dicom_files import write
from tests.studies.mammograms import breast, mammogram
from tests.studies.study_builders import image, ultrasound, zipped


def bare(path: Path, header: Dataset, syntax: uid.UID, *, with_meta: bool = False) -> Path:
    """The file without its preamble, and without its meta group."""
    header.file_meta.TransferSyntaxUID = syntax
    content = write(path, header).read_bytes()
    at = 144 + struct.unpack_from("<L", content, 140)[0]
    path.write_bytes(content[132 if with_meta else at :])
    return path


SYNTAXES = pytest.mark.parametrize(
    "syntax", [uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian]
)


@SYNTAXES
@pytest.mark.parametrize("with_meta", [False, True])
def test_a_bare_file_is_read_on_request_only(
    tmp_path: Path, syntax: uid.UID, with_meta: bool
) -> None:
    header = mammogram("R", picture=breast())
    given = bare(tmp_path / "bare", header, syntax, with_meta=with_meta)
    content = given.read_bytes()
    with StudyFiles(given) as files:
        assert list(files) == []
    with StudyFiles(given, without_preamble=True) as files:
        for _ in range(2):
            ((study,), left_out) = read_studies(files)
        (stored,) = study.images
        assert (stored.transfer_syntax, stored.trouble, left_out) == (syntax, None, ())
        assert isinstance(dcmread(stored.path), FileDataset)
        assert "lies at the edge of a left one" in str(quality_of(study, (), edges_of(study)))
        assert dcmread(stored.path).PixelData == header.PixelData
    assert not stored.path.exists()
    assert given.read_bytes() == content


@SYNTAXES
def test_in_a_folder_it_stands_beside_whole_ones(tmp_path: Path, syntax: uid.UID) -> None:
    write(tmp_path / "whole", ultrasound(1))
    bare(tmp_path / "bare", ultrasound(2), syntax)
    (tmp_path / "note").write_text("not DICOM, and of more than a few bytes")
    with StudyFiles(tmp_path, without_preamble=True) as files:
        ((study,), left_out) = read_studies(files)
    assert len(study.images) == 2
    assert [each.places for each in left_out] == [(2,)]


def test_in_a_zip_it_is_not_read(tmp_path: Path) -> None:
    content = bare(tmp_path / "bare", image(), uid.ImplicitVRLittleEndian).read_bytes()
    with StudyFiles(zipped(tmp_path / "zip", {"a": content}), without_preamble=True) as files:
        assert list(files) == []
        assert "no DICOM file" in str(files.left_out[0])


@pytest.mark.parametrize(
    "start",
    [
        b"",
        bytes(4096),
        b"From: a mail\r\n" * 50,
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"\x08\x00\x05\x00" + struct.pack("<L", 2**31) + b"x" * 200,
        b"\x08\x00\x16\x00" + struct.pack("<L", 4) + b"1.2\0" + bytes(40),
    ],
)
def test_what_does_not_begin_as_dicom_does_is_left_alone(start: bytes) -> None:
    assert missing_beginning(start) is None


@SYNTAXES
def test_every_first_element_has_to_be_sound(tmp_path: Path, syntax: uid.UID) -> None:
    start = bare(tmp_path / "bare", image(), syntax).read_bytes()[:4096]
    beginning = missing_beginning(start)
    assert beginning is not None
    assert beginning[128:132] == b"DICM"
    for place in (0, 1, 3, 7):  # group, element, length
        changed = bytearray(start)
        changed[place] ^= 0x41
        assert missing_beginning(bytes(changed)) is None, place
    named = start.replace(b"1.2.3.1.7.1", b"DOE^JANE.23")
    assert missing_beginning(named) is None
    assert missing_beginning(start[:40]) is None


def test_elements_rise_and_are_of_even_length() -> None:
    def element(number: int, value: bytes) -> bytes:
        return struct.pack("<HHL", 8, number, len(value)) + value

    end = element(0x18, b"1.2.4\0")
    assert missing_beginning(element(0x16, b"1.2.3\0") + end) is not None
    assert missing_beginning(element(0x16, b"1.2.3") + end) is None
    falling = element(0x10, b"ab") + element(0x08, b"ab")
    assert missing_beginning(falling + element(0x16, b"1.2.3\0") + end) is None


@SYNTAXES
def test_bare_and_damaged_files_end_in_a_line(tmp_path: Path, syntax: uid.UID) -> None:
    whole = bare(tmp_path / "bare", ultrasound(), syntax).read_bytes()
    folder = tmp_path / "cut"
    folder.mkdir()
    for length in range(0, 1400, 7):
        (folder / str(length)).write_bytes(whole[:length])
    with StudyFiles(folder, without_preamble=True) as files:
        studies, left_out = read_studies(files)
    ((doubled,),) = [each.contradictions for each in studies]  # cut off at different places
    assert sum(len(each.places) for each in left_out) + len(doubled) == 200
    assert "DOE" not in "".join(str(each) for each in left_out)


def test_the_command_asks_for_it(tmp_path: Path) -> None:
    given = bare(tmp_path / "bare", mammogram("R", picture=breast()), uid.ImplicitVRLittleEndian)
    run = CliRunner()
    assert run.invoke(app, ["study", "quality", str(given)]).exit_code != 0
    told = run.invoke(app, ["study", "quality", str(given), "--without-preamble"])
    assert told.exit_code == 0, told.output
    assert "fault: A series of MG says right, but the breast lies at the edge" in told.output
