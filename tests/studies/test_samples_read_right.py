"""Real files are shown as an independent decoder and grey scale show them, or refused in words.

DCMTK's `dcmj2pnm` shows each file: its decoders of JPEG, lossless JPEG and run lengths are its own,
and so are its Modality LUT, VOI, palette and colours. It reads neither JPEG-LS nor JPEG 2000: the
first is unpacked before by DCMTK's `dcmdjpls`, the second by GDCM, where we use Pillow. Of JPEG-LS
both sides hold a copy of CharLS (ours in GDCM), so that there only the way to it is independent.
"""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gdcm
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import Dataset, dcmread, uid
from pydicom.config import disable_value_validation
from pydicom.errors import InvalidDicomError

from senoscope.domain.errors import SenoscopeError, SourceUnavailable
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.stored_frames import StoredFrames
from senoscope.studies.images.stored_pixels import pixel_trouble
from senoscope.studies.images.ultrasound_clip import read_clip
from senoscope.studies.pixels.grey_scale import MONOCHROME, GreyScale
from senoscope.studies.results.source_images import SourceImages
from tests.studies.programs import program
from tests.studies.study_builders import read

WHEEL = Path(pydicom.__file__).parent / "data"
ROUNDING = 1
"""Of 255: each side rounds its last value by itself, DCMTK down."""
COARSER = {"YBR_FULL-RLE.dcm": 2}
"""YBR to RGB: each of three products is rounded before the sum here, in Pillow."""
REFUSED = {
    "BigEnd": "stored as Explicit VR Big Endian, which is not decoded here",
    "_expb": "stored as Explicit VR Big Endian, which is not decoded here",
    "bigendian": "stored as Explicit VR Big Endian, which is not decoded here",
    "big_endian": "stored as Explicit VR Big Endian, which is not decoded here",
    "image_dfl": "it is deflated as a whole; export it with another transfer syntax",
    "MR_truncated": "cut off: the file ends before its pixels do",
    "badVR": "its pixels are damaged",  # NumberOfFrames is "1A"
    "SC_rgb_jpeg.dcm": "not stored as the transfer syntax says",
    "SC_rgb_rle_32bit": "expected 1 to 16 stored in the low bits",
    "rtdose": "expected 1 to 16 stored in the low bits",  # of 32
    "JPEG-lossy": "stored as JPEG Extended (Process 2 and 4) of 12 bit, which is not decoded here",
    "JPGExtended": "stored as JPEG Extended (Process 2 and 4) of 12 bit, which is not decoded here",
    "JPEG2000-embedded": "its pixels are damaged",  # its code stream is overwritten
    "GDCMJ2K_TextGBR": "says a size of none",  # a JP2 file within the frame
    "SC_rgb_small_odd_jpeg": "of a form that is not read here",  # YBR, too small for a clip
}
"""By a part of the name, the first that fits."""
UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


@dataclass(frozen=True)
class Outcome:
    """`largest` difference of a frame from the independent one's, of 255; or why it was refused."""

    largest: int = 0
    frames: int = 0
    spread: int = 0
    refused: str = ""


def with_pixels(folder: Path) -> dict[str, Path]:
    """Every DICOM file below that has a picture, by its path from there."""
    found = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        try:
            header = dcmread(path, specific_tags=["Rows", "PixelData"])
        except (InvalidDicomError, EOFError):
            continue
        if "Rows" in header and "PixelData" in header:
            found[str(path.relative_to(folder))] = path
    return found


def outcome_of(path: Path, folder: Path) -> Outcome:
    """What becomes of it here, against what DCMTK makes of it. `folder` is new."""
    folder.mkdir()
    try:
        ours = list(shown(path, folder))
    except SenoscopeError as error:
        return Outcome(refused=str(error))
    theirs = independently_shown(path, folder)
    assert [each.shape for each in ours] == [each.shape for each in theirs]
    apart = [abs(one.astype(int) - other).max() for one, other in zip(ours, theirs, strict=True)]
    return Outcome(int(max(apart)), len(ours), int(max(np.ptp(each) for each in theirs)))


def shown(path: Path, folder: Path) -> Iterator[NDArray[np.uint8]]:
    """Each frame as the product shows it: as a clip where it can be one, else by stored values."""
    with StudyFiles(path) as files:
        found = list(files)
        if not found:
            raise SourceUnavailable(str(files.left_out[0]))
    if trouble := pixel_trouble(found[0]):
        raise SourceUnavailable(trouble)
    [study], _ = read(as_scanned(path, folder / "scanned"))
    [image] = study.images
    sources = SourceImages(study)
    try:
        read_clip(image.path)
    except SourceUnavailable:
        yield from shown_as_stored(image.path, sources.header(image.instance_uid))
        return
    for frame in range(1, image.frames + 1):
        at = image.frame_place(frame)
        yield sources.picture(at)


def as_scanned(path: Path, copy: Path) -> Path:
    """The file, or a copy with a scanner's class for a Secondary Capture, and UIDs it lacks."""
    with disable_value_validation():
        header = dcmread(path)
        lacking = [each for each in UIDS if not header.get(each)]
        is_captured = header.SOPClassUID == uid.SecondaryCaptureImageStorage
        if not lacking and not (is_captured and header.BitsAllocated == 8):
            return path
        for keyword in lacking:
            setattr(header, keyword, "1.2.3")
        if is_captured and header.get("NumberOfFrames", 1) == 1:
            header.SOPClassUID = uid.UltrasoundImageStorage
        elif is_captured:
            header.SOPClassUID = uid.UltrasoundMultiFrameImageStorage
        header.save_as(copy)
    return copy


def shown_as_stored(path: Path, header: Dataset) -> Iterator[NDArray[np.uint8]]:
    """What is no ultrasound clip, through the decoders of all other images and the grey scale."""
    with StudyFiles(path) as files:
        [found] = files
    bits, samples = header.BitsAllocated, header.get("SamplesPerPixel", 1)
    size = (header.Rows, header.Columns, samples)[: 3 if samples > 1 else 2]
    frames = StoredFrames.of(found, header, header.file_meta.TransferSyntaxUID)
    for number, content in enumerate(frames):
        values = np.frombuffer(content, f"<u{max(1, bits // 8)}")
        if bits == 1:
            values = np.unpackbits(values, bitorder="little")[: header.Rows * header.Columns]
        yield GreyScale.of(header, number).display(values.reshape(size))


def independently_shown(path: Path, folder: Path) -> list[NDArray[np.uint8]]:
    """Each frame by DCMTK, under the first VOI or, without one, the range that ours says."""
    header = dcmread(path)
    syntax, unpacked = header.file_meta.TransferSyntaxUID, folder / "unpacked"
    if syntax in (uid.JPEGLSLossless, uid.JPEGLSNearLossless):
        subprocess.run([program("dcmdjpls"), path, unpacked], check=True, timeout=60)
    elif syntax in (uid.JPEG2000Lossless, uid.JPEG2000):
        unpacked_by_gdcm(path, unpacked)
    else:
        unpacked = path
    command = [program("dcmj2pnm"), "--all-frames", "--no-overlays", *voi_of(header)]
    frames = folder / "frames"
    frames.mkdir()
    subprocess.run([*command, unpacked, frames / "f"], check=True, capture_output=True, timeout=60)
    in_order = sorted(frames.iterdir(), key=lambda each: int(each.name.split(".")[1]))
    return [np.asarray(Image.open(each)) for each in in_order]


def voi_of(header: Dataset) -> list[str]:
    """DCMTK has to be told."""
    if header.PhotometricInterpretation not in MONOCHROME:
        return []
    if "VOILUTSequence" in header:
        return ["+Wl", "1"]
    if "WindowCenter" in header:
        return ["+Wi", "1"]
    # Without a window it shows the one of a single bit half as bright as it can.
    return ["-W"] if 1 < header.BitsStored <= 8 else ["+Wm"]


def unpacked_by_gdcm(path: Path, to: Path) -> None:
    reader, change, writer = (
        gdcm.ImageReader(),
        gdcm.ImageChangeTransferSyntax(),
        gdcm.ImageWriter(),
    )
    reader.SetFileName(str(path))
    assert reader.Read()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.ExplicitVRLittleEndian))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer.SetFileName(str(to))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()


@pytest.fixture(scope="module")
def of_the_wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Of every file with pixels in pydicom's wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of what is wrong in its samples
        return {
            name: outcome_of(path, folder / str(number))
            for number, (name, path) in enumerate(with_pixels(WHEEL).items())
        }


def test_the_wheel_s_files_are_shown_as_dcmtk_shows_them(of_the_wheel: dict[str, Outcome]) -> None:
    read_here = {name: each for name, each in of_the_wheel.items() if not each.refused}
    assert len(read_here) > 75
    assert {name: each.largest for name, each in read_here.items() if each.largest > ROUNDING} == {}
    assert sum(each.spread > 50 for each in read_here.values()) > 60, "they are no flat pictures"


def test_those_of_the_wheel_that_are_refused_are_known(of_the_wheel: dict[str, Outcome]) -> None:
    refused = {name: each.refused for name, each in of_the_wheel.items() if each.refused}
    expected = {name: reason_of(name) for name in of_the_wheel if reason_of(name)}
    assert sorted(refused) == sorted(expected)
    assert [name for name, why in refused.items() if expected[name] not in why] == []


def reason_of(name: str) -> str:
    return next((why for part, why in REFUSED.items() if part in name), "")


def test_the_public_samples_are_shown_as_dcmtk_shows_them(
    public_data: Path, tmp_path: Path
) -> None:
    for folder, count in (("ultrasound-dicom", 6), ("mammography-dicom", 3)):
        files = with_pixels(public_data / folder)
        assert len(files) == count
        for name, path in files.items():
            outcome = outcome_of(path, tmp_path / name)
            assert outcome.refused == ""
            assert outcome.largest <= COARSER.get(name, ROUNDING), name
            assert outcome.spread > 100


def test_each_voi_of_the_public_mammogram_is_shown_as_dcmtk_shows_it(
    public_data: Path, tmp_path: Path
) -> None:
    path = public_data / "mammography-dicom" / "GH133.dcm"
    header = dcmread(path)
    tables = len(header.get("VOILUTSequence", ()))
    names = GreyScale.of(header).names
    assert len(names) > tables > 0
    for place in range(len(names)):
        chosen = ["+Wl", str(place + 1)] if place < tables else ["+Wi", str(place - tables + 1)]
        command = [program("dcmj2pnm"), *chosen, path, tmp_path / "shown"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        ours = GreyScale.of(header, voi=place).display(header.pixel_array).astype(int)
        assert abs(ours - np.asarray(Image.open(tmp_path / "shown"))).max() <= ROUNDING, place
