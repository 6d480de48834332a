import numpy as np
import pytest

from senoscope.domain.errors import ImageError, SourceLost
from senoscope.realtime.sources.numbering import Numbering, grey


def test_frames_are_counted_and_stamped_in_order() -> None:
    numbering = Numbering("clip")
    frames = [numbering.frame(np.zeros((64, 80), np.uint8)) for _ in range(3)]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert frames[0].captured_at_ns <= frames[2].captured_at_ns
    assert numbering.count == 3


def test_a_change_of_size_is_a_loss_that_names_both_sizes() -> None:
    numbering = Numbering("camera 0")
    numbering.frame(np.zeros((480, 640), np.uint8))
    with pytest.raises(SourceLost, match=r"camera 0 changed from 640x480 to 800x600 .* again"):
        numbering.frame(np.zeros((600, 800), np.uint8))


@pytest.mark.parametrize("side", [8, 8000])
def test_a_picture_too_small_or_too_large_is_refused(side: int) -> None:
    with pytest.raises(ImageError, match=f"{side}x{side}"):
        Numbering("clip").frame(np.zeros((side, side), np.uint8))


def test_sixteen_bit_is_stretched_from_its_own_lowest_to_its_own_highest() -> None:
    ramp = np.linspace(1000, 3000, 64 * 64).reshape(64, 64).astype(np.uint16)
    pixels = grey(ramp)
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert np.all(np.diff(pixels.ravel().astype(int)) >= 0)
    assert not grey(np.full((64, 64), 700, np.uint16)).any()


def test_colour_becomes_grey_and_alpha_does_not_count() -> None:
    colour = np.full((64, 64, 3), 120, np.uint8)
    clear = np.dstack([colour, np.zeros((64, 64), np.uint8)])
    assert np.all(grey(colour) == 120)
    assert np.array_equal(grey(clear), grey(colour))
    assert np.all(grey(colour[..., :1]) == 120)


def test_values_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ImageError, match="no numbers"):
        grey(np.full((64, 64), np.nan, np.float32))
