"""A disk that is filled while the loop is recorded on it."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bedside import PATIENCE_S, Bedside, Run, Stage, at_bedside

from senoscope.domain.frame import Frame
from senoscope.realtime.picture import Picture
from senoscope.realtime.recording.recorder import Recorder
from senoscope.realtime.recording.recording_file import RecordingFile
from senoscope.realtime.recording.recording_format import RecordingHeader
from senoscope.realtime.recording.recording_take import RecordingLimits

MEGABYTES = 64
FRAMES_BEFORE = 10
NO_MARGIN = RecordingLimits(free_to_start=0, free_to_go_on=0)
"""So that the disk is truly full, and not only said to be getting so."""


@contextmanager
def small_disk() -> Iterator[Path]:
    """A disk of `MEGABYTES`, in memory. PermissionError where this user may not mount one."""
    with TemporaryDirectory() as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PermissionError(
                f"A small disk could not be mounted ({done.stderr.strip()}); expected to be root. "
                "Leave this fault out, or run it as root."
            )
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def disk_full(stage: Stage, times: int) -> list[Run]:
    """Another program fills the disk that is recorded on. Recovery is of a new recording.

    What was recorded until then must open with every frame that was said to be written.
    """
    with small_disk() as disk, at_bedside(stage.phantom(), stage.build) as bed:
        recorder, latest = Recorder(disk, NO_MARGIN), deque[Picture](maxlen=1)

        def record(picture: Picture) -> None:
            latest.append(picture)
            recorder.add_frame(picture.frame)

        bed.loop.subscribe_captured(record)
        bed.settle()
        header = _header(latest[0])
        return [_filled(bed, recorder, header, disk / "filler") for _ in range(times)]


def _filled(bed: Bedside, recorder: Recorder, header: RecordingHeader, filler: Path) -> Run:
    recorder.start(header)
    _until(lambda: recorder.state.frames > FRAMES_BEFORE)
    at = _fill(filler)
    _until(lambda: recorder.state.message)
    said = time.monotonic()
    kept = recorder.stop()
    if _frames_in(kept) != recorder.state.frames:
        raise AssertionError(f"{recorder.state} but {_frames_in(kept)} frames can be read.")
    filler.unlink()
    kept.unlink()
    again = time.monotonic()
    recorder.start(header)
    _until(lambda: recorder.state.frames)
    well = time.monotonic()
    recorder.stop().unlink()
    return Run(bed.viewer.longest_gap(at, well), said - at, well - again)


def _header(picture: Picture) -> RecordingHeader:
    frame = picture.frame
    return RecordingHeader(
        source_name=picture.view.source_name,
        size=frame.size,
        simulated=frame.simulated,
        scan_area=picture.view.scan_area,
        started_at=datetime.now(UTC),
    )


def _fill(file: Path) -> float:
    """Write until nothing more fits; gives the moment."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(2**20))
    return time.monotonic()


def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"What was waited for did not come in {PATIENCE_S:g} s.")
        time.sleep(0.002)


def _frames_in(path: Path) -> int:
    file, count = RecordingFile(path), 0
    while (found := file.next()) is not None:
        count += isinstance(found, Frame)
    file.close()
    return count
