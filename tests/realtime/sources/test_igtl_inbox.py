import numpy as np
import pytest
from numpy.typing import NDArray
from pyigtl import ImageMessage

from senoscope.domain.errors import ImageError, SourceLost
from senoscope.domain.spacing import PixelSpacing, SpacingOrigin
from senoscope.realtime.sources.igtl_inbox import Inbox, Message, picture_of


def message(pixels: NDArray[np.generic], *millimetres: float) -> Message:
    """As it comes in; the millimetres are along columns, rows and planes."""
    matrix = np.diag([*(millimetres or (1.0, 1.0, 1.0)), 1.0])
    inbox = Inbox()
    inbox.add(ImageMessage(pixels, matrix, device_name="Image").pack())
    found = inbox.newest()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [
        (np.full((1, 120, 160, 3), [200, 100, 0], np.uint8), [0, 100, 200]),
        (np.full((1, 120, 160, 4), [200, 100, 0, 9], np.uint8), [0, 100, 200]),
        (np.full((120, 160), 77, np.uint8), 77),
        (np.full((120, 1, 160), 77, np.uint8), 77),
        (np.full((120, 160, 1), 77, np.uint8), 77),
    ],
)
def test_colours_become_blue_green_red_and_planes_of_every_direction_come(
    pixels: NDArray[np.uint8], expected: int | list[int]
) -> None:
    picture, spacing = picture_of(message(pixels))
    assert picture.shape[:2] == (120, 160) and picture[5, 5].tolist() == expected
    assert spacing is None  # a matrix of ones is nobody's calibration


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1, 120, 160), PixelSpacing(row_mm=0.2, column_mm=0.1)),
        ((120, 1, 160), PixelSpacing(row_mm=0.5, column_mm=0.1)),
        ((120, 160, 1), PixelSpacing(row_mm=0.5, column_mm=0.2)),
    ],
)
def test_millimetres_are_those_of_the_two_sides_of_the_plane(
    shape: tuple[int, ...], expected: PixelSpacing
) -> None:
    _, spacing = picture_of(message(np.zeros(shape, np.uint8), 0.1, 0.2, 0.5))
    assert spacing is not None
    assert spacing.origin is SpacingOrigin.OPENIGTLINK
    found = spacing.spacing
    assert (found.row_mm, found.column_mm) == pytest.approx((expected.row_mm, expected.column_mm))


@pytest.mark.parametrize("millimetre", [0.0, 0.001, 1.0, 5.0, float("nan"), float("inf")])
def test_millimetres_that_no_scan_of_a_breast_has_are_not_believed(millimetre: float) -> None:
    pixels = np.zeros((1, 120, 160), np.uint8)
    assert picture_of(message(pixels, millimetre, 0.2, 1.0))[1] is None
    assert picture_of(message(pixels, 0.2, millimetre, 1.0))[1] is None


def test_a_message_in_parts_comes_once_it_is_whole() -> None:
    packed = ImageMessage(np.zeros((1, 120, 160), np.uint8), device_name="Image").pack()
    inbox = Inbox("Image")
    for part in (packed[:10], packed[10:5000], packed[5000:-1]):
        inbox.add(part)
        assert inbox.newest() is None
    inbox.add(packed[-1:] + packed[:70])
    assert inbox.newest() is not None
    assert inbox.newest() is None


def test_spoilt_bytes_are_a_loss_or_no_picture() -> None:
    packed = ImageMessage(np.zeros((1, 120, 160), np.uint8), device_name="Image").pack()
    chance = np.random.default_rng(4)
    refused = 0
    for _ in range(500):
        spoilt = bytearray(packed)
        for place in chance.integers(0, 130, 4):
            spoilt[place] = chance.integers(256)
        inbox = Inbox()
        inbox.add(bytes(spoilt))
        try:
            found = inbox.newest()
            if found is not None:
                picture_of(found)
        except (ImageError, SourceLost):
            refused += 1
    assert refused > 100
