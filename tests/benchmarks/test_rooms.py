"""What is measured of rooms that share a server adds up."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.one_room import Room, RoomPlan
from benchmarks.rooms import spread
from benchmarks.triton_statistics import since
from senoscope.models.engines.ways import USUAL
from senoscope.realtime.sources.phantom import PhantomSource

RATE_HZ, SECONDS = 10.0, 2.0


def test_what_a_server_computed_is_told_by_the_request() -> None:
    before = {"segment": {"requests": 10, "server_ms": 100.0, "server_queue_ms": 5.0}}
    after = {"segment": {"requests": 14, "server_ms": 120.0, "server_queue_ms": 6.0}}
    assert since(before, after) == {
        "segment": {"requests": 4, "server_ms": 5.0, "server_queue_ms": 0.25}
    }
    assert since(after, after)["segment"]["server_ms"] == 0


def test_nothing_measured_is_no_number() -> None:
    assert spread([1, 2, 3])["p50"] == 2
    assert np.isnan(spread([])["mean"])


@pytest.fixture
def room(tmp_path: Path) -> Room:
    source = PhantomSource(rate_hz=None, size=(512, 384), frames=20)
    source.open()
    np.save(
        tmp_path / "pictures.npy", [frame.pixels for _ in range(20) if (frame := source.grab())]
    )
    return Room(RoomPlan(USUAL, tmp_path / "pictures.npy", 3, RATE_HZ, SECONDS, 0.0))


def test_a_room_reads_or_leaves_out_every_frame_that_it_is_offered(room: Room) -> None:
    notes = room.run(time.monotonic())
    read = len(notes.latency)
    assert notes.offered == RATE_HZ * SECONDS
    assert 0 < read <= notes.offered
    assert len(notes.segment_run) == len(notes.segment_rest) == len(notes.classify_rest) == read
    assert min(notes.latency) > 0
    assert min(notes.segment_rest) > 0
    assert min(notes.classify_rest) >= 0
    assert notes.falls == 0
    assert notes.cpu_s > 0


def test_a_reading_that_fails_ends_the_room(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def finish() -> None:
        raise RuntimeError("no reading")

    monkeypatch.setattr(room, "_reader", SimpleNamespace(begin=lambda *_: finish))
    with pytest.raises(RuntimeError, match="no reading"):
        room.run(time.monotonic())
