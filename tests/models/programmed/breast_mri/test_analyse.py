"""An exam from phases to lesions."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.breast_mri import DynamicSeries, Mask, VolumeGeometry
from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.metrics import dice
from senoscope.models.programmed.breast_mri.analyse import analyse
from senoscope.models.programmed.breast_mri.analysis import (
    EnhancingLesion,
    MriAnalysis,
    MriSettings,
    Tissue,
)
from senoscope.models.programmed.breast_mri.motion import moved
from tests.models.programmed.breast_mri.small_exam import SmallExam, small_exam

PLAIN = MriSettings(register=False, correct_bias=False)


def read(series: DynamicSeries, settings: MriSettings = PLAIN) -> MriAnalysis:
    found = analyse(series, settings)
    assert found is not None
    return found


def whole(lesion: EnhancingLesion, shape: tuple[int, int, int]) -> Mask:
    found = np.zeros(shape, bool)
    z, y, x = (
        slice(low, low + count) for low, count in zip(lesion.corner, lesion.mask.shape, strict=True)
    )
    found[z, y, x] = lesion.mask
    return found


def of(tissue: NDArray[np.uint8], bit: Tissue) -> Mask:
    return (tissue & np.uint8(bit)) > 0


@pytest.mark.parametrize("is_fat_bright", [False, True])
def test_breast_gland_and_lesion_are_found_with_and_without_fat(is_fat_bright: bool) -> None:
    exam = small_exam(is_fat_bright)
    found = read(exam.series)
    assert dice(of(found.tissue, Tissue.BREAST), exam.breast) > 0.85
    assert dice(of(found.tissue, Tissue.FIBROGLANDULAR), exam.gland | exam.lesion) > 0.9
    (lesion,) = found.lesions
    assert dice(whole(lesion, exam.series.shape), exam.lesion) > 0.8
    assert lesion.number == 1
    assert lesion.laterality is Laterality.LEFT
    assert lesion.shares[2] > 0.5
    assert found.nipples["L"][2] > found.nipples["R"][2]
    assert found.troubles == ()


def test_who_moved_is_moved_back() -> None:
    exam = small_exam(moved_voxels=1, noise=2.0)
    found = read(exam.series, MriSettings())
    assert found.motion is not None
    again = moved(exam.series.phases[1], found.motion, 1)
    before = exam.series.phases[0].astype(np.float32)
    edge = exam.breast & ~exam.lesion
    left = np.abs(again - before)[edge].mean()
    assert left < 0.7 * np.abs(exam.series.phases[1] - before)[edge].mean()
    assert dice(whole(found.lesions[0], exam.series.shape), exam.lesion) > 0.75


def test_one_slice_is_moved_as_the_volume_is() -> None:
    exam = small_exam(moved_voxels=1)
    motion = read(exam.series, MriSettings(correct_bias=False)).motion
    every = moved(exam.series.phases[2], motion, 2)
    assert np.array_equal(moved(exam.series.phases[2], motion, 2, [11])[0], every[11])


def test_the_same_exam_reads_the_same_twice() -> None:
    exam = small_exam()
    one, other = (read(exam.series, MriSettings()) for _ in range(2))
    assert np.array_equal(one.tissue, other.tissue)
    assert one.motion is not None
    assert other.motion is not None
    assert np.array_equal(one.motion.displacement, other.motion.displacement)


def test_slices_from_side_to_side_give_the_same_lesion() -> None:
    exam = small_exam()
    axial = exam.series
    turned = (2, 0, 1)
    geometry = VolumeGeometry(
        tuple(axial.geometry.spacing_mm[axis] for axis in turned),  # type: ignore[arg-type]
        axial.geometry.axes[list(turned)],
        axial.geometry.origin_mm,
    )
    phases = tuple(np.ascontiguousarray(each.transpose(turned)) for each in axial.phases)
    one = read(axial).lesions[0]
    other = read(replace(axial, phases=phases, geometry=geometry)).lesions[0]
    assert other.extent_mm == pytest.approx(one.extent_mm)
    assert other.laterality is one.laterality
    assert other.nipple_mm == pytest.approx(one.nipple_mm, abs=4)


def test_without_times_nothing_is_said_in_seconds() -> None:
    exam = small_exam()
    lesion = read(replace(exam.series, times_s=None)).lesions[0]
    assert "time_to_peak_s" not in lesion.measures
    assert lesion.measures["ser"] > 1


def test_a_series_that_does_not_say_is_read_as_it_looks() -> None:
    for is_fat_bright in (False, True):
        exam: SmallExam = small_exam(is_fat_bright)
        found = read(replace(exam.series, fat_suppressed=None))
        assert dice(of(found.tissue, Tissue.FIBROGLANDULAR), exam.gland | exam.lesion) > 0.9
        assert "does not say whether fat is suppressed" in found.troubles[0]


def series_of(make: object, shape: tuple[int, int, int]) -> DynamicSeries:
    phases = tuple(make(shape) for _ in range(3))  # type: ignore[operator]
    return replace(small_exam().series, phases=phases, times_s=None)


@pytest.mark.parametrize("shape", [(8, 8, 8), (8, 40, 60)])
def test_where_there_is_no_breast_that_is_said(shape: tuple[int, int, int]) -> None:
    random = np.random.default_rng(1)
    for make in (
        np.zeros,
        np.ones,
        lambda size: random.integers(0, 9, size).astype(np.uint16),
    ):
        found = read(series_of(make, shape), MriSettings())
        assert found.tissue.shape == shape
        assert found.troubles or not found.lesions


def test_who_asks_to_stop_gets_nothing() -> None:
    stop = Event()
    stop.set()
    assert analyse(small_exam().series, cancelled=stop) is None


def test_progress_rises_to_the_end() -> None:
    told: list[float] = []
    analyse(small_exam().series, say=lambda share, _words: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
