from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from senoscope.domain.errors import SourceLost, SourceUnavailable
from senoscope.domain.frame import Frame
from senoscope.domain.reading import Reading
from senoscope.realtime.recording.recorder import Recorder
from senoscope.realtime.recording.recording_format import MAGIC, RecordingHeader
from senoscope.realtime.sources.benchmark_source import Shown
from senoscope.realtime.sources.recording import LONGEST_GAP_NS, RecordingSource
from senoscope.ui.assemble import build_reader
from tests.realtime.recordings import (
    STEP_NS,
    assert_same_frames,
    assert_same_readings,
    everything_in,
    recorded,
    speckle,
)

HANG_LIMIT_S = 30.0


def frames_of(source: RecordingSource, most: int = 100) -> list[Frame]:
    source.open()
    frames: list[Frame] = []
    while len(frames) < most and (frame := source.grab()) is not None:
        frames.append(frame)
    return frames


def spaced(frames: list[Frame]) -> list[int]:
    return [frame.captured_at_ns - frames[0].captured_at_ns for frame in frames]


def gaps(frames: list[Frame]) -> list[int]:
    return [after.captured_at_ns - before.captured_at_ns for before, after in pairwise(frames)]


def test_the_name_leaves_out_the_file_s() -> None:
    assert RecordingSource(Path("/data/DOE^JANE 1961.senoscope")).name == "recording"


def test_flat_out_every_frame_comes_as_it_was_captured_and_as_far_apart(tmp_path: Path) -> None:
    began_ns = time.monotonic_ns()
    source = RecordingSource(recorded(tmp_path, 12), flat_out=True)
    assert not source.simulated
    frames = frames_of(source)
    assert source.simulated
    first_ns = frames[0].captured_at_ns
    assert began_ns <= first_ns <= time.monotonic_ns()
    assert_same_frames(frames, [speckle(i, at_ns=first_ns + STEP_NS * i) for i in range(12)])
    assert source.notes == ()
    source.close()
    source.close()


def test_it_plays_at_the_recording_s_own_pace(tmp_path: Path) -> None:
    began_ns = time.monotonic_ns()
    source = RecordingSource(recorded(tmp_path, 8))
    frames = frames_of(source)
    assert time.monotonic_ns() - began_ns >= 7 * STEP_NS
    assert all(gap_ns >= STEP_NS for gap_ns in gaps(frames))
    source.close()


def test_a_given_rate_is_played_at_and_frames_are_captured_then(tmp_path: Path) -> None:
    source = RecordingSource(recorded(tmp_path, 5), rate_hz=50)
    began_ns = time.monotonic_ns()
    frames = frames_of(source)
    assert time.monotonic_ns() - began_ns >= 4 * 20_000_000
    assert all(began_ns <= each.captured_at_ns <= time.monotonic_ns() for each in frames)
    source.close()


def test_a_long_pause_is_played_as_a_short_one(tmp_path: Path) -> None:
    path = recorded(tmp_path, 3, step_ns=3600 * 10**9)
    source = RecordingSource(path, flat_out=True)
    assert spaced(frames_of(source)) == [0, LONGEST_GAP_NS, 2 * LONGEST_GAP_NS]
    source.close()


def test_after_a_stall_no_burst_follows(tmp_path: Path) -> None:
    source = RecordingSource(recorded(tmp_path, 12))
    frames_of(source, 2)
    time.sleep(0.5)
    late_ns = time.monotonic_ns()
    frames = [frame for _ in range(4) if (frame := source.grab()) is not None]
    assert frames[0].captured_at_ns >= late_ns
    assert all(gap_ns >= STEP_NS for gap_ns in gaps(frames))
    source.close()


def test_flat_out_a_stall_changes_no_time(tmp_path: Path) -> None:
    source = RecordingSource(recorded(tmp_path, 4), flat_out=True)
    first = frames_of(source, 1)
    time.sleep(0.5)
    rest = [frame for _ in range(3) if (frame := source.grab()) is not None]
    assert gaps(first + rest) == [STEP_NS] * 3
    source.close()


def test_a_repeated_recording_starts_again_with_rising_indices_and_times(tmp_path: Path) -> None:
    source = RecordingSource(recorded(tmp_path, 4), flat_out=True, repeat=True)
    frames = frames_of(source, 10)
    assert [frame.index for frame in frames] == list(range(10))
    assert spaced(frames) == [STEP_NS * index for index in range(10)]
    assert (frames[9].pixels == speckle(1).pixels).all()
    source.close()
    assert source.grab() is None


@pytest.mark.parametrize("repeat", [False, True])
def test_a_recording_without_a_frame_ends_at_once(tmp_path: Path, repeat: bool) -> None:
    assert frames_of(RecordingSource(recorded(tmp_path, 0), repeat=repeat)) == []


def test_one_that_breaks_off_ends_with_a_note(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = recorded(tmp_path, 12)
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(MAGIC, 0, len(content) // 2) + 50])
    source = RecordingSource(path, flat_out=True)
    frames = frames_of(source)
    assert 4 < len(frames) < 8
    assert f"cut off after {len(frames)} frames" in source.notes[-1]
    assert f"cut off after {len(frames)} frames" in caplog.text
    assert str(tmp_path) not in caplog.text
    source.close()


def test_closing_ends_a_waiting_grab(tmp_path: Path) -> None:
    source = RecordingSource(recorded(tmp_path, 3, step_ns=LONGEST_GAP_NS), rate_hz=None)
    frames_of(source, 1)
    said: list[Frame | None] = []
    waiting = threading.Thread(target=lambda: said.append(source.grab()), daemon=True)
    waiting.start()
    time.sleep(0.05)
    source.close()
    waiting.join(HANG_LIMIT_S)
    assert said == [None]


def test_one_that_is_not_open_or_is_none_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceLost, match="open it before"):
        RecordingSource(tmp_path / "none").grab()
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        RecordingSource(tmp_path / "none").open()
    RecordingSource(tmp_path / "none").close()


def test_replayed_and_read_again_it_gives_the_readings_made_live(tmp_path: Path) -> None:
    reader = build_reader()
    size = 512, 384
    recorder = Recorder(tmp_path)
    recorder.start(RecordingHeader("phantom", size, simulated=True))
    live: list[Reading] = []
    for index, pixels in enumerate(Shown(size, lesions=2).pictures()):
        live.append(reader.read(pixels, index))
        recorder.add_frame(Frame(pixels, index, STEP_NS * index, simulated=True))
        recorder.add_reading(live[-1])
    path = recorder.stop()
    assert sum(len(each.findings) for each in live) >= 10  # else there is little to compare
    assert_same_readings(everything_in(path)[1], live)
    source = RecordingSource(path, flat_out=True)
    again = [reader.read(frame.pixels, frame.index) for frame in frames_of(source)]
    source.close()
    assert_same_readings(again, live)
