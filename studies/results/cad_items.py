"""Content items of a structured report over pydicom, with references by place in the tree.

highdicom's items know no relationship by reference, which TID 4000 is made of. PS3.3 C.17.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.coding import Code
from pydicom.valuerep import DSfloat

from senoscope.studies.results.made_object import code, reference
from senoscope.studies.results.report_words import shown

CONTAINS = "CONTAINS"
INFERRED_FROM = "INFERRED FROM"
HAS_PROPERTIES = "HAS PROPERTIES"
HAS_CONCEPT_MOD = "HAS CONCEPT MOD"
HAS_OBS_CONTEXT = "HAS OBS CONTEXT"
HAS_ACQ_CONTEXT = "HAS ACQ CONTEXT"
SELECTED_FROM = "SELECTED FROM"

Place = Sequence[int]
"""An item's number in each level of the tree, the root's 1 first. PS3.3 C.17.3.2.5."""


def container(relationship: str, name: Code, children: Iterable[Dataset]) -> Dataset:
    """Whose items stand each for itself."""
    item = _item(relationship, "CONTAINER", name, children)
    item.ContinuityOfContent = "SEPARATE"
    return item


def coded(relationship: str, name: Code, value: Code, children: Iterable[Dataset] = ()) -> Dataset:
    """A code, and what hangs on it."""
    item = _item(relationship, "CODE", name, children)
    item.ConceptCodeSequence = code(value)
    return item


def text(relationship: str, name: Code, value: str) -> Dataset:
    """A text."""
    item = _item(relationship, "TEXT", name)
    item.TextValue = shown(value)
    return item


def date_or_time(relationship: str, name: Code, kind: str, value: str) -> Dataset:
    """`kind` is "DATE" or "TIME"."""
    item = _item(relationship, kind, name)
    setattr(item, kind.capitalize(), value)
    return item


def number(relationship: str, name: Code, value: float, unit: Code) -> Dataset:
    """A measured value."""
    measured = Dataset()
    measured.NumericValue = DSfloat(round(float(value), 4), auto_format=True)
    measured.MeasurementUnitsCodeSequence = code(unit)
    item = _item(relationship, "NUM", name)
    item.MeasuredValueSequence = Items([measured])
    return item


def uid_item(relationship: str, name: Code, uid: str) -> Dataset:
    """A UID."""
    item = _item(relationship, "UIDREF", name)
    item.UID = uid
    return item


def image(
    relationship: str, header: Dataset, frame: int | None, children: Iterable[Dataset]
) -> Dataset:
    """That image, or that frame of it."""
    item = _item(relationship, "IMAGE", None, children)
    frames = () if frame is None else (frame,)
    item.ReferencedSOPSequence = Items([reference(header, *frames)])
    return item


def region(
    relationship: str, name: Code, points: NDArray[np.float32], children: Iterable[Dataset]
) -> Dataset:
    """(n, 2) [x, y], pixel centres at integers: a point, or a closed polyline.

    In DICOM the upper left corner of the first pixel is 0, its centre 0.5. PS3.3 C.18.6.
    """
    placed = np.asarray(points, np.float32) + np.float32(0.5)
    is_point = len(placed) == 1
    item = _item(relationship, "SCOORD", name, children)
    item.GraphicType = "POINT" if is_point else "POLYLINE"
    drawn = placed if is_point else np.vstack([placed, placed[:1]])
    item.GraphicData = [float(each) for each in drawn.ravel()]
    return item


def pointer(relationship: str, place: Place) -> Dataset:
    """To an item that stands elsewhere in the tree."""
    item = Dataset()
    item.RelationshipType = relationship
    item.ReferencedContentItemIdentifier = list(place)
    return item


def _item(
    relationship: str, value_type: str, name: Code | None, children: Iterable[Dataset] = ()
) -> Dataset:
    item = Dataset()
    if relationship:  # the root has none
        item.RelationshipType = relationship
    item.ValueType = value_type
    if name is not None:
        item.ConceptNameCodeSequence = code(name)
    if below := list(children):
        item.ContentSequence = Items(below)
    return item
