"""From a DICOM ultrasound file to a clip."""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO, cast

from pydicom import Dataset, dcmread, uid
from pydicom.config import disable_value_validation
from pydicom.errors import InvalidDicomError
from pydicom.multival import MultiValue

from senoscope.domain.clip import Clip
from senoscope.domain.errors import ImageError, SourceUnavailable
from senoscope.domain.frame import require_usable_size
from senoscope.studies.images.stored_pixels import registered_name
from senoscope.studies.images.ultrasound_region import calibrated_area
from senoscope.studies.images.wary_file import WaryFile
from senoscope.studies.pixels.cine_frames import DAMAGE, CineFrames, is_decoded
from senoscope.studies.pixels.pixel_places import MOST_FRAMES, UNDEFINED, FramePlaces

log = logging.getLogger(__name__)

USUAL_RATE_HZ = 30.0
"""For a clip that does not say when its frames were taken."""
SHORTEST_MS, LONGEST_MS = 1.0, 10_000.0
"""Between two frames; what is stated outside this is no scanner's."""

_KINDS = (
    uid.UltrasoundImageStorage,
    uid.UltrasoundMultiFrameImageStorage,
    uid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    uid.MultiFrameTrueColorSecondaryCaptureImageStorage,
)
_SAMPLES = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_ICT": 3,
    "YBR_RCT": 3,
}
_COLOURS = ("Red", "Green", "Blue")
# Only these are read: no message and no warning can then hold a patient's name.
_TAGS = (
    *("SOPClassUID", "NumberOfFrames", "FrameTime", "FrameTimeVector", "CineRate"),
    *("RecommendedDisplayFrameRate", "SequenceOfUltrasoundRegions", "Rows", "Columns"),
    *("SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "BitsAllocated"),
    *("BitsStored", "HighBit", "PixelRepresentation"),
    *(f"{colour}PaletteColorLookupTableDescriptor" for colour in _COLOURS),
    *(f"{colour}PaletteColorLookupTableData" for colour in _COLOURS),
)


def read_clip(path: Path) -> Clip:
    """The clip in an ultrasound or multi-frame Secondary Capture file; a single image is one frame.

    Reads the header and where each frame lies, no pixels. SourceUnavailable says why not.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file, disable_value_validation():
            return _clip(path, file, size)
    except OSError as error:
        raise SourceUnavailable(
            f"The DICOM file cannot be read ({error.strerror}). Check that you may open it, and "
            "its disk."
        ) from error
    except InvalidDicomError as error:
        raise SourceUnavailable(
            'The file is not DICOM: "DICM" is not at byte 128. Choose another file.'
        ) from error
    except DAMAGE:
        # Not chained: what pydicom says may quote the header, and that a log would keep.
        raise SourceUnavailable(
            "The DICOM file's header is damaged, or lacks what every picture has. Export it again "
            "from the scanner."
        ) from None


def _clip(path: Path, file: BinaryIO, size: int) -> Clip:
    # pydicom asks no more of a file than to read, seek and tell.
    header = dcmread(
        cast(BinaryIO, WaryFile(file)), stop_before_pixels=True, specific_tags=list(_TAGS)
    )
    syntax = _transfer_syntax(header)
    _require_ultrasound(header)
    frames = CineFrames(path, header, syntax, _places(file, header, syntax, size))
    regions = header.get("SequenceOfUltrasoundRegions") or ()
    area, spacing = calibrated_area(regions, (int(header.Columns), int(header.Rows)))
    return Clip(frames, _frame_times_ms(header, len(frames)), spacing, area, "DICOM cine")


def _transfer_syntax(header: Dataset) -> uid.UID:
    syntax = uid.UID(header.file_meta.TransferSyntaxUID)
    if not is_decoded(syntax, 8):
        raise SourceUnavailable(
            f"The DICOM file's pixels are stored as {registered_name(syntax)}; expected "
            "uncompressed little endian, JPEG, JPEG-LS, JPEG 2000 or RLE. Export it from the "
            "scanner as one of these."
        )
    return syntax


def _require_ultrasound(header: Dataset) -> None:
    """SourceUnavailable unless it is a kind of picture, with pixels of a form, that is read."""
    kind = uid.UID(header.SOPClassUID)
    if kind not in _KINDS:
        raise SourceUnavailable(
            f"The DICOM file holds: {registered_name(kind)}; expected an ultrasound image or cine, "
            "or a multi-frame Secondary Capture. Choose another file."
        )
    photometric = str(header.PhotometricInterpretation)
    samples, bits = int(header.SamplesPerPixel), int(header.BitsAllocated)
    plain = bits == int(header.BitsStored) == 8 and not header.get("PixelRepresentation")
    if _SAMPLES.get(photometric) != samples or not plain:
        raise SourceUnavailable(
            f"The DICOM file's pixels are {bits}-bit, {samples} to a pixel, of the kind "
            f"{photometric[:16]!r}; expected unsigned 8-bit ones of {', '.join(_SAMPLES)}. Export "
            "it again from the scanner."
        )
    try:
        require_usable_size(int(header.Columns), int(header.Rows))
    except ImageError as error:
        raise SourceUnavailable(f"The DICOM file cannot be used. {error}") from error


def _frame_count(header: Dataset) -> int:
    count = int(header.get("NumberOfFrames") or 1)
    if not 1 <= count <= MOST_FRAMES:
        raise SourceUnavailable(
            f"The DICOM file announces {count} frames; expected 1 to {MOST_FRAMES}. Cut the clip "
            "on the scanner, then export it again."
        )
    return count


def _places(file: BinaryIO, header: Dataset, syntax: uid.UID, size: int) -> FramePlaces:
    """From the head of PixelData on, at which `file` stands."""
    head = file.read(8 if syntax.is_implicit_VR else 12)
    if len(head) < 8 or head[:4] != b"\xe0\x7f\x10\x00":
        raise SourceUnavailable(
            "The DICOM file holds no pixels; expected an ultrasound image or cine. Copy it again, "
            "or choose another file."
        )
    length: int = struct.unpack("<L", head[-4:])[0]
    count = _frame_count(header)
    if (length == UNDEFINED) != syntax.is_encapsulated:
        raise SourceUnavailable(
            f"The DICOM file's pixels are not stored as {syntax.name}, which it announces. Export "
            "it again from the scanner."
        )
    if syntax.is_encapsulated:
        return FramePlaces.encapsulated(file, count, size)
    samples = 2 if header.PhotometricInterpretation == "YBR_FULL_422" else header.SamplesPerPixel
    frame_bytes = int(header.Rows) * int(header.Columns) * int(samples)
    return FramePlaces.native(file, count, frame_bytes, min(size, file.tell() + length))


def _frame_times_ms(header: Dataset, count: int) -> tuple[float, ...]:
    """From 0; by FrameTimeVector, else FrameTime, CineRate, RecommendedDisplayFrameRate."""
    vector = header.get("FrameTimeVector")
    steps = [float(each) for each in vector][1:] if isinstance(vector, MultiValue) else []
    if len(steps) == count - 1 and steps and all(map(_is_plausible, steps)):
        return tuple(accumulate(steps, initial=0.0))
    step = next(filter(_is_plausible, _even_steps_ms(header)), None)
    if step is None:
        step = 1000 / USUAL_RATE_HZ
        if count > 1:
            log.warning(
                "DICOM cine: it does not say when its frames were taken; %g a second are assumed",
                USUAL_RATE_HZ,
            )
    return tuple(place * step for place in range(count))


def _even_steps_ms(header: Dataset) -> Iterator[float]:
    if (frame_time := header.get("FrameTime")) is not None:
        yield float(frame_time)
    for keyword in ("CineRate", "RecommendedDisplayFrameRate"):
        if rate_hz := header.get(keyword):
            yield 1000 / float(rate_hz)


def _is_plausible(step_ms: float) -> bool:
    return SHORTEST_MS <= step_ms <= LONGEST_MS
