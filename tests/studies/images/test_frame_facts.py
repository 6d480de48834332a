from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pydicom import Dataset, uid

from senoscope.studies.quality.study_quality import quality_of
from tests.studies.dicom_files import write
from tests.studies.study_builders import image, read

FRAMES = 3


def frame(spacing: list[float] | None = None, side: str | None = None) -> Dataset:
    """One frame's functional groups."""
    groups = Dataset()
    if spacing is not None:
        measures = Dataset()
        measures.PixelSpacing = spacing
        groups.PixelMeasuresSequence = [measures]
    if side is not None:
        anatomy = Dataset()
        anatomy.FrameLaterality = side
        groups.FrameAnatomySequence = [anatomy]
    return groups


def enhanced(*frames: Dataset, shared: Dataset | None = None) -> Dataset:
    return image(
        SOPClassUID=uid.EnhancedMRImageStorage,
        PixelSpacing=None,
        NumberOfFrames=FRAMES,
        PixelData=bytes(FRAMES * 120 * 160),
        SharedFunctionalGroupsSequence=[shared or Dataset()],
        PerFrameFunctionalGroupsSequence=list(frames),
    )


def told(path: Path) -> str:
    ((study,), _) = read(path)
    return str(quality_of(study))


@pytest.mark.parametrize("is_endless", [False, True])
def test_millimetres_that_every_frame_says(tmp_path: Path, is_endless: bool) -> None:
    def said(*frames: Dataset) -> str:
        header = enhanced(*frames)
        header["PerFrameFunctionalGroupsSequence"].is_undefined_length = is_endless
        return told(write(tmp_path / "one", header))

    assert "no PixelSpacing" not in said(*[frame([1, 1])] * 3)
    assert "no PixelSpacing" in said(frame([1, 1]), frame([1, 1]), frame())
    assert "no PixelSpacing" in said(frame([1, 1]), frame([1, 1]), frame([0, 1]))
    assert "no PixelSpacing" in said(*[frame([1, 1])] * 2), "it has three frames"
    assert "no PixelSpacing" in said()


def test_two_sides_within_one_object_are_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "one"
    sides = told(write(path, enhanced(*[frame([1, 1], each) for each in "LLR"])))
    assert "fault: A series of MR says two sides: FrameLaterality L, FrameLaterality R." in sides
    assert "two sides" not in told(write(path, enhanced(*[frame([1, 1], "L")] * 3)))
    shared = frame(side="R")
    mixed = told(write(path, enhanced(*[frame([1, 1], "L")] * 3, shared=shared)))
    assert "says two sides: FrameLaterality R, FrameLaterality L." in mixed


def test_groups_of_two_million_empty_items_are_not_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "one", enhanced(*[frame([1, 1])] * 3))
    content = path.read_bytes()
    head = b"\x00\x52\x30\x92SQ\0\0"
    at = content.index(head)
    (length,) = struct.unpack_from("<L", content, at + 8)
    items = (b"\xfe\xff\x00\xe0" + bytes(4)) * 1_900_000
    changed = content[:at] + head + struct.pack("<L", len(items)) + items
    path.write_bytes(changed + content[at + 12 + length :])
    assert "no PixelSpacing" in told(path)


def test_a_frame_s_own_sequence_is_not_believed_either(tmp_path: Path) -> None:
    crowded = frame([1, 1])
    crowded.PixelMeasuresSequence.extend([Dataset()] * 1000)
    assert "no PixelSpacing" in told(write(tmp_path / "one", enhanced(*[crowded] * 3)))


def test_damaged_groups_leave_the_file_readable(tmp_path: Path) -> None:
    path = write(tmp_path / "one", enhanced(*[frame([1, 1])] * 3))
    content = path.read_bytes()
    at = content.index(b"\x00\x52\x30\x92SQ\0\0") + 12
    for place in range(at, at + 40):
        for value in (0, 0x7F, 0xFF):
            path.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
            studies, left_out = read(path)
            assert len(studies) + len(left_out) == 1
