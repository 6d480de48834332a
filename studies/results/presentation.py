"""Softcopy Presentation State (PS3.3 A.33): outlines that a viewer lays over the source's frames.

A point of an outline counts from the centre of the first pixel, one of an annotation from that
pixel's upper left corner (C.10.5): half a pixel is added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from highdicom.pr import GraphicAnnotation, GraphicLayer, GraphicObject, TextObject
from numpy.typing import NDArray
from PIL import ImageCms
from pydicom import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    ColorSoftcopyPresentationStateStorage,
    GrayscaleSoftcopyPresentationStateStorage,
)

from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.files.study_header import items_of, numbers_of, text_of
from senoscope.studies.pixels.grey_scale import MONOCHROME
from senoscope.studies.results.finding_said import chance_said, finding_name, is_mark
from senoscope.studies.results.identity import NOTICE
from senoscope.studies.results.key_images import size_of
from senoscope.studies.results.made_object import NewSeries, copy_readable, new_object, reference
from senoscope.studies.results.outline_mask import axes_of
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import Outlined, StudyFinding, StudyReading

SERIES_NUMBER = 9103
LAYER = "SENOSCOPE"
_MODALITY_LUT = ("ModalityLUTSequence", "RescaleIntercept", "RescaleSlope", "RescaleType")
_VOI = (
    *("VOILUTSequence", "WindowCenter", "WindowWidth", "WindowCenterWidthExplanation"),
    *("VOILUTFunction",),
)
_RESCALE_GROUP, _VOI_GROUP = "PixelValueTransformationSequence", "FrameVOILUTSequence"
"""Functional groups with the same, of an image of several frames."""


def presentations_of(reading: StudyReading, sources: SourceImages) -> list[Dataset]:
    """One for each image on which there is a finding, all of one series.

    Grayscale for grey images, Color for others. On each outlined frame the outline and the
    finding's number; on its key frame also its size, probability and axes. Errors as of
    `SourceImages.header`.
    """
    series = NewSeries("PR", SERIES_NUMBER, "Senoscope marks (suggestion)")
    uids = dict.fromkeys(
        each.at.instance_uid for finding in reading.findings for each in finding.outlines
    )
    return [
        _presentation(sources.header(uid), reading, series, number)
        for number, uid in enumerate(uids, start=1)
    ]


def _presentation(
    source: Dataset, reading: StudyReading, series: NewSeries, number: int
) -> Dataset:
    grey = text_of(source, "PhotometricInterpretation") in MONOCHROME
    sop_class = (
        GrayscaleSoftcopyPresentationStateStorage if grey else ColorSoftcopyPresentationStateStorage
    )
    made = new_object(source, sop_class, series, number)
    made.ContentLabel, made.ContentDescription = "LESIONS", NOTICE
    made.ContentCreatorName = None
    made.PresentationCreationDate, made.PresentationCreationTime = (
        made.ContentDate,
        made.ContentTime,
    )
    del made.ContentDate, made.ContentTime  # this kind has its own
    made.Laterality = ""  # of the series, which may be of both sides
    _refer(made, source)
    layer = GraphicLayer(LAYER, 1, "Lesions that software outlined")
    made.GraphicLayerSequence = Items([layer])
    made.GraphicAnnotationSequence = Items(_annotations(source, reading, layer))
    if grey:
        _add_grey_scale(made, source)
    else:
        made.ICCProfile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        made.ColorSpace = "SRGB"
    return made


def _refer(made: Dataset, source: Dataset) -> None:
    series = Dataset()
    series.SeriesInstanceUID = source.SeriesInstanceUID
    series.ReferencedImageSequence = Items([reference(source)])
    made.ReferencedSeriesSequence = Items([series])
    shown = Dataset()
    shown.DisplayedAreaTopLeftHandCorner = [1, 1]
    shown.DisplayedAreaBottomRightHandCorner = [int(source.Columns), int(source.Rows)]
    shown.PresentationSizeMode = "SCALE TO FIT"
    shown.PresentationPixelAspectRatio = _aspect_ratio(source)
    made.DisplayedAreaSelectionSequence = Items([shown])


def _aspect_ratio(source: Dataset) -> list[int]:
    """As the source would be shown without this state."""
    given = [int(each) for each in numbers_of(source, "PixelAspectRatio")]
    return given if len(given) == 2 and min(given) > 0 else [1, 1]


def _add_grey_scale(made: Dataset, source: Dataset) -> None:
    """The source's own: a state without one would take it away."""
    shared = items_of(source, "SharedFunctionalGroupsSequence")[:1]
    rescaled = [each for group in shared for each in items_of(group, _RESCALE_GROUP)]
    for each in (source, *rescaled):
        copy_readable(each, made, _MODALITY_LUT)
    if windows := list(_windows(source, shared)):
        made.SoftcopyVOILUTSequence = Items(windows)
    inverts = (
        text_of(source, "PhotometricInterpretation") == "MONOCHROME1"
        or text_of(source, "PresentationLUTShape") == "INVERSE"
    )
    made.PresentationLUTShape = "INVERSE" if inverts else "IDENTITY"


def _windows(source: Dataset, shared: Sequence[Dataset]) -> Iterator[Dataset]:
    """That of the whole image, else those of its frames, each with the frames that it is of."""
    whole = [source, *(each for group in shared for each in items_of(group, _VOI_GROUP))]
    for given in whole:
        window = Dataset()
        copy_readable(given, window, _VOI)
        if "VOILUTSequence" in window or "WindowCenter" in window:
            yield window
            return
    frames: dict[str, list[int]] = {}
    windows: dict[str, Dataset] = {}
    for number, group in enumerate(items_of(source, "PerFrameFunctionalGroupsSequence"), start=1):
        for each in items_of(group, _VOI_GROUP)[:1]:
            window = Dataset()
            copy_readable(each, window, _VOI)
            key = window.to_json()
            windows[key] = window
            frames.setdefault(key, []).append(number)
    for key, window in windows.items():
        image = reference(source)
        image.ReferencedFrameNumber = frames[key]
        window.ReferencedImageSequence = Items([image])
        yield window


def _annotations(
    source: Dataset, reading: StudyReading, layer: GraphicLayer
) -> Iterator[GraphicAnnotation]:
    spacing = reading.pixel_spacing_of(source.SOPInstanceUID)
    for finding in reading.findings:
        for outlined in finding.outlines:
            if outlined.at.instance_uid == source.SOPInstanceUID:
                yield _annotation(source, finding, outlined, layer, spacing)


def _annotation(
    source: Dataset,
    finding: StudyFinding,
    outlined: Outlined,
    layer: GraphicLayer,
    spacing: PixelSpacing | None,
) -> GraphicAnnotation:
    contour = outlined.contour
    lines = [np.vstack([contour, contour[:1]])]
    text = str(finding.number)
    if outlined.at == finding.key.at:
        size = [] if is_mark(finding) else [size_of(finding)]
        text += f": {', '.join([*size, chance_said(finding)])} (suggestion)"
        lines += axes_of(contour, spacing) if finding.measured is not None else ()
    top = _corner_based(contour[contour[:, 1].argmin()][None], source)[0]
    label = finding_name(finding)
    return GraphicAnnotation(
        referenced_images=[source],
        graphic_layer=layer,
        referenced_frame_number=outlined.at.frame if "NumberOfFrames" in source else None,
        graphic_objects=[
            GraphicObject(
                graphic_type="POLYLINE",
                graphic_data=_corner_based(line, source),
                units="PIXEL",
                tracking_id=label,
                tracking_uid=finding.tracking_uid,
            )
            for line in lines
        ],
        text_objects=[
            TextObject(
                text_value=text,
                units="PIXEL",
                anchor_point=(float(top[0]), float(top[1])),
                anchor_point_visible=False,
            )
        ],
    )


def _corner_based(points: NDArray[np.floating], source: Dataset) -> NDArray[np.float64]:
    """[x, y] from the upper left corner of the first pixel, within the picture."""
    size = np.array([int(source.Columns), int(source.Rows)], np.float64)
    return np.asarray(np.clip(points.astype(np.float64) + 0.5, 0.0, size))
