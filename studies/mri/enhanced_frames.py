"""What an Enhanced MR object says of each frame, laid flat as a classic image says it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

from pydicom import DataElement, Dataset
from pydicom.config import disable_value_validation
from pydicom.datadict import dictionary_VR
from pydicom.filereader import read_partial, read_sequence_item
from pydicom.tag import Tag

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.skipped_groups import FRAME_GROUPS_TAG, UNDEFINED
from senoscope.studies.files.study_files import open_plain
from senoscope.studies.files.study_header import HeaderFile, items_of, numbers_of, text_of
from senoscope.studies.images.frame_facts import is_small
from senoscope.studies.images.mri_header import MriHeader
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.pixels.cine_frames import DAMAGE

_SHARED = "SharedFunctionalGroupsSequence"
_TOP = (
    *("SOPClassUID", "ImageType", "SeriesDescription", "ScanOptions", "ContrastBolusAgentSequence"),
    *("ContrastBolusAgent", "ContrastBolusStartTime", "FrameLaterality", "Laterality"),
    *("AcquisitionDateTime", "AcquisitionDuration", "ContentDate", "ContentTime"),
    *("SpectrallySelectedSuppression", "SpectrallySelectedExcitation", "NumberOfFrames"),
)
"""What holds for all frames that say nothing else."""
_PLAIN = {
    "PixelMeasuresSequence": ("PixelSpacing", "SliceThickness"),
    "PlanePositionSequence": ("ImagePositionPatient",),
    "PlaneOrientationSequence": ("ImageOrientationPatient",),
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept"),
    "MRTimingAndRelatedParametersSequence": ("RepetitionTime", "FlipAngle"),
    "MRModifierSequence": ("SpectrallySelectedSuppression", "SpectrallySelectedExcitation"),
    "FrameAnatomySequence": ("FrameLaterality",),
    "UnassignedPerFrameConvertedAttributesSequence": (
        *("AcquisitionDate", "AcquisitionTime", "ContentTime", "TriggerTime"),
        *("TemporalPositionIdentifier", "ContrastBolusAgent", "ImageType"),
    ),
    "UnassignedSharedConvertedAttributesSequence": (
        *("AcquisitionDate", "ContrastBolusAgent", "ScanOptions", "ContentDate"),
    ),
}
_RENAMED = (
    ("MREchoSequence", "EffectiveEchoTime", "EchoTime"),
    ("MRImageFrameTypeSequence", "FrameType", "ImageType"),
    ("MRDiffusionSequence", "DiffusionBValue", "DiffusionBValue"),
    ("CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime", "TriggerTime"),
    ("FrameContentSequence", "TemporalPositionIndex", "TemporalPositionIdentifier"),
)


def headers_of_frames(image: StoredImage) -> tuple[MriHeader, ...]:
    """One for each frame. SourceUnavailable, as half a sentence, where the object does not say."""
    try:
        with open_plain(image.path) as file, disable_value_validation():
            header = read_partial(
                _budgeted(file),
                stop_when=lambda tag, _vr, _length: tag >= FRAME_GROUPS_TAG,
                specific_tags=[Tag(each) for each in (*_TOP, _SHARED)],
            )
            whole = _copied(header, _TOP)
            for group in items_of(header, _SHARED)[:1]:
                _lay(group, whole)
            found = tuple(
                MriHeader.of_frame(_joined(whole, frame)) for frame in _frames(file, header, image)
            )
    except (*DAMAGE, SourceUnavailable):
        raise SourceUnavailable(
            "with a header that is damaged, or larger than is read here; export it again"
        ) from None
    if len(found) != image.frames:
        raise SourceUnavailable(
            f"of {image.frames} frames, and its functional groups say of {len(found)} of them "
            "where they lie and when they were taken (PerFrameFunctionalGroupsSequence); expected "
            "as many. Export it again from the scanner, unchanged"
        )
    return found


def _budgeted(file: BinaryIO) -> BinaryIO:
    """With the verbs that pydicom asks for: to read, seek and tell."""
    return cast(BinaryIO, HeaderFile(file))


def _frames(file: BinaryIO, header: Dataset, image: StoredImage) -> Iterator[Dataset]:
    """Of the sequence at which `file` stands: one at a time, each with a budget of its own."""
    implicit, little = (each is not False for each in header.original_encoding)
    order = "<" if little else ">"
    head = file.read(8 if implicit else 12)
    if len(head) < 8 or struct.unpack_from(f"{order}HH", head) != divmod(FRAME_GROUPS_TAG, 65536):
        return
    (length,) = struct.unpack(f"{order}L", head[-4:])
    end = None if length == UNDEFINED else file.tell() + length
    for _ in range(image.frames):
        if end is not None and file.tell() >= end:
            return
        frame = read_sequence_item(_budgeted(file), implicit, little, "iso8859")
        if frame is None:
            return
        if not is_small(frame):
            raise SourceUnavailable("a frame says more than any does")
        yield frame


def _copied(source: Dataset, keywords: Sequence[str], into: Dataset | None = None) -> Dataset:
    made = Dataset() if into is None else into
    for keyword in keywords:
        if keyword in source:
            made[keyword] = source[keyword]
    return made


def _joined(whole: Dataset, frame: Dataset) -> Dataset:
    made = Dataset()
    made.update({each.tag: each for each in whole.elements()})
    _lay(frame, made)
    return made


def _lay(group: Dataset, made: Dataset) -> None:
    for macro, keywords in _PLAIN.items():
        for item in items_of(group, macro)[:1]:
            _copied(item, keywords, made)
    for macro, keyword, name in _RENAMED:
        for item in items_of(group, macro)[:1]:
            if keyword in item:
                _put(made, name, item[keyword].value)
    for use in items_of(group, "ContrastBolusUsageSequence")[:1]:
        _put(made, "ContrastBolusUsageSequence", [use])
    for content in items_of(group, "FrameContentSequence")[:1]:
        _lay_times(content, made)


def _lay_times(content: Dataset, made: Dataset) -> None:
    """FrameReferenceDateTime is the middle already (PS3.3 C.7.6.16.2.2): no duration is added."""
    middle = text_of(content, "FrameReferenceDateTime")
    start = text_of(content, "FrameAcquisitionDateTime")
    duration = numbers_of(content, "FrameAcquisitionDuration")
    if start or middle:
        for keyword in ("AcquisitionDuration", "AcquisitionTime"):
            if keyword in made:
                del made[keyword]
        _put(made, "AcquisitionDateTime", start or middle)
        if start and duration:
            _put(made, "AcquisitionDuration", duration[0] / 1000)


def _put(made: Dataset, keyword: str, value: object) -> None:
    """A new element, since pydicom sets values in those that data sets share."""
    tag = Tag(keyword)
    made[tag] = DataElement(tag, dictionary_VR(tag), value)
