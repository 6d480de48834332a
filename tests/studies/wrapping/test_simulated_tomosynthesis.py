"""A data set of simulated tomosynthesis on the disk."""

from __future__ import annotations

import csv
import errno
import os
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from senoscope.calibration.phantoms.breast.projections import DOSES
from senoscope.calibration.phantoms.breast.tomosynthesis import SimulatedTomosynthesis
from senoscope.calibration.phantoms.breast.tomosynthesis_cases import tomosynthesis_growths
from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.images.stored_mammogram import read_mammogram
from senoscope.studies.images.stored_tomosynthesis import is_tomosynthesis, read_tomosynthesis
from senoscope.studies.results.write_results import is_simulated
from senoscope.studies.wrapping.simulated_tomosynthesis import (
    CASE_TABLE,
    COLUMNS,
    TRUTH,
    CaseToSimulate,
    is_written,
    write_simulated_case,
    write_truth,
)
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.study_builders import read

ASKED = CaseToSimulate(tomosynthesis_growths(32), ("CC",))
"""Malignant, of a small right breast."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_simulated_case(tmp_path_factory.mktemp("set"), ASKED)


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_object_is_as_the_standard_asks_and_says_that_it_is_simulated(written: Path) -> None:
    files = sorted(written.glob("*.dcm"))
    assert [each.name for each in files] == ["CC-mammogram.dcm", "CC-tomosynthesis.dcm"]
    assert [error for file in files for error in dciodvfy_errors(file)] == []
    assert all(is_simulated(dcmread(each, stop_before_pixels=True)) for each in files)


def test_truth_lies_where_a_reader_of_the_files_finds_it(written: Path) -> None:
    [study], _ = read(written)
    [volume] = [read_tomosynthesis(each) for each in study.images if is_tomosynthesis(each)]
    [flat] = [read_mammogram(each) for each in study.images if not is_tomosynthesis(each)]
    assert (volume.cautions, flat.cautions) == ((), ())
    assert (volume.seen.laterality, volume.seen.view) == ("R", "CC")
    [row] = rows_of(written / CASE_TABLE)
    assert (row["class"], row["kind"], row["malignant"]) == ("malignant", "spiculated mass", "1")
    slices = np.stack(list(volume.seen.slices))
    drawn = SimulatedTomosynthesis.of(ASKED.case.anatomy(), "CC")
    place = volume.frames.index(int(row["frame"]))
    height_mm = volume.seen.heights_mm[place]
    assert height_mm == pytest.approx(float(row["height_mm"]), abs=0.5)
    [mark] = drawn.marks
    assert slices.shape == drawn.slices.shape
    shown, expected = slices[place], drawn.slices[mark.slice_index]
    assert np.corrcoef(shown.ravel(), expected.ravel())[0, 1] > 0.97
    x, y = float(row["x"]), float(row["y"])
    assert slices.shape[2] - 1 - x == pytest.approx(mark.centre[0], abs=0.1)
    assert y == pytest.approx(mark.centre[1], abs=0.1)
    stored = dcmread(written / "CC-mammogram.dcm").pixel_array
    corner = float(row["mammogram_x"]) - x, float(row["mammogram_y"]) - y
    assert corner == (stored.shape[1] - slices.shape[2], drawn.corner_px[1])


def test_a_case_that_is_there_is_known_and_another_is_refused(written: Path) -> None:
    assert is_written(written.parent, ASKED)
    assert not is_written(written.parent, CaseToSimulate(tomosynthesis_growths(33), ("CC",)))
    for other in (
        CaseToSimulate(ASKED.case, ("CC",), "low"),
        CaseToSimulate(ASKED.case, ("CC", "MLO")),
    ):
        with pytest.raises(SettingsError, match="case00032 is there with CC at dose standard"):
            is_written(written.parent, other)


def a_case(folder: Path, name: str, rows: int, columns: tuple[str, ...] = COLUMNS) -> Path:
    (folder / name).mkdir(parents=True)
    with (folder / name / CASE_TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([name] * len(columns) for _ in range(rows))
    return folder / name


def test_one_table_says_what_is_true_of_all_cases(tmp_path: Path) -> None:
    a_case(tmp_path, "case00002", 2)
    a_case(tmp_path, "case00001", 1)
    (tmp_path / ".case00003.0.partial").mkdir()
    truth = write_truth(tmp_path)
    assert truth == tmp_path / TRUTH
    assert [row["case"] for row in rows_of(truth)] == ["case00001", "case00002", "case00002"]
    assert tuple(rows_of(truth)[0]) == COLUMNS
    assert not list(tmp_path.glob(".*truth*"))


@pytest.mark.parametrize("rows, columns", [(0, COLUMNS), (1, ("case", "x"))])
def test_a_folder_of_something_else_is_refused(
    rows: int, columns: tuple[str, ...], tmp_path: Path
) -> None:
    a_case(tmp_path, ASKED.folder, rows, columns)
    with pytest.raises(SettingsError, match="no table of a simulated case"):
        is_written(tmp_path, ASKED)
    (tmp_path / ASKED.folder / CASE_TABLE).unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        is_written(tmp_path, ASKED)


def test_a_full_disk_leaves_nothing_of_the_case_and_the_table_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    module = "senoscope.studies.wrapping.simulated_tomosynthesis"
    monkeypatch.setattr(f"{module}._write_view", full)
    with pytest.raises(StorageError, match=r"case00032 cannot be written \(No space left"):
        write_simulated_case(tmp_path, ASKED)
    assert list(tmp_path.iterdir()) == []
    a_case(tmp_path, "case00001", 1)
    before = write_truth(tmp_path).read_bytes()
    a_case(tmp_path, "case00002", 1)
    monkeypatch.setattr(f"{module}._write_table", full)
    with pytest.raises(StorageError, match=r"truth\.csv cannot be written \(No space left"):
        write_truth(tmp_path)
    assert (tmp_path / TRUTH).read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["case00001", "case00002", TRUTH]


@pytest.mark.parametrize("views", [(), ("CC", "CC"), ("LM",), ("CC", "")])
def test_views_that_are_none_are_refused(views: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError, match="expected CC, MLO or both"):
        CaseToSimulate(ASKED.case, views)


def test_doses_have_names() -> None:
    assert [CaseToSimulate(ASKED.case, ("CC",), each).dose for each in DOSES] == list(DOSES)
    with pytest.raises(SettingsError, match="The dose 'much' was given"):
        CaseToSimulate(ASKED.case, ("CC",), "much")
