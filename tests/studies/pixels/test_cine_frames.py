import io
from pathlib import Path

import gdcm
import numpy as np
import pytest
from PIL import Image
from pydicom import uid

from senoscope.domain.errors import ImageError, SourceLost
from senoscope.studies.images.ultrasound_clip import read_clip
from senoscope.studies.pixels.cine_frames import LARGEST_RLE
from tests.studies.dicom_files import cine, compressed, grey_frames, jpegs, write

NAMES = gdcm.TransferSyntax


def textured(count: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (count, 120, 160), np.uint8)


@pytest.mark.parametrize(
    "syntax",
    [
        NAMES.JPEGLosslessProcess14,
        NAMES.JPEGLosslessProcess14_1,
        NAMES.JPEGLSLossless,
        NAMES.JPEG2000Lossless,
        NAMES.RLELossless,
    ],
)
def test_lossless_frames_come_pixel_for_pixel(tmp_path: Path, syntax: int) -> None:
    frames = textured(3)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(write(tmp_path / "plain", cine(frames))))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(tmp_path / "packed"))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    packed = read_clip(tmp_path / "packed").frames
    assert (tmp_path / "packed").stat().st_size != (tmp_path / "plain").stat().st_size
    assert all(np.array_equal(packed[place], frames[place]) for place in (2, 0, 1))


def bomb(folder: Path, coded: bytes, syntax: uid.UID) -> Path:
    return write(folder / "bomb", compressed(cine(grey_frames(1)), [coded], syntax))


def test_a_frame_that_would_unpack_to_more_than_its_header_says_is_not_unpacked(
    tmp_path: Path,
) -> None:
    big = np.zeros((4000, 4000), np.uint8)
    for syntax, coded in ((uid.JPEGBaseline8Bit, jpegs([big])[0]), (uid.JPEG2000, jpeg2000(big))):
        frames = read_clip(bomb(tmp_path, coded, syntax)).frames
        with pytest.raises(ImageError, match=r"says a size of 4000x4000; its header.* 160x120"):
            frames[0]


def jpeg2000(frame: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "JPEG2000", no_jp2=True)
    return file.getvalue() + b"\0" * (file.tell() % 2)


def test_run_lengths_without_bound_are_not_unpacked(tmp_path: Path) -> None:
    frames = read_clip(bomb(tmp_path, bytes(LARGEST_RLE + 2), uid.RLELossless)).frames
    with pytest.raises(ImageError, match="bytes of run lengths; expected at most"):
        frames[0]


@pytest.mark.parametrize("syntax", [uid.JPEGBaseline8Bit, uid.JPEGLSLossless, uid.JPEG2000])
def test_a_frame_that_is_no_picture_is_refused(tmp_path: Path, syntax: uid.UID) -> None:
    frames = read_clip(bomb(tmp_path, bytes(2000), syntax)).frames
    with pytest.raises(ImageError, match="says a size of none"):
        frames[0]


def test_one_damaged_frame_leaves_the_others(tmp_path: Path) -> None:
    coded = jpegs(list(grey_frames(3)))
    coded[1] = coded[1][:200] + b"\xff\xd9"
    header = compressed(cine(grey_frames(3)), coded, uid.JPEGBaseline8Bit)
    frames = read_clip(write(tmp_path / "cine", header)).frames
    assert int(frames[2][60, 60]) == pytest.approx(10, abs=2)
    with pytest.raises(ImageError, match=r"Frame 1 of the DICOM file cannot be decoded \(JPEG"):
        frames[1]


def test_a_file_that_went_away_is_a_loss(tmp_path: Path) -> None:
    path = write(tmp_path / "cine", cine(grey_frames(2)))
    frames = read_clip(path).frames
    path.unlink()
    with pytest.raises(SourceLost, match="read no further"):
        frames[0]


def test_a_place_that_is_none_is_no_frame(tmp_path: Path) -> None:
    frames = read_clip(write(tmp_path / "cine", cine(grey_frames(2)))).frames
    with pytest.raises(IndexError):
        frames[2]
