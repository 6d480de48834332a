"""Public data sets are read as their authors published them, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.ultrasound_sets import (
    Diagnosis,
    read_bus_bra,
    read_busi,
    read_scanners,
    side_strip,
)
from tests.models.evaluation.data_sets import LESION, bus_bra, busi, lesion, table


def test_bus_bra_is_read_with_patients_folds_and_masks(tmp_path: Path) -> None:
    images = read_bus_bra(bus_bra(tmp_path))
    assert [image.name for image in images][:2] == ["bus_0001-l", "bus_0001-r"]
    assert [image.part for image in images] == ["1", "1", "2", "3"]
    assert images[0].group == images[1].group != images[2].group
    assert [image.diagnosis for image in images[1:3]] == [Diagnosis.MALIGNANT, Diagnosis.BENIGN]
    assert images[2].pixels()[LESION].min() == 180
    assert np.array_equal(images[0].mask(), lesion() > 0)


def test_scanners_are_called_without_their_probe_s_frequencies(tmp_path: Path) -> None:
    rows = [("a", "Toshiba Aplio 300 @12-14 MHz"), ("b", "U-Systems @10-14MHz")]
    table(tmp_path / "bus_data.csv", "ID,Device", rows)
    assert read_scanners(tmp_path) == {"a": "Toshiba Aplio 300", "b": "U-Systems"}


@pytest.mark.parametrize("header", ["ID,kFold", "id,kfold", "Id, KFold", "\ufeffID,kFold"])
def test_the_published_folds_win_whatever_the_case_of_their_columns(
    tmp_path: Path, header: str
) -> None:
    images = read_bus_bra(bus_bra(tmp_path, published=header))
    assert [image.part for image in images] == ["5", "5", "4", "4"]


def test_bus_data_without_folds_is_read_with_no_part(tmp_path: Path) -> None:
    images = read_bus_bra(bus_bra(tmp_path, header="id,CASE,pathology"))
    assert {image.part for image in images} == {""}


def test_quoted_boxes_with_commas_do_not_shift_the_columns(tmp_path: Path) -> None:
    folder = bus_bra(tmp_path)
    header = "ID,Case,Histology,Pathology,BIRADS,Device,Width,Height,Side,BBOX,kFold"
    row = ("bus_0001-l", 1, "carcinoma", "Malignant", 4, "GE", 160, 120, "left", '"[1,2,3,4]"', 3)
    table(folder / "bus_data.csv", header, [row])
    (image,) = read_bus_bra(folder)
    assert (image.part, image.diagnosis) == ("3", Diagnosis.MALIGNANT)


@pytest.mark.parametrize(
    ("header", "lacking"),
    [("ID,Pathology,kFold", "case"), ("name,Case,Pathology", "id"), ("", "id")],
)
def test_a_table_without_a_needed_column_names_it(
    tmp_path: Path, header: str, lacking: str
) -> None:
    with pytest.raises(DataSetError, match=f"bus_data.csv.*no column .*'{lacking}'"):
        read_bus_bra(bus_bra(tmp_path, header=header))


def test_a_pathology_of_another_name_is_refused(tmp_path: Path) -> None:
    folder = bus_bra(tmp_path)
    table(folder / "bus_data.csv", "ID,Case,Pathology", [("bus_0001-l", 1, "unclear")])
    with pytest.raises(DataSetError, match=r"bus_0001-l 'unclear'.*benign or malignant"):
        read_bus_bra(folder)


def test_a_table_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bus_data.csv").write_bytes(b"ID,Case,Pathology\n\xff\xfe\n")
    with pytest.raises(DataSetError, match="no table in UTF-8"):
        read_bus_bra(tmp_path)


@pytest.mark.parametrize("place", ["nowhere", "file"])
def test_a_wrong_folder_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataSetError, match="Give the folder"):
        read_bus_bra(tmp_path / place)
    with pytest.raises(DataSetError, match="benign, malignant and normal"):
        read_busi(tmp_path / place)


def test_busi_is_read_with_parts_and_near_duplicates(tmp_path: Path) -> None:
    images = {image.name: image for image in read_busi(busi(tmp_path))}
    assert len(images) == 6
    assert images["benign (1)"].group == images["malignant (1)"].group == "busi group 1"
    assert len({image.group for image in images.values()}) == 5
    assert {images[f"{diagnosis} (2)"].part for diagnosis in Diagnosis} == {"val"}
    assert images["normal (1)"].diagnosis is Diagnosis.NORMAL


def test_several_masks_are_one_truth(tmp_path: Path) -> None:
    images = {image.name: image for image in read_busi(busi(tmp_path))}
    assert len(images["benign (2)"].mask_paths) == 2
    assert images["benign (2)"].mask().sum() == 40 * 50 + 20 * 30
    assert images["benign (1)"].mask().sum() == 40 * 50


def test_busi_without_split_and_duplicates_is_read_whole(tmp_path: Path) -> None:
    images = read_busi(busi(tmp_path, split=False, duplicates=False))
    assert {image.part for image in images} == {""}
    assert len({image.group for image in images}) == 6


def test_an_unreadable_image_is_named(tmp_path: Path) -> None:
    folder = busi(tmp_path)
    (folder / "benign" / "benign (1).png").write_bytes(b"not a picture")
    image = next(image for image in read_busi(folder) if image.name == "benign (1)")
    with pytest.raises(DataSetError, match=r"benign \(1\).png cannot be read as an image"):
        image.pixels()


def test_an_image_without_mask_is_named(tmp_path: Path) -> None:
    folder = busi(tmp_path)
    (folder / "benign" / "benign (1)_mask.png").unlink()
    image = next(image for image in read_busi(folder) if image.name == "benign (1)")
    with pytest.raises(DataSetError, match=r"benign \(1\) has no mask"):
        image.mask()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (slice(0, 20), slice(20, 160)),
        (slice(100, 160), slice(0, 100)),
        (slice(75, 85), slice(0, 75)),
        (slice(71, 100), None),
        (slice(0, 160), None),
        (slice(0, 0), None),
    ],
)
def test_the_side_strip_is_the_wider_one_and_wide_enough(
    columns: slice, expected: slice | None
) -> None:
    assert side_strip(lesion(255, (slice(40, 80), columns))) == expected


def test_the_public_data_are_all_there(public_data: Path) -> None:
    bra, other = read_bus_bra(public_data / "bus-bra"), read_busi(public_data / "busi")
    assert (len(bra), len(other)) == (1127, 608)
    assert len({image.group for image in bra}) == 638
    assert sum(image.diagnosis is Diagnosis.NORMAL for image in other) == 105
    assert {image.part for image in bra} == {"1", "2", "3"}
    assert {image.part for image in other} == {"train", "val"}


@pytest.mark.parametrize("name", ["bus-bra", "busi"])
def test_no_patient_or_near_duplicate_is_on_both_sides_of_a_split(
    public_data: Path, name: str
) -> None:
    read = read_bus_bra if name == "bus-bra" else read_busi
    parts: dict[str, set[str]] = {}
    for image in read(public_data / name):
        parts.setdefault(image.group, set()).add(image.part)
    assert not [group for group, of in parts.items() if len(of) > 1]
