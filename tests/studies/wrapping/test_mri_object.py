"""Simulated MRI as DICOM: what dciodvfy says of it, and what it says of itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.mri.dynamic_series import dynamic_series_of
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.wrapping.mri_object import mri_objects
from senoscope.studies.wrapping.mri_to_wrap import LAYOUTS, MriToWrap, clock
from senoscope.studies.wrapping.simulated_mri import simulated_exam, written_mri
from tests.studies.mri.phantoms import SHAPE, series
from tests.studies.mri.phase_files import study_of
from tests.studies.results.conformance import dciodvfy_errors


@pytest.mark.parametrize("laterality", [None, "L"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_objects_have_no_errors(tmp_path: Path, layout: str, laterality: str | None) -> None:
    given = series()
    paths = written_mri(
        given, tmp_path, layout, 4, laterality, subtractions=True, t2=given.phases[0]
    )
    slices, phases = SHAPE[0], 5
    dynamic = {"enhanced": 1, "enhanced per phase": phases}.get(layout, slices * phases)
    assert len(paths) == dynamic + (phases - 1) * slices + slices
    looked_at = (paths[0], paths[dynamic - 1], paths[dynamic], paths[-1])
    assert [dciodvfy_errors(each) for each in looked_at] == [[]] * 4


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_say_that_they_are_simulated(tmp_path: Path, layout: str) -> None:
    for path in written_mri(series(), tmp_path, layout, 4)[:1]:
        made = dcmread(path, stop_before_pixels=True)
        assert "Simulated" in str(made.PatientName)
        assert "SIMULATED" in made.StudyDescription
        assert "Simulated" in made.ImageComments


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    first = written_mri(series(), tmp_path / "a", "enhanced", 4)
    again = written_mri(series(), tmp_path / "b", "enhanced", 4)
    other = written_mri(series(), tmp_path / "c", "enhanced", 5)
    assert first[0].read_bytes() == again[0].read_bytes() != other[0].read_bytes()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("low", [0.0, -1.0])
def test_values_that_are_no_integers_come_back(tmp_path: Path, layout: str, low: float) -> None:
    given = series()
    phases = tuple(np.asarray(each, np.float32) / 300 for each in given.phases)
    phases[1][0, 0, 0] = low
    floats = DynamicSeries(phases, given.geometry, None, 1, None, None)
    made = list(mri_objects(MriToWrap(floats, simulated_exam(1), derivation="x"), layout))
    (found,) = phase_table_of(study_of(tmp_path, made)).sets
    if layout in ("series per phase", "enhanced per phase"):
        # Without times nothing tells the order of several series; of one, positions in time do.
        assert bool(found.trouble) is (layout == "series per phase")
    if not found.trouble:
        read = dynamic_series_of(found)
        assert read is not None
        highest = max(float(each.max()) for each in phases)
        for one, other in zip(read.phases, phases, strict=True):
            assert np.abs(one - other).max() <= highest / 2**14
        assert read.fat_suppressed is False or layout.startswith("enhanced") is False


def test_another_layout_is_refused() -> None:
    with pytest.raises(SettingsError, match="expected one of series per phase, one series"):
        next(mri_objects(MriToWrap(series(), simulated_exam(1)), "nrrd"))


def test_a_folder_that_cannot_be_written_is_said(closed_folder: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        written_mri(series(), closed_folder / "new", "enhanced", 1)


def test_times_of_the_day_are_written_to_the_millisecond() -> None:
    assert clock(36_000) == "100000.000"
    assert clock(36_061.2345) == "100101.234"
    assert clock(86_400 + 1.9996) == "000002.000"
