"""No spoilt clip crashes or hangs what plays it, or takes its memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.realtime.sources.spoilt_clips import played, spoilt

MUTATIONS = 1000
CONTAINERS = {"clip.avi": "MJPG", "clip.mp4": "mp4v", "clip.mkv": "mp4v", "clip.webm": "VP80"}
EACH = MUTATIONS // len(CONTAINERS)
HANG_LIMIT_S = 300.0
MOST_MEMORY_MB = 1000


def clip_of_12(file: Path) -> Path:
    """Speckle, so that every part of a codec has something to do."""
    code = cv2.VideoWriter_fourcc(*CONTAINERS[file.name])
    writer = cv2.VideoWriter(str(file), cv2.CAP_FFMPEG, code, 25, (96, 64))
    assert writer.isOpened()
    rng = np.random.default_rng(7)
    for _ in range(12):
        writer.write(rng.integers(0, 255, (64, 96, 3), np.uint8))
    writer.release()
    return file


@pytest.mark.parametrize("name", CONTAINERS)
def test_spoilt_clips_are_played_refused_or_lost(tmp_path: Path, name: str) -> None:
    clip = clip_of_12(tmp_path / name)
    assert played(clip) == "played"
    module = "tests.realtime.sources.spoilt_clips"
    run = [sys.executable, "-m", module, str(clip), "0", str(EACH)]
    try:
        done = subprocess.run(
            run, capture_output=True, text=True, timeout=HANG_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        said = error.stdout.decode() if isinstance(error.stdout, bytes) else str(error.stdout)
        pytest.fail(f"{name} hangs at seed {said.split()[-1]}")
    last = done.stdout.splitlines()[-1]
    assert done.returncode == 0, f"{name}, seed {last}: {done.stderr[-2000:]}"
    report = json.loads(last)
    memory_mb = report.pop("memory_mb")
    assert memory_mb < MOST_MEMORY_MB
    assert sum(report.values()) == EACH
    # Else nothing was spoilt, or all of it past opening.
    assert report["refused"] + report["lost"] > EACH / 10
    assert report["played"] > EACH / 10


def test_a_seed_always_spoils_alike_and_always_spoils() -> None:
    content = bytes(range(256)) * 10
    assert all(spoilt(content, seed) == spoilt(content, seed) for seed in range(50))
    assert sum(spoilt(content, seed) == content for seed in range(200)) < 5
