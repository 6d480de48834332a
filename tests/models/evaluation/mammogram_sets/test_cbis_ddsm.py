from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.cbis_ddsm import read_cbis_ddsm
from senoscope.models.evaluation.mammogram_sets.marked_view import MALIGNANT, OTHER, hung_view
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from tests.models.evaluation.mammogram_sets.films import SHAPE, read_film, write_film, write_table

HEAD = (
    "patient_id,breast_density,left or right breast,image view,abnormality id,abnormality type,"
    "mass shape,mass margins,assessment,pathology,subtlety,image file path,"
    "cropped image file path,ROI mask file path"
)


def row(number: int, pathology: str, case: str = "Mass-Training_P_00001_RIGHT_CC") -> str:
    whole, region = f"{case}/1.2/3.4/000000.dcm", f"{case}_{number}/1.2/5.6/000001.dcm"
    return (
        f'P_00001,3,RIGHT,CC,{number},mass,OVAL,,4,{pathology},4,{whole},"{whole}\n","{region}\n"'
    )


def write_region(root: Path, number: int, rows: slice) -> None:
    """The crop comes first by name, as it does in some downloads."""
    folder = root / f"Mass-Training_P_00001_RIGHT_CC_{number}" / "07-21-2016" / "1.0-ROI"
    mask = np.zeros(SHAPE, np.uint8)
    mask[rows, 160:200] = 255
    write_film(folder / "1-1.dcm", shape=(70, 80))
    (folder / "1-2.dcm").write_bytes(cv2.imencode(".png", mask)[1].tobytes())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "CBIS-DDSM"
    write_film(root / "Mass-Training_P_00001_RIGHT_CC" / "a" / "b" / "1-1.dcm", is_right=True)
    write_region(root, 1, slice(140, 160))
    write_region(root, 2, slice(170, 190))
    rows = row(1, "BENIGN_WITHOUT_CALLBACK"), row(2, "MALIGNANT")
    write_table(tmp_path / "mass_case_description_train_set.csv", HEAD, *rows)
    return tmp_path


def test_two_regions_of_one_picture_are_one_view_and_the_worse_counts(folder: Path) -> None:
    (view,) = read_cbis_ddsm(folder)
    assert (view.patient, view.laterality, view.view) == ("P_00001", Laterality.RIGHT, "CC")
    assert (view.diagnosis, view.part, view.image.name) == (Diagnosis.MALIGNANT, "train", "1-1.dcm")
    assert [region.is_malignant for region in view.regions] == [False, True]


def test_the_mask_is_told_from_the_crop_by_its_size_and_hangs_with_the_picture(
    folder: Path,
) -> None:
    hung = hung_view(read_cbis_ddsm(folder)[0], read_film)
    wide = hung.truth.shape[1]
    rows, columns = np.nonzero(hung.truth == MALIGNANT)
    assert (rows.min(), rows.max()) == (170, 189)
    # Mirrored, for the chest wall is stored at the right.
    assert (columns.min(), columns.max()) == (wide - 200, wide - 161)
    assert (hung.truth == OTHER).sum() == 20 * 40


def test_a_region_without_a_mask_of_the_picture_s_size_is_told(folder: Path) -> None:
    for path in folder.rglob("1-2.dcm"):
        path.unlink()
    with pytest.raises(DataSetError, match=r"240 x 320 pixels .*1-1\.dcm 80 x 70"):
        hung_view(read_cbis_ddsm(folder)[0], read_film)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("MALIGNANT", "CANCER", "Line 5 .*'CANCER'.*MALIGNANT, BENIGN"),
        ("P_00001,3,RIGHT", "P_00001,3,BOTH", "'BOTH'.*LEFT, RIGHT"),
        ("Mass-Training_P_00001_RIGHT_CC/1.2", "../../etc/1.2", "expected a path such as"),
        ("RIGHT_CC_2/", "RIGHT_CC_3/", "expected a folder CBIS-DDSM/Mass-.*_3 with"),
    ],
)
def test_a_row_that_is_not_as_published_is_told(
    folder: Path, was: str, becomes: str, told: str
) -> None:
    table = folder / "mass_case_description_train_set.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    with pytest.raises(DataSetError, match=told):
        read_cbis_ddsm(folder)


def test_a_folder_without_tables_names_those_there_should_be(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"none of mass_case_description_train_set\.csv"):
        read_cbis_ddsm(tmp_path)
