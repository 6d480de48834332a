"""Recording the frames and readings of an exam, at the operator's word."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from senoscope.domain.errors import StorageError
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.picture import Picture
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.recording.recorder import Recorder
from senoscope.realtime.recording.recording_format import RecordingHeader
from senoscope.realtime.recording.recording_take import RecordingState


class ExamRecording:
    """Records what the loop captures and reads. Any thread may ask."""

    def __init__(self, loop: LiveLoop, folder: Path) -> None:
        self._recorder = Recorder(folder)
        self._latest: Picture | None = None
        self._file = ""
        loop.subscribe_captured(self._take_picture)
        loop.subscribe_read(self._take_reading)

    @property
    def state(self) -> RecordingState:
        """Of the present recording, or of the last."""
        return self._recorder.state

    @property
    def file(self) -> str:
        """The name of the last recording that was stopped, "" before."""
        return self._file

    def start(self) -> None:
        """Record from the next frame on. StorageError says why not."""
        latest = self._latest
        if latest is None:
            raise StorageError("No picture has come that could be recorded. Start a source first.")
        frame, view = latest.frame, latest.view
        self._recorder.start(
            RecordingHeader(
                source_name=view.source_name,
                size=frame.size,
                simulated=frame.simulated,
                scan_area=view.scan_area,
                started_at=datetime.now(UTC),
            )
        )

    def stop(self) -> None:
        """End it; what was captured until now is on the disk afterwards. Safe where none runs."""
        if self.state.recording:
            self._file = self._recorder.stop().name

    def _take_picture(self, picture: Picture) -> None:
        self._latest = picture
        self._recorder.add_frame(picture.frame)

    def _take_reading(self, read: ReadFrame) -> None:
        self._recorder.add_reading(read.reading)
