from __future__ import annotations

import errno
import os
import re
import time
from dataclasses import replace
from pathlib import Path
from threading import enumerate as threads

import numpy as np
import pytest

from senoscope.domain.errors import StorageError
from senoscope.domain.frame import Frame
from senoscope.realtime.recording.recorder import Recorder
from senoscope.realtime.recording.recording_file import AppendedFile
from senoscope.realtime.recording.recording_format import (
    frame_record,
    header_record,
)
from senoscope.realtime.recording.recording_take import RecordingLimits, RecordingState
from tests import builders
from tests.realtime.recordings import (
    ForgetfulDisk,
    FullDisk,
    WaitingDisk,
    assert_same_frames,
    everything_in,
    header,
    recorded,
    speckle,
)
from tests.realtime.running import until

FRAME_BYTES = 96 * 64


def test_frames_and_readings_are_recorded_in_their_order(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    assert recorder.state == RecordingState()
    recorder.add_frame(speckle(0))  # before the start: no part of it
    recorder.start(header())
    for index in range(1, 6):
        recorder.add_frame(speckle(index))
        recorder.add_reading(builders.reading(index))
    assert recorder.state.recording
    path = recorder.stop()
    recorder.add_frame(speckle(6))
    recorder.add_reading(builders.reading(6))
    frames, readings, notes = everything_in(path)
    assert_same_frames(frames, [speckle(index) for index in range(1, 6)])
    assert [each.frame_index for each in readings] == list(range(1, 6))
    assert notes == ()
    state = recorder.state
    assert not state.recording
    assert (state.frames, state.lost, state.lost_readings, state.message) == (5, 0, 0, "")
    assert state.bytes == path.stat().st_size - len(header_record(header()))
    assert recorder.stop() == path
    assert not [each for each in threads() if each.name == "senoscope-recorder"]


def test_the_name_holds_time_and_chance_only(tmp_path: Path) -> None:
    paths = {recorded(tmp_path, 1) for _ in range(3)}
    assert len(paths) == 3
    assert all(re.fullmatch(r"\d{8}-\d{6}_[0-9a-f]{8}\.senoscope", each.name) for each in paths)


def test_one_recording_at_a_time(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    with pytest.raises(StorageError, match="Nothing was recorded"):
        recorder.stop()
    recorder.start(header())
    with pytest.raises(StorageError, match="under way"):
        recorder.start(header())
    first = recorder.stop()
    recorder.start(header())
    assert recorder.stop() != first


def test_a_slow_disk_holds_up_nobody_and_what_is_lost_is_counted_and_said(tmp_path: Path) -> None:
    disks: list[WaitingDisk] = []

    def slow(path: Path) -> WaitingDisk:
        disks.append(WaitingDisk(path))
        return disks[0]

    recorder = Recorder(tmp_path, RecordingLimits(waiting=5 * FRAME_BYTES), slow)
    recorder.start(header())
    for index in range(20):
        recorder.add_frame(speckle(index))
    recorder.add_reading(builders.reading(19))
    assert (recorder.state.lost, recorder.state.lost_readings) == (15, 1)
    assert "15 frames and 1 readings were lost" in recorder.state.message
    disks[0].answers.set()
    frames, _, notes = everything_in(recorder.stop())
    assert [each.index for each in frames] == list(range(5))
    assert notes == (
        "15 frames and 1 readings were lost while it was recorded: the disk or the processor was "
        "too slow.",
    )


def test_frames_that_come_faster_than_they_are_packed_are_kept_as_they_are(tmp_path: Path) -> None:
    disks: list[WaitingDisk] = []

    def slow(path: Path) -> WaitingDisk:
        disks.append(WaitingDisk(path))
        return disks[0]

    recorder = Recorder(tmp_path, RecordingLimits(waiting=40 * FRAME_BYTES), slow)
    recorder.start(header())
    for index in range(40):
        recorder.add_frame(speckle(index))
    disks[0].answers.set()
    path = recorder.stop()
    packed = [len(frame_record(speckle(index), packed=True)) for index in range(40)]
    raw = len(frame_record(speckle(0), packed=False))
    # Of the first two nothing is known yet, and the last quarter is not crowded.
    extra = path.stat().st_size - sum(packed)
    assert 20 * (raw - max(packed)) < extra < 29 * raw - sum(packed[2:30]) + 500
    assert len(everything_in(path)[0]) == 40


def recording_until_it_ends(recorder: Recorder, frames: int = 60) -> RecordingState:
    recorder.start(header())
    for index in range(frames):
        recorder.add_frame(speckle(index))
        recorder.add_reading(builders.reading(index))
    until(lambda: not recorder.state.recording)
    recorder.stop()
    return recorder.state


@pytest.mark.parametrize("room", [40_000, 40_001, 43_000])
def test_a_full_disk_ends_it_with_a_sentence_and_leaves_what_was_written(
    tmp_path: Path, room: int
) -> None:
    recorder = Recorder(tmp_path, open_file=lambda path: FullDisk(path, room))
    state = recording_until_it_ends(recorder)
    assert "cannot be written (No space left on device)" in state.message
    assert "Free space" in state.message
    assert state.frames > 3
    assert state.lost >= 1
    frames, readings, notes = everything_in(recorder.stop())
    assert_same_frames(frames, [speckle(index) for index in range(state.frames)])
    assert abs(len(readings) - len(frames)) <= 1
    assert "cut off" in notes[0]


def test_every_frame_is_written_or_lost(tmp_path: Path) -> None:
    class Filling(FullDisk):
        def write(self, data: bytes) -> None:
            time.sleep(0.002)  # so that some wait when it is full
            super().write(data)

    recorder = Recorder(tmp_path, open_file=lambda path: Filling(path, 40_000))
    recorder.start(header())
    added = 0
    while recorder.state.recording:
        recorder.add_frame(speckle(added))
        added += 1
    frames = everything_in(recorder.stop())[0]
    assert recorder.state.frames == len(frames)
    # The last may have come when it had just ended.
    assert added - 1 <= recorder.state.frames + recorder.state.lost <= added


class FullDevice(AppendedFile):
    """Once it has the header, the device that is always full."""

    def sync(self) -> None:
        super().sync()
        self._file.close()
        self._file = Path("/dev/full").open("ab", buffering=0)  # noqa: SIM115


def test_a_device_that_is_full_ends_it(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, open_file=FullDevice)
    state = recording_until_it_ends(recorder)
    assert "cannot be written (No space left on device)" in state.message
    assert everything_in(recorder.stop())[0] == []


def test_a_disk_whose_last_room_is_gone_while_it_syncs_ends_it(tmp_path: Path) -> None:
    class Refusing(AppendedFile):
        syncs = 0

        def sync(self) -> None:
            self.syncs += 1
            if self.syncs > 1:
                raise OSError(errno.EIO, os.strerror(errno.EIO))

    recorder = Recorder(tmp_path, RecordingLimits(sync_s=0.001), Refusing)
    assert "(Input/output error)" in recording_until_it_ends(recorder).message
    assert everything_in(recorder.stop())[0] != []


def test_a_disk_that_is_getting_full_ends_it_in_time(tmp_path: Path) -> None:
    free = [1000 * 10**6]
    recorder = Recorder(tmp_path, RecordingLimits(sync_s=0.001), free_bytes=lambda _: free[0])
    recorder.start(header())
    free[0] = 200 * 10**6
    for index in range(2):
        recorder.add_frame(speckle(index))
    until(lambda: recorder.state.frames == 2)
    assert recorder.state.recording
    free[0] = 199 * 10**6
    until(lambda: not recorder.state.recording)
    assert "199 MB are free on its disk; expected at least 200 MB" in recorder.state.message
    frames, _, notes = everything_in(recorder.stop())
    assert len(frames) == 2
    assert notes == (recorder.state.message,)


def test_it_does_not_start_on_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "new", free_bytes=lambda _: 999 * 10**6)
    with pytest.raises(StorageError, match=r"999 MB are free in .*; expected at least 1000 MB"):
        recorder.start(header())
    assert list((tmp_path / "new").iterdir()) == []
    assert not recorder.state.recording


def test_it_does_not_start_where_nothing_may_be_written(closed_folder: Path) -> None:
    for folder in (closed_folder, closed_folder / "new", closed_folder / "locked"):
        with pytest.raises(StorageError, match=r"cannot be written \(Permission denied\)"):
            Recorder(folder).start(header())


def test_a_file_that_cannot_take_its_header_is_taken_away(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, open_file=lambda path: FullDisk(path, 10))
    with pytest.raises(StorageError, match="No space left on device"):
        recorder.start(header())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (speckle(2, 128, 96), "the picture's size changed"),
        (replace(speckle(2), simulated=False), "the source changed"),
        (speckle(1), "the source began anew"),
    ],
)
def test_a_frame_of_another_source_ends_it(tmp_path: Path, other: Frame, why: str) -> None:
    recorder = Recorder(tmp_path)
    recorder.start(header())
    recorder.add_frame(speckle(0))
    recorder.add_frame(speckle(1))
    recorder.add_frame(other)
    recorder.add_frame(speckle(3))
    message = f"The recording ended: {why}. Start another."
    assert (recorder.state.recording, recorder.state.message) == (False, message)
    frames, _, notes = everything_in(recorder.stop())
    assert len(frames) == 2
    assert notes == (message,)


def test_a_reading_that_cannot_be_written_is_counted(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.start(header())
    recorder.add_reading(builders.reading(0, presence=float("nan")))
    recorder.add_reading(builders.reading(1))
    path = recorder.stop()
    assert recorder.state.lost_readings == 1
    assert [each.frame_index for each in everything_in(path)[1]] == [1]


def test_a_power_cut_costs_less_than_a_second(tmp_path: Path) -> None:
    disks: list[ForgetfulDisk] = []

    def forgetful(path: Path) -> ForgetfulDisk:
        disks.append(ForgetfulDisk(path))
        return disks[0]

    recorder = Recorder(tmp_path, open_file=forgetful)
    recorder.start(header())
    rng = np.random.default_rng(3)
    cuts: list[tuple[int, bytes]] = []
    began = time.monotonic()
    while time.monotonic() < began + 3:
        now_ns = time.monotonic_ns()
        recorder.add_frame(speckle(len(cuts), at_ns=now_ns))
        cuts.append((now_ns, disks[0].kept))
        time.sleep(0.01)
    recorder.stop()
    cut = tmp_path / "cut.senoscope"
    for place in rng.integers(len(cuts) // 2, len(cuts), 20):
        last_ns, kept = cuts[place]
        cut.write_bytes(kept)
        frames, _, _ = everything_in(cut)
        assert last_ns - frames[-1].captured_at_ns < 1e9
