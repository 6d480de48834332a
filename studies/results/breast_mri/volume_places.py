"""A dynamic series as highdicom has volumes: where it lies, and the images it was read from."""

from __future__ import annotations

from typing import Any

import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sequence import Sequence as Items

from senoscope import __version__
from senoscope.domain.breast_mri import VolumeGeometry
from senoscope.studies.files.study_header import text_of
from senoscope.studies.results.identity import MANUFACTURER, MODEL_NAME, SERIAL_NUMBER, new_uid
from senoscope.studies.results.made_object import NewSeries, contributing_equipment
from senoscope.studies.results.sr_document import Headers
from senoscope.studies.study_reading import ReadVolumes


def volume_of(
    array: NDArray[Any],
    geometry: VolumeGeometry,
    corner: tuple[int, int, int],
    frame_of_reference_uid: str | None,
    **channels: Any,
) -> hd.Volume:
    """`array` is (slices, rows, columns, ...), its first voxel at `corner` of that geometry."""
    affine = np.eye(4)
    affine[:3, :3] = (geometry.axes * np.array(geometry.spacing_mm)[:, None]).T
    affine[:3, 3] = geometry.in_patient(np.array([corner], np.float64))[0]
    return hd.Volume(
        array,
        affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=frame_of_reference_uid,
        **channels,
    )


def source_headers(volumes: ReadVolumes, headers: Headers) -> list[Dataset]:
    """Of the images that hold the last phase before contrast, each once."""
    return [headers.header(uid) for uid in instances_of(volumes)]


def instances_of(volumes: ReadVolumes) -> list[str]:
    """Their SOPInstanceUIDs, each once, in order."""
    return list(dict.fromkeys(each.instance_uid for each in volumes.slices))


def frame_of_reference(source: Dataset) -> str | None:
    """None where it is not said: then a viewer lays nothing over other series."""
    return text_of(source, "FrameOfReferenceUID") or None


def common_arguments(series: NewSeries, number: int) -> dict[str, Any]:
    """Of every object that highdicom makes: who made it, and in which series."""
    return {
        "series_instance_uid": series.uid,
        "series_number": series.number,
        "sop_instance_uid": new_uid(),
        "instance_number": number,
        "manufacturer": MANUFACTURER,
        "manufacturer_model_name": MODEL_NAME,
        "software_versions": __version__,
        "device_serial_number": SERIAL_NUMBER,
    }


def completed(made: Dataset, series: NewSeries) -> Dataset:
    """With what all objects of ours say. Changes `made`."""
    made.SeriesDescription = series.description
    made.SeriesDate, made.SeriesTime = made.ContentDate, made.ContentTime
    made.ContributingEquipmentSequence = Items([contributing_equipment()])
    # highdicom's own; whoever writes the file says who that was, as in all other objects.
    del made.file_meta.ImplementationClassUID, made.file_meta.ImplementationVersionName
    return made
