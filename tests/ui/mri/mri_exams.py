"""Exams of a small simulated breast MRI; what is analysed in it was made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis, MriSettings
from senoscope.studies.modes.breast_mri import BreastMri
from senoscope.studies.wrapping.simulated_mri import written_mri
from tests.studies.mri.analyses import small_analysis, small_series

SEED = 1
LAYOUTS = ("series per phase", "one series")
"""Each is a study of its own of one patient."""


def mri_files(folder: Path, layout: str = LAYOUTS[0], seed: int = SEED) -> list[bytes]:
    """Four phases of 10 slices."""
    return [each.read_bytes() for each in written_mri(small_series(), folder, layout, seed)]


def plain_files(folder: Path) -> list[bytes]:
    """One phase alone."""
    series = small_series()
    return [
        each.read_bytes()
        for each in written_mri(series, folder, LAYOUTS[0], SEED)[: series.shape[0]]
    ]


def quick_mode(grown: float = 1.0, networks: Path | None = None) -> BreastMri:
    """Whatever it analyses has the lesion of `small_analysis`, `grown` in volume."""

    def analyse(
        _series: DynamicSeries,
        settings: MriSettings,
        _say: Callable[[float, str], None],
        _cancelled: Event | None,
    ) -> MriAnalysis:
        found = small_analysis()
        [lesion] = found.lesions
        larger = replace(
            lesion,
            volume_mm3=lesion.volume_mm3 * grown,
            functional_mm3=lesion.functional_mm3 * grown,
        )
        return replace(found, settings=settings, lesions=(larger,))

    return BreastMri(analyser=analyse, networks=networks)


def reads_again_quickly(patch: pytest.MonkeyPatch) -> None:
    """By a corrected table too."""
    again = partial(BreastMri, analyser=quick_mode().analyser)
    patch.setattr("senoscope.ui.studies.study_desk.BreastMri", again)
