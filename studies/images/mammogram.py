"""What the header of a mammogram says of its view, its side's place and its purpose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pydicom import Dataset, uid
from pydicom.multival import MultiValue

from senoscope.studies.files.study_header import items_of, numbers_of, text_of, value_of

FOR_PRESENTATION = uid.DigitalMammographyXRayImageStorageForPresentation
FOR_PROCESSING = uid.DigitalMammographyXRayImageStorageForProcessing
TOMOSYNTHESIS = uid.BreastTomosynthesisImageStorage
MAMMOGRAMS = (FOR_PRESENTATION, FOR_PROCESSING, TOMOSYNTHESIS)

VIEWS = {
    "399162004": "CC",
    "R-10242": "CC",
    "399368009": "MLO",
    "R-10226": "MLO",
    "399260004": "ML",
    "R-10224": "ML",
    "399352003": "LM",
    "R-10228": "LM",
    "399099002": "LMO",
    "R-10230": "LMO",
    "399196006": "FB",
    "R-10244": "FB",
    "399188001": "SIO",
    "R-102D0": "SIO",
    "441555000": "ISO",
    "R-40AAA": "ISO",
    "399192008": "XCCL",
    "R-1024A": "XCCL",
    "399101009": "XCCM",
    "R-1024B": "XCCM",
    "127457009": "specimen",
    "G-8310": "specimen",
}
"""CID 4014, by SNOMED CT and by the older SNOMED code, to the abbreviations of ViewPosition."""
MODIFIERS = {
    "399163009": "magnification",
    "R-102D6": "magnification",
    "399055006": "spot compression",
    "R-102D7": "spot compression",
    "399209000": "implant displaced",
    "R-102D5": "implant displaced",
    "399161006": "cleavage",
    "R-102D2": "cleavage",
    "399011000": "axillary tail",
    "R-102D1": "axillary tail",
    "399110001": "tangential",
    "R-102C2": "tangential",
    "399197002": "rolled lateral",
    "R-102D3": "rolled lateral",
    "399226006": "rolled medial",
    "R-102D4": "rolled medial",
    "415670009": "rolled superior",
    "R-102C9": "rolled superior",
    "414493004": "rolled inferior",
    "R-102CA": "rolled inferior",
    "442593008": "infra-mammary fold",
    "R-40ABE": "infra-mammary fold",
    "442581004": "nipple in profile",
    "R-40AB3": "nipple in profile",
    "442580003": "axillary tissue",
    "R-40AB2": "axillary tissue",
    "441752004": "anterior compression",
    "P2-00161": "anterior compression",
}
"""CID 4015, likewise."""

_SIDE = re.compile(r"[LR](?:EFT|IGHT)?[ _-]?")
_DIRECTION = re.compile(r"[AP]?[HFLR]{1,2}|[AP]")

_AXES = ("LR", "PA", "HF")
"""Of DICOM's patient, towards more and towards less."""
_ALONG = 0.3
"""Cosine above which a direction is said to point along an axis too."""

Intent = Literal["FOR PRESENTATION", "FOR PROCESSING"]
_INTENTS: dict[str, Intent] = {
    "FOR PRESENTATION": "FOR PRESENTATION",
    "FOR PROCESSING": "FOR PROCESSING",
}


@dataclass(frozen=True, slots=True)
class MammogramHeader:
    """Of a mammogram, tomosynthesis or not.

    `intent`: PresentationIntentType. `has_voi`: a window or a VOI table at the top of the header.
    `coded_view` is ViewCodeSequence's and `written_view` ViewPosition's, without a side; None: not
    said, or not of CID 4014. `has_other_modifier`: one that is not of CID 4015. `orientation`:
    PatientOrientation's two directions, of rows (to the right) and of columns (down), such as
    ("P", "FL"), of tomosynthesis by PlaneOrientation; None where it is not said or is none.
    `is_flipped`: FieldOfViewHorizontalFlip.
    """

    intent: Intent | None
    has_voi: bool
    coded_view: str | None
    written_view: str | None
    modifiers: tuple[str, ...]
    has_other_modifier: bool
    is_partial: bool
    has_implant: bool
    orientation: tuple[str, str] | None
    is_flipped: bool

    @classmethod
    def of(cls, header: Dataset) -> MammogramHeader | None:
        """None of what is no mammogram by its SOPClassUID."""
        if text_of(header, "SOPClassUID") not in MAMMOGRAMS:
            return None
        codes = items_of(header, "ViewCodeSequence")
        modifiers = [
            MODIFIERS.get(text_of(each, "CodeValue").upper())
            for code in codes
            for each in items_of(code, "ViewModifierCodeSequence")
        ]
        return cls(
            intent=_INTENTS.get(text_of(header, "PresentationIntentType").upper()),
            has_voi=_has_voi(header),
            coded_view=VIEWS.get(text_of(codes[0], "CodeValue").upper()) if codes else None,
            written_view=_written_view(header),
            modifiers=tuple(dict.fromkeys(each for each in modifiers if each is not None)),
            has_other_modifier=None in modifiers,
            is_partial=text_of(header, "PartialView").upper() == "YES",
            has_implant=text_of(header, "BreastImplantPresent").upper() == "YES",
            orientation=_orientation(header),
            is_flipped=text_of(header, "FieldOfViewHorizontalFlip").upper() == "YES",
        )

    @property
    def view(self) -> str | None:
        """ViewCodeSequence's, which is authoritative, or else ViewPosition's."""
        return self.coded_view or self.written_view


def _has_voi(header: Dataset) -> bool:
    table = header.get_item("VOILUTSequence")
    return bool(numbers_of(header, "WindowCenter")) or (table is not None and bool(table.value))


def _written_view(header: Dataset) -> str | None:
    words = text_of(header, "ViewPosition").upper()
    known = set(VIEWS.values())
    for given in (words, _SIDE.sub("", words, count=1)):  # LM is a view and no left one
        if given in known:
            return given
    return None


def _orientation(header: Dataset) -> tuple[str, str] | None:
    value = value_of(header, "PatientOrientation")
    several = value if isinstance(value, MultiValue | list) else ()
    directions = [str(each).strip().upper() for each in several]
    if len(directions) != 2 or not all(map(_DIRECTION.fullmatch, directions)):
        return _of_plane(header)
    return directions[0], directions[1]


def _of_plane(header: Dataset) -> tuple[str, str] | None:
    """The same by ImageOrientationPatient that all slices share: they have nothing else."""
    for shared in items_of(header, "SharedFunctionalGroupsSequence")[:1]:
        for plane in items_of(shared, "PlaneOrientationSequence")[:1]:
            cosines = numbers_of(plane, "ImageOrientationPatient")
            across, down = _letters(cosines[:3]), _letters(cosines[3:])
            return (across, down) if len(cosines) == 6 and across and down else None
    return None


def _letters(cosines: tuple[float, ...]) -> str:
    """Where a direction points, the axis nearest to it first, such as "FR"."""
    near = sorted(range(len(cosines)), key=lambda axis: -abs(cosines[axis]))[:2]
    return "".join(_AXES[each][cosines[each] < 0] for each in near if abs(cosines[each]) > _ALONG)
