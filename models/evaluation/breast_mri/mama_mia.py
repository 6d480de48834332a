"""MAMA-MIA: 1,506 dynamic breast MRI of four collections with experts' outlines of the tumour.

Garrucho et al., Sci Data 2025;12:453 (10.1038/s41597-025-04707-4), Synapse syn60868042:

images/PATIENT/PATIENT_0000.nii.gz       before contrast; _0001, _0002, ... after it
segmentations/expert/PATIENT.nii.gz      the primary tumour, on the same grid
train_test_splits.csv                    columns train_split and test_split, a patient a row
clinical_and_imaging_info.xlsx           sheet dataset_info; or the same as .csv
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from senoscope.domain.breast_mri import DynamicSeries, Mask
from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.breast_mri.nifti import as_mask, read_nifti
from senoscope.models.evaluation.xlsx_table import read_xlsx

SPLITS, INFO, SHEET = "train_test_splits.csv", "clinical_and_imaging_info", "dataset_info"
SIMULATED = "SIMULATED"
MOST_PHASES = 40
LONGEST_TABLE = 16 * 2**20
"""Bytes of a .csv table."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TIMES = re.compile(r"\[\s*\d+(\.\d+)?(\s*,\s*\d+(\.\d+)?)*\s*\]")
_NEED = "patient_id", "acquisition_times", "fat_suppressed"


class MamaMiaSplit(StrEnum):
    """As published."""

    TRAIN = "train"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class MamaMiaPatient:
    """`times_s` None where the table has none that fit; `trouble` says why, in words.

    `is_simulated`: the table calls its data set SIMULATED, which none of the published is.
    """

    name: str
    split: MamaMiaSplit
    phases: tuple[Path, ...]
    outline: Path
    times_s: tuple[float, ...] | None
    fat_suppressed: bool | None
    is_simulated: bool = False
    trouble: str | None = None

    def series(self) -> DynamicSeries:
        """Read now. DataSetError where phases lie on several grids; ImageError for a bad one."""
        first, geometry = read_nifti(self.phases[0])
        volumes = [first]
        for path in self.phases[1:]:
            volume, its = read_nifti(path)
            if volume.shape != first.shape or not its.is_close(geometry):
                raise DataSetError(
                    f"{path.name} lies on another grid than {self.phases[0].name}; expected one "
                    "for all phases. Download both again."
                )
            volumes.append(volume)
        return DynamicSeries(
            tuple(volumes), geometry.geometry, self.times_s, fat_suppressed=self.fat_suppressed
        )

    def tumour(self, shape: Sequence[int]) -> Mask:
        """The expert's outline, of a volume of `shape`. DataSetError where it has another."""
        volume, _ = read_nifti(self.outline)
        if volume.shape != tuple(shape):
            raise DataSetError(
                f"The outline {self.outline.name} is {volume.shape}, its phases {tuple(shape)}; "
                "expected one grid. Download both again."
            )
        return as_mask(volume, self.outline)


def read_mama_mia(folder: Path, split: MamaMiaSplit | None = None) -> tuple[MamaMiaPatient, ...]:
    """Patients of `split`, or of both, whose images and outline are there, by name.

    DataSetError where a table is missing or contradicts itself, and where no patient is there.
    """
    of_split = _splits(folder / SPLITS)
    info = _info(folder)
    wanted = sorted(name for name, its in of_split.items() if split in (None, its))
    found = [
        each
        for name in wanted
        if (each := _patient(folder, name, of_split[name], info.get(name))) is not None
    ]
    if not found:
        raise DataSetError(
            f"Of {len(wanted)} patients in {SPLITS} none has images and an outline in {folder}; "
            "expected images/PATIENT/PATIENT_0000.nii.gz on and segmentations/expert/PATIENT.nii."
            "gz. Download the images, or a part of them."
        )
    return tuple(found)


def _patient(
    folder: Path, name: str, split: MamaMiaSplit, info: Mapping[str, str] | None
) -> MamaMiaPatient | None:
    """None where its files were not downloaded."""
    outline = folder / "segmentations" / "expert" / f"{name}.nii.gz"
    images = folder / "images" / name
    phases: list[Path] = []
    while (path := images / f"{name}_{len(phases):04}.nii.gz").is_file():
        phases.append(path)
        if len(phases) > MOST_PHASES:
            raise DataSetError(
                f"{name} has more than {MOST_PHASES} phases; expected a few. Look at {images}."
            )
    if not phases or not outline.is_file():
        return None
    if len(phases) < 2:
        raise DataSetError(
            f"{name} has one phase alone; expected one before contrast and one after at least. "
            "Download the others, or remove its folder."
        )
    times, trouble = _times(name, info, len(phases))
    said = (info or {}).get("fat_suppressed", "")
    suppressed = {"1": True, "0": False, "1.0": True, "0.0": False}.get(said)
    simulated = (info or {}).get("dataset") == SIMULATED
    return MamaMiaPatient(
        name, split, tuple(phases), outline, times, suppressed, simulated, trouble
    )


def _times(
    name: str, info: Mapping[str, str] | None, phases: int
) -> tuple[tuple[float, ...] | None, str | None]:
    """In seconds from the first phase, and what is wrong with them where they are not taken."""
    text = (info or {}).get("acquisition_times", "")
    if not text:
        return None, f"{name}: no acquisition_times in the table; read without seconds"
    if not _TIMES.fullmatch(text):
        return None, f"{name}: acquisition_times {text[:60]!r} is no list; read without seconds"
    times = tuple(float(each) for each in text.strip("[] ").split(","))
    if len(times) != phases or any(one >= other for one, other in pairwise(times)):
        return None, (
            f"{name}: acquisition_times {text[:60]} of {phases} phases do not rise one for each; "
            "read without seconds"
        )
    return times, None


def _splits(path: Path) -> dict[str, MamaMiaSplit]:
    rows = _csv(path, "the published split of patients")
    found: dict[str, MamaMiaSplit] = {}
    for row in rows:
        for split in MamaMiaSplit:
            name = (row.get(f"{split}_split") or "").strip()
            if not name or name.lower() == "nan":
                continue
            if not _NAME.fullmatch(name):
                raise DataSetError(
                    f"{path.name} names a patient {name[:40]!r}; expected letters, digits, _ and "
                    "-. Download the table again."
                )
            if found.setdefault(name, split) is not split:
                raise DataSetError(
                    f"{path.name} has {name} in both splits; expected each patient in one. "
                    "Download the table again."
                )
    if not found:
        raise DataSetError(
            f"{path.name} names no patient; expected the columns train_split and test_split. "
            "Download the table again."
        )
    return found


def _info(folder: Path) -> dict[str, dict[str, str]]:
    """By patient, of either form of the table. Neither being there is allowed: no times then."""
    book, text = folder / f"{INFO}.xlsx", folder / f"{INFO}.csv"
    if book.is_file():
        head, *rows = read_xlsx(book, SHEET) or ({},)
        columns = {title: place for place, title in head.items()}
        table = [{name: row.get(place, "") for name, place in columns.items()} for row in rows]
    elif text.is_file():
        table = _csv(text, "what is known of each patient")
        columns = {name: 0 for row in table[:1] for name in row}
    else:
        return {}
    lacking = [name for name in _NEED if name not in columns]
    if lacking:
        raise DataSetError(
            f"{INFO} has no column {', '.join(lacking)}; expected the table as published. "
            "Download it again."
        )
    return {row["patient_id"]: {k: (v or "").strip() for k, v in row.items()} for row in table}


def _csv(path: Path, what: str) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > LONGEST_TABLE:
            raise DataSetError(
                f"{path.name} is larger than {LONGEST_TABLE} bytes; expected {what}."
            )
        with path.open(newline="", encoding="utf-8-sig") as file:
            return [{k: v or "" for k, v in row.items() if k} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataSetError(
            f"{path} cannot be read ({error}); expected {what}, a table in UTF-8. Give the folder "
            "that the set was downloaded into."
        ) from error
