"""What an enhanced object says frame by frame, read apart from its header and within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, cast

from pydicom import Dataset, dcmread
from pydicom.config import disable_value_validation
from pydicom.dataelem import RawDataElement
from pydicom.filereader import read_sequence
from pydicom.tag import Tag

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import FoundFile, open_plain
from senoscope.studies.files.study_header import (
    LARGEST_SEQUENCE,
    HeaderFile,
    items_of,
    numbers_of,
    text_of,
    whole_of,
)
from senoscope.studies.pixels.cine_frames import DAMAGE

FRAME_GROUPS = "PerFrameFunctionalGroupsSequence"


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """Of all frames together. `have_spacing`: each says its PixelSpacing.

    `sides`: what FrameLaterality says, each value once, in the order of the frames.
    """

    have_spacing: bool = False
    sides: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: FoundFile) -> FrameFacts:
        """Nothing where the object has no such groups, or more of them than are read here."""
        if "SharedFunctionalGroupsSequence" not in found.header:  # no enhanced object is without
            return cls()
        frames = _groups_of(found)
        spaced = sum(_says_spacing(each) for each in frames)
        sides = [
            text_of(anatomy, "FrameLaterality").upper()
            for frame in frames
            for anatomy in _small(frame, "FrameAnatomySequence")
        ]
        count = whole_of(found.header, "NumberOfFrames") or 1
        return cls(spaced == len(frames) == count, tuple(dict.fromkeys(sides)))


def _groups_of(found: FoundFile) -> tuple[Dataset, ...]:
    try:
        with open_plain(found.path) as file, disable_value_validation():
            # pydicom asks no more of a file than to read, seek and tell.
            wary = cast(BinaryIO, HeaderFile(file))
            header = dcmread(wary, stop_before_pixels=True, specific_tags=[Tag(FRAME_GROUPS)])
    except (*DAMAGE, SourceUnavailable):
        return ()
    return frame_groups(header)


def frame_groups(header: Dataset) -> tuple[Dataset, ...]:
    """Of a header just read, the functional groups of each frame; empty where they are damaged.

    Empty too where there are more of them than are read here, or one is larger than any is.
    """
    raw = header.get_item(FRAME_GROUPS)
    try:
        with disable_value_validation():
            if not isinstance(raw, RawDataElement):
                groups = items_of(header, FRAME_GROUPS)
            elif raw.VR in ("SQ", "UN", None):
                held = raw.value or b""
                # With a budget of its own: a few bytes may announce millions of empty items.
                within = cast(BinaryIO, HeaderFile(BytesIO(held)))
                groups = tuple(
                    read_sequence(
                        within, raw.is_implicit_VR, raw.is_little_endian, len(held), "iso8859"
                    )
                )
            else:
                return ()
            return groups if all(map(is_small, groups)) else ()
    except (*DAMAGE, SourceUnavailable):
        return ()


def is_small(frame: Dataset) -> bool:
    """Whether each of its sequences may be read as it is."""
    held = (each for each in frame.elements() if isinstance(each, RawDataElement))
    return all(each.length <= LARGEST_SEQUENCE for each in held)


def _says_spacing(frame: Dataset) -> bool:
    for measures in _small(frame, "PixelMeasuresSequence"):
        spacing = numbers_of(measures, "PixelSpacing")
        if len(spacing) == 2 and min(spacing) > 0:
            return True
    return False


def _small(frame: Dataset, keyword: str) -> tuple[Dataset, ...]:
    raw = frame.get_item(keyword)
    if isinstance(raw, RawDataElement) and raw.length > LARGEST_SEQUENCE // 64:
        return ()  # some hundred bytes are due
    return items_of(frame, keyword)
