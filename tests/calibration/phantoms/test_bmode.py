from collections.abc import Callable

import cv2
import numpy as np
import pytest

from senoscope.calibration.phantoms.bmode import BModePhantom, LesionTruth, PhantomFrame
from senoscope.calibration.phantoms.lesions import LesionKind
from senoscope.domain.errors import SettingsError

FRAMES = 12


@pytest.fixture(scope="module")
def sweeps() -> dict[int, list[PhantomFrame]]:
    return {seed: list(BModePhantom(seed, 256, 192).sweep(FRAMES)) for seed in range(6)}


def alone(
    sweeps: dict[int, list[PhantomFrame]], kind: LesionKind
) -> list[tuple[np.ndarray, LesionTruth]]:
    return [
        (frame.pixels.astype(float), frame.truth[0])
        for frames in sweeps.values()
        for frame in frames
        if len(frame.truth) == 1 and frame.truth[0].kind == kind
    ]


def below_minus_beside(pixels: np.ndarray, lesion: LesionTruth) -> float:
    """Grey levels by which a strip under the lesion is brighter than its neighbours."""
    rows, columns = np.nonzero(lesion.mask)
    left, right, bottom = columns.min(), columns.max() + 1, rows.max() + 3
    strip = pixels[bottom : bottom + 20]
    beside = np.r_[
        strip[:, max(0, left - 25) : left - 5].ravel(), strip[:, right + 5 : right + 25].ravel()
    ]
    middle = (right - left) // 4
    return float(strip[:, left + middle : right - middle].mean() - beside.mean())


def test_the_same_seed_gives_the_same_pixels_and_another_seed_does_not(
    sweeps: dict[int, list[PhantomFrame]],
) -> None:
    again = next(BModePhantom(3, 256, 192).sweep(FRAMES))
    assert np.array_equal(again.pixels, sweeps[3][0].pixels)
    assert not np.array_equal(again.pixels, sweeps[4][0].pixels)


def test_a_frame_has_the_size_asked_for_and_its_masks_too() -> None:
    frames = list(BModePhantom(0, 200, 160).sweep(3))
    assert all(frame.pixels.shape == (160, 200) for frame in frames)
    assert all(frame.pixels.dtype == np.uint8 for frame in frames)
    masks = [lesion.mask for frame in frames for lesion in frame.truth]
    assert masks
    assert all(mask.shape == (160, 200) and mask.dtype == np.bool_ for mask in masks)


def test_about_a_third_of_a_sweep_is_bare(sweeps: dict[int, list[PhantomFrame]]) -> None:
    bare = [np.mean([not frame.truth for frame in frames]) for frames in sweeps.values()]
    assert 0.2 < np.mean(bare) < 0.5
    assert all(share > 0 for share in bare)


def test_a_sweep_shows_lesions_of_more_than_one_kind(
    sweeps: dict[int, list[PhantomFrame]],
) -> None:
    for frames in sweeps.values():
        assert len({lesion.kind for frame in frames for lesion in frame.truth}) > 1
    assert any(len(frame.truth) == 2 for frames in sweeps.values() for frame in frames)


def test_a_cross_section_grows_and_shrinks_as_the_plane_passes() -> None:
    first = BModePhantom(1, 256, 192)
    areas = [sum(int(lesion.mask.sum()) for lesion in frame.truth) for frame in first.sweep(16)]
    assert len(set(areas)) > 6


def test_the_last_frame_leads_into_the_first() -> None:
    frames = [frame.pixels.ravel() for frame in BModePhantom(2, 256, 192).sweep(32)]
    closing = np.corrcoef(frames[-1], frames[0])[0, 1]
    assert closing > np.corrcoef(frames[-1], frames[10])[0, 1] + 0.1


@pytest.mark.parametrize("kind", list(LesionKind))
def test_a_lesion_is_darker_than_its_surroundings(
    sweeps: dict[int, list[PhantomFrame]], kind: LesionKind
) -> None:
    differences = []
    for pixels, lesion in alone(sweeps, kind):
        grown = cv2.dilate(lesion.mask.astype(np.uint8), np.ones((13, 13), np.uint8)) > 0
        differences.append(pixels[grown & ~lesion.mask].mean() - pixels[lesion.mask].mean())
    assert min(differences) > 5


@pytest.mark.parametrize(
    ("kind", "holds"),
    [(LesionKind.CYST, lambda rise: rise > 2), (LesionKind.MALIGNANT, lambda rise: rise < -10)],
)
def test_cysts_enhance_and_cancers_shadow_what_lies_below(
    sweeps: dict[int, list[PhantomFrame]], kind: LesionKind, holds: Callable[[float], bool]
) -> None:
    rises = [below_minus_beside(*each) for each in alone(sweeps, kind)]
    assert holds(float(np.mean(rises)))


def test_pixels_are_square_and_of_a_breast_probe() -> None:
    phantom = BModePhantom(0)
    assert phantom.pixel_spacing.row_mm == phantom.pixel_spacing.column_mm
    assert 25 < phantom.pixel_spacing.row_mm * phantom.rows < 45


@pytest.mark.parametrize(("seed", "columns", "rows"), [(-1, 1024, 768), (0, 8, 8), (0, 8000, 8000)])
def test_a_size_that_no_scanner_has_is_refused(seed: int, columns: int, rows: int) -> None:
    with pytest.raises(SettingsError, match="expected"):
        BModePhantom(seed, columns, rows)


def test_a_sweep_without_frames_is_refused_at_once() -> None:
    with pytest.raises(SettingsError, match="1 or more"):
        BModePhantom(0).sweep(0)
