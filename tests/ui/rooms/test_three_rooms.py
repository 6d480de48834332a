"""Three rooms over one store: one is killed, and the others lose no frame, no exam and no row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import BEAT_S, MISSED
from tests.studies.exams.postgresql_server import running
from tests.ui.rooms.live_rooms import START_S, LiveRoom, live_rooms

NAMES = ("Room 1", "Room 2", "Room 3")
WATCHED_S = 6.0
"""Before the kill and after it."""
LONGEST_GAP_S = 1.5
"""Three times what a person at the probe takes for a picture that stands."""


def wait_for(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + START_S
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.25)


def states(room: LiveRoom) -> dict[str, str]:
    """As this room's page shows all."""
    return {each["name"]: each["state"] for each in room.asked("/room/all")["rooms"]}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'exams.sqlite'}"
        return
    with running() as server:
        yield server.emptied()


@pytest.mark.real_gate
def test_a_room_that_is_killed_touches_no_other(url: str, tmp_path: Path) -> None:
    ExamStore.open(url, tmp_path / "store").close()  # three programs would each make it
    with live_rooms(NAMES, tmp_path, url) as rooms:
        killed, *others = rooms
        wait_for(lambda: all(each.asked("/live/exam")["read"] > 10 for each in rooms))
        wait_for(lambda: set(states(others[0])) == set(NAMES))
        time.sleep(WATCHED_S)
        at = killed.kill()
        time.sleep(WATCHED_S)
        before = max(each.largest_gap_s(at - WATCHED_S, at) for each in others)
        after = max(each.largest_gap_s(at, at + WATCHED_S) for each in others)
        (tmp_path / "gaps").write_text(f"{before:.3f} s before, {after:.3f} s after")
        assert after < max(LONGEST_GAP_S, 3 * before)
        with ThreadPoolExecutor(2) as at_once:
            ended = list(at_once.map(end_exam, others))
        with ExamStore.open(url, tmp_path / "store") as store:
            wait_for(lambda: ledgers(store) >= set(ended))
        wait_for(lambda: states(others[1])["Room 1"] == "silent")
        assert time.monotonic() - at > (MISSED - 1) * BEAT_S
        assert [each.end() for each in others] == [0, 0]
    check_the_store(url, tmp_path, ended)


def end_exam(room: LiveRoom) -> int:
    """Its captured frames, each accounted for."""
    ended = room.asked("/live/exam", {"patient": ""})
    settled = ended["read"] + ended["duplicates"] + ended["dropped"]
    assert ended["captured"] == settled + ended["in_flight"]
    assert ended["in_flight"] == 0
    assert ended["in_studies"]
    return int(ended["captured"])


def ledgers(store: ExamStore) -> set[int]:
    """Captured frames of each exam that was kept and read, each of which is accounted for."""
    kept = [reading.ledger for exam in store.search() for reading in store.readings_of(exam.number)]
    for each in kept:
        settled = each["read"] + each["duplicates"] + sum(each["dropped"].values())
        assert each["captured"] == settled + each["in_flight"]
        assert each["in_flight"] == 0
    return {each["captured"] for each in kept}


def check_the_store(url: str, folder: Path, ended: list[int]) -> None:
    """Both exams that ended at once, and those that ended with their rooms; the trail holds."""
    with ExamStore.open(url, folder / "store") as store:
        checked = store.check()
        assert checked.complaints == ()
        exams = store.search()
        # A room that ends does not wait for ever until its last exam is a study.
        assert 2 <= len(exams) == checked.exams <= 4
        assert len({each.patient_id for each in exams}) == len(exams)
        assert ledgers(store) >= set(ended)
        shown = {each.name: each.state.value for each in store.rooms.all()}
        assert shown == {"Room 1": "silent", "Room 2": "ended", "Room 3": "ended"}
