"""Studies that the tests write."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from pydicom import Dataset, uid

from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_limits import LeftOut, StudyLimits
from senoscope.studies.images.series import Study, read_studies
from tests.studies.dicom_files import cine, grey_frames, write

STUDY, SERIES = "1.2.3.1", "1.2.3.1.7"


def image(number: int = 1, **changed: Any) -> Dataset:
    """One slice of MR, 120 x 160, in STUDY and SERIES."""
    given: dict[str, Any] = {
        "SOPClassUID": uid.MRImageStorage,
        "SOPInstanceUID": f"{SERIES}.{number}",
        "StudyInstanceUID": STUDY,
        "SeriesInstanceUID": SERIES,
        "Modality": "MR",
        "PatientID": "77-1234",
        "PixelSpacing": [0.5, 0.5],
        "BurnedInAnnotation": "NO",
        "NumberOfFrames": None,
        "FrameTime": None,
        "SequenceOfUltrasoundRegions": None,
    }
    return cine(grey_frames(1), **_said(given | changed))


def ultrasound(number: int = 1, **changed: Any) -> Dataset:
    """One ultrasound cine of three frames."""
    given: dict[str, Any] = {
        "SOPInstanceUID": f"{SERIES}.{number}",
        "StudyInstanceUID": STUDY,
        "SeriesInstanceUID": SERIES,
        "Modality": "US",
        "BurnedInAnnotation": "NO",
    }
    return cine(grey_frames(3), **_said(given | changed))


def _said(given: dict[str, Any]) -> dict[str, Any]:
    """Without those that are None, but for what `cine` would say by itself."""
    default = cine(grey_frames(1))
    return {key: each for key, each in given.items() if each is not None or key in default}


def folder_of(path: Path, *headers: Dataset) -> Path:
    """A folder with these files, the first named a."""
    path.mkdir(exist_ok=True)
    for number, header in enumerate(headers):
        write(path / chr(ord("a") + number), header)
    return path


def read(path: Path, limits: StudyLimits | None = None) -> tuple[list[Study], list[LeftOut]]:
    """All studies at the path, and what was left out."""
    with StudyFiles(path, limits) as files:
        studies, left_out = read_studies(files)
    return list(studies), list(left_out)


def places(path: Path, limits: StudyLimits | None = None) -> tuple[list[int], list[str]]:
    """The numbers of the files found, and a line for each reason to leave others out."""
    with StudyFiles(path, limits) as files:
        found = [each.place for each in files]
        return found, [str(each) for each in files.left_out]


def zipped(path: Path, members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip of these members."""
    with zipfile.ZipFile(path, "w", packing) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def content(tmp_path: Path, header: Dataset | None = None) -> bytes:
    """Of one DICOM file."""
    return write(tmp_path / "content", header or image()).read_bytes()
