"""What an operator records is what the loop captured and read, and it can be played again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import StorageError
from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.published import ReadFrame
from senoscope.realtime.recording.recording_file import RecordingFile
from senoscope.realtime.sources.choose import source_from_text
from senoscope.realtime.sources.framing import Cut
from senoscope.realtime.sources.recording import RecordingSource
from senoscope.ui.live.exam_recording import ExamRecording
from tests.fakes import BuildFakeReader, FakeSource
from tests.realtime.running import HANG_LIMIT_S, until
from tests.ui.opened import Page


def recorded(file: Path) -> tuple[list[Frame], list[Reading]]:
    frames, readings = [], []
    opened = RecordingFile(file)
    while (found := opened.next()) is not None:
        (frames if isinstance(found, Frame) else readings).append(found)  # type: ignore[arg-type]
    opened.close()
    assert opened.notes == ()
    return frames, readings


def test_a_replay_gives_the_readings_that_were_made_live(tmp_path: Path) -> None:
    live: dict[int, Reading] = {}
    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        loop.subscribe_read(lambda read: live.update({read.frame.index: read.reading}))
        recording = ExamRecording(loop, tmp_path)
        until(lambda: loop.report().read > 3)
        recording.start()
        until(lambda: recording.state.frames > 20)
        recording.stop()
    assert not recording.state.recording
    file = tmp_path / recording.file
    frames, readings = recorded(file)
    assert len(frames) == recording.state.frames
    assert {each.frame_index for each in readings} <= set(live)

    source = source_from_text(str(file))
    assert isinstance(source, RecordingSource)
    again: list[ReadFrame] = []
    loop = LiveLoop(source, BuildFakeReader())
    loop.subscribe_read(again.append)
    loop.start(wait_for_reader=True)
    assert loop.wait(None, HANG_LIMIT_S)
    loop.stop()
    assert again
    for read in again:
        index = read.frame.index
        pixels = next(frame.pixels for frame in frames if frame.index == index)
        assert np.array_equal(read.frame.pixels, pixels)
        if index in live:
            assert read.reading.presence == live[index].presence
            assert len(read.reading.findings) == len(live[index].findings)


def test_nothing_is_recorded_before_a_picture_came(tmp_path: Path) -> None:
    loop = LiveLoop(FakeSource(), BuildFakeReader())
    with pytest.raises(StorageError, match="No picture"):
        ExamRecording(loop, tmp_path).start()


def test_a_switch_of_source_ends_the_recording_and_says_so(tmp_path: Path) -> None:
    with LiveLoop(FakeSource(), BuildFakeReader()) as loop:
        recording = ExamRecording(loop, tmp_path)
        until(lambda: loop.report().captured > 3)
        recording.start()
        until(lambda: recording.state.frames > 3)
        loop.switch_source(FakeSource(size=(128, 96)), Cut.WHOLE)
        until(lambda: not recording.state.recording)
    assert "size changed" in recording.state.message


def test_the_page_starts_stops_and_watches_it(opened: Page) -> None:
    client = opened.client
    assert client.get("/live/record").json()["recording"] is False
    begun = client.post("/live/record", json={"recording": True}).json()
    assert (begun["recording"], begun["frames"]) == (True, 1236)
    ended = client.post("/live/record", json={"recording": False}).json()
    assert (ended["recording"], ended["file"]) == (False, "a.senoscope")


def test_the_page_ends_an_exam_and_aligns(opened: Page) -> None:
    client = opened.client
    assert client.post("/live/exam", json={"patient": "B-17"}).status_code == 200
    assert client.post("/live/exam", json={"patient": "x" * 65}).status_code == 422
    assert client.post("/live/align", json={"aligned": True}).json() == {"aligned": True}
    assert (opened.asked.exams, opened.asked.aligned) == (["B-17"], [True])
