import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread, uid

from senoscope.domain.errors import SenoscopeError, SourceUnavailable
from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.images.ultrasound_clip import read_clip
from tests.studies.dicom_files import (
    PATIENT,
    cine,
    compressed,
    grey_frames,
    jpegs,
    with_element,
    write,
)

AREA = ScanArea(10, 20, 140, 100, (160, 120))


def read(folder: Path, header: Dataset) -> Any:
    return read_clip(write(folder / "IM0001", header))


def refusal(folder: Path, header: Dataset) -> str:
    with pytest.raises(SourceUnavailable) as refused:
        read(folder, header)
    assert PATIENT not in str(refused.value) and str(folder) not in str(refused.value)
    return str(refused.value)


def test_frames_times_area_and_millimetres_come_from_the_file(tmp_path: Path) -> None:
    clip = read(tmp_path, cine(grey_frames(4)))
    assert [int(clip.frames[place][60, 60]) for place in range(4)] == [0, 5, 10, 15]
    assert clip.frame_times_ms == (0, 20, 40, 60)
    assert (clip.scan_area, clip.pixel_spacing) == (AREA, PixelSpacing(0.1, 0.2))
    assert clip.name == "DICOM cine"


def test_a_single_image_is_a_clip_of_one_frame(tmp_path: Path) -> None:
    header = cine(
        grey_frames(1), NumberOfFrames=None, SOPClassUID=uid.UltrasoundImageStorage, FrameTime=None
    )
    clip = read(tmp_path, header)
    assert (len(clip.frames), clip.frame_times_ms) == (1, (0,))


@pytest.mark.parametrize(
    ("stated", "times"),
    [
        ({"FrameTimeVector": [0, 10, 30]}, (0, 10, 40)),
        ({"FrameTimeVector": [0, 10]}, (0, 20, 40)),
        ({"FrameTimeVector": [0, -10, 30]}, (0, 20, 40)),
        ({"FrameTime": "0", "CineRate": 25}, (0, 40, 80)),
        ({"FrameTime": None, "CineRate": 25, "RecommendedDisplayFrameRate": 10}, (0, 40, 80)),
        ({"FrameTime": None, "CineRate": 0, "RecommendedDisplayFrameRate": 10}, (0, 100, 200)),
    ],
)
def test_frame_times_go_by_the_most_exact_that_can_be_right(
    tmp_path: Path, stated: dict[str, Any], times: tuple[float, ...]
) -> None:
    assert read(tmp_path, cine(grey_frames(3), **stated)).frame_times_ms == times


def test_an_assumed_rate_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clip = read(tmp_path, cine(grey_frames(2), FrameTime=None))
    assert clip.frame_times_ms[1] == pytest.approx(1000 / 30)
    assert "30 a second are assumed" in caplog.text


def test_monochrome1_is_turned_over(tmp_path: Path) -> None:
    clip = read(tmp_path, cine(grey_frames(1), PhotometricInterpretation="MONOCHROME1"))
    assert (clip.frames[0][60, 60], clip.frames[0][0, 0]) == (255, 0)


@pytest.mark.parametrize("has_bot", [True, False])
def test_jpeg_comes_as_red_green_blue(tmp_path: Path, has_bot: bool) -> None:
    frames = np.zeros((3, 120, 160, 3), np.uint8)
    frames[..., 0], frames[1, ..., 1] = 200, 90
    header = compressed(
        cine(frames, PhotometricInterpretation="YBR_FULL_422"),
        jpegs(list(frames)),
        uid.JPEGBaseline8Bit,
        has_bot,
    )
    clip = read(tmp_path, header)
    assert len(clip.frames) == 3
    assert clip.frames[1][60, 60].tolist() == pytest.approx([200, 90, 0], abs=4)
    assert clip.frames[2][60, 60].tolist() == pytest.approx([200, 0, 0], abs=4)


def test_planes_and_subsampled_colours_come_as_red_green_blue(tmp_path: Path) -> None:
    planes = np.zeros((2, 3, 120, 160), np.uint8)
    planes[:, 0] = 200
    header = cine(planes.transpose(0, 2, 3, 1), PlanarConfiguration=1)
    header.PixelData = planes.tobytes()
    assert read(tmp_path, header).frames[1][5, 5].tolist() == [200, 0, 0]
    header = cine(np.zeros((2, 120, 160, 3), np.uint8), PhotometricInterpretation="YBR_FULL_422")
    header.PixelData = bytes([100, 100, 128, 128]) * (2 * 120 * 80)
    assert read(tmp_path, header).frames[1][5, 5].tolist() == [100, 100, 100]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"NumberOfFrames": 5}, "announces 5 frames, and 4 of them are whole"),
        ({"NumberOfFrames": 2_000_000_000}, "announces 2000000000 frames; expected 1 to"),
        ({"NumberOfFrames": -1}, "announces -1 frames"),
        ({"Rows": 4000, "Columns": 4000}, "0 of them are whole"),
        ({"Rows": 65535, "Columns": 65535}, "65535x65535; expected 64 to 4096"),
        ({"Rows": 20}, "160x20"),
        ({"SOPClassUID": uid.CTImageStorage}, "holds: CT Image Storage; expected an ultrasound"),
        ({"SOPClassUID": f"1.2.3.{'9' * 20}"}, "a kind that is not registered"),
        ({"BitsStored": 16, "BitsAllocated": 16}, "16-bit, 1 to a pixel"),
        ({"SamplesPerPixel": 3}, "3 to a pixel"),
        ({"PhotometricInterpretation": "XYZ"}, "'XYZ'"),
        ({"PixelData": None}, "holds no pixels"),
        ({"Rows": None}, "header is damaged"),
    ],
)
def test_a_lying_header_is_refused_with_what_was_given(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    assert said in refusal(tmp_path, cine(grey_frames(4), **changed))


@pytest.mark.parametrize("kept", [40_000, 77_000])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path / "cut", cine(grey_frames(4)))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(SourceUnavailable, match="break off: it announces 4 frames"):
        read_clip(path)


def test_compressed_frames_that_are_missing_or_cut_are_refused(tmp_path: Path) -> None:
    coded = jpegs(list(grey_frames(4)))
    header = compressed(cine(grey_frames(4)), coded[:3], uid.JPEGBaseline8Bit)
    assert "3 of them are whole" in refusal(tmp_path, header)
    path = write(tmp_path / "cut", compressed(cine(grey_frames(4)), coded, uid.JPEGBaseline8Bit))
    path.write_bytes(path.read_bytes()[: -len(coded[3])])
    with pytest.raises(SourceUnavailable, match="3 of them are whole"):
        read_clip(path)


@pytest.mark.parametrize("content", [b"", b"DICM", bytes(128) + b"DICM", b"a video" * 1000])
def test_what_is_not_dicom_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(SourceUnavailable):
        read_clip(tmp_path / "file")
    with pytest.raises(SourceUnavailable, match="No such file"):
        read_clip(tmp_path / "missing")


@pytest.mark.parametrize("syntax", [uid.DeflatedExplicitVRLittleEndian, uid.MPEG4HP41])
def test_a_transfer_syntax_that_is_not_read_is_refused(tmp_path: Path, syntax: uid.UID) -> None:
    header = compressed(cine(grey_frames(1)), [bytes(1000)], uid.JPEGBaseline8Bit)
    header.file_meta.TransferSyntaxUID = syntax
    if syntax == uid.DeflatedExplicitVRLittleEndian:
        header = cine(grey_frames(1))
        header.file_meta.TransferSyntaxUID = syntax
    assert "Export it" in refusal(tmp_path, header)


@pytest.mark.parametrize("tag", [(0x0008, 0x0016), (0x0008, 0x0005)])
def test_an_element_that_announces_gigabytes_gets_no_memory(
    tmp_path: Path, tag: tuple[int, int]
) -> None:
    path = with_element(write(tmp_path / "huge", cine(grey_frames(1))), tag, b"UN", 2**32 - 2)
    tracemalloc.start()
    try:
        with pytest.raises(SourceUnavailable):
            read_clip(path)
        assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    finally:
        tracemalloc.stop()


def test_a_sequence_without_end_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "deep", cine(grey_frames(1)))
    nested = b"\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff" * 5000
    content = path.read_bytes()
    path.write_bytes(content[:132] + content[132:].replace(b"\x08\x00\x16\x00", nested, 1))
    with pytest.raises(SourceUnavailable):
        read_clip(path)


def test_spoilt_bytes_are_refused_in_words_or_read(tmp_path: Path) -> None:
    coded = compressed(cine(grey_frames(2)), jpegs(list(grey_frames(2))), uid.JPEGBaseline8Bit)
    whole = write(tmp_path / "whole", coded).read_bytes()
    chance = np.random.default_rng(5)
    refused = 0
    for _ in range(400):
        spoilt = bytearray(whole)
        for place in chance.integers(132, len(whole), 8):
            spoilt[place] = chance.integers(256)
        (tmp_path / "spoilt").write_bytes(spoilt)
        try:
            clip = read_clip(tmp_path / "spoilt")
            assert all(clip.frames[place].size for place in range(len(clip.frames)))
        except SenoscopeError as error:
            refused += 1
            assert PATIENT not in str(error)
    assert 40 < refused < 400


def test_real_files_of_every_compression_are_read(public_data: Path) -> None:
    folder = public_data / "ultrasound-dicom"
    counts = {
        "OBXXXX1A_rle_2frame.dcm": 2,
        "US-YBR_FULL_422-EVRLE.dcm": 1,
        "US1_UNCR.dcm": 1,
        "YBR_FULL-RLE.dcm": 1,
        "examples_ybr_color.dcm": 30,
        "jpeg-ls-Palette.dcm": 10,
    }
    for name, count in counts.items():
        clip = read_clip(folder / name)
        header = dcmread(folder / name, stop_before_pixels=True)
        assert len(clip.frames) == count
        assert clip.frames[count - 1].shape == (header.Rows, header.Columns, 3)
    assert read_clip(folder / "jpeg-ls-Palette.dcm").frame_times_ms[1] == 76


def test_colours_of_a_real_file_are_those_pydicom_gives(public_data: Path) -> None:
    path = public_data / "ultrasound-dicom" / "examples_ybr_color.dcm"
    theirs = dcmread(path).pixel_array
    mine = read_clip(path).frames
    for place in (0, 14, 29):
        apart = np.abs(mine[place].astype(int) - theirs[place])
        assert apart.max() <= 1  # a rounding
