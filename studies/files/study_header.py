"""The header of one DICOM file of any kind, read without believing what it announces."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import isfinite
from typing import BinaryIO, cast

from pydicom import DataElement, Dataset, uid
from pydicom.config import disable_value_validation
from pydicom.datadict import dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.skipped_groups import FRAMES_CUT_OFF, read_without_frames
from senoscope.studies.pixels.cine_frames import DAMAGE

LARGEST_HEADER = 16 * 2**20
"""Bytes that may be read of what comes before the pixels."""
MOST_READS = 200_000
"""An element costs two or three, an empty item as many and a kilobyte of memory."""
DEEPEST_SEQUENCE = 16
"""Sequences within sequences; Enhanced MR has six."""
LARGEST_SEQUENCE = 2**18
"""Bytes of one that is read: SequenceOfUltrasoundRegions has some hundred for each region."""

SEQUENCES = (
    *("SequenceOfUltrasoundRegions", "SharedFunctionalGroupsSequence", "ViewCodeSequence"),
    "ContrastBolusAgentSequence",
)
IDENTITY = ("PatientID", "PatientName", "PatientBirthDate", "PatientSex")
OVERLAYS = tuple(0x60000010 + (number << 17) for number in range(16))
"""OverlayRows (60xx,0010) of each of the 16 groups."""
HOLOGIC_CREATOR = 0x7E010010
"""Who named the private elements (7E01,10xx), in which Hologic keeps slices of tomosynthesis."""
_KEYWORDS = (
    *("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality"),
    *("SeriesNumber", "InstanceNumber", "ImagePositionPatient", "ImageOrientationPatient"),
    *("AcquisitionDateTime", "AcquisitionDate", "AcquisitionTime", "Rows", "Columns"),
    *("NumberOfFrames", "SamplesPerPixel", "BitsAllocated", "BitsStored"),
    "PhotometricInterpretation",
    *("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"),
    *("ImageLaterality", "FrameLaterality", "Laterality", "ViewPosition"),
    *("BurnedInAnnotation", "LossyImageCompression", "LossyImageCompressionRatio"),
    *("LossyImageCompressionMethod", "PresentationIntentType", "WindowCenter", "WindowWidth"),
    *("VOILUTSequence", "PatientOrientation", "FieldOfViewHorizontalFlip", "PartialView"),
    *("BreastImplantPresent", "ImageType", "BodyPartExamined"),
    *("SeriesDescription", "ScanOptions", "RepetitionTime", "EchoTime", "FlipAngle"),
    *("SliceThickness", "ContrastBolusAgent", "ContrastBolusStartTime", "DiffusionBValue"),
    *("ContentDate", "ContentTime", "AcquisitionDuration"),
    *("TemporalPositionIdentifier", "TriggerTime", "RescaleSlope", "RescaleIntercept"),
    *("SpectrallySelectedSuppression", "SpectrallySelectedExcitation"),
    *SEQUENCES,
    *IDENTITY,
)
_TAGS = [*map(Tag, _KEYWORDS), *map(Tag, OVERLAYS), Tag(HOLOGIC_CREATOR)]

TOO_DEEP = (
    f"its sequences lie more than {DEEPEST_SEQUENCE} within one another; export it again from the "
    "scanner"
)
DAMAGED = "its header is damaged; copy it again, or export it again from the scanner"
CUT_OFF = FRAMES_CUT_OFF
NO_DICOM = 'no DICOM file ("DICM" is not at byte 128)'


class HeaderFile:
    """The verbs by which pydicom reads a header, up to so many bytes and so many reads in all.

    `refusal` says why it would give no more: pydicom turns what is raised here into errors of its
    own. `is_cut_off`: the file ended within an element, which pydicom takes for its end.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes_left = LARGEST_HEADER
        self._reads_left = MOST_READS
        self.refusal: str | None = None
        self.is_cut_off = False

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes. SourceUnavailable where the budget does not hold them."""
        self._reads_left -= 1
        if size < 0:  # pydicom reads the rest at once, and inflates it without a bound
            self.refusal = "it is deflated as a whole; export it with another transfer syntax"
        elif size > self._bytes_left:
            self.refusal = (
                f"its header is larger than {LARGEST_HEADER // 2**20} MB; export it again from the "
                "scanner"
            )
        elif self._reads_left < 0:
            self.refusal = (
                f"its header has more than some {MOST_READS // 3} elements; export it again from "
                "the scanner"
            )
        if self.refusal is not None:
            raise SourceUnavailable(self.refusal)
        self._bytes_left -= size
        given = self._file.read(size)
        if 0 < len(given) < size:
            self.is_cut_off = True
        return given

    def seek(self, place: int, whence: int = 0, /) -> int:
        """As of any file."""
        return self._file.seek(place, whence)

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()


def read_header(file: BinaryIO) -> tuple[Dataset, int]:
    """The attributes that sorting and the quality report need; and where the pixels begin.

    No pixels and no other attribute are kept. SourceUnavailable says, as half a sentence after
    "it was left out:", why there is none; what it says holds nothing of the header.
    """
    wary = HeaderFile(file)
    try:
        with disable_value_validation():
            # pydicom asks no more of a file than to read, seek and tell.
            header = read_without_frames(cast(BinaryIO, wary), file, [*_TAGS])
            for keyword in SEQUENCES:
                _require_small(header, keyword)
    except RecursionError:
        raise SourceUnavailable(TOO_DEEP) from None
    except InvalidDicomError:
        raise SourceUnavailable(NO_DICOM) from None
    except (*DAMAGE, SourceUnavailable) as error:
        found = None if wary.refusal is None else _before_private_slices(file)
        if found is None:
            if isinstance(error, SourceUnavailable):
                raise
            # Not chained: what pydicom says may quote the header, and that a log would keep.
            raise SourceUnavailable(wary.refusal or DAMAGED) from None
        header, wary.is_cut_off = found, False
    pixels_at = file.tell()
    if wary.is_cut_off or pixels_at > file.seek(0, 2):
        raise SourceUnavailable(CUT_OFF)
    return header, pixels_at


def _before_private_slices(file: BinaryIO) -> Dataset | None:
    """Up to elements in which Hologic keeps slices: of such an object its kind can still be said.

    None of any that is no Secondary Capture of theirs.
    """
    file.seek(0)
    try:
        with disable_value_validation():
            header = read_partial(
                cast(BinaryIO, HeaderFile(file)),
                stop_when=lambda tag, _vr, _length: tag > HOLOGIC_CREATOR,
                specific_tags=[*_TAGS],
            )
            for keyword in SEQUENCES:
                _require_small(header, keyword)
    except (*DAMAGE, SourceUnavailable):
        return None
    is_capture = text_of(header, "SOPClassUID").startswith(uid.SecondaryCaptureImageStorage)
    return header if is_capture and HOLOGIC_CREATOR in header else None


def _require_small(header: Dataset, keyword: str) -> None:
    raw = header.get_item(keyword)
    if isinstance(raw, RawDataElement) and raw.length > LARGEST_SEQUENCE:
        raise SourceUnavailable(
            f"its {keyword} is larger than {LARGEST_SEQUENCE // 2**10} kB; export it again from "
            "the scanner"
        )
    if raw is not None:
        _require_shallow(header[keyword].value or (), DEEPEST_SEQUENCE - 1)


def _require_shallow(items: Iterable[Dataset], levels_left: int) -> None:
    """Elements that are no sequences are left as they lie: one that is damaged harms no other."""
    if not isinstance(items, Iterable) or isinstance(items, str | bytes):
        raise SourceUnavailable(DAMAGED)
    for item in items:
        for raw in list(item.elements()):
            if not _is_sequence(raw):
                continue
            if not levels_left:
                raise SourceUnavailable(TOO_DEEP)
            _require_shallow(item[raw.tag].value or (), levels_left - 1)


def _is_sequence(raw: DataElement | RawDataElement) -> bool:
    if raw.VR in (None, "UN"):
        tag = BaseTag(raw.tag)
        return bool(keyword_for_tag(tag)) and dictionary_VR(tag) == "SQ"
    return raw.VR == "SQ"


def text_of(header: Dataset, keyword: str) -> str:
    """The attribute's first value without blanks at its ends; empty where it is not readable."""
    value = value_of(header, keyword)
    if isinstance(value, MultiValue):
        value = value[0] if value else ""
    return str(value if value is not None else "").strip(" \0")


def date_of(header: Dataset, keyword: str) -> date | None:
    """A DICOM date; None where it is none: dates are often cleared."""
    try:
        return date.fromisoformat(text_of(header, keyword).replace(".", "-"))  # dots: of ACR-NEMA
    except ValueError:
        return None


def numbers_of(header: Dataset, keyword: str) -> tuple[float, ...]:
    """The attribute's values; empty where one of them is no finite number."""
    value = value_of(header, keyword)
    if value is None or value == "":
        return ()
    try:
        numbers = tuple(map(float, value if isinstance(value, MultiValue | list) else (value,)))
    except DAMAGE:
        return ()
    return numbers if all(map(isfinite, numbers)) else ()


def whole_of(header: Dataset, keyword: str) -> int | None:
    """The attribute's one whole number; None where it is not there or is none."""
    numbers = numbers_of(header, keyword)
    return int(numbers[0]) if len(numbers) == 1 and numbers[0].is_integer() else None


def items_of(header: Dataset, keyword: str) -> tuple[Dataset, ...]:
    """A sequence's items; empty where there is none."""
    value = value_of(header, keyword)
    return tuple(value) if isinstance(value, Sequence) else ()


def value_of(header: Dataset, keyword: str) -> object:
    """The attribute as pydicom gives it; None where it is not there or is damaged.

    Without validation, whose warnings quote what they find.
    """
    tag = tag_for_keyword(keyword)
    if tag is not None and tag not in header:  # most are not: pydicom takes its time to say so
        return None
    try:
        with disable_value_validation():
            value: object = header.get(keyword)
    except DAMAGE:
        return None
    return value
