"""A camera or a frame grabber that the operating system shows as one."""

from __future__ import annotations

import sys
from functools import partial

from senoscope.realtime.sources.live import LiveSource
from senoscope.realtime.sources.opencv import OpenDevice, open_capture


class CameraSource(LiveSource):
    """`device` is an index, 0 the first, or a path such as /dev/video0.

    `open_device` stands in for OpenCV in tests.
    """

    def __init__(self, device: int | str = 0, open_device: OpenDevice | None = None) -> None:
        backend = "CAP_V4L2" if sys.platform == "linux" else "CAP_ANY"
        super().__init__(
            f"camera {device}",
            open_device or partial(open_capture, device, backend, {}),
            "Check the cable, that no other program uses it and that you may (on Linux: be in "
            "the group video), then open it again; `senoscope doctor` lists what there is.",
        )
