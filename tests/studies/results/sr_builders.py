"""Headers of images, and what is written of them, for the tests of structured reports."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from pydicom import Dataset, dcmread, uid

from senoscope.studies.results.copied_modules import make_sound
from senoscope.studies.results.made_object import written
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.study_builders import image, ultrasound

CHINESE = "王^小东=Wang^XiaoDong"
UNAVOIDABLE = (
    # Of the program, not of the file: DCMTK 3.6.7 as Debian builds it.
    "W: The VR checker does not support this Specific Character Set: ISO_IR 192",
    "W: Check for template constraints not yet supported",
)


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
    assert dciodvfy_errors(path) == []
    command = ["dsrdump", str(path)]
    done = subprocess.run(
        # It cuts texts, and letters with them.
        command,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    said = [each for each in done.stderr.splitlines() if each.strip()]
    assert (done.returncode, [each for each in said if each not in UNAVOIDABLE]) == (0, [])
    assert "(invalid)" not in done.stdout
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
