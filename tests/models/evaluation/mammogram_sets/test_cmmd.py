from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.cmmd import read_cmmd
from senoscope.models.evaluation.mammogram_sets.marked_view import Said
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from tests.models.evaluation.mammogram_sets.films import write_film, write_table

HEAD = "ID1,LeftRight,Age,number,abnormality,classification,subtype"
SAID: dict[str, Said] = {
    "1-1": (Laterality.LEFT, "CC"),
    "1-2": (Laterality.LEFT, "MLO"),
    "1-3": (Laterality.RIGHT, "CC"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in SAID:
        write_film(tmp_path / "CMMD" / "D1-0001" / "07-18-2010" / "1.0" / f"{name}.dcm")
    rows = "D1-0001,L,44,2,mass,Malignant,Luminal A", "D1-0001,L,44,2,calcification,Benign,"
    write_table(tmp_path / "CMMD_clinicaldata_revision.csv", HEAD, *rows)
    return tmp_path


@pytest.mark.parametrize("words", [("Malignant", "Benign"), ("Benign", "Malignant")])
def test_a_breast_has_its_worse_row_and_one_without_a_row_has_none(
    folder: Path, words: tuple[str, str]
) -> None:
    rows = [f"D1-0001,L,44,2,mass,{word}," for word in words]
    write_table(folder / "CMMD_clinicaldata_revision.csv", HEAD, *rows)
    views = read_cmmd(folder, lambda path: SAID[path.stem])
    assert [(view.laterality, view.view, view.diagnosis) for view in views] == [
        (Laterality.LEFT, "CC", Diagnosis.MALIGNANT),
        (Laterality.LEFT, "MLO", Diagnosis.MALIGNANT),
        (Laterality.RIGHT, "CC", None),
    ]
    assert {view.patient for view in views} == {"D1-0001"}


def test_a_header_without_a_side_is_told(folder: Path) -> None:
    with pytest.raises(DataSetError, match=r"1-1\.dcm says side None and view CC"):
        read_cmmd(folder, lambda _: (None, "CC"))


@pytest.mark.parametrize("name", ["D1-0002", "..", "a/b", ""])
def test_a_patient_without_a_folder_is_told_with_its_line(folder: Path, name: str) -> None:
    table = folder / "CMMD_clinicaldata_revision.csv"
    write_table(table, HEAD, f"{name},L,44,2,mass,Benign,")
    with pytest.raises(DataSetError, match=r"Line 2 of .*expected such as D1-0001"):
        read_cmmd(folder, lambda path: SAID[path.stem])


def test_without_a_table_the_published_one_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"CMMD_clinicaldata_revision\.xlsx cannot be read"):
        read_cmmd(tmp_path, lambda path: SAID[path.stem])
