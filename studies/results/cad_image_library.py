"""The images of a Mammography CAD SR: TID 4020, one entry for each image or frame."""

from __future__ import annotations

from collections.abc import Sequence

from pydicom import Dataset

from senoscope.studies.files.study_header import numbers_of, text_of, value_of, whole_of
from senoscope.studies.results import cad_codes
from senoscope.studies.results.cad_findings import CadImage
from senoscope.studies.results.cad_items import (
    CONTAINS,
    HAS_ACQ_CONTEXT,
    HAS_CONCEPT_MOD,
    coded,
    container,
    date_or_time,
    image,
    number,
    text,
)
from senoscope.studies.results.sr_document import Headers

MICROMETRES_A_MILLIMETRE = 1000


def image_library(images: Sequence[CadImage], headers: Headers) -> Dataset:
    """What the marks refer to, in the order of `images`."""
    entries = [_entry(each, headers.header(each.instance_uid)) for each in images]
    return container(CONTAINS, cad_codes.IMAGE_LIBRARY, entries)


def _entry(given: CadImage, header: Dataset) -> Dataset:
    modifiers = [
        coded(HAS_CONCEPT_MOD, cad_codes.IMAGE_VIEW_MODIFIER, cad_codes.MODIFIERS[each])
        for each in given.modifiers
    ]
    side, view = cad_codes.SIDES[given.side], cad_codes.VIEWS[given.view]
    described = [
        coded(HAS_ACQ_CONTEXT, cad_codes.IMAGE_LATERALITY, side),
        coded(HAS_ACQ_CONTEXT, cad_codes.IMAGE_VIEW, view, modifiers),
        *_orientation(header),
        *_times(header),
        *_spacing(header),
    ]
    for keyword, name in (("Rows", cad_codes.ROWS), ("Columns", cad_codes.COLUMNS)):
        if (size := whole_of(header, keyword)) is not None:
            described.append(number(HAS_ACQ_CONTEXT, name, size, cad_codes.PIXELS))
    return image(CONTAINS, header, given.frame, described)


def _orientation(header: Dataset) -> list[Dataset]:
    """Of the rows, then of the columns."""
    said = value_of(header, "PatientOrientation")
    if not isinstance(said, Sequence) or isinstance(said, str) or len(said) != 2:
        return []
    names = (cad_codes.ORIENTATION_ROW, cad_codes.ORIENTATION_COLUMN)
    return [text(HAS_ACQ_CONTEXT, name, str(each)) for name, each in zip(names, said, strict=True)]


def _times(header: Dataset) -> list[Dataset]:
    named = (
        ("StudyDate", cad_codes.STUDY_DATE, "DATE"),
        ("StudyTime", cad_codes.STUDY_TIME, "TIME"),
        ("ContentDate", cad_codes.CONTENT_DATE, "DATE"),
        ("ContentTime", cad_codes.CONTENT_TIME, "TIME"),
    )
    return [
        date_or_time(HAS_ACQ_CONTEXT, name, kind, said)
        for keyword, name, kind in named
        if (said := text_of(header, keyword))
    ]


def _spacing(header: Dataset) -> list[Dataset]:
    """At the detector where that is said, (0018,1164), else (0028,0030); both are row, column."""
    for keyword in ("ImagerPixelSpacing", "PixelSpacing"):
        spacing = numbers_of(header, keyword)
        if len(spacing) == 2 and min(spacing) > 0:
            return [
                number(HAS_ACQ_CONTEXT, name, each * MICROMETRES_A_MILLIMETRE, cad_codes.MICROMETRE)
                for name, each in (
                    (cad_codes.HORIZONTAL_SPACING, spacing[1]),
                    (cad_codes.VERTICAL_SPACING, spacing[0]),
                )
            ]
    return []
