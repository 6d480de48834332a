"""DICOM Parametric Map (PS3.3 A.75) of the signal enhancement ratio, and of Ktrans where it is fit.

One object for each quantity and series, of the box round all lesions: elsewhere nothing was fitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import highdicom as hd
import numpy as np
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.coding import Code

from senoscope.domain.breast_mri import Volume
from senoscope.models.programmed.breast_mri.lesion_maps import KTRANS, SER, LesionMaps, lesion_maps
from senoscope.studies.results import codes
from senoscope.studies.results.breast_mri import lesion_codes
from senoscope.studies.results.breast_mri.volume_places import (
    common_arguments,
    completed,
    frame_of_reference,
    source_headers,
    volume_of,
)
from senoscope.studies.results.identity import NOTICE
from senoscope.studies.results.made_object import NewSeries, code
from senoscope.studies.results.sr_document import Headers
from senoscope.studies.study_reading import ReadVolumes, StudyReading

SERIES_NUMBER = 9107


@dataclass(frozen=True, slots=True)
class _Quantity:
    """`lut_label` has 16 letters at most."""

    code: Code
    unit: Code
    lut_label: str
    explanation: str
    window: tuple[float, float]


QUANTITIES: Mapping[str, _Quantity] = {
    SER: _Quantity(
        lesion_codes.SIGNAL_ENHANCEMENT_RATIO,
        lesion_codes.RATIO,
        "SER",
        "Early over late enhancement; 0 where it was not computed",
        (1.0, 2.0),
    ),
    KTRANS: _Quantity(
        lesion_codes.KTRANS,
        lesion_codes.PER_MINUTE,
        "Ktrans",
        "Tofts, population AIF, T1 assumed; 0 where it was not fitted",
        (0.25, 0.5),
    ),
}


def parametric_maps(reading: StudyReading, headers: Headers) -> list[Dataset]:
    """Of every series with lesions; none of Ktrans where no times are known."""
    made: list[Dataset] = []
    series = NewSeries("MR", SERIES_NUMBER, "Senoscope maps (suggestion)")
    for volumes in reading.volumes:
        maps = lesion_maps(volumes.series, volumes.analysis)
        if maps is not None:
            for name, values in maps.maps.items():
                number = len(made) + 1
                made.append(_map(name, values, maps, volumes, (series, number), headers))
    return made


def _map(
    name: str,
    values: Volume,
    maps: LesionMaps,
    volumes: ReadVolumes,
    at: tuple[NewSeries, int],
    headers: Headers,
) -> Dataset:
    quantity = QUANTITIES[name]
    sources = source_headers(volumes, headers)
    centre, width = quantity.window
    window = hd.VOILUTTransformation(
        window_center=centre, window_width=width, voi_lut_function="LINEAR_EXACT"
    )
    made = hd.pm.ParametricMap(
        source_images=sources,
        pixel_array=volume_of(
            np.ascontiguousarray(values, np.float32),
            volumes.series.geometry,
            maps.corner,
            frame_of_reference(sources[0]),
        ),
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[
            hd.pm.RealWorldValueMapping(
                lut_label=quantity.lut_label,
                lut_explanation=quantity.explanation,
                unit=quantity.unit,
                value_range=(float(values.min()), float(values.max())),
                slope=1.0,
                intercept=0.0,
                quantity_definition=quantity.code,
            )
        ],
        voi_lut_transformations=[window],
        content_description=NOTICE,
        content_label=quantity.lut_label.upper(),
        **common_arguments(*at),
    )
    made.SharedFunctionalGroupsSequence[0].FrameAnatomySequence = Items([_anatomy(volumes)])
    return completed(made, at[0])


def _anatomy(volumes: ReadVolumes) -> Dataset:
    """The breast, and the side of all lesions; "B" where they are of both."""
    sides = {each.laterality for each in volumes.analysis.lesions}
    item = Dataset()
    item.AnatomicRegionSequence = code(codes.BREAST)
    side = sides.pop() if len(sides) == 1 else None
    item.FrameLaterality = "B" if side is None else side.value
    return item
