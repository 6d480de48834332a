"""MAMA-MIA's layout is read as published, and what contradicts it is refused with the reason."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.breast_mri import SAGITTAL, VolumeGeometry
from senoscope.domain.errors import DataSetError, ImageError
from senoscope.models.evaluation.breast_mri.mama_mia import (
    INFO,
    SPLITS,
    MamaMiaSplit,
    read_mama_mia,
)
from senoscope.models.evaluation.breast_mri.nifti import read_nifti, write_nifti
from tests.models.evaluation.breast_mri.drawn_exams import TIMES_S, drawn_exam, drawn_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return drawn_folder(tmp_path / "set", train=2, test=1)


def test_what_was_written_is_read_again(folder: Path) -> None:
    series, tumour, _ = drawn_exam(2)
    (patient,) = read_mama_mia(folder, MamaMiaSplit.TEST)
    found = patient.series()
    assert patient.name == "DRAWN_002" and patient.is_simulated and patient.trouble is None
    assert found.times_s == TIMES_S and found.fat_suppressed is True and found.pre_contrast == 1
    for one, other in zip(found.phases, series.phases, strict=True):
        assert np.array_equal(one, other) and one.dtype == np.int16
    assert np.allclose(found.geometry.axes, series.geometry.axes)
    assert np.allclose(found.geometry.spacing_mm, series.geometry.spacing_mm)
    assert np.allclose(found.geometry.origin_mm, series.geometry.origin_mm)
    assert np.array_equal(patient.tumour(found.shape), tumour)


def test_both_splits_by_name(folder: Path) -> None:
    names = [each.name for each in read_mama_mia(folder)]
    assert names == ["DRAWN_000", "DRAWN_001", "DRAWN_002"]
    assert len(read_mama_mia(folder, MamaMiaSplit.TRAIN)) == 2


def test_sagittal_volumes_keep_their_axes(tmp_path: Path) -> None:
    geometry = VolumeGeometry((3.0, 0.5, 0.75), SAGITTAL, (1.0, 2.0, 3.0))
    volume = np.arange(8 * 9 * 10, dtype=np.int16).reshape(8, 9, 10)
    write_nifti(tmp_path / "a.nii.gz", volume, geometry)
    read, grid = read_nifti(tmp_path / "a.nii.gz")
    assert np.array_equal(read, volume)
    corner = np.array([[7, 8, 9], [0, 8, 0]])
    assert np.allclose(grid.geometry.in_patient(corner), geometry.in_patient(corner), atol=1e-3)


def test_what_was_not_downloaded_is_left_out(folder: Path) -> None:
    for path in (folder / "images" / "DRAWN_000").iterdir():
        path.unlink()
    assert [each.name for each in read_mama_mia(folder)] == ["DRAWN_001", "DRAWN_002"]


def test_a_patient_in_both_splits_is_refused(folder: Path) -> None:
    (folder / SPLITS).write_text("train_split,test_split\nDRAWN_000,DRAWN_000\n")
    with pytest.raises(DataSetError, match="both splits"):
        read_mama_mia(folder)


@pytest.mark.parametrize("name", ["../../etc", "a/b", "", "x" * 80])
def test_a_name_that_leads_elsewhere_is_refused(folder: Path, name: str) -> None:
    (folder / SPLITS).write_text(f"train_split,test_split\n{name},\n")
    with pytest.raises(DataSetError, match="names"):
        read_mama_mia(folder)


@pytest.mark.parametrize("times", ["[0, 90]", "[0, 90, 80, 360]", "soon", "[0, 90, 180, 1e999999]"])
def test_times_that_are_none_are_said_and_not_taken(folder: Path, times: str) -> None:
    (folder / f"{INFO}.csv").write_text(
        f'patient_id,dataset,fat_suppressed,acquisition_times\nDRAWN_002,DUKE,0,"{times}"\n'
    )
    (patient,) = read_mama_mia(folder, MamaMiaSplit.TEST)
    assert patient.times_s is None and patient.fat_suppressed is False
    assert patient.trouble is not None and "without seconds" in patient.trouble
    assert not patient.is_simulated and patient.series().times_s is None


def test_the_published_workbook_is_read(folder: Path) -> None:
    (folder / f"{INFO}.csv").unlink()
    _workbook(
        folder / f"{INFO}.xlsx",
        [
            ["patient_id", "dataset", "fat_suppressed", "acquisition_times"],
            ["DRAWN_002", "DUKE", "1", "[0, 165, 288, 411]"],
        ],
    )
    (patient,) = read_mama_mia(folder, MamaMiaSplit.TEST)
    assert patient.times_s == (0, 165, 288, 411)


def test_a_table_without_the_columns_is_refused(folder: Path) -> None:
    (folder / f"{INFO}.csv").write_text("patient_id,age\nDRAWN_002,40\n")
    with pytest.raises(DataSetError, match="acquisition_times"):
        read_mama_mia(folder)


def test_no_table_of_splits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=SPLITS):
        read_mama_mia(tmp_path)


def test_no_images_at_all_are_refused(folder: Path) -> None:
    (folder / SPLITS).write_text("train_split,test_split\nDUKE_001,DUKE_002\n")
    with pytest.raises(DataSetError, match="none has images"):
        read_mama_mia(folder)


def test_one_phase_alone_is_refused(folder: Path) -> None:
    for number in (1, 2, 3):
        (folder / "images" / "DRAWN_002" / f"DRAWN_002_{number:04}.nii.gz").unlink()
    with pytest.raises(DataSetError, match="one phase alone"):
        read_mama_mia(folder)


def test_phases_on_other_grids_are_refused(folder: Path) -> None:
    series, _, _ = drawn_exam(2)
    path = folder / "images" / "DRAWN_002" / "DRAWN_002_0001.nii.gz"
    moved = VolumeGeometry(series.geometry.spacing_mm, series.geometry.axes, (0.0, 0.0, 0.0))
    write_nifti(path, np.asarray(series.phases[1]), moved)
    (patient,) = read_mama_mia(folder, MamaMiaSplit.TEST)
    with pytest.raises(DataSetError, match="another grid"):
        patient.series()


def test_an_outline_of_another_size_or_with_other_values_is_refused(folder: Path) -> None:
    (patient,) = read_mama_mia(folder, MamaMiaSplit.TEST)
    with pytest.raises(DataSetError, match="one grid"):
        patient.tumour((8, 8, 8))
    series, _, _ = drawn_exam(2)
    write_nifti(patient.outline, np.full(series.shape, 3, np.uint8), series.geometry)
    with pytest.raises(ImageError, match="other values"):
        patient.tumour(series.shape)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x1f\x8b" + bytes(50)])
def test_files_that_are_none_are_refused(folder: Path, content: bytes) -> None:
    (patient,) = read_mama_mia(folder, MamaMiaSplit.TEST)
    patient.phases[0].write_bytes(content)
    with pytest.raises(ImageError, match="NIfTI"):
        patient.series()


def test_a_header_that_promises_too_much_is_refused_before_it_is_believed(tmp_path: Path) -> None:
    path = tmp_path / "bomb.nii"
    write_nifti(path, np.zeros((8, 8, 8), np.uint8), VolumeGeometry((1, 1, 1), SAGITTAL))
    content = bytearray(path.read_bytes())
    content[40:48] = struct.pack("<4h", 3, 30000, 30000, 30000)
    path.write_bytes(content)
    with pytest.raises(ImageError, match="voxels at most"):
        read_nifti(path)


def test_a_volume_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.nii"
    write_nifti(path, np.zeros((40, 40, 40), np.uint8), VolumeGeometry((1, 1, 1), SAGITTAL))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ImageError, match="a part is missing"):
        read_nifti(path)


@pytest.mark.parametrize("flip", [1, -1])
def test_what_itk_writes_lies_where_itk_has_it(tmp_path: Path, flip: int) -> None:
    sitk = pytest.importorskip("SimpleITK", reason="what is compared with")
    turn, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))
    turn[:, 2] *= flip
    volume = np.random.default_rng(6).normal(100, 20, (8, 9, 10)).astype(np.float32)
    image = sitk.GetImageFromArray(volume)
    image.SetDirection(turn.ravel().tolist())
    image.SetSpacing((0.7, 0.8, 2.5))
    image.SetOrigin((-30.0, 12.0, 55.0))
    sitk.WriteImage(image, str(tmp_path / "a.nii.gz"))
    read, grid = read_nifti(tmp_path / "a.nii.gz")
    assert np.array_equal(read, volume)
    assert np.allclose(grid.geometry.spacing_mm, (2.5, 0.8, 0.7))
    for column, row, slice_ in ((0, 0, 0), (9, 0, 0), (0, 8, 0), (0, 0, 7)):
        wanted = image.TransformIndexToPhysicalPoint((column, row, slice_))
        found = grid.geometry.in_patient(np.array([[slice_, row, column]]))[0]
        assert np.allclose(found, wanted, atol=1e-3)


def test_itk_reads_what_is_written_here(tmp_path: Path) -> None:
    sitk = pytest.importorskip("SimpleITK", reason="what is compared with")
    series, _, _ = drawn_exam(0)
    write_nifti(tmp_path / "a.nii.gz", np.asarray(series.phases[1]), series.geometry)
    image = sitk.ReadImage(str(tmp_path / "a.nii.gz"))
    assert np.array_equal(sitk.GetArrayFromImage(image), series.phases[1])
    wanted = series.geometry.in_patient(np.array([[3, 5, 7]]))[0]
    assert np.allclose(image.TransformIndexToPhysicalPoint((7, 5, 3)), wanted, atol=1e-3)


def test_values_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    volume = np.full((8, 8, 8), np.nan, np.float32)
    write_nifti(tmp_path / "a.nii.gz", volume, VolumeGeometry((1, 1, 1), SAGITTAL))
    with pytest.raises(ImageError, match="finite"):
        read_nifti(tmp_path / "a.nii.gz")


def _workbook(path: Path, rows: list[list[str]]) -> None:
    """As spreadsheet programs write it, with text in the cells."""
    space = "http://schemas.openxmlformats.org"
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{each}</t></is></c>' for each in row) + "</row>"
        for row in rows
    )
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{space}/'
        'officeDocument/2006/relationships"><sheets><sheet name="dataset_info" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
