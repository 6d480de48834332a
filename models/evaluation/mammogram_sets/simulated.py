"""What `senoscope simulate mammograms` writes: simulated exams, each seed a woman.

`exam00042/images.csv`: image, seed, laterality, view, and others; `growths.csv`: image, malignant,
x, y and radius_px of the picture as stored. A breast is malignant where a growth of it is so drawn.
"""

from __future__ import annotations

from pathlib import Path

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView, Region, circle
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows
from senoscope.models.evaluation.ultrasound_sets import Diagnosis

IMAGES = ("image", "seed", "laterality", "view")
GROWTHS = ("image", "malignant", "x", "y", "radius_px")
SIDES = {"L": Laterality.LEFT, "R": Laterality.RIGHT}
VIEWS = {"CC": "CC", "MLO": "MLO"}
IS_MALIGNANT = {"0": False, "1": True}


def read_simulated(folder: Path) -> tuple[MarkedView, ...]:
    """All exams of the folder, in the order of their seeds."""
    exams = sorted(each.parent for each in folder.glob("exam*/images.csv"))
    if not exams:
        raise DataSetError(
            f"{folder} has no folder exam*/ with images.csv. Write some with `senoscope simulate "
            "mammograms --out`, and give that folder."
        )
    return tuple(view for exam in exams for view in _exam(exam))


def _exam(folder: Path) -> list[MarkedView]:
    regions: dict[str, list[Region]] = {}
    # A woman without growths has the head of the table alone.
    for row in read_rows(folder / "growths.csv", GROWTHS, fewest=0):
        regions.setdefault(row["image"], []).append(_region(row))
    return [
        MarkedView(
            name=f"{folder.name} {row['image']}",
            patient=f"seed {row['seed']}",
            laterality=row.word("laterality", SIDES),
            view=row.word("view", VIEWS),
            image=row.file_in(folder, row["image"], "image"),
            diagnosis=_diagnosis(regions.get(row["image"], [])),
            regions=tuple(regions.get(row["image"], ())),
        )
        for row in read_rows(folder / "images.csv", IMAGES)
    ]


def _region(row: SetRow) -> Region:
    outline = circle(row.number("x"), row.number("y"), row.number("radius_px"))
    return Region(row.word("malignant", IS_MALIGNANT), outline)


def _diagnosis(regions: list[Region]) -> Diagnosis:
    if any(region.is_malignant for region in regions):
        return Diagnosis.MALIGNANT
    return Diagnosis.BENIGN if regions else Diagnosis.NORMAL
