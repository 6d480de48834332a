"""What is written once, when the software has read: objects that a signature leaves as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.uid import ComprehensiveSRStorage, SegmentationStorage

from senoscope.domain.errors import SettingsError
from senoscope.studies.results.breast_mri.lesion_pictures import lesion_images
from senoscope.studies.results.breast_mri.packed_volumes import (
    kept_pictures,
    packed_volumes,
    read_pictures,
)
from senoscope.studies.results.breast_mri.parametric_maps import parametric_maps
from senoscope.studies.results.breast_mri.segments import volume_segmentations
from senoscope.studies.results.cad_report import MammographyCadReport
from senoscope.studies.results.key_images import key_images_of
from senoscope.studies.results.made_results import VOLUMES, MadeResults
from senoscope.studies.results.mammography_cad import cad_reading_of
from senoscope.studies.results.mark_images import mark_images_of
from senoscope.studies.results.measurement_report import measurement_report
from senoscope.studies.results.presentation import presentations_of
from senoscope.studies.results.segmentation import segmentation_of
from senoscope.studies.results.source_images import SourceImages
from senoscope.studies.study_reading import BREAST_MRI, MAMMOGRAPHY, StudyReading


def write_machine(
    made: MadeResults, reading: StudyReading, sources: SourceImages
) -> tuple[Dataset, list[Dataset]]:
    """The measurements, and the segmentations that they refer to."""
    if reading.mode == BREAST_MRI:
        segmentations = volume_segmentations(reading, sources)
    else:
        segmentations = segmentation_of(reading, sources)
    measurements = measurement_report(reading, sources, segmentations)
    made.add("segmentation", segmentations)
    if reading.mode == BREAST_MRI:
        made.add("map", parametric_maps(reading, sources))
        made.add("key image", lesion_images(reading, read_pictures(reading), sources))
        for number, packed in enumerate(packed_volumes(reading), start=1):
            made.add_file("volumes", f"breast_mri_{number}{VOLUMES}", packed)
    elif reading.mode == MAMMOGRAPHY:
        made.add("key image", mark_images_of(reading, sources))
        if (found := cad_reading_of(reading, sources)) is not None:
            made.add("cad", [MammographyCadReport(found, sources).document()])
    else:
        made.add("key image", key_images_of(reading, sources))
    if reading.mode != BREAST_MRI:
        made.add("marks", presentations_of(reading, sources))
    made.add("measurements", [measurements])
    return measurements, segmentations


def pictures_of(
    reading: StudyReading, sources: SourceImages, machine: Path | None
) -> Mapping[int, NDArray[np.uint8]]:
    """Key frames; of lesions in a volume the subtractions, which were kept when it was read."""
    if reading.mode != BREAST_MRI:
        return {each.number: sources.picture(each.key.at) for each in reading.findings}
    if machine is None:
        return read_pictures(reading)
    return kept_pictures(each.read_bytes() for each in sorted(machine.glob(f"*{VOLUMES}")))


def of_machine(folder: Path) -> tuple[Dataset, list[Dataset]]:
    """The unsigned measurements and the segmentations in a folder that was written before."""
    objects = [dcmread(each) for each in sorted(folder.glob("*.dcm"))]
    reports = [
        each
        for each in objects
        if each.SOPClassUID == ComprehensiveSRStorage and each.VerificationFlag == "UNVERIFIED"
    ]
    if len(reports) != 1:
        raise SettingsError(
            f"The folder of the unsigned results holds {len(reports)} measurement reports; "
            "expected one. Give the folder that was written of this reading."
        )
    return reports[0], [each for each in objects if each.SOPClassUID == SegmentationStorage]
