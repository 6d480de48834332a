import os
import struct
from pathlib import Path

import pytest
from pydicom import Dataset, FileMetaDataset, uid

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.studies.files import study_header
from senoscope.studies.files.study_files import StudyFiles, open_plain
from senoscope.studies.files.study_limits import StudyLimits
from tests.studies import study_builders
from tests.studies.dicom_files import PATIENT, with_element, write
from tests.studies.study_builders import folder_of, image, places, read, ultrasound, zipped

ITEM = b"\xfe\xff\x00\xe0"
ENDLESS = 0xFFFFFFFF


def inserted(path: Path, *elements: bytes) -> Path:
    """The same file with these bytes right after the meta group."""
    given = path.read_bytes()
    at = 132 + 12 + struct.unpack_from("<L", given, 140)[0]
    path.write_bytes(given[:at] + b"".join(elements) + given[at:])
    return path


def sequence(tag: tuple[int, int], length: int = ENDLESS) -> bytes:
    return struct.pack("<HH2s2xL", *tag, b"SQ", length)


def test_files_are_found_by_content_in_folders_of_any_name(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "study", image(1))
    (folder / "below").mkdir()
    write(folder / "below" / "no.txt", image(2))
    (folder / "report.dcm").write_text("no DICOM")
    found, lines = places(folder)
    assert len(found) == 2
    assert lines == ['1 file left out (number 2): no DICOM file ("DICM" is not at byte 128).']


def test_headers_come_without_pixels_and_one_at_a_time(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "study", image(1), image(2), image(3))
    with StudyFiles(folder) as files:
        iteration = iter(files)
        first = next(iteration)
        (folder / "b").unlink()
        assert "PixelData" not in first.header
        assert first.header.Rows == 120
        assert [each.place for each in iteration] == [3]
    assert "study" not in repr(first)
    assert "77-1234" not in repr(first)


def test_a_single_file_is_a_study(tmp_path: Path) -> None:
    assert places(write(tmp_path / "one", image())) == ([1], [])


def dicomdir() -> Dataset:
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    header.SOPClassUID = uid.MediaStorageDirectoryStorage
    header.SOPInstanceUID = "1.2.3"
    header.DirectoryRecordSequence = []
    return header


def test_a_dicomdir_stands_for_its_folder_and_is_believed_in_nothing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "study", image(1), image(2))
    found, lines = places(write(folder / "DICOMDIR", dicomdir()))
    assert found == [2, 3]
    assert lines == [
        "1 file left out (number 1): a DICOMDIR: a list of files; the files themselves were "
        "looked for."
    ]


def test_links_pipes_and_zips_in_a_folder_are_refused(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", image(9))
    folder = folder_of(tmp_path / "study", image(1))
    (folder / "link").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    zipped(folder / "z", {"a": outside.read_bytes()})
    found, lines = places(folder)
    assert found == [1]
    assert [line.split(": ", 1)[1] for line in lines] == [
        "refused: it is a link.",
        "refused: it is neither a file nor a folder.",
        "refused: it is a zip within the folder; give it by itself.",
    ]


def test_a_pipe_by_itself_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceUnavailable, match="neither a file nor a folder"):
        places(tmp_path / "pipe")


def test_a_file_that_became_a_link_since_it_was_listed_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(write(tmp_path / "outside", image()))
    with pytest.raises(OSError, match="symbolic link"):
        open_plain(tmp_path / "link")


def test_folders_too_deep_are_not_entered(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    (folder / "1" / "2" / "3").mkdir(parents=True)
    write(folder / "1" / "2" / "in", image(1))
    write(folder / "1" / "2" / "3" / "deeper", image(2))
    (folder / "4").mkdir()
    write(folder / "4" / "after", image(3))
    found, lines = places(folder, StudyLimits(deepest_folder=2))
    assert (len(found), len(lines)) == (2, 1)
    assert lines[0].endswith("refused: a folder that lies in too many folders.")


def test_a_folder_of_too_many_files_or_bytes_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "study", image(1), image(2), image(3))
    assert len(places(folder, StudyLimits(most_files=3))[0]) == 3
    with pytest.raises(SourceUnavailable, match="The folder holds more than 2 files; expected"):
        places(folder, StudyLimits(most_files=2))
    with pytest.raises(SourceUnavailable, match="have more than 47 kB; expected one study"):
        places(folder, StudyLimits(most_bytes=49_000))
    size = sum(each.stat().st_size for each in folder.iterdir())
    assert len(places(folder, StudyLimits(most_bytes=size))[0]) == 3
    with pytest.raises(SourceUnavailable, match="expected one study"):
        places(folder, StudyLimits(most_bytes=size - 1))


def test_what_is_not_there_and_what_may_not_be_read(tmp_path: Path, closed_folder: Path) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        places(tmp_path / "none")
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        places(closed_folder / "locked")
    found, lines = places(closed_folder)
    assert (found, len(lines)) == ([], 1)
    assert lines[0].endswith("refused: it may not be read; check who may.")


def test_a_file_cut_off_anywhere_is_left_out_or_known_to_be(tmp_path: Path) -> None:
    path = write(tmp_path / "cut", image())
    whole = path.read_bytes()
    pixels = whole.index(b"\xe0\x7f\x10\x00")
    seen = set()
    for length in (*range(132, pixels + 20), len(whole) - 1):
        path.write_bytes(whole[:length])
        studies, left_out = read(path)
        seen.update(each.reason for each in left_out)
        troubles = [each.trouble for study in studies for each in study.images]
        assert len(troubles) + len(left_out) == 1
        assert None not in troubles
    assert f"refused: {study_header.CUT_OFF}" in seen


def test_a_report_without_pixels_cut_off_in_its_last_value_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "cut", image())
    whole = path.read_bytes()
    end = whole.index(f"{study_builders.SERIES}\0".encode(), 400)
    path.write_bytes(whole[: end + 3])
    assert study_header.CUT_OFF in places(path)[1][0]


def test_an_element_of_gigabytes_is_given_no_memory(tmp_path: Path) -> None:
    path = with_element(write(tmp_path / "huge", image()), (0x0008, 0x0005), b"UT", 2**32 - 2)
    assert "its header is larger than 16 MB" in places(path)[1][0]


@pytest.mark.parametrize("depth", [17, 400, 100_000])
@pytest.mark.parametrize("tag", [(0x0018, 0x6011), (0x0040, 0x0275)])
def test_sequences_within_sequences_without_end(
    tmp_path: Path, depth: int, tag: tuple[int, int]
) -> None:
    level = sequence(tag) + ITEM + struct.pack("<L", ENDLESS)
    path = write(tmp_path / "deep", image())
    ends = b"\xfe\xff\x0d\xe0" + bytes(4) + b"\xfe\xff\xdd\xe0" + bytes(4)
    inserted(path, level * depth, ends * depth)
    found, lines = places(path)
    if depth == 17 and tag == (0x0040, 0x0275):  # not one that is read, and soon skipped
        assert found == [1]
    else:
        assert found == []
        assert "its sequences lie more than 16 within one another" in lines[0]


def test_so_with_lengths(tmp_path: Path) -> None:
    nested = b""
    for _ in range(17):
        item = ITEM + struct.pack("<L", len(nested)) + nested
        nested = sequence((0x0018, 0x6011), len(item)) + item
    found, lines = places(inserted(write(tmp_path / "deep", image()), nested))
    assert found == []
    assert "its sequences lie more than 16" in lines[0]


def test_a_sequence_of_a_million_items(tmp_path: Path) -> None:
    path = write(tmp_path / "wide", image())
    empty = ITEM + bytes(4)
    inserted(path, sequence((0x0018, 0x6011)), empty * 10**6)
    assert "more than some 66666 elements" in places(path)[1][0]
    path = write(tmp_path / "wide", image())
    inserted(path, sequence((0x0018, 0x6011), 8 * 10**6), empty * 10**6)
    assert "SequenceOfUltrasoundRegions is larger than 256 kB" in places(path)[1][0]


def test_a_deflated_file_is_not_inflated(tmp_path: Path) -> None:
    header = image()
    header.file_meta.TransferSyntaxUID = uid.DeflatedExplicitVRLittleEndian
    assert "deflated as a whole" in places(write(tmp_path / "flat", header))[1][0]


def test_no_line_holds_a_name(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / PATIENT, ultrasound())
    path = folder / "a"
    whole = path.read_bytes()
    for length in range(0, 1200, 7):
        (folder / f"{PATIENT}{length}").write_bytes(whole[:length])
    for line in places(folder)[1]:
        assert "DOE" not in line


def test_a_pickle_is_a_file_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(b"\x80\x04cos\nsystem\n(S'touch pwned'\ntR.")
    assert "no DICOM file" in places(path)[1][0]


def test_limits_are_positive() -> None:
    with pytest.raises(SettingsError, match="expected limits of 1 at least"):
        StudyLimits(most_files=0)


def test_public_samples_are_all_found(public_data: Path) -> None:
    found, lines = places(public_data / "ultrasound-dicom")
    assert (len(found), lines) == (6, [])
    assert len(places(public_data / "mammography-dicom")[0]) == 3
    assert study_header.DEEPEST_SEQUENCE == 16


def test_listed_files_are_those_alone_in_their_order(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("c", "a", "b")]
    for path in paths:
        write(path, image())
    with StudyFiles.listed([paths[0], tmp_path / "gone", paths[1]]) as files:
        found = list(files)
        assert [(each.place, each.path) for each in found] == [(1, paths[0]), (3, paths[1])]
        assert [each.places for each in files.left_out] == [(2,)]
