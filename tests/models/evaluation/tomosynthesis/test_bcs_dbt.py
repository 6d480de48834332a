"""BCS-DBT in its published layout, on made-up tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError, ImageError
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.tomosynthesis.bcs_dbt import (
    BcsDbtBox,
    BcsDbtLabel,
    BcsDbtPart,
    box_centre,
    is_turned,
    read_bcs_dbt,
    turned,
)
from senoscope.models.programmed.mammography.breast import Edge
from tests.models.evaluation.mammogram_sets.films import write_table
from tests.models.evaluation.tomosynthesis.bcs_dbt_tables import (
    image_of,
    three_patients,
    write_part,
)


def test_volumes_with_labels_boxes_and_the_files_that_are_there(tmp_path: Path) -> None:
    three_patients(tmp_path)
    there = tmp_path / image_of("DBT-P2,1.2,rcc")
    there.parent.mkdir(parents=True)
    there.write_bytes(b"")
    by_its_other_name = tmp_path / "Breast-Cancer-Screening-DBT/DBT-P3/1.3/9.9/lmlo.dcm"
    by_its_other_name.parent.mkdir(parents=True)
    by_its_other_name.write_bytes(b"")
    views = {view.key: view for view in read_bcs_dbt(tmp_path)}
    assert [view.part for view in views.values()] == ["train"] * 3 + ["test"] * 2
    benign = views["1.2", "rcc"]
    assert (benign.patient, benign.label) == ("DBT-P2", BcsDbtLabel.BENIGN)
    assert benign.boxes == (BcsDbtBox(10, 200, 300, 40, 60, False, False),)
    assert (benign.slices, benign.path) == (51, there)
    assert benign.laterality is Laterality.RIGHT and benign.projection == "CC"
    cancer = views["1.3", "lmlo"]
    assert cancer.boxes[0].is_cancer and cancer.boxes[0].is_distortion
    assert cancer.path == by_its_other_name
    assert cancer.laterality is Laterality.LEFT and cancer.projection == "MLO"
    normal = views["1.1", "lcc"]
    assert (normal.boxes, normal.slices, normal.path) == ((), None, None)
    assert views["1.2", "rmlo2"].projection == "MLO"
    assert [view.key for view in read_bcs_dbt(tmp_path, (BcsDbtPart.TEST,))] == [
        ("1.3", "lmlo"),
        ("1.3", "lcc"),
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("DBT-P2,1.2,rcc,DBT-P2,51,200,300,40,60,benign,0,51", "'51' under 'Slice'"),
        ("DBT-P2,1.2,rcc,DBT-P2,1.5,200,300,40,60,benign,0,51", "'1.5' under 'Slice'"),
        ("DBT-P2,1.2,rcc,DBT-P2,-1,200,300,40,60,benign,0,51", "'-1' under 'Slice'"),
        ("DBT-P2,1.2,rcc,DBT-P2,1,200,300,0,60,benign,0,51", "'0' under 'Width'"),
        ("DBT-P2,1.2,rcc,DBT-P2,1,200,300,40,-6,benign,0,51", "'-6' under 'Height'"),
        ("DBT-P2,1.2,rcc,DBT-P2,1,200,300,40,60,normal,0,51", "'normal' under 'Class'"),
        ("DBT-P2,1.2,rcc,DBT-P2,1,200,300,40,60,benign,2,51", "'2' under 'AD'"),
        ("DBT-P2,1.2,xcc,DBT-P2,1,200,300,40,60,benign,0,51", "'xcc' under 'View'"),
        ("DBT-P2,1.2,lcc,DBT-P2,1,200,300,40,60,benign,0,51", "lacks 1 that have boxes"),
    ],
)
def test_a_box_that_is_not_as_published_is_told(tmp_path: Path, line: str, told: str) -> None:
    write_part(tmp_path, "train", {"DBT-P2,1.2,rcc": BcsDbtLabel.BENIGN}, (line,))
    with pytest.raises(DataSetError, match=told):
        read_bcs_dbt(tmp_path)


def test_labels_that_are_not_as_published_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="no table BCS-DBT-labels-PART"):
        read_bcs_dbt(tmp_path)
    write_part(tmp_path, "train", {"DBT-P1,1.1,lcc": BcsDbtLabel.NORMAL})
    write_part(tmp_path, "test", {"DBT-P1,1.2,lcc": BcsDbtLabel.NORMAL})
    with pytest.raises(DataSetError, match="DBT-P1 is in the parts train and test"):
        read_bcs_dbt(tmp_path)
    labels = tmp_path / "BCS-DBT-labels-test-v2.csv"
    written = labels.read_text(encoding="utf-8")
    write_table(labels, *written.splitlines(), written.splitlines()[1])
    with pytest.raises(DataSetError, match="2 rows of 1 volumes"):
        read_bcs_dbt(tmp_path)
    write_table(labels, written.replace("1,0,0,0", "1,0,0,1"))
    with pytest.raises(DataSetError, match="one is 1"):
        read_bcs_dbt(tmp_path)
    write_table(tmp_path / "BCS-DBT-labels-test-v1.csv", written)
    with pytest.raises(DataSetError, match="2 tables of labels of test"):
        read_bcs_dbt(tmp_path)


@pytest.mark.parametrize("name", ["/etc/hostname", "../secret.dcm"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    write_part(tmp_path, "train", {"DBT-P1,1.1,lcc": BcsDbtLabel.NORMAL})
    files = tmp_path / "BCS-DBT-file-paths-train-v2.csv"
    head = files.read_text(encoding="utf-8").splitlines()[0]
    write_table(files, head, f"DBT-P1,1.1,lcc,{name},{name}")
    with pytest.raises(DataSetError, match="a path within the data set's folder"):
        read_bcs_dbt(tmp_path)


def test_the_side_is_the_view_s_and_a_picture_of_the_other_side_is_turned(tmp_path: Path) -> None:
    three_patients(tmp_path)
    views = {view.key: view for view in read_bcs_dbt(tmp_path)}
    left, right = views["1.1", "lcc"], views["1.2", "rcc"]
    assert not is_turned(left, Edge.LEFT) and is_turned(left, Edge.RIGHT)
    assert not is_turned(right, Edge.RIGHT) and is_turned(right, Edge.LEFT)
    with pytest.raises(ImageError, match="expected the left or the right one"):
        is_turned(left, Edge.TOP)
    picture = np.zeros((5, 7))
    picture[1, 2] = 1
    at = turned(np.array([[2, 1]], np.float32), (5, 7))[0]
    assert np.argwhere(picture[::-1, ::-1])[0].tolist() == at[::-1].tolist()
    assert turned(at[None], (5, 7)).tolist() == [[2, 1]]
    assert box_centre(BcsDbtBox(0, 3, 5, 1, 3, True, False)) == (3, 6)
