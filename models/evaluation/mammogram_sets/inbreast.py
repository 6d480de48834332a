"""INbreast: 410 digital mammograms of 115 women, with outlines; labels are BI-RADS.

Moreira et al., Academic Radiology 2012;19:236, 10.1016/j.acra.2011.09.014. The layout is that of
the release 1.0 as public programs load it; this module HAS NOT YET READ IT:

- `INbreast.csv`, apart by semicolons: Patient ID (removed), Laterality, View, File Name (a number),
  ACR, Bi-Rads (1, 2, 3, 4a, 4b, 4c, 5, 6), and others;
- `AllDICOMs/NUMBER_PATIENT_MG_L_CC_ANON.dcm`: the patient is in the file's name alone;
- `AllXML/NUMBER.xml`, a property list of OsiriX: Images[0].ROIs, each with a Name and Point_px,
  "(x, y)" as text. A picture without finding has none.

"Malignant" is here BI-RADS 4 to 6 and "benign" 2 or 3, as in most reports on this set.
"""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView, Region
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

TABLE = "INbreast.csv"
COLUMNS = ("Laterality", "View", "File Name", "Bi-Rads")
SIDES = {"L": Laterality.LEFT, "R": Laterality.RIGHT}
VIEWS = {"CC": "CC", "MLO": "MLO", "ML": "ML", "FB": "FB"}
DIAGNOSES = {
    "1": Diagnosis.NORMAL, "2": Diagnosis.BENIGN, "3": Diagnosis.BENIGN,
    **dict.fromkeys(("4", "4A", "4B", "4C", "5", "6"), Diagnosis.MALIGNANT),
}  # fmt: skip
NOT_A_FINDING = ("Pectoral Muscle",)
LARGEST = 16 * 2**20


def read_inbreast(folder: Path) -> tuple[MarkedView, ...]:
    """A view for each row of the table."""
    return tuple(_view(folder, row) for row in read_rows(folder / TABLE, COLUMNS))


def _view(folder: Path, row: SetRow) -> MarkedView:
    number = row["File Name"]
    found = sorted((folder / "AllDICOMs").glob(f"{number}_*.dcm")) if number.isdecimal() else []
    if len(found) != 1 or len(found[0].stem.split("_")) < 3:
        raise row.trouble("File Name", f"one file AllDICOMs/NUMBER_PATIENT_*.dcm, not {len(found)}")
    diagnosis = row.word("Bi-Rads", DIAGNOSES)
    outlines = folder / "AllXML" / f"{number}.xml"
    regions = _regions(outlines, diagnosis) if outlines.is_file() else ()
    return MarkedView(
        name=number,
        patient=found[0].stem.split("_")[1],
        laterality=row.word("Laterality", SIDES),
        view=row.word("View", VIEWS),
        image=found[0],
        diagnosis=diagnosis,
        regions=regions,
    )


def _regions(path: Path, diagnosis: Diagnosis) -> tuple[Region, ...]:
    """An outline has no assessment of its own: it has the picture's."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes")
        content: Any = plistlib.loads(path.read_bytes(), fmt=plistlib.FMT_XML)
        found = [
            tuple(_point(text) for text in roi["Point_px"])
            for roi in content["Images"][0]["ROIs"]
            if roi.get("Name") not in NOT_A_FINDING
        ]
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, ExpatError) as no:
        raise DataSetError(
            f"AllXML/{path.name} is not understood ({no!r:.200}); expected a property list with "
            "Images, ROIs and Point_px. Unpack it again."
        ) from no
    is_malignant = diagnosis is Diagnosis.MALIGNANT
    return tuple(Region(is_malignant, outline) for outline in found if outline)


def _point(text: str) -> tuple[float, float]:
    x, y = text.strip().strip("()").split(",")
    return float(x), float(y)
