"""The files that a reading becomes, as they are written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydicom import Dataset

from senoscope.studies.results.made_object import written

VOLUMES = ".npz"
"""Ending of what is kept of a breast MRI for the page, see `studies.mri.kept_analysis`."""


@dataclass(frozen=True, slots=True)
class WrittenResult:
    """One file, by its `kind`.

    "segmentation", "map", "key image", "volumes", "marks", "cad", "measurements", "report" or
    "data".

    `instance_uid` and `sop_class` are None where it is no DICOM object.
    """

    kind: str
    path: Path
    instance_uid: str | None = None
    sop_class: str | None = None


class MadeResults:
    """What was written so far."""

    def __init__(self, folder: Path) -> None:
        self.results: list[WrittenResult] = []
        self._folder = folder

    def add(self, kind: str, objects: Sequence[Dataset]) -> None:
        """Write DICOM objects."""
        for each in objects:
            path = written(each, self._folder)
            uids = str(each.SOPInstanceUID), str(each.SOPClassUID)
            self.results.append(WrittenResult(kind, path, *uids))

    def add_file(self, kind: str, name: str, content: bytes) -> None:
        """Write what is none, under that name."""
        path = self._folder / name
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self.results.append(WrittenResult(kind, path))
