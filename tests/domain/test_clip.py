import numpy as np
import pytest
from numpy.typing import NDArray

from senoscope.domain.clip import Clip
from senoscope.domain.errors import ImageError


def frames(count: int) -> list[NDArray[np.uint8]]:
    return [np.zeros((100, 120), np.uint8)] * count


def test_a_clip_has_a_time_for_each_frame() -> None:
    clip = Clip(frames(3), (0.0, 20.0, 60.0), None, None, "clip")
    assert len(clip.frames) == len(clip.frame_times_ms) == 3


@pytest.mark.parametrize(
    ("count", "times", "said"),
    [
        (2, (0.0,), "2 frames and 1 frame times"),
        (0, (), "one at least"),
        (3, (1.0, 2.0, 3.0), "from 1 to 3 ms; .* rise from 0"),
        (3, (0.0, 20.0, 20.0), "rise from 0"),
        (3, (0.0, 20.0, float("inf")), "rise from 0"),
        (2, (0.0, float("nan")), "rise from 0"),
    ],
)
def test_times_that_cannot_be_are_refused(count: int, times: tuple[float, ...], said: str) -> None:
    with pytest.raises(ImageError, match=said):
        Clip(frames(count), times, None, None, "clip")


def test_a_clip_without_a_name_is_refused() -> None:
    with pytest.raises(ImageError, match="without a name"):
        Clip(frames(1), (0.0,), None, None, "")
