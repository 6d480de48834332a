"""VinDr-Mammo: digital exams of four views, read by radiologists; no pathology.

Nguyen et al., Scientific Data 2023, 10.1038/s41597-023-02100-7; PhysioNet, 10.13026/br2v-7517,
for credentialed users. The layout is that of the paper and of public programs which load the set;
this module HAS NOT YET READ IT:

- `breast-level_annotations.csv`, a row for each picture: study_id, image_id, laterality,
  view_position, breast_birads ("BI-RADS 1" to 5), split (training, test), and others;
- `finding_annotations.csv`, a row for each finding: image_id, finding_categories ("['Mass']"),
  finding_birads, xmin, ymin, xmax, ymax, empty where there is no finding;
- `images/STUDY/IMAGE.dicom`. No patient is named: a study stands for one.

"Malignant" is here what a reader called BI-RADS 4 or 5, and "benign" 2 or 3: suspicion, not truth.
"""

from __future__ import annotations

from pathlib import Path

from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView, Region, box
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

BREASTS, FINDINGS = "breast-level_annotations.csv", "finding_annotations.csv"
COLUMNS = ("study_id", "image_id", "laterality", "view_position", "breast_birads", "split")
CORNERS = ("xmin", "ymin", "xmax", "ymax")
SIDES = {"L": Laterality.LEFT, "R": Laterality.RIGHT}
VIEWS = {"CC": "CC", "MLO": "MLO"}
PARTS = {"TRAINING": "train", "TEST": "test"}
DIAGNOSES = {
    "BI-RADS 1": Diagnosis.NORMAL,
    "BI-RADS 2": Diagnosis.BENIGN,
    "BI-RADS 3": Diagnosis.BENIGN,
    "BI-RADS 4": Diagnosis.MALIGNANT,
    "BI-RADS 5": Diagnosis.MALIGNANT,
}


def read_vindr_mammo(folder: Path) -> tuple[MarkedView, ...]:
    """A view for each row of breasts, with the boxes of its findings."""
    regions: dict[str, list[Region]] = {}
    for row in read_rows(folder / FINDINGS, ("image_id", "finding_birads", *CORNERS)):
        if any(row[corner] for corner in CORNERS):
            regions.setdefault(row["image_id"], []).append(_region(row))
    return tuple(
        MarkedView(
            name=row["image_id"],
            patient=row["study_id"],
            laterality=row.word("laterality", SIDES),
            view=row.word("view_position", VIEWS),
            image=row.file_in(
                folder / "images", f"{row['study_id']}/{row['image_id']}.dicom", "image_id"
            ),
            diagnosis=row.word("breast_birads", DIAGNOSES),
            regions=tuple(regions.get(row["image_id"], ())),
            part=row.word("split", PARTS),
        )
        for row in read_rows(folder / BREASTS, COLUMNS)
    )


def _region(row: SetRow) -> Region:
    left, top, right, bottom = (row.number(corner) for corner in CORNERS)
    if left >= right or top >= bottom:
        raise row.trouble("xmax", f"a box right of {left:g}, and a ymax below {top:g}")
    diagnosis = row.word("finding_birads", DIAGNOSES)
    return Region(diagnosis is Diagnosis.MALIGNANT, box(left, top, right, bottom))
