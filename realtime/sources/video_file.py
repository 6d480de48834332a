"""A recorded clip."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from senoscope.domain.errors import ImageError, SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame, require_usable_size
from senoscope.realtime.sources.framing import Cut
from senoscope.realtime.sources.numbering import Numbering
from senoscope.realtime.sources.opencv import (
    ClosableDevice,
    Device,
    OpenDevice,
    Picture,
    open_capture,
    opencv,
)
from senoscope.realtime.sources.pacing import Pace, Timetable

USUAL_RATE_HZ = 30.0
"""For a clip that does not say its rate, or says one no scanner has."""


class VideoFileSource:
    """The frames of one video file, once or, with `repeat`, without end.

    `rate_hz` None: at the clip's own rate. `flat_out`: as fast as it decodes, each frame captured
    when that rate would have shown it, so that lesions are followed as they are live.
    `open_device` stands in for OpenCV in tests.
    """

    name = "video file"
    simulated = False
    usual_cut = Cut.FOUND

    def __init__(
        self,
        file: Path,
        rate_hz: float | None = None,
        flat_out: bool = False,
        repeat: bool = False,
        open_device: OpenDevice | None = None,
    ) -> None:
        self._file, self._rate_hz, self._flat_out, self._repeat = file, rate_hz, flat_out, repeat
        # One decoding thread: the processor belongs to the AI, and frames come in one order.
        settings = {"CAP_PROP_N_THREADS": 1}
        self._open_device = open_device or partial(open_capture, str(file), "CAP_FFMPEG", settings)
        self._numbering = Numbering(file.name)
        self._pace = Pace(rate_hz)
        self._device: ClosableDevice | None = None
        self._expected = self._came = 0
        self._period_ns = 0.0
        self._timetable = Timetable(flat_out=True)

    @property
    def share(self) -> float | None:
        """How much of it has come, 0..1; None where the file does not say how long it is."""
        return min(1.0, self._came / self._expected) if self._expected > 0 else None

    def open(self) -> None:
        """Open the file. SourceUnavailable where it is missing, no video or of an unusable size."""
        self._require_video()
        device = self._opened()
        cv2 = opencv()
        own_rate_hz = device.get(cv2.CAP_PROP_FPS)
        usable_hz = own_rate_hz if 0.1 <= own_rate_hz <= 1000 else USUAL_RATE_HZ
        shown_hz = self._rate_hz or usable_hz
        self._period_ns = 1e9 / shown_hz
        self._pace = Pace(None if self._flat_out else shown_hz)

    def grab(self) -> Frame | None:
        """Wait for the next frame; None at the end. SourceLost where the clip breaks off."""
        if not self._pace.wait():
            return None
        picture = self._next_picture()
        if picture is None:
            return None
        self._came += 1
        frame = self._numbering.frame(picture)
        if not self._flat_out:
            return frame
        due_ns = self._timetable.due_ns(round(frame.index * self._period_ns))
        return replace(frame, captured_at_ns=due_ns)

    def close(self) -> None:
        """Stop and let go of the file."""
        self._pace.stop()
        if self._device is not None:
            self._device.close()

    def _next_picture(self) -> Picture | None:
        device = self._device
        if device is None:
            raise SourceLost(f"The {self.name} was not opened; open it before grabbing from it.")
        picture = device.read()
        if picture is not None or device.closed:
            return picture
        self._require_whole()
        if not self._repeat:
            return None
        # Opened anew: seeking to the start is not exact in every container.
        device.close()
        self._opened()
        return self._device.read() if self._device is not None else None

    def _opened(self) -> Device:
        device = self._open_device()
        if device is None:
            raise SourceUnavailable(self._refusal("is not a video that can be read, or not whole"))
        self._require_usable_size(device)
        self._expected, self._came = int(device.get(opencv().CAP_PROP_FRAME_COUNT)), 0
        self._device = ClosableDevice(device)
        return device

    def _require_video(self) -> None:
        try:
            with self._file.open("rb") as opened:
                head = opened.read(4096)
        except OSError as error:
            raise SourceUnavailable(
                f"The file {self._file} cannot be read: {error.strerror}. Check its name and that "
                "you may open it."
            ) from error
        # FFmpeg would play a text file as a teletype and an image as a clip of one frame.
        if b"\0" not in head:
            raise SourceUnavailable(self._refusal("is empty or holds text"))
        # FFmpeg plays some DICOM files, with what the scanner wrote into the picture.
        if head[128:132] == b"DICM":
            raise SourceUnavailable(self._refusal("is DICOM, and cannot be opened as a video here"))
        if opencv().haveImageReader(str(self._file)):
            raise SourceUnavailable(self._refusal("is a still image; to show it, name its folder"))

    def _require_usable_size(self, device: Device) -> None:
        # Before the first picture: a clip of a few kilobytes may unpack to gigabytes.
        cv2 = opencv()
        columns = int(device.get(cv2.CAP_PROP_FRAME_WIDTH))
        rows = int(device.get(cv2.CAP_PROP_FRAME_HEIGHT))
        try:
            if columns > 0 and rows > 0:
                require_usable_size(columns, rows)
        except ImageError as error:
            device.release()
            raise SourceUnavailable(f"The file {self._file} cannot be used. {error}") from error

    def _refusal(self, what: str) -> str:
        return (
            f"The file {self._file} {what}; expected a video such as MP4, AVI, MOV or MKV. "
            "Choose another file or export it again."
        )

    def _require_whole(self) -> None:
        # Some containers only estimate their count, from duration and rate.
        allowed = max(2, self._expected // 50)
        if self._came and self._came >= self._expected - allowed:
            return
        expected = f" of {self._expected}" if self._expected > 0 else ""
        raise SourceLost(
            f"{self._file.name} breaks off: {self._came}{expected} frames came. "
            "The file is damaged or was cut short; copy or export it again."
        )
