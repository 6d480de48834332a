import sys
from threading import Event, Thread

import pytest

from senoscope.domain.errors import InstallationError
from senoscope.realtime.sources.opencv import ClosableDevice, Picture, open_capture, opencv
from tests.realtime.sources.clips import FakeDevice, picture


def test_opencv_that_does_not_load_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(InstallationError, match=r"apt-get install libgl1 libglib2\.0-0"):
        opencv()


def test_what_does_not_open_is_none() -> None:
    assert open_capture("/nowhere/clip.mp4", "CAP_FFMPEG", {"CAP_PROP_N_THREADS": 1}) is None


def test_closing_twice_releases_once_and_reads_no_more() -> None:
    fake = FakeDevice(picture())
    device = ClosableDevice(fake)
    device.close()
    device.close()
    assert fake.released == 1
    assert device.read() is None


def test_a_device_closed_under_a_read_is_released_only_after_it() -> None:
    reading, go_on = Event(), Event()

    class Slow(FakeDevice):
        def read(self) -> tuple[bool, Picture | None]:
            reading.set()
            go_on.wait(10)
            assert not self.released
            return super().read()

    fake = Slow(picture())
    device = ClosableDevice(fake)
    answers: list[Picture | None] = []
    thread = Thread(target=lambda: answers.append(device.read()))
    thread.start()
    assert reading.wait(10)
    device.close()
    go_on.set()
    thread.join(10)
    assert answers == [None]
    assert fake.released == 1
