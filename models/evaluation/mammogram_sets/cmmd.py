"""CMMD, the Chinese Mammography Database: digital mammograms with biopsy results by breast.

Cui et al., Cancer Imaging Archive 2021, 10.7937/tcia.eqde-4b16, CC BY 4.0. The layout is that of
the archive's page and of public programs which load the set; this module HAS NOT YET READ IT:

- `CMMD_clinicaldata_revision.xlsx` (or saved as .csv), a row for each breast: ID1 (D1-0001),
  LeftRight (L, R), Age, number, abnormality, classification (Benign, Malignant), subtype;
- `CMMD/D1-0001/STUDY/SERIES/1-1.dcm`; side and view are in the header alone, of which the caller
  tells. A breast without a row has no diagnosis. Nothing is outlined.
"""

from __future__ import annotations

import re
from pathlib import Path

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView, ReadSaid
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

TABLE = "CMMD_clinicaldata_revision"
SHEET = "Sheet1"
COLUMNS = ("ID1", "LeftRight", "classification")
SIDES = {"L": Laterality.LEFT, "R": Laterality.RIGHT}
DIAGNOSES = {"BENIGN": Diagnosis.BENIGN, "MALIGNANT": Diagnosis.MALIGNANT}
_PATIENT = re.compile(r"D\d-\d{4}")


def read_cmmd(folder: Path, said_of: ReadSaid) -> tuple[MarkedView, ...]:
    """A view for each file of the patients in the table. `said_of` reads a file's header."""
    tables = [folder / f"{TABLE}{suffix}" for suffix in (".csv", ".xlsx")]
    table = next((each for each in tables if each.is_file()), tables[-1])
    diagnoses: dict[tuple[str, Laterality], Diagnosis] = {}
    first: dict[str, SetRow] = {}
    for row in read_rows(table, COLUMNS, SHEET):
        breast = row["ID1"], row.word("LeftRight", SIDES)
        diagnosis = row.word("classification", DIAGNOSES)
        # Two abnormalities of one breast are two rows: the worse one counts.
        if diagnoses.get(breast) is not Diagnosis.MALIGNANT:
            diagnoses[breast] = diagnosis
        first.setdefault(row["ID1"], row)
    views = []
    for patient, row in first.items():
        for path in _files(folder, row):
            side, view = said_of(path)
            if side is None or view is None:
                raise DataSetError(
                    f"The header of {path.relative_to(folder)} says side {side} and view {view}; "
                    "expected both. Download this file again."
                )
            diagnosis_of = diagnoses.get((patient, side))
            views.append(
                MarkedView(f"{patient} {path.stem}", patient, side, view, path, diagnosis_of)
            )
    return tuple(views)


def _files(folder: Path, row: SetRow) -> tuple[Path, ...]:
    name = row["ID1"]
    found = sorted((folder / "CMMD" / name).rglob("*.dcm")) if _PATIENT.fullmatch(name) else []
    if not found:
        raise row.trouble(
            "ID1", "such as D1-0001, and a folder of that name in CMMD with .dcm files"
        )
    return tuple(found)
