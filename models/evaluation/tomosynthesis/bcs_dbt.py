"""BCS-DBT: screening tomosynthesis of 5,060 patients, with labels by view and boxes.

Buda et al., JAMA Netw Open 2021;4:e2119100, 10.1001/jamanetworkopen.2021.19100; files at the Cancer
Imaging Archive, 10.7937/E4WT-CD02. The layout is that of the archive's page, the authors' loader
and public programs which load the set; this module HAS NOT YET READ IT. Of each part, named train,
validation or test:

- `BCS-DBT-file-paths-PART*.csv`: PatientID, StudyUID, View, descriptive_path, classic_path;
- `BCS-DBT-labels-PART*.csv`: PatientID, StudyUID, View, and of Normal, Actionable, Benign and
  Cancer one that is 1;
- `BCS-DBT-boxes-PART*.csv`: PatientID, StudyUID, View, Subject, Slice (from 0), X, Y, Width,
  Height, Class (benign, cancer), AD (a distortion), VolumeSlices;
- `Breast-Cancer-Screening-DBT/...`, one multi-frame file for each view (lcc, rmlo, lcc2, ...).

The side in the headers is not to be trusted, says the authors' loader, which takes it from `View`
and turns a picture by half where its breast lies at the other edge: boxes are of turned pictures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows
from senoscope.models.programmed.mammography.breast import Edge

KEY = ("PatientID", "StudyUID", "View")
PATHS = ("descriptive_path", "classic_path")
BOX = ("Slice", "X", "Y", "Width", "Height", "Class", "AD", "VolumeSlices")
IS_CANCER = {"BENIGN": False, "CANCER": True}
FLAGS = {"0": False, "1": True, "FALSE": False, "TRUE": True}
SIDES = {"l": Laterality.LEFT, "r": Laterality.RIGHT}
_VIEW = re.compile(r"([lr])(cc|mlo)\d*")
Key = tuple[str, str]
"""StudyUID and View, which name a volume."""


class BcsDbtPart(StrEnum):
    """As published: patients to learn from, to choose by and to test on."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class BcsDbtLabel(StrEnum):
    """Actionable: called back, not biopsied. Benign and cancer are proven by biopsy."""

    NORMAL = "Normal"
    ACTIONABLE = "Actionable"
    BENIGN = "Benign"
    CANCER = "Cancer"


@dataclass(frozen=True, slots=True)
class BcsDbtBox:
    """Upper left corner and size in pixels of the turned picture, in frame `slice` from 0."""

    slice: int
    left: float
    top: float
    width: float
    height: float
    is_cancer: bool
    is_distortion: bool


@dataclass(frozen=True, slots=True)
class BcsDbtView:
    """A volume. `view` is as published, `slices` how many it has where a box says so.

    `path` is None where its file is not there: the whole set is 1.6 TB, and scores need no pixels.
    """

    patient: str
    study_uid: str
    view: str
    part: BcsDbtPart
    label: BcsDbtLabel
    boxes: tuple[BcsDbtBox, ...]
    slices: int | None
    path: Path | None

    @property
    def key(self) -> Key:
        """What names it."""
        return self.study_uid, self.view

    @property
    def laterality(self) -> Laterality:
        """By `view`, never by the header."""
        return SIDES[self.view[0]]

    @property
    def projection(self) -> str:
        """CC or MLO."""
        return "MLO" if "mlo" in self.view else "CC"


def read_bcs_dbt(
    folder: Path, parts: Sequence[BcsDbtPart] = tuple(BcsDbtPart)
) -> tuple[BcsDbtView, ...]:
    """Every volume of those parts whose labels lie in `folder`. No patient is in two parts.

    DataSetError where nothing is there, or what is there is not as published.
    """
    views: list[BcsDbtView] = []
    for part in parts:
        labels = _table(folder, "labels", part)
        if labels is not None:
            views += _part(folder, part, labels)
    if not views:
        raise DataSetError(
            f"{folder} has no table BCS-DBT-labels-PART*.csv of {', '.join(parts)}; expected one "
            "at least. Give the folder that holds the published tables."
        )
    part_of: dict[str, BcsDbtPart] = {}
    for view in views:
        if part_of.setdefault(view.patient, view.part) != view.part:
            raise DataSetError(
                f"Patient {view.patient} is in the parts {part_of[view.patient]} and {view.part}; "
                "expected each in one alone. Give the tables as their authors published them."
            )
    return tuple(views)


def _part(folder: Path, part: BcsDbtPart, labels: Path) -> list[BcsDbtView]:
    boxes: dict[Key, list[BcsDbtBox]] = {}
    slices: dict[Key, int] = {}
    files: dict[Key, Path] = {}
    box_table, path_table = _table(folder, "boxes", part), _table(folder, "file-paths", part)
    for row in () if box_table is None else read_rows(box_table, (*KEY, *BOX), fewest=0):
        boxes.setdefault(_key(row), []).append(_box(row))
        slices.setdefault(_key(row), _count(row, "VolumeSlices", 1))
    for row in () if path_table is None else read_rows(path_table, (*KEY, *PATHS)):
        found = _file(folder, row)
        if found is not None:
            files[_key(row)] = found
    rows = read_rows(labels, (*KEY, *BcsDbtLabel))
    keys = [_key(row) for row in rows]
    unknown = boxes.keys() - set(keys)
    if unknown or len(set(keys)) < len(keys):
        raise DataSetError(
            f"{labels.name} has {len(keys)} rows of {len(set(keys))} volumes and lacks "
            f"{len(unknown)} that have boxes; expected a row for each volume, once. Give the "
            "tables as their authors published them."
        )
    return [
        BcsDbtView(
            patient=row["PatientID"],
            study_uid=key[0],
            view=key[1],
            part=part,
            label=_label(row),
            boxes=tuple(boxes.get(key, ())),
            slices=slices.get(key),
            path=files.get(key),
        )
        for row, key in zip(rows, keys, strict=True)
    ]


def _table(folder: Path, what: str, part: BcsDbtPart) -> Path | None:
    found = sorted(folder.glob(f"BCS-DBT-{what}-{part}*.csv"))
    if len(found) > 1:
        raise DataSetError(
            f"{folder} has {len(found)} tables of {what} of {part}: "
            f"{', '.join(each.name for each in found)[:300]}; expected one. Keep the newest."
        )
    return found[0] if found else None


def _key(row: SetRow) -> Key:
    view = row["View"].lower()
    if not _VIEW.fullmatch(view):
        raise row.trouble("View", "such as lcc, rcc, lmlo or rmlo")
    return row["StudyUID"], view


def _label(row: SetRow) -> BcsDbtLabel:
    marked = [label for label in BcsDbtLabel if row.word(label, FLAGS)]
    if len(marked) != 1:
        raise row.trouble("Normal", "that of Normal, Actionable, Benign and Cancer one is 1")
    return marked[0]


def _box(row: SetRow) -> BcsDbtBox:
    left, top, width, height = (row.number(name) for name in ("X", "Y", "Width", "Height"))
    if width <= 0 or height <= 0:
        raise row.trouble("Width" if width <= 0 else "Height", "pixels above 0")
    slices, at = _count(row, "VolumeSlices", 1), _count(row, "Slice", 0)
    if at >= slices:
        raise row.trouble("Slice", f"one of {slices} slices, from 0")
    is_cancer = row.word("Class", IS_CANCER)
    return BcsDbtBox(at, left, top, width, height, is_cancer, row.word("AD", FLAGS))


def _count(row: SetRow, column: str, least: int) -> int:
    # VolumeSlices is written as 51.0 in some of the tables.
    value = row.number(column)
    if value != int(value) or value < least:
        raise row.trouble(column, f"a whole number from {least}")
    return int(value)


def _file(folder: Path, row: SetRow) -> Path | None:
    """The file, by either of its two published names; None where it was not downloaded."""
    for column in PATHS:
        name = row[column]
        parts = Path(name).parts
        if ".." in parts or Path(name).is_absolute():
            raise row.trouble(column, "a path within the data set's folder")
        if parts and "\0" not in name and (folder / name).is_file():
            return folder / name
    return None


def is_turned(view: BcsDbtView, wall: Edge) -> bool:
    """Whether the authors' loader turns the stored picture, whose breast lies at `wall`, by half.

    Theirs compares the sums of the outermost columns; here it is where the chest wall was found.
    """
    if wall not in (Edge.LEFT, Edge.RIGHT):
        raise ImageError(
            f"The breast of {view.view} of study {view.study_uid} lies at the edge {wall}; "
            "expected the left or the right one. Download this file again."
        )
    return (wall is Edge.LEFT) != (view.laterality is Laterality.LEFT)


def turned(points: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """(n, 2) [x, y], pixel centres at integers, of a picture (rows, columns) turned by half."""
    rows, columns = shape
    return np.asarray(np.array([columns - 1, rows - 1], np.float32) - points, np.float32)


def box_centre(box: BcsDbtBox) -> tuple[float, float]:
    """[x, y] in pixels whose centres are at integers: a box of width 1 at X has it at X."""
    return box.left + (box.width - 1) / 2, box.top + (box.height - 1) / 2
