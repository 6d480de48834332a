"""CBIS-DDSM, digitised films with pathology and outlines.

Lee et al., Scientific Data 2017, 10.1038/sdata.2017.177; files at the Cancer Imaging Archive,
10.7937/K9/TCIA.2016.7O02S9CY, CC BY 3.0. The layout is that of the archive's page and of public
programs which load the set; this module HAS NOT YET READ THE WHOLE SET:

- `mass_case_description_train_set.csv`, `..._test_set.csv` and the same of `calc_`, a row for each
  abnormality; `pathology` is MALIGNANT, BENIGN or BENIGN_WITHOUT_CALLBACK; a cell may end in a
  line break;
- `CBIS-DDSM/Mass-Training_P_00001_LEFT_CC/STUDY/SERIES/1-1.dcm`, the whole picture; the tables
  call the file 000000.dcm. Its mask and a crop lie in `..._LEFT_CC_1/`, often in one series and
  with their names exchanged in the table, so that size tells them apart.
"""

from __future__ import annotations

import re
from pathlib import Path

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView, Region
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

TABLES = {
    f"{kind}_case_description_{part}_set.csv": part
    for kind in ("mass", "calc")
    for part in ("train", "test")
}
COLUMNS = (
    "patient_id", "left or right breast", "image view", "pathology", "image file path",
    "ROI mask file path",
)  # fmt: skip
SIDES = {"LEFT": Laterality.LEFT, "RIGHT": Laterality.RIGHT}
VIEWS = {"CC": "CC", "MLO": "MLO"}
IS_MALIGNANT = {"MALIGNANT": True, "BENIGN": False, "BENIGN_WITHOUT_CALLBACK": False}
_CASE = re.compile(r"(Mass|Calc)-(Training|Test)_P_\d+_(LEFT|RIGHT)_(CC|MLO)(_\d+)?")


def read_cbis_ddsm(folder: Path) -> tuple[MarkedView, ...]:
    """A view for each picture, with all its regions. A patient may be in both parts."""
    tables = [folder / name for name in TABLES if (folder / name).is_file()]
    if not tables:
        raise DataSetError(
            f"{folder} has none of {', '.join(TABLES)}; expected one at least. Give the folder "
            "that holds the tables and the folder CBIS-DDSM."
        )
    rows_of: dict[str, list[SetRow]] = {}
    for table in tables:
        for row in read_rows(table, COLUMNS):
            rows_of.setdefault(_case(row, "image file path"), []).append(row)
    return tuple(_view(folder, case, rows) for case, rows in rows_of.items())


def _view(folder: Path, case: str, rows: list[SetRow]) -> MarkedView:
    first = rows[0]
    regions = []
    for row in rows:
        is_malignant = row.word("pathology", IS_MALIGNANT)
        masks = _files(folder, row, "ROI mask file path")
        regions.append(Region(is_malignant, masks=masks))
    found = _files(folder, first, "image file path")
    if len(found) != 1:
        raise first.trouble("image file path", f"one .dcm file in {case}, not {len(found)}")
    any_malignant = any(region.is_malignant for region in regions)
    return MarkedView(
        name=case,
        patient=first["patient_id"],
        laterality=first.word("left or right breast", SIDES),
        view=first.word("image view", VIEWS),
        image=found[0],
        diagnosis=Diagnosis.MALIGNANT if any_malignant else Diagnosis.BENIGN,
        regions=tuple(regions),
        part=TABLES[first.table.name],
    )


def _case(row: SetRow, column: str) -> str:
    name = row[column].split("/", 1)[0]
    if not _CASE.fullmatch(name):
        raise row.trouble(column, "a path such as Mass-Training_P_00001_LEFT_CC/.../000000.dcm")
    return name


def _files(folder: Path, row: SetRow, column: str) -> tuple[Path, ...]:
    """All of the case, in whichever way the archive's downloader named them."""
    case = _case(row, column)
    for root in (folder / "CBIS-DDSM" / case, folder / case):
        if found := sorted(root.rglob("*.dcm")):
            return tuple(found)
    raise row.trouble(column, f"a folder CBIS-DDSM/{case} with .dcm files")
