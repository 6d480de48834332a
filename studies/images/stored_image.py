"""What is known of one DICOM file of a study before its pixels are looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from math import sqrt
from pathlib import Path
from secrets import token_bytes

from pydicom import Dataset
from pydicom.config import disable_value_validation
from pydicom.multival import MultiValue

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files.study_files import FoundFile, open_plain
from senoscope.studies.files.study_header import (
    IDENTITY,
    OVERLAYS,
    items_of,
    numbers_of,
    text_of,
    value_of,
    whole_of,
)
from senoscope.studies.images.breast_object import BreastObject
from senoscope.studies.images.frame_facts import FrameFacts
from senoscope.studies.images.mammogram import MammogramHeader
from senoscope.studies.images.mri_header import MriHeader
from senoscope.studies.images.stored_pixels import has_pixels, pixel_trouble
from senoscope.studies.images.ultrasound_region import calibrated_area
from senoscope.studies.pixels.cine_frames import DAMAGE
from senoscope.studies.study_reading import FramePlace

SIDES = ("ImageLaterality", "FrameLaterality", "Laterality", "ViewPosition")
ULTRASOUND = "US"

_UID = re.compile(r"[0-9.]{1,64}")
_VIEW = re.compile(r"([LR])[ _-]?(?:CC|MLO|ML|LM|LMO|XCC)")
"""A ViewPosition that begins with the side, as some scanners write it."""
_TIME = re.compile(r"(\d{4,14})(\.\d{1,6})?(?:[+-]\d{4})?")
_KEY = token_bytes(16)
"""Of this run only: a digest tells whether two are the same, and nobody who it is."""

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Lossy:
    """What is said of lossy compression: by LossyImageCompression, its ratios and its methods."""

    says: str
    ratios: tuple[float, ...]
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredImage:
    """Facts of one file; `place` is its number in the folder or zip, `path` may hold a name.

    `normal` and `offset_mm`: of the plane, by ImageOrientationPatient, and where it lies along the
    normal, by ImagePositionPatient. `taken`: acquisition date and time as digits that sort.
    `sides`: what each attribute says, "L", "R", "B" (both) or "U" (unpaired). `identity`: digests
    that hold for this run of the program only. `trouble`: why its pixels cannot be used here.
    `spacing_from`: the attribute that gives millimetres. None: not said, or not readable.
    `mammogram` and `mri`: None of any other kind of image. `breast`: what it holds of
    tomosynthesis.
    """

    place: int
    path: Path = field(repr=False)
    study_uid: str
    series_uid: str
    instance_uid: str
    sop_class: str
    transfer_syntax: str
    modality: str
    series_number: int | None
    instance_number: int | None
    rows: int | None
    columns: int | None
    frames: int
    has_pixels: bool
    trouble: str | None
    normal: Vector | None
    offset_mm: float | None
    taken: str | None
    spacing_from: str | None
    sides: tuple[tuple[str, str], ...]
    burned_in: str | None
    has_overlay: bool
    lossy: Lossy
    identity: tuple[tuple[str, str], ...] = field(repr=False)
    mammogram: MammogramHeader | None = None
    bits_stored: int | None = None
    breast: BreastObject | None = None
    mri: MriHeader | None = None

    @classmethod
    def of(cls, found: FoundFile) -> StoredImage:
        """SourceUnavailable where the file lacks the UIDs by which it belongs somewhere."""
        header = found.header
        uids = _uids(header)
        rows, columns = whole_of(header, "Rows"), whole_of(header, "Columns")
        normal, offset_mm = _plane(header)
        frames = FrameFacts.of(found)
        return cls(
            place=found.place,
            path=found.path,
            study_uid=uids[0],
            series_uid=uids[1],
            instance_uid=uids[2],
            sop_class=uids[3],
            transfer_syntax=text_of(header.file_meta, "TransferSyntaxUID"),
            modality=text_of(header, "Modality"),
            series_number=whole_of(header, "SeriesNumber"),
            instance_number=whole_of(header, "InstanceNumber"),
            rows=rows,
            columns=columns,
            frames=_frames(header),
            has_pixels=has_pixels(header),
            trouble=pixel_trouble(found),
            normal=normal,
            offset_mm=offset_mm,
            taken=_taken(header),
            spacing_from=_spacing_from(header, (columns or 0, rows or 0), frames),
            sides=tuple(_sides(header, frames.sides)),
            burned_in=_yes_or_no(text_of(header, "BurnedInAnnotation")),
            has_overlay=any(each in header for each in OVERLAYS),
            lossy=_lossy(header),
            identity=tuple(_identity(header)),
            mammogram=MammogramHeader.of(header),
            bits_stored=whole_of(header, "BitsStored"),
            breast=BreastObject.of(header),
            mri=MriHeader.of(header),
        )

    def frame_place(self, frame: int) -> FramePlace:
        """Of a frame, counted from 1."""
        return FramePlace(self.series_uid, self.instance_uid, self.sop_class, frame)

    def content_digest(self) -> bytes:
        """Of what follows the file's meta group: that alone differs between two honest copies.

        OSError where the file is gone.
        """
        digest = sha256(self.transfer_syntax.encode())
        with open_plain(self.path) as file:
            head = file.read(144)
            # (0002,0000), the group's length, comes first; without it all counts.
            is_said = head[132:140] == b"\x02\x00\x00\x00UL\x04\x00"
            file.seek(144 + int.from_bytes(head[140:144], "little") if is_said else 0)
            while chunk := file.read(2**20):
                digest.update(chunk)
        return digest.digest()


def _uids(header: Dataset) -> list[str]:
    """Of study, series, instance and SOP class."""
    uids = [
        text_of(header, f"{each}UID")
        for each in ("StudyInstance", "SeriesInstance", "SOPInstance", "SOPClass")
    ]
    if not all(map(_UID.fullmatch, uids)):
        raise SourceUnavailable(
            "it does not say to which study and series it belongs, or what it is; it may be "
            "cut off: copy it again, or export it again from the scanner"
        )
    return uids


def _frames(header: Dataset) -> int:
    return max(1, whole_of(header, "NumberOfFrames") or 1)


def _plane(header: Dataset) -> tuple[Vector | None, float | None]:
    """The unit normal, and the distance along it, mm."""
    normal = normal_of(numbers_of(header, "ImageOrientationPatient"))
    position = numbers_of(header, "ImagePositionPatient")
    if normal is None or len(position) != 3:
        return None, None
    return normal, sum(a * b for a, b in zip(normal, position, strict=True))


def normal_of(cosines: Sequence[float]) -> Vector | None:
    """The unit normal of a plane by its ImageOrientationPatient; None where it is none."""
    if len(cosines) != 6:
        return None
    (a, b, c), (d, e, f) = cosines[:3], cosines[3:]
    across = (b * f - c * e, c * d - a * f, a * e - b * d)
    length = sqrt(sum(each * each for each in across))
    if not 0.9 < length < 1.1:  # the two directions are no unit vectors at right angles
        return None
    return across[0] / length, across[1] / length, across[2] / length


def _taken(header: Dataset) -> str | None:
    both = text_of(header, "AcquisitionDateTime")
    date = text_of(header, "AcquisitionDate").replace(".", "")
    time = text_of(header, "AcquisitionTime").replace(":", "")
    for given in (both, date + time if len(date) == 8 and time else ""):
        if (read := _TIME.fullmatch(given)) is not None:
            return f"{read[1]:0<14}{(read[2] or '.'):0<7}"
    return None


def _spacing_from(header: Dataset, size: tuple[int, int], frames: FrameFacts) -> str | None:
    if text_of(header, "Modality") == ULTRASOUND:
        try:
            with disable_value_validation():
                regions = items_of(header, "SequenceOfUltrasoundRegions")
                _, spacing = calibrated_area(regions, size)
        except DAMAGE:
            spacing = None
        return None if spacing is None else "SequenceOfUltrasoundRegions"
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        if _is_spacing(header, keyword):
            return keyword
    for shared in items_of(header, "SharedFunctionalGroupsSequence"):
        for measures in items_of(shared, "PixelMeasuresSequence"):
            if _is_spacing(measures, "PixelSpacing"):
                return "PixelMeasuresSequence"
    return "PixelMeasuresSequence" if frames.have_spacing else None


def _is_spacing(header: Dataset, keyword: str) -> bool:
    spacing = numbers_of(header, keyword)
    return len(spacing) == 2 and min(spacing) > 0


def _sides(header: Dataset, of_frames: tuple[str, ...]) -> list[tuple[str, str]]:
    """Those of functional groups first: of an enhanced object they are what counts."""
    said = [
        ("FrameLaterality", text_of(anatomy, "FrameLaterality").upper())
        for shared in items_of(header, "SharedFunctionalGroupsSequence")
        for anatomy in items_of(shared, "FrameAnatomySequence")
    ]
    said += [("FrameLaterality", each) for each in of_frames]
    said += [(each, text_of(header, each).upper()) for each in SIDES[:3]]
    view = _VIEW.match(text_of(header, "ViewPosition").upper())
    said.append(("ViewPosition", view[1] if view else ""))
    return [(keyword, side) for keyword, side in said if side in ("L", "R", "B", "U")]


def _yes_or_no(text: str) -> str | None:
    return text.upper() if text.upper() in ("YES", "NO") else None


def _lossy(header: Dataset) -> Lossy:
    says = text_of(header, "LossyImageCompression")
    value = value_of(header, "LossyImageCompressionMethod")
    methods = value if isinstance(value, MultiValue) else (value,)
    known = tuple(each for each in map(str, methods) if re.fullmatch(r"ISO_\d{4,5}_\d{1,2}", each))
    ratios = numbers_of(header, "LossyImageCompressionRatio")
    return Lossy(says if says in ("00", "01") else "", ratios, known)


def _identity(header: Dataset) -> list[tuple[str, str]]:
    """From the bytes as they lie: no name is ever decoded. Blanks and letters' case do not count.

    A name is compared only with those of its character set, since it has other bytes in another.
    """
    character_set = header.get_item("SpecificCharacterSet")
    digests = []
    for keyword in IDENTITY:
        raw = header.get_item(keyword)
        value = raw.value if raw is not None else None
        value = value if isinstance(value, bytes) else str(value or "").encode()
        if value := value.strip(b" \0^").upper():
            if keyword == "PatientName":
                value += repr(character_set and character_set.value).encode()
            digests.append((keyword, blake2b(value, key=_KEY, digest_size=16).hexdigest()))
    return digests
