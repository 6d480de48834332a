"""A sweep from a still: reproducible, with the truth where the picture has it."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.calibration.phantoms.still_sweep import LIFT_S, Motion, StillSweep, lift_share
from senoscope.calibration.phantoms.sweep import Mask, SweepFrame
from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.frame import Gray
from senoscope.models.evaluation.metrics import iou

RATE_HZ = 30.0
FRAMES = 300
STAYS, LEAVES = 2, 3
"""Seeds of a short and of a long pan."""


def still() -> tuple[Gray, Mask]:
    """A white lesion, well left of the middle, on grey tissue."""
    rows, columns = np.mgrid[:160, :200]
    mask = ((columns - 80) / 24.0) ** 2 + ((rows - 70) / 16.0) ** 2 < 1
    return np.where(mask, 220, 60).astype(np.uint8), mask


def swept(seed: int, frames: int = FRAMES) -> list[SweepFrame]:
    return list(StillSweep(*still(), seed).frames(frames, RATE_HZ))


@pytest.fixture(scope="module")
def stays() -> list[SweepFrame]:
    return swept(STAYS)


@pytest.fixture(scope="module")
def leaves() -> list[SweepFrame]:
    return swept(LEAVES)


def lift_of(seed: int) -> list[float]:
    begins = Motion.drawn(seed).lift_at * FRAMES / RATE_HZ
    return [lift_share(index / RATE_HZ, begins) for index in range(FRAMES)]


def test_the_same_seed_gives_the_same_pixels_and_another_seed_does_not(
    stays: list[SweepFrame],
) -> None:
    again = next(StillSweep(*still(), STAYS).frames(FRAMES, RATE_HZ))
    other = next(StillSweep(*still(), LEAVES).frames(FRAMES, RATE_HZ))
    assert (again.pixels == stays[0].pixels).all()
    assert not (other.pixels == stays[0].pixels).all()


@pytest.mark.parametrize("seed", [STAYS, LEAVES])
def test_the_truth_is_where_the_picture_shows_the_lesion(seed: int) -> None:
    for frame, lifted in zip(swept(seed), lift_of(seed), strict=True):
        if lifted > 0 or not frame.lesions:
            continue
        drawn = np.any([lesion.mask for lesion in frame.lesions], axis=0)
        if np.count_nonzero(drawn) > 200:
            assert iou(frame.pixels > 130, drawn) > 0.9


def test_every_lesion_told_of_has_pixels_in_the_picture(leaves: list[SweepFrame]) -> None:
    for frame in leaves:
        for lesion in frame.lesions:
            assert lesion.mask.shape == frame.pixels.shape
            assert lesion.mask.any()


def test_with_a_short_pan_the_lesion_is_lost_only_while_the_probe_is_lifted(
    stays: list[SweepFrame],
) -> None:
    for frame, lifted in zip(stays, lift_of(STAYS), strict=True):
        assert [lesion.number for lesion in frame.lesions] == ([] if lifted >= 0.5 else [1])


def test_with_a_long_pan_it_leaves_and_comes_back_and_its_mirror_image_is_another(
    leaves: list[SweepFrame],
) -> None:
    own = "".join(
        "1" if any(lesion.number == 1 and lesion.in_view for lesion in frame.lesions) else "0"
        for frame, lifted in zip(leaves, lift_of(LEAVES), strict=True)
        if not lifted
    )
    assert "01" in own.lstrip("0")
    assert max(lesion.number for frame in leaves for lesion in frame.lesions) > 1


def test_a_lesion_is_in_view_while_half_of_it_is(leaves: list[SweepFrame]) -> None:
    whole = np.count_nonzero(still()[1])
    seen = [lesion for frame in leaves for lesion in frame.lesions]
    assert {lesion.in_view for lesion in seen} == {True, False}
    for lesion in seen:
        share = np.count_nonzero(lesion.mask) / whole
        # Zoom changes the area by at most a sixth.
        assert lesion.in_view or share < 0.6
        assert not lesion.in_view or share > 0.4


def test_the_probe_is_lifted_once_and_shows_a_bright_band_over_darkness(
    stays: list[SweepFrame],
) -> None:
    lifted = [frame for frame, share in zip(stays, lift_of(STAYS), strict=True) if share == 1]
    assert abs(len(lifted) - LIFT_S * RATE_HZ) <= 1
    for frame in lifted:
        assert not frame.lesions
        assert frame.pixels[:3].mean() > 120
        assert frame.pixels[80:].mean() < 20


def test_in_a_sweep_of_less_than_two_seconds_the_probe_stays_on() -> None:
    assert all(frame.lesions for frame in swept(STAYS, 59))
    assert not all(frame.lesions for frame in swept(STAYS, 60))


def test_speckle_is_grainy_and_forgets_itself_over_a_second() -> None:
    even = np.full((200, 512), 100, np.uint8)
    frames = [f.pixels.astype(float) for f in StillSweep(even, None, STAYS).frames(40, 30.0)]
    noise = [picture[150:] - picture[150:].mean() for picture in frames[:5]]

    def shared(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])

    assert 5 < noise[0].std() < 20
    assert 0.6 < shared(noise[0], noise[1]) < 0.95
    assert shared(noise[0][:, 1:], noise[0][:, :-1]) > 0.5
    assert abs(shared(noise[0][:, 20:], noise[0][:, :-20])) < 0.1
    last = frames[-1][150:] - frames[-1][150:].mean()
    assert abs(shared(noise[0], last)) < 0.1


def test_the_gain_drifts_slightly() -> None:
    even = np.full((200, 256), 100, np.uint8)
    frames = StillSweep(even, None, STAYS).frames(FRAMES, RATE_HZ)
    level = [
        frame.pixels.mean()
        for frame, lifted in zip(frames, lift_of(STAYS), strict=True)
        if not lifted
    ]
    assert 5 < max(level) - min(level) < 20


def test_a_still_without_a_lesion_has_none_in_any_picture() -> None:
    frames = list(StillSweep(still()[0], None, LEAVES).frames(30, RATE_HZ))
    assert len(frames) == 30
    assert not any(frame.lesions for frame in frames)


def test_a_picture_is_made_only_when_it_is_asked_for() -> None:
    endless = StillSweep(*still(), 0).frames(10**12, RATE_HZ)
    assert next(endless).pixels.shape == (160, 200)


def test_what_cannot_be_swept_is_refused_with_a_remedy() -> None:
    pixels, mask = still()
    with pytest.raises(ImageError, match="expected one size"):
        StillSweep(pixels, mask[1:], 0)
    with pytest.raises(ImageError, match="8-bit"):
        StillSweep(pixels.astype(np.float32), None, 0)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="0 or more"):
        StillSweep(pixels, mask, -1)
    with pytest.raises(SettingsError, match="Try 300 at 30"):
        StillSweep(pixels, mask, 0).frames(0, RATE_HZ)
    with pytest.raises(SettingsError, match="Try 300 at 30"):
        StillSweep(pixels, mask, 0).frames(10, 0)
