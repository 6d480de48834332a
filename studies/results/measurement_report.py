"""The software's reading as a TID 1500 Measurement Report: a Comprehensive SR, not verified.

PS3.16 TID 1500; two-dimensional coordinates need no Comprehensive 3D SR.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import highdicom.sr as hd
from pydicom import Dataset
from pydicom.multival import MultiValue
from pydicom.uid import ComprehensiveSRStorage

from senoscope.studies.files.study_header import numbers_of, text_of, value_of
from senoscope.studies.images.stored_image import ULTRASOUND
from senoscope.studies.images.stored_mammogram import MAMMOGRAPHY as MAMMOGRAPHY_MODALITY
from senoscope.studies.results import codes
from senoscope.studies.results.breast_mri.lesion_measures import volume_group
from senoscope.studies.results.identity import MANUFACTURER, MODEL_NAME, SERIAL_NUMBER, new_uid
from senoscope.studies.results.image_group import evaluations, image_group, summary
from senoscope.studies.results.lesion_group import lesion_group
from senoscope.studies.results.made_object import NewSeries
from senoscope.studies.results.sr_document import Headers, headers_of, sr_document
from senoscope.studies.study_reading import (
    BREAST_MRI,
    MAMMOGRAPHY,
    FindingKind,
    StudyFinding,
    StudyReading,
)

SERIES_NUMBER = 9105
DEVICE = hd.CodedConcept("121007", "DCM", "Device")
PROCEDURES = {MAMMOGRAPHY: codes.MAMMOGRAPHY, BREAST_MRI: codes.MRI_OF_BREAST}
"""By mode; all others read ultrasound."""
Group: TypeAlias = (
    hd.PlanarROIMeasurementsAndQualitativeEvaluations
    | hd.VolumetricROIMeasurementsAndQualitativeEvaluations
    | hd.MeasurementsAndQualitativeEvaluations
)


def measurement_report(
    reading: StudyReading, headers: Headers, segmentations: Sequence[Dataset] = ()
) -> Dataset:
    """A new instance, in a new series of the study.

    A finding that has a segment, by its tracking UID, in one of `segmentations` refers to it; any
    other gives its outline. Errors as of `headers`; ImageError for a reading of no images.
    """
    images = headers_of(image_uids(reading), headers)
    groups = [finding_group(each, reading, headers, segmentations) for each in reading.findings]
    groups += image_groups(reading)
    context = hd.ObservationContext(observer_device_context=device_observer())
    root = report_root(context, reading, images, groups, summary(reading))
    series = NewSeries("SR", SERIES_NUMBER, f"{MANUFACTURER}: measurements, not verified")
    return sr_document(root, ComprehensiveSRStorage, series, [*images, *segmentations])


def finding_group(
    finding: StudyFinding,
    reading: StudyReading,
    headers: Headers,
    segmentations: Sequence[Dataset],
) -> Group:
    """Of a lesion in a volume that volume, of all else the region on its key frame."""
    if finding.kind is FindingKind.ENHANCEMENT:
        group = volume_group(finding, reading, segmentations)
        if group is not None:
            return group
    image = headers.header(finding.key.at.instance_uid)
    return lesion_group(finding, reading, image, segmentations)


def image_groups(reading: StudyReading) -> list[Group]:
    """One for each image; of the slices of a volume one for each series."""
    if reading.mode != BREAST_MRI:
        return [image_group(each) for each in reading.images]
    first = {each.series_uid: each for each in reversed(reading.images)}
    return [image_group(each) for each in reversed(first.values())]


def image_uids(reading: StudyReading) -> list[str]:
    """Of all images that were given and all that findings are outlined on."""
    outlines = (each for finding in reading.findings for each in finding.outlines)
    keys = (finding.key for finding in reading.findings)
    return [
        *(each.instance_uid for each in reading.images),
        *(each.at.instance_uid for each in (*keys, *outlines)),
    ]


def report_root(
    context: hd.ObservationContext,
    reading: StudyReading,
    images: list[Dataset],
    groups: Sequence[Group],
    said: Iterable[hd.ContentItem],
) -> Dataset:
    """The root container: who observed, what, on which images, the groups and what is `said`."""
    report = hd.MeasurementReport(
        observation_context=context,
        procedure_reported=PROCEDURES.get(reading.mode, codes.ULTRASOUND_OF_BREAST),
        imaging_measurements=groups,
        referenced_images=[each for each in images if _can_be_listed(each, reading)],
        title=codes.MEASUREMENT_REPORT,
    )
    root: Dataset = report[0]
    root.ContentSequence.append(evaluations(said))
    return root


def _can_be_listed(image: Dataset, reading: StudyReading) -> bool:
    """The list of images is optional, and TID 1603 wants what not every mammogram says.

    What is no ultrasound and was not read may be of any kind: its group names it. Slices of a
    volume are named by its segmentation.
    """
    modality = text_of(image, "Modality")
    if modality == ULTRASOUND:
        return True
    if reading.mode == BREAST_MRI:
        return False
    read = {each.instance_uid for each in reading.images if each.read}
    if text_of(image, "SOPInstanceUID") not in read | _outlined(reading):
        return False
    if modality != MAMMOGRAPHY_MODALITY:
        return True
    orientation = value_of(image, "PatientOrientation")
    is_oriented = isinstance(orientation, MultiValue | list) and len(orientation) == 2
    return is_oriented and len(numbers_of(image, "ImagerPixelSpacing")) == 2


def _outlined(reading: StudyReading) -> set[str]:
    return {uid for finding in reading.findings for uid in finding.images}


def device_observer() -> hd.ObserverContext:
    """TID 1004. The UID is new each time: software that is installed anywhere has none."""
    return hd.ObserverContext(
        DEVICE,
        hd.DeviceObserverIdentifyingAttributes(
            uid=new_uid(),
            name=MANUFACTURER,
            manufacturer_name=MANUFACTURER,
            model_name=MODEL_NAME,
            serial_number=SERIAL_NUMBER,
        ),
    )
