"""The marks of a Mammography CAD SR: TID 4004 to 4007, 4010, 4019 and 4021."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydicom import Dataset
from pydicom.sr.coding import Code

from senoscope.studies.results import cad_codes, codes
from senoscope.studies.results.cad_findings import (
    CadAlgorithm,
    CadComposite,
    CadFinding,
    CadImage,
    Intent,
)
from senoscope.studies.results.cad_items import (
    CONTAINS,
    HAS_CONCEPT_MOD,
    HAS_OBS_CONTEXT,
    HAS_PROPERTIES,
    INFERRED_FROM,
    SELECTED_FROM,
    Place,
    coded,
    number,
    pointer,
    region,
    text,
    uid_item,
)

ImagePlaces = Mapping[CadImage, Place]
"""Where in the tree each image of the library stands."""


def single_finding(relationship: str, finding: CadFinding, places: ImagePlaces) -> Dataset:
    """TID 4006."""
    children = [
        _intent(finding.intent, finding.operating_point),
        *_tracking(finding.tracking_uid),
        *algorithm(finding.algorithm),
        *_percent(codes.CERTAINTY_OF_FINDING, finding.certainty),
        *_percent(codes.PROBABILITY_OF_CANCER, finding.probability),
        *_geometry(finding, places),
        *_composition(finding),
    ]
    if finding.calcifications is not None:
        many = cad_codes.NUMBER_OF_CALCIFICATIONS
        children.append(number(HAS_PROPERTIES, many, finding.calcifications, codes.NO_UNITS))
    value = cad_codes.FINDINGS[finding.kind]
    return coded(relationship, cad_codes.SINGLE_IMAGE_FINDING, value, children)


def composite(given: CadComposite, places: ImagePlaces) -> Dataset:
    """TID 4004 with TID 4005: of findings on several images, related in space."""
    children = [
        _intent(given.intent, None),
        *_tracking(given.tracking_uid),
        coded(HAS_PROPERTIES, cad_codes.COMPOSITE_TYPE, cad_codes.RELATED_SPATIALLY),
        coded(HAS_PROPERTIES, cad_codes.SCOPE_OF_FEATURE, cad_codes.ON_MULTIPLE_IMAGES),
        *algorithm(given.algorithm),
        *_percent(codes.CERTAINTY_OF_FEATURE, given.certainty),
        *_percent(codes.PROBABILITY_OF_CANCER, given.probability),
        *(single_finding(INFERRED_FROM, each, places) for each in given.findings),
    ]
    value = cad_codes.COMPOSITES[given.kind]
    return coded(CONTAINS, cad_codes.COMPOSITE_FEATURE, value, children)


def algorithm(given: CadAlgorithm) -> list[Dataset]:
    """TID 4019."""
    return [
        text(HAS_PROPERTIES, cad_codes.ALGORITHM_NAME, given.name),
        text(HAS_PROPERTIES, cad_codes.ALGORITHM_VERSION, given.version),
        *(text(HAS_PROPERTIES, cad_codes.ALGORITHM_PARAMETERS, each) for each in given.parameters),
    ]


def _intent(intent: Intent, operating_point: int | None) -> Dataset:
    """Rows 2 and 3 of TID 4006."""
    below = []
    if operating_point is not None:
        name, unit = cad_codes.OPERATING_POINT, cad_codes.POINT_FROM_1
        below = [number(HAS_PROPERTIES, name, operating_point, unit)]
    return coded(HAS_CONCEPT_MOD, cad_codes.RENDERING_INTENT, cad_codes.INTENTS[intent], below)


def _tracking(uid: str) -> list[Dataset]:
    """TID 4108, row 2 alone."""
    return [uid_item(HAS_OBS_CONTEXT, cad_codes.TRACKING_UID, uid)] if uid else []


def _percent(name: Code, value: float | None) -> list[Dataset]:
    return [] if value is None else [number(HAS_PROPERTIES, name, value, codes.PERCENT)]


def _geometry(finding: CadFinding, places: ImagePlaces) -> list[Dataset]:
    """TID 4021, on the image where it stands in the library."""
    if finding.centre is None:
        return []
    place = places[finding.image]
    centre = np.array([finding.centre], np.float32)
    drawn = [(cad_codes.CENTER, centre)]
    if finding.outline is not None:
        drawn.append((cad_codes.OUTLINE, finding.outline))
    return [
        region(HAS_PROPERTIES, name, points, [pointer(SELECTED_FROM, place)])
        for name, points in drawn
    ]


def _composition(finding: CadFinding) -> list[Dataset]:
    """TID 4007. Codes contain nothing in this object, so these are properties. PS3.3 A.35.5.3.1."""
    items = []
    if finding.composition is not None:
        name = cad_codes.FINDINGS[finding.kind]
        items.append(coded(HAS_PROPERTIES, name, cad_codes.COMPOSITIONS[finding.composition]))
    items += _percent(cad_codes.PERCENT_DENSE, finding.percent_dense)
    return items
