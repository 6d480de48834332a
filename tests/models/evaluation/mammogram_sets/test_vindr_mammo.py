from pathlib import Path

import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.vindr_mammo import read_vindr_mammo
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from tests.models.evaluation.mammogram_sets.films import write_film, write_table

COMMON = "study_id,series_id,image_id,laterality,view_position,height,width,breast_birads"
BREASTS = f"{COMMON},breast_density,split"
FINDINGS = f"{COMMON},breast_density,finding_categories,finding_birads,xmin,ymin,xmax,ymax,split"
ONE, TWO = "s1,r,i1,L,CC,320,240", "s1,r,i2,R,MLO,320,240"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for image in ("i1", "i2"):
        write_film(tmp_path / "images" / "s1" / f"{image}.dicom")
    write_table(
        tmp_path / "breast-level_annotations.csv",
        BREASTS,
        f"{ONE},BI-RADS 4,DENSITY C,training",
        f"{TWO},BI-RADS 1,DENSITY C,test",
    )
    write_table(
        tmp_path / "finding_annotations.csv",
        FINDINGS,
        f"""{ONE},BI-RADS 4,DENSITY C,"['Mass', 'Asymmetry']",BI-RADS 4,10.5,20,30,50,training""",
        f"""{ONE},BI-RADS 4,DENSITY C,['Mass'],BI-RADS 3,60,20,70,50,training""",
        f"""{TWO},BI-RADS 1,DENSITY C,['No Finding'],,,,,,test""",
    )
    return tmp_path


def test_findings_go_with_their_picture_and_birads_stands_for_a_diagnosis(folder: Path) -> None:
    one, two = read_vindr_mammo(folder)
    assert (one.diagnosis, one.part, one.laterality) == (
        Diagnosis.MALIGNANT,
        "train",
        Laterality.LEFT,
    )
    assert (two.diagnosis, two.part, two.regions) == (Diagnosis.NORMAL, "test", ())
    assert [region.is_malignant for region in one.regions] == [True, False]
    assert one.regions[0].outline == ((10.5, 20), (30, 20), (30, 50), (10.5, 50))
    assert one.image.is_file()


@pytest.mark.parametrize(
    ("table", "was", "becomes", "told"),
    [
        ("finding", "10.5,20,30,50", "30,20,10.5,50", "Line 2 .*a box right of 30"),
        ("finding", "10.5,20,30,50", "10.5,,30,50", "Line 2 .*'ymin'; expected a number"),
        ("breast-level", "BI-RADS 1", "BI-RADS 0", "Line 3 .*'BI-RADS 0'"),
        ("breast-level", "i2", "i9", r"Line 3 .*s1/i9\.dicom"),
        ("breast-level", "s1", "../s1", "Line 2 .*in images"),
    ],
)
def test_a_row_that_is_not_as_published_is_told(
    folder: Path, table: str, was: str, becomes: str, told: str
) -> None:
    path = folder / f"{table}_annotations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    with pytest.raises(DataSetError, match=told):
        read_vindr_mammo(folder)
