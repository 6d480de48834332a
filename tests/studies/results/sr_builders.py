"""Headers of images, and what is written of them, for the tests of structured reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydicom import Dataset, dcmread, uid

from senoscope.studies.results.copied_modules import make_sound
from senoscope.studies.results.made_object import written
from tests.studies.results.conformance import dciodvfy_errors, dsrdump_complaints
from tests.studies.study_builders import image, ultrasound

CHINESE = "王^小东=Wang^XiaoDong"


class UltrasoundHeaders:
    """Cines of three frames of the left breast, of a patient with a Chinese name."""

    def __init__(self, **changed: Any) -> None:
        self._changed = changed

    def header(self, instance_uid: str) -> Dataset:
        given = {
            "PatientName": CHINESE,
            "SpecificCharacterSet": "GB18030",
            "Laterality": "L",
            "StudyDate": "20261128",
        }
        made = ultrasound(int(instance_uid.rsplit(".", 1)[1]), **(given | self._changed))
        make_sound(made)
        return made


class MammogramHeaders:
    """Mammograms For Presentation of the same patient."""

    def header(self, instance_uid: str) -> Dataset:
        made = image(
            int(instance_uid.rsplit(".", 1)[1]),
            SOPClassUID=uid.DigitalMammographyXRayImageStorageForPresentation,
            Modality="MG",
            PatientName=CHINESE,
            SpecificCharacterSet="GB18030",
            StudyDate="20261128",
            StudyTime="091500",
            ContentDate="20261128",
            ContentTime="091501",
            PatientOrientation=["A", "FR"],
            ImagerPixelSpacing=[0.07, 0.08],
            PixelSpacing=None,
        )
        make_sound(made)
        return made


def kept(made: Dataset, folder: Path) -> Dataset:
    """Written, found sound by dciodvfy and by DCMTK's dsrdump, and read again."""
    path = written(made, folder)
    assert dciodvfy_errors(path) == dsrdump_complaints(path) == []
    read: Dataset = dcmread(path)
    return read


def referenced(document: Dataset, keyword: str) -> list[str]:
    """The SOPInstanceUIDs in a sequence of references."""
    return [
        instance.ReferencedSOPInstanceUID
        for study in document.get(keyword, ())
        for series in study.ReferencedSeriesSequence
        for instance in series.ReferencedSOPSequence
    ]
