"""No spoilt clip crashes or hangs what plays it, or takes its memory."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import permutations
from pathlib import Path
from struct import pack

import cv2
import numpy as np
import pytest

from tests.realtime.sources.spoilt_clips import played, spoilt

MUTATIONS = 1000
CONTAINERS = {"clip.avi": "MJPG", "clip.mp4": "mp4v", "clip.mkv": "mp4v", "clip.webm": "VP80"}
EACH = MUTATIONS // len(CONTAINERS)
HANG_LIMIT_S = 300.0
MOST_MEMORY_MB = 1000

PLAY = """
import sys
from pathlib import Path
from tests.realtime.sources.spoilt_clips import played
for name in sys.argv[1:]:
    print(name, end=" ", flush=True)
    print(played(Path(name)))
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""
"""Ends with the most memory it held, in MB. `getrusage` would count what its parent held."""

SIZE, HUGE = pack("<II", 96, 64), pack("<II", 16000, 16000)
FOREVER, DURATION = 2**32 - 1, b"\x44\x89\x88"
CLAIMS = (
    ("clip.avi", "VP80", SIZE, HUGE, "refused"),
    ("clip.avi", "FLV1", SIZE, HUGE, "refused"),
    ("clip.avi", "FFV1", SIZE, HUGE, "refused"),
    ("clip.avi", "MJPG", pack("<III", 25, 0, 12), pack("<III", 25, 0, FOREVER), "lost"),
    ("clip.mp4", "mp4v", pack(">III", 1, 12, 512), pack(">III", 1, FOREVER, 512), "lost"),
    ("clip.mp4", "mp4v", pack(">II", 1000, 480), pack(">II", 1000, FOREVER), "played"),
    ("clip.mkv", "mp4v", DURATION + pack(">d", 480), DURATION + pack(">d", 1e15), "lost"),
)
"""Container, codec, what its header says, what it is made to say, and what must come of it."""


def clip_of_12(file: Path, codec: str = "") -> Path:
    """Speckle, so that every part of a codec has something to do."""
    code = cv2.VideoWriter_fourcc(*(codec or CONTAINERS[file.name]))
    writer = cv2.VideoWriter(str(file), cv2.CAP_FFMPEG, code, 25, (96, 64))
    assert writer.isOpened()
    rng = np.random.default_rng(7)
    for _ in range(12):
        writer.write(rng.integers(0, 255, (64, 96, 3), np.uint8))
    writer.release()
    return file


def said_by_a_child(name: str, *arguments: str) -> str:
    """What a Python of its own prints. Its last line is what it played when it died or hung."""
    run = [sys.executable, *arguments]
    try:
        done = subprocess.run(
            run, capture_output=True, text=True, timeout=HANG_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        said = error.stdout.decode() if isinstance(error.stdout, bytes) else str(error.stdout)
        pytest.fail(f"{name} hangs at {said.splitlines()[-1:]}")
    last = done.stdout.splitlines()[-1:]
    assert done.returncode == 0, f"{name} dies at {last}: {done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.parametrize("name", CONTAINERS)
def test_spoilt_clips_are_played_refused_or_lost(tmp_path: Path, name: str) -> None:
    clip = clip_of_12(tmp_path / name)
    assert played(clip) == "played"
    module = "tests.realtime.sources.spoilt_clips"
    said = said_by_a_child(name, "-m", module, str(clip), "0", str(EACH))
    report = json.loads(said.splitlines()[-1])
    memory_mb = report.pop("memory_mb")
    assert memory_mb < MOST_MEMORY_MB
    assert sum(report.values()) == EACH
    # Else nothing was spoilt, or all of it past opening.
    assert report["refused"] + report["lost"] > EACH / 10
    assert report["played"] > EACH / 10


@pytest.mark.parametrize(
    ("name", "codec", "said", "claimed", "fate"),
    CLAIMS,
    ids=[f"{name} {codec} {fate}" for name, codec, _, _, fate in CLAIMS],
)
def test_a_header_is_not_taken_at_its_word(
    tmp_path: Path, name: str, codec: str, said: bytes, claimed: bytes, fate: str
) -> None:
    clip = clip_of_12(tmp_path / name, codec)
    content = clip.read_bytes()
    assert said in content
    clip.write_bytes(content.replace(said, claimed))
    *fates, memory_mb = said_by_a_child(name, "-c", PLAY, str(clip)).splitlines()
    assert fates == [f"{clip} {fate}"]
    assert int(memory_mb) < MOST_MEMORY_MB


def test_another_container_s_header_in_front_does_no_harm(tmp_path: Path) -> None:
    contents = {name: clip_of_12(tmp_path / name).read_bytes() for name in CONTAINERS}
    clips = []
    for behind, front in permutations(CONTAINERS, 2):
        for length in (4, 64, 512):
            for overwritten in (0, length):
                clip = tmp_path / f"{length}, {overwritten} of {front} in front of {behind}"
                clip.write_bytes(contents[front][:length] + contents[behind][overwritten:])
                clips.append(str(clip))
    *fates, memory_mb = said_by_a_child("a header", "-c", PLAY, *clips).splitlines()
    assert len(fates) == len(clips)
    assert int(memory_mb) < MOST_MEMORY_MB


def test_a_seed_always_spoils_alike_and_always_spoils() -> None:
    content = bytes(range(256)) * 10
    assert all(spoilt(content, seed) == spoilt(content, seed) for seed in range(50))
    assert sum(spoilt(content, seed) == content for seed in range(200)) < 5
