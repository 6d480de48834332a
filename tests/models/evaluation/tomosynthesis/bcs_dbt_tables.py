"""Tables as BCS-DBT publishes them, of made-up patients."""

from __future__ import annotations

from pathlib import Path

from senoscope.models.evaluation.tomosynthesis.bcs_dbt import BOX, KEY, PATHS, BcsDbtLabel
from tests.models.evaluation.mammogram_sets.films import write_table

LABELS = ",".join((*KEY, *BcsDbtLabel))
BOXES = ",".join((*KEY, "Subject", *BOX))
FILES = ",".join((*KEY, *PATHS))
ONE_HOT = {
    label: ",".join(str(int(each is label)) for each in BcsDbtLabel) for label in BcsDbtLabel
}


def write_part(
    folder: Path, part: str, labels: dict[str, BcsDbtLabel], boxes: tuple[str, ...] = ()
) -> None:
    """`labels` by "PATIENT,STUDY,VIEW"; `boxes` are whole lines."""
    write_table(
        folder / f"BCS-DBT-labels-{part}-v2.csv",
        LABELS,
        *(f"{key},{ONE_HOT[label]}" for key, label in labels.items()),
    )
    write_table(folder / f"BCS-DBT-boxes-{part}-v2-PHASE-2.csv", BOXES, *boxes)
    write_table(
        folder / f"BCS-DBT-file-paths-{part}-v2.csv", FILES, *(file_line(key) for key in labels)
    )


def file_line(key: str) -> str:
    patient, study, view = key.split(",")
    return f"{key},{image_of(key)},Breast-Cancer-Screening-DBT/{patient}/{study}/9.9/{view}.dcm"


def image_of(key: str) -> str:
    patient, study, view = key.split(",")
    return f"Breast-Cancer-Screening-DBT/{patient}/01-01-2000-{study}/{view}/1-1.dcm"


def three_patients(folder: Path) -> None:
    """A normal and a benign patient to train on, one with a cancer to test on."""
    write_part(
        folder,
        "train",
        {
            "DBT-P1,1.1,lcc": BcsDbtLabel.NORMAL,
            "DBT-P2,1.2,rcc": BcsDbtLabel.BENIGN,
            "DBT-P2,1.2,rmlo2": BcsDbtLabel.ACTIONABLE,
        },
        ("DBT-P2,1.2,rcc,DBT-P2,10,200,300,40,60,benign,0,51.0",),
    )
    write_part(
        folder,
        "test",
        {"DBT-P3,1.3,lmlo": BcsDbtLabel.CANCER, "DBT-P3,1.3,lcc": BcsDbtLabel.NORMAL},
        ("DBT-P3,1.3,lmlo,DBT-P3,20,500,600,300,400,cancer,1,60",),
    )
