"""Functional groups of single frames are passed over, whatever they hold, and the rest is read."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pydicom import Dataset, uid

from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_header import MOST_READS
from senoscope.studies.images.series import read_studies
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.mri.phases import PhaseTable
from tests.studies.mri.phantoms import series
from tests.studies.mri.phase_files import ENHANCED, objects

PIXELS = b"\xe0\x7f\x10\x00"


def _without_lengths(given: Dataset) -> None:
    """Each sequence and item ends by a mark."""
    for each in given:
        if each.VR == "SQ":
            each.is_undefined_length = True
            for item in each.value:
                item.is_undefined_length_sequence_item = True
                _without_lengths(item)


def _written(path: Path, private: int, syntax: uid.UID, *, lengths: bool) -> Path:
    """An enhanced object with four times as many private elements a frame, and an overlay."""
    (made,) = objects(series(), ENHANCED)
    made.add_new(0x60000010, "US", 64)
    for frame in made.PerFrameFunctionalGroupsSequence:
        items = [Dataset() for _ in range(4)]
        for item in items:
            block = item.private_block(0x2005, "Private", create=True)
            for number in range(private):
                block.add_new(number, "FD", 1.0)
        frame.private_block(0x2005, "Private", create=True).add_new(0x0F, "SQ", items)
    if not lengths:
        _without_lengths(made)
    made.file_meta.TransferSyntaxUID = syntax
    made.save_as(
        path,
        implicit_vr=syntax.is_implicit_VR,
        little_endian=True,
        enforce_file_format=True,
    )
    return path


def _table(path: Path) -> PhaseTable:
    with StudyFiles(path) as files:
        (study,), left_out = read_studies(files)
        assert left_out == ()
        assert study.images[0].has_overlay
        return phase_table_of(study)


@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian])
@pytest.mark.parametrize("lengths", [True, False])
def test_frames_are_read_and_what_follows_them(
    tmp_path: Path, syntax: uid.UID, lengths: bool
) -> None:
    (found,) = _table(_written(tmp_path / "a", 3, syntax, lengths=lengths)).sets
    assert (found.trouble, len(found.taking_part)) == ("", 5)


def test_more_elements_than_a_header_may_have_are_of_no_harm_there(tmp_path: Path) -> None:
    path = _written(tmp_path / "a", 250, uid.ExplicitVRLittleEndian, lengths=False)
    header = path.read_bytes().split(PIXELS)[0]
    # Each costs two reads.
    assert 2 * header.count(b"FD\x08\x00") >= MOST_READS
    (found,) = _table(path).sets
    assert found.trouble == ""


@pytest.mark.parametrize("kind", ["cut off", "deep", "long"])
def test_groups_that_are_damaged_are_refused(tmp_path: Path, kind: str) -> None:
    path = _written(tmp_path / "a", 1, uid.ExplicitVRLittleEndian, lengths=False)
    content = path.read_bytes()
    at = content.index(b"\x00\x52\x30\x92SQ") + 12
    if kind == "cut off":
        content = content[: at + 300]
    elif kind == "deep":
        item = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x05\x20\x10\x10SQ\0\0\xff\xff\xff\xff"
        content = content[:at] + item * 50
    else:
        item = b"\xfe\xff\x00\xe0" + struct.pack("<L", 2**31)
        content = content[:at] + item + content[at:]
    path.write_bytes(content)
    with StudyFiles(path) as files:
        studies, (left,) = read_studies(files)
    assert studies == ()
    assert left.is_refused
    assert ("cut off" if kind != "deep" else "more of its frames") in left.reason


def test_an_object_without_an_end_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path / "a", 1, uid.ExplicitVRLittleEndian, lengths=True)
    content = path.read_bytes()
    at = content.index(b"\x00\x52\x30\x92SQ") + 8
    path.write_bytes(content[:at] + struct.pack("<L", 2**31) + content[at + 4 :])
    with StudyFiles(path) as files:
        studies, (left,) = read_studies(files)
    assert studies == ()
    assert "cut off" in left.reason
