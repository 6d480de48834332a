import pytest

from senoscope.domain.errors import ImageError, SourceLost, SourceUnavailable
from senoscope.realtime.sources.camera import CameraSource
from tests.realtime.sources.clips import FakeDevice, picture


def test_frames_come_in_order_with_the_first_picture_not_lost() -> None:
    source = CameraSource(0, lambda: FakeDevice(picture(level=10), picture(level=20)))
    source.open()
    first, second = source.grab(), source.grab()
    assert first is not None
    assert second is not None
    assert [int(frame.pixels[0, 0]) for frame in (first, second)] == [10, 20]
    assert [first.index, second.index] == [0, 1]


def test_no_device_is_refused_with_the_remedy() -> None:
    with pytest.raises(SourceUnavailable, match=r"camera /dev/video99 .*Check the cable"):
        CameraSource("/dev/video99").open()


def test_a_device_that_sends_nothing_is_refused_and_released() -> None:
    fake = FakeDevice()
    with pytest.raises(SourceUnavailable, match="sends no picture"):
        CameraSource(0, lambda: fake).open()
    assert fake.released == 1


def test_a_device_gone_in_mid_stream_is_a_loss() -> None:
    source = CameraSource(0, lambda: FakeDevice(picture(), picture()))
    source.open()
    source.grab()
    source.grab()
    with pytest.raises(SourceLost, match=r"camera 0 stopped sending after 2 frames\. Check"):
        source.grab()


def test_a_camera_that_changes_its_size_is_a_loss() -> None:
    source = CameraSource(0, lambda: FakeDevice(picture(), picture(320, 240)))
    source.open()
    source.grab()
    with pytest.raises(SourceLost, match="from 160x120 to 320x240"):
        source.grab()


@pytest.mark.parametrize("side", [8, 8000])
def test_frames_of_a_size_that_cannot_be_read_are_refused(side: int) -> None:
    source = CameraSource(0, lambda: FakeDevice(picture(side, side)))
    source.open()
    with pytest.raises(ImageError, match=f"{side}x{side}"):
        source.grab()


def test_a_closed_camera_ends_and_is_released_once() -> None:
    fake = FakeDevice(picture(), picture())
    source = CameraSource(0, lambda: fake)
    source.close()
    source.open()
    source.close()
    source.close()
    assert source.grab() is None
    assert fake.released == 1


def test_grabbing_before_opening_is_refused() -> None:
    with pytest.raises(SourceLost, match="open it before"):
        CameraSource(0, lambda: None).grab()
