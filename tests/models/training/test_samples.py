"""What is learnt from: the parts allowed, no patient twice, lesion-free parts without lesion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.calibration.phantoms.folder import write_phantom
from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.training.samples import (
    LONGEST_SIDE,
    DataFolders,
    Sample,
    Samples,
    lesion_free_window,
    load_samples,
    read_phantoms,
)
from tests.models.evaluation.data_sets import SHAPE, bus_bra, busi, draw, lesion


def load(
    tmp_path: Path,
    folds: tuple[str, ...] = ("1", "2", "3"),
    parts: tuple[str, ...] = ("train", "val"),
    inner_share: float = 0.5,
) -> Samples:
    if not (tmp_path / "bra").exists():
        bus_bra(tmp_path / "bra")
        busi(tmp_path / "busi")
    folders = DataFolders(tmp_path / "bra", tmp_path / "busi", (), folds, parts)
    return load_samples(folders, inner_share, lambda line: None)


def names(samples: tuple[Sample, ...]) -> set[str]:
    return {sample.name for sample in samples}


def sample(mask: np.ndarray) -> Sample:
    return Sample("one", mask, mask, mask, Diagnosis.BENIGN, "patient")


@pytest.mark.parametrize("inner_share", [0.2, 0.5, 0.8])
def test_no_patient_or_near_duplicate_is_in_both_splits(tmp_path: Path, inner_share: float) -> None:
    samples = load(tmp_path, inner_share=inner_share)
    fitted, inner = ({s.group for s in part} for part in (samples.fitted, samples.inner))
    assert not fitted & inner
    assert len(samples.fitted) + len(samples.inner) == 10


def test_the_split_is_the_same_every_time_and_grows_by_adding_only(tmp_path: Path) -> None:
    few, again, more = (load(tmp_path, inner_share=share).inner for share in (0.4, 0.4, 0.8))
    assert names(few) == names(again) < names(more)


def test_an_image_s_split_does_not_hang_on_what_else_is_read(tmp_path: Path) -> None:
    alone = load(tmp_path, parts=()).inner
    assert names(alone) == {s.name for s in load(tmp_path).inner if s.group.startswith("bus-bra")}


def test_parts_that_may_not_be_learnt_from_are_not_read(tmp_path: Path) -> None:
    samples = load(tmp_path, folds=("1",), parts=("train",))
    expected = {"bus_0001-l", "bus_0001-r", "benign (1)", "malignant (1)", "normal (1)"}
    assert names(samples.fitted + samples.inner) == expected


def test_parts_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match=r"No image belongs to folds .*'9'"):
        load(tmp_path, folds=("9",), parts=())


def test_masks_are_black_or_white_and_the_union_of_an_image_s_lesions(tmp_path: Path) -> None:
    samples = load(tmp_path)
    by_name = {s.name: s for s in samples.fitted + samples.inner}
    assert all(set(np.unique(s.mask)) <= {0, 255} for s in by_name.values())
    assert np.count_nonzero(by_name["benign (2)"].mask) == 40 * 50 + 20 * 30
    assert not by_name["normal (1)"].has_lesion


def test_a_large_image_and_its_mask_are_reduced_together(tmp_path: Path) -> None:
    load(tmp_path)
    large = np.kron(lesion(200), np.ones((8, 8), np.uint8))
    draw(tmp_path / "bra" / "Images" / "bus_0003-l.png", large)
    draw(tmp_path / "bra" / "Masks" / "mask_0003-l.png", np.where(large > 0, 255, 0))
    samples = load(tmp_path, folds=("3",), parts=())
    (reduced,) = samples.fitted + samples.inner
    assert reduced.pixels.shape == reduced.mask.shape == (LONGEST_SIDE, LONGEST_SIDE)
    assert set(np.unique(reduced.mask)) == {0, 255}
    assert np.mean((reduced.pixels > 100) != (reduced.mask > 0)) < 0.005


def test_a_phantom_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_phantom(tmp_path / "seed7", seed=7, frames=4, size=(128, 96))
    write_phantom(tmp_path / "deeper" / "seed8", seed=8, frames=1, size=(128, 96))
    images = read_phantoms(tmp_path)
    assert {image.group for image in images} == {"phantom 7", "phantom 8"}
    assert all(image.pixels().shape == image.mask().shape == (96, 128) for image in images)
    for image in images:
        assert image.mask().any() == (image.diagnosis is not Diagnosis.NORMAL)


@pytest.mark.parametrize(
    "where",
    [
        (slice(0, 30), slice(0, 30)),
        (slice(100, 160), slice(0, 160)),
        (slice(60, 110), slice(100, 160)),
        (slice(0, 160), slice(0, 20)),
    ],
)
def test_a_lesion_free_window_never_holds_a_lesion_pixel(where: tuple[slice, slice]) -> None:
    mask, rng = lesion(255, where), np.random.default_rng(0)
    windows = [lesion_free_window(sample(mask), rng) for _ in range(300)]
    found = [window for window in windows if window is not None]
    assert found
    for rows, columns in found:
        assert not mask[rows, columns].any()
        assert 0 <= rows.start < rows.stop <= SHAPE[0]
        assert 0 <= columns.start < columns.stop <= SHAPE[1]
        assert rows.stop - rows.start >= 0.49 * SHAPE[0]
        assert columns.stop - columns.start >= 0.34 * SHAPE[1]


def test_an_image_full_of_lesion_has_no_lesion_free_window() -> None:
    full = lesion(255, (slice(None), slice(None)))
    assert lesion_free_window(sample(full), np.random.default_rng(0)) is None
