"""A recording outlives the program that makes it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from senoscope.realtime.recording.recorder import Recorder
from senoscope.realtime.recording.recording_file import AppendedFile
from senoscope.realtime.recording.recording_take import RecordingLimits
from tests.realtime.recordings import everything_in, header, speckle
from tests.realtime.running import HANG_LIMIT_S, until

KILLS, AT_ONCE = 20, 4
SIDES = (256, 192)

RECORD = """
import sys, time
from pathlib import Path
from senoscope.realtime.recording.recorder import Recorder
from tests import builders
from tests.realtime.recordings import header, speckle
recorder = Recorder(Path(sys.argv[1]))
recorder.start(header(256, 192))
for index in range(10**6):
    now_ns = time.monotonic_ns()
    recorder.add_frame(speckle(index, 256, 192, now_ns))
    recorder.add_reading(builders.reading(index))
    sys.stdout.write(f"{index} {now_ns}\\n")
    sys.stdout.flush()
    time.sleep(1 / 60)
"""


@pytest.mark.parametrize("batch", range(KILLS // AT_ONCE))
def test_killed_at_any_moment_it_opens_and_lost_less_than_a_second(
    tmp_path: Path, batch: int
) -> None:
    rng = np.random.default_rng(batch)
    folders = [tmp_path / str(number) for number in range(AT_ONCE)]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", RECORD, str(folder)], stdout=subprocess.PIPE, text=True
        )
        for folder in folders
    ]
    said = []
    for child in children:
        assert child.stdout is not None
        said.append(child.stdout.readline())  # it records
    for child in children:
        time.sleep(float(rng.uniform(0, 1)))
        child.kill()
    for child, first, folder in zip(children, said, folders, strict=True):
        assert child.stdout is not None
        rest, _ = child.communicate(timeout=HANG_LIMIT_S)
        lines = [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]
        last_index, last_ns = (int(word) for word in lines[-1].split())
        (path,) = folder.iterdir()
        frames, _, notes = everything_in(path)
        assert f"cut off after {len(frames)} frames" in notes[-1]
        assert [each.index for each in frames] == list(range(len(frames)))
        kept_ns = frames[-1].captured_at_ns if frames else int(lines[0].split()[1])
        assert last_ns - kept_ns < 1e9, f"frames {len(frames)} to {last_index} are gone"
        for each in frames[:: len(frames) // 3 + 1]:
            assert np.array_equal(each.pixels, speckle(each.index, *SIDES).pixels)


def test_what_a_slow_disk_has_not_synced_is_written_all_the_same(tmp_path: Path) -> None:
    answers = Event()

    class SlowToSync(AppendedFile):
        synced = False

        def sync(self) -> None:
            assert not self.synced or answers.wait(HANG_LIMIT_S)
            self.synced = True

    recorder = Recorder(tmp_path, RecordingLimits(sync_s=0.001), SlowToSync)
    recorder.start(header())
    for index in range(50):
        recorder.add_frame(speckle(index))
        time.sleep(0.002)
    until(lambda: recorder.state.frames == 50)
    (path,) = tmp_path.iterdir()
    assert len(everything_in(path)[0]) == 50
    answers.set()
    recorder.stop()
