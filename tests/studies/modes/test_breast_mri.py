from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.breast_mri.analysis import MriSettings
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.modes.breast_mri import BreastMri, mri_settings_of
from senoscope.studies.mri.phase_changes import changes_of_json, table_json
from senoscope.studies.mri.phase_table import phase_table_of
from senoscope.studies.results.image_group import summary
from senoscope.studies.results.write_results import write_results
from senoscope.studies.wrapping.simulated_mri import written_mri
from tests.studies.mri.analyses import small_series
from tests.studies.results.breast_mri.read_exam import (
    by_hand,
    read_by_hand,
    sagittal_study_of,
    study_of,
)


def study_in(folder: Path) -> Study:
    with StudyFiles(folder) as files:
        (study,), _ = read_studies(files)
    return study


def test_it_reads_mr_and_nothing_else(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    assert all(map(BreastMri().accepts, study.series))


def test_one_phase_alone_is_not_read_and_the_reason_is_said(tmp_path: Path) -> None:
    files = sorted(written_mri(small_series(), tmp_path / "in", "series per phase", 1))
    for each in files[len(files) // 4 :]:
        each.unlink()
    study = study_in(tmp_path / "in")
    reading = BreastMri(analyser=by_hand).read(study)
    assert reading is not None
    assert reading.abstained
    assert not reading.findings
    assert len(reading.images) == len(study.images)
    assert all("phase" in each.trouble for each in reading.images)
    assert summary(reading)
    kinds = {each.kind for each in write_results(study, reading, tmp_path / "out")}
    assert kinds == {"measurements", "report", "data"}


def test_a_corrected_table_is_the_one_that_is_read(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    said = table_json(phase_table_of(study))
    for phase, time_s in zip(said["sets"][0]["phases"], (0.0, 60.0, 120.0, 180.0), strict=True):
        phase["time_s"] = time_s
    said["sets"][0]["phases"][1]["pre_contrast"] = True
    reading = BreastMri(changes=changes_of_json(said), analyser=by_hand).read(study)
    assert reading is not None
    times = [each.number for each in reading.facts if each.name == "phase_time"]
    assert times == [0, 60, 120, 180]
    (volumes,) = reading.volumes
    assert volumes.series.pre_contrast == 2
    assert volumes.phases["sets"][0]["phases"][0]["time_from"]
    second = phase_table_of(study).sets[0].phases[1]
    assert volumes.slices[0].instance_uid == second.slices[0].image.instance_uid


def test_both_breasts_of_a_sagittal_study_are_read(tmp_path: Path) -> None:
    study = sagittal_study_of(tmp_path / "in")
    reading = read_by_hand(study)
    assert len(reading.volumes) == 2
    assert [each.number for each in reading.findings] == [1, 2]
    assert len({each.key.at.series_uid for each in reading.findings}) == 2
    results = write_results(study, reading, tmp_path / "out")
    kinds = [each.kind for each in results]
    assert (kinds.count("segmentation"), kinds.count("volumes")) == (2, 2)


def test_settings_are_named_and_bounded() -> None:
    assert mri_settings_of({}) == MriSettings()
    made = mri_settings_of({"early_percent": 60, "register": False})
    assert (made.early_percent, made.register) == (60, False)
    for wrong in (
        {"unknown": 1},
        {"early_percent": "70"},
        {"early_percent": float("nan")},
        {"early_percent": -1},
        {"register": 1},
        {"neighbours": 9},
        {"neighbours": 2.5},
    ):
        with pytest.raises(SettingsError, match="expected"):
            mri_settings_of(wrong)


def test_settings_are_said_with_the_result(tmp_path: Path) -> None:
    settings = mri_settings_of({"early_percent": 55})
    reading = BreastMri(settings, analyser=by_hand).read(study_of(tmp_path))
    assert reading is not None
    facts = {each.name: each.number for each in reading.facts}
    assert facts["early_percent"] == 55
    assert np.isclose(facts["background_share"] or 0, 0.6)
