"""A small simulated breast MRI as files, read with an analysis made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

from pydicom import Dataset

from senoscope.domain.breast_mri import SAGITTAL, DynamicSeries, VolumeGeometry
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis, MriSettings
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.modes.breast_mri import BreastMri
from senoscope.studies.modes.mode import Say
from senoscope.studies.study_reading import StudyReading
from senoscope.studies.wrapping.simulated_mri import written_mri
from tests.studies.mri import phase_files
from tests.studies.mri.analyses import small_analysis, small_series


def by_hand(
    series: DynamicSeries, settings: MriSettings, say: Say, cancelled: Event | None
) -> MriAnalysis | None:
    """As an analyser of `BreastMri`."""
    say(0.5, "half")
    if cancelled is not None and cancelled.is_set():
        return None
    return replace(small_analysis(), settings=settings)


def study_of(folder: Path, layout: str = "series per phase") -> Study:
    """Written there and read."""
    series = replace(small_series(), repetition_ms=5.2, flip_deg=12.0)
    written_mri(series, folder, layout, 1)
    with StudyFiles(folder) as files:
        (study,), left_out = read_studies(files)
    assert not left_out
    return study


def read_by_hand(study: Study) -> StudyReading:
    """Its reading."""
    reading = BreastMri(analyser=by_hand).read(study)
    assert reading is not None
    return reading


def sagittal_study_of(folder: Path) -> Study:
    """Each breast was read alone, in the sets of one study."""
    made: list[Dataset] = []
    for side, left_mm in (("R", -110.0), ("L", 60.0)):
        geometry = VolumeGeometry((3.0, 1.0, 1.0), SAGITTAL, (left_mm, -60.0, 20.0))
        one = replace(small_series(), geometry=geometry)
        made += phase_files.objects(one, phase_files.PER_PHASE, parts=(side,))
    for each in made:
        each.StudyInstanceUID = made[0].StudyInstanceUID
    return phase_files.study_of(folder, made)
