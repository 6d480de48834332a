"""A small simulated breast MRI as files, read with an analysis made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis, MriSettings
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.modes.breast_mri import BreastMri
from senoscope.studies.modes.mode import Say
from senoscope.studies.study_reading import StudyReading
from senoscope.studies.wrapping.simulated_mri import written_mri
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
