"""A review with the shipped networks: it reads what was read live."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from senoscope.realtime.clip_review import ReviewState
from senoscope.realtime.loop import LiveLoop
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.ui.assemble import build_reader
from senoscope.ui.live.exam_recording import ExamRecording
from senoscope.ui.review.review_session import YIELDS, ReviewSession
from tests.realtime.running import until

FEWEST = 15
pytestmark = [pytest.mark.usefixtures("nothing_is_left_behind"), pytest.mark.real_gate]


def test_a_review_reads_what_was_read_live_bit_for_bit(tmp_path: Path) -> None:
    loop = LiveLoop(PhantomSource(3, 20.0, (640, 480), 60), build_reader)
    recording = ExamRecording(loop, tmp_path / "recordings")
    with loop:
        until(lambda: loop.report().read)
        recording.start()
        read_before = loop.report().read
        until(lambda: loop.report().read > read_before + FEWEST + 5)
        recording.stop()
    session = ReviewSession(build_reader, tmp_path)
    try:
        session.open_recording(recording.file)
        until(lambda: session.clip.review.state is not ReviewState.READING)
        state = session.state()
        assert (state["state"], state["message"]) == ("read", "")
        same = state["same"]
        assert same["compared"] >= FEWEST
        assert same["same"] == same["compared"]
        # Live some were left out; here every recorded frame is read.
        unread = [frame for frame in session.clip.review.frames() if frame.reading is None]
        assert unread == []
    finally:
        session.close()


BUILD = """
import os
from senoscope.ui.review.review_session import Unhurried
before = os.nice(0)
Unhurried(lambda: None)()
print(os.nice(0) - before)
"""


@pytest.mark.skipif(not hasattr(os, "nice"), reason="niceness is a matter of POSIX")
def test_who_scans_meanwhile_comes_first() -> None:
    # A process cannot take its own niceness back.
    said = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, check=True)
    assert int(said.stdout) == YIELDS
