"""Killed at any moment, the store holds together and has all that was said to be kept, once."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.studies.exams.exam_builders import Place

KILLS = {"sqlite": 50, "postgresql": 10}
HANG_S = 600


def test_a_killed_program_loses_and_doubles_nothing(place: Place) -> None:
    place.folder.mkdir()
    kind = place.url.partition(":")[0]
    arguments = [place.url, str(place.folder), str(KILLS[kind]), "7"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.studies.exams.killed_keeper", *arguments],
        capture_output=True,
        timeout=HANG_S,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["troubles"] == []
    assert told["kills"] == KILLS[kind]
    assert all(told["acts"].get(each, 0) > 0 for each in ("kept", "read", "signed", "put", "sent"))
