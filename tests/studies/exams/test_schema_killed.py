"""A change of the tables that is killed in the middle leaves the version that was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.studies.exams.exam_builders import Place
from tests.studies.exams.test_schema import NEWEST, has_table, newer, opened_by, revision
from tests.studies.exams.test_schema_rollback import contents, fill, with_way_back

HANG_S = 60
IN_THE_MIDDLE = """
    import os, time
    os.write(1, b"in the middle")
    time.sleep(600)
"""
CHANGES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from senoscope.studies.exams.database import Database
from senoscope.studies.exams.schema import bring_up_to_date
from senoscope.studies.exams.schema_rollback import Wanted, roll_back
way, url, folder, scripts = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
if way == "up":
    bring_up_to_date(Database(url), folder, datetime.now(UTC), True, scripts)
else:
    wanted = Wanted("0004", "reader", really=True, backed_up=True)
    roll_back(url, folder, wanted, datetime.now(UTC), scripts)
"""


def killed_in_the_middle(way: str, place: Place, scripts: Path) -> None:
    """A program that changes the tables gets SIGKILL while it does."""
    words = [sys.executable, "-c", CHANGES, way, place.url, str(place.folder), str(scripts)]
    program = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert program.stdout is not None
    with program, program.stdout as told:
        assert told.read(13) == b"in the middle"
        os.kill(program.pid, signal.SIGKILL)
        assert program.wait(HANG_S) == -signal.SIGKILL


def test_killed_in_mid_upgrade_the_old_version_stays(place: Place, tmp_path: Path) -> None:
    with place.opened() as store:
        fill(store, place)
        before = contents(store)
    killed_in_the_middle("up", place, newer(tmp_path, IN_THE_MIDDLE.strip()))
    assert (revision(place), has_table(place, "added")) == (NEWEST, False)
    with place.opened() as store:
        assert contents(store) == before
        assert store.check(before.head).complaints == ()
    scripts = newer(tmp_path / "again")
    with opened_by(place, scripts, backed_up=True) as store:
        assert contents(store) == before
    assert revision(place) == "0005"


def test_killed_on_the_way_back_the_new_version_stays(place: Place, tmp_path: Path) -> None:
    scripts = with_way_back(tmp_path, IN_THE_MIDDLE.strip())
    with opened_by(place, scripts) as store:
        fill(store, place)
        before = contents(store)
    killed_in_the_middle("back", place, scripts)
    assert (revision(place), has_table(place, "added")) == ("0005", True)
    with opened_by(place, scripts) as store:
        assert contents(store) == before
        assert store.check(before.head).complaints == ()
