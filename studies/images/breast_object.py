"""What an object of a breast exam holds: tomosynthesis in any of the forms in which it is sent."""

from __future__ import annotations

from enum import StrEnum

from pydicom import Dataset, uid
from pydicom.multival import MultiValue

from senoscope.studies.files.study_header import HOLOGIC_CREATOR, text_of, value_of
from senoscope.studies.images.mammogram import MAMMOGRAMS, TOMOSYNTHESIS

PROJECTIONS = (
    uid.BreastProjectionXRayImageStorageForPresentation,
    uid.BreastProjectionXRayImageStorageForProcessing,
)
_SECONDARY_CAPTURES = (
    uid.SecondaryCaptureImageStorage,
    uid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    uid.MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
)


class BreastObject(StrEnum):
    """What is told apart; any other object has none of these."""

    SLICES = "tomosynthesis slices"
    SYNTHETIC = "a synthetic 2-D picture"
    PROJECTIONS = "tomosynthesis projections"
    SINGLE_SLICE = "a tomosynthesis slice as a mammogram"
    PRIVATE = "private tomosynthesis"
    CT = "breast slices as CT"

    @classmethod
    def of(cls, header: Dataset) -> BreastObject | None:
        """By its SOP class, what ImageType says, and whose private elements it has."""
        sop_class = text_of(header, "SOPClassUID")
        if sop_class in PROJECTIONS:
            return cls.PROJECTIONS
        if sop_class in MAMMOGRAMS:
            return cls._of_mammogram(_image_type(header), is_volume=sop_class == TOMOSYNTHESIS)
        if sop_class in _SECONDARY_CAPTURES and _is_of_hologic(header):
            return cls.PRIVATE
        is_of_breast = text_of(header, "BodyPartExamined").upper() == "BREAST"
        is_said = is_of_breast or text_of(header, "Modality") == "MG"
        return cls.CT if sop_class == uid.CTImageStorage and is_said else None

    @classmethod
    def _of_mammogram(cls, types: set[str], *, is_volume: bool) -> BreastObject | None:
        if types & {"GENERATED_2D", "TOMO_2D"}:
            return cls.SYNTHETIC
        if is_volume:
            return cls.SLICES
        if "TOMO_PROJ" in types:
            return cls.PROJECTIONS
        return cls.SINGLE_SLICE if types & {"TOMO", "TOMOSYNTHESIS"} else None


REFUSALS = {
    BreastObject.SYNTHETIC: (
        "it is a synthetic 2-D picture made from tomosynthesis, and no slices; send the slices "
        "(Breast Tomosynthesis Image) too"
    ),
    BreastObject.PROJECTIONS: (
        "it holds projections, from which slices are yet to be made; send the slices (Breast "
        "Tomosynthesis Image) of the same view"
    ),
    BreastObject.SINGLE_SLICE: (
        "it is one slice of tomosynthesis stored as a mammogram; send all slices as one Breast "
        "Tomosynthesis Image"
    ),
    BreastObject.PRIVATE: (
        "it is a private object of Hologic, which keeps its slices in elements that only Hologic "
        "reads; let the scanner, or its archive, send a Breast Tomosynthesis Image"
    ),
    BreastObject.CT: (
        "its slices are stored as CT images, which say neither side nor view; send them as a "
        "Breast Tomosynthesis Image"
    ),
}
"""Why none is read as slices, as half a sentence, and what to do."""


def _image_type(header: Dataset) -> set[str]:
    value = value_of(header, "ImageType")
    values = value if isinstance(value, MultiValue | list) else [value]
    return {str(each).strip().upper() for each in values}


def _is_of_hologic(header: Dataset) -> bool:
    creator = header.get_item(HOLOGIC_CREATOR)
    value = "" if creator is None else creator.value
    said = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return said.strip().upper().startswith("HOLOGIC")
