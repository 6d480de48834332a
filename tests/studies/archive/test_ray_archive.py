"""An archive on Ray: killed at any moment it is read once; hostile files harm nobody else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from senoscope.studies.exams.archive_tasks import TaskState
from tests.studies.archive.archives import readings
from tests.studies.archive.killed_archive import (
    HANG_S,
    Killed,
    ended,
    read_with_kills,
    started,
    workers_of,
)
from tests.studies.archive.quick_modes import FAULT, POISON
from tests.studies.archive.simulated_archive import write_archive
from tests.studies.dicom_files import write
from tests.studies.exams.exam_builders import Place
from tests.studies.study_builders import content, image, ultrasound, zipped

ray = pytest.importorskip("ray", reason="Ray is not installed")

STUDIES, KILLS = {"sqlite": 200, "postgresql": 40}, {"sqlite": 10, "postgresql": 3}
LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def test_killed_workers_and_drivers_lose_and_double_nothing(place: Place, tmp_path: Path) -> None:
    kind = place.url.partition(":")[0]
    studies, kills = STUDIES[kind], KILLS[kind]
    archive = write_archive(tmp_path / "archive", studies, (96, 72))
    place.opened().close()
    assert read_with_kills(place, archive, studies, kills, 7) == Killed(kills, 1)
    with place.opened() as store:
        assert readings(store) == [1] * studies
        assert list(store.archive.listed(TaskState.SET_ASIDE)) == []
        assert list(store.archive.listed(TaskState.READING)) == []
        assert store.check().complaints == ()


def hostile(tmp_path: Path) -> Path:
    """Three good studies among those that nobody can read."""
    archive = write_archive(tmp_path / "archive", 3, (96, 72))
    whole = content(tmp_path, image(1))
    (archive / "cut").write_bytes(whole[:400])
    zipped(archive / "bomb.zip", {"a": whole[:132] + bytes(64 * 2**20)})
    (archive / "letter.txt").write_text("of Jane Doe")
    for number, patient in enumerate((POISON, FAULT), 1):
        uids = {"StudyInstanceUID": f"1.9.{number}", "SOPInstanceUID": f"1.9.{number}.1"}
        write(archive / f"Doe^Jane {number}", ultrasound(1, PatientID=patient, **uids))
    write(archive / "mr", image(1))
    return archive


def test_what_never_will_be_read_is_set_aside_with_its_reason(
    sqlite_place: Place, tmp_path: Path
) -> None:
    archive = hostile(tmp_path)
    first = ended(started(sqlite_place, archive, "quick"))
    assert first.status == 0, first.out + first.err
    assert "8 studies and refused files: " in first.out
    assert "3 read" in first.out
    assert "5 set aside" in first.out
    reasons = "cut off", "unpacks to more", "stopped or died 3 times", "expected ultrasound"
    assert all(each in first.out for each in reasons), first.out
    assert "1 files left out: no DICOM file" in first.out
    assert not any(each in first.out + first.err for each in ("Doe", "bomb.zip", "Traceback"))
    again = ended(started(sqlite_place, archive))
    assert "Nothing was to be done" in again.out, again
    assert (again.status, again.err) == (0, "")
    with sqlite_place.opened() as store:
        # What its modes do not read is not kept; the two that harm were, before they did.
        assert readings(store).count(1) == 3
        assert len(readings(store)) == 5
        assert len(list(store.archive.listed(TaskState.SET_ASIDE))) == 5
        assert store.check().complaints == ()


@pytest.fixture
def short() -> Iterator[Path]:
    """A temporary folder of the driver's own, with a path as short as Ray's sockets need."""
    folder = Path(tempfile.gettempdir()) / f"t{os.getpid()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_it_listens_to_itself_alone_and_ends_kindly(
    sqlite_place: Place, tmp_path: Path, short: Path
) -> None:
    archive = write_archive(tmp_path / "archive", 60, (96, 72))
    sqlite_place.opened().close()
    driver = started(sqlite_place, archive, TMPDIR=str(short))
    try:
        with sqlite_place.opened() as store:
            until(lambda: any(readings(store)), driver)
        family = psutil.Process(driver.pid).children(recursive=True)
        listens = [port for each in [psutil.Process(driver.pid), *family] for port in ports(each)]
        assert len(listens) > 3
        assert {each.rpartition(" ")[0] for each in listens} <= set(LOOPBACK)
        found = workers_of(driver)
        assert found
        assert not any(str(tmp_path) in " ".join(each.cmdline()) for each in found)
        os.killpg(driver.pid, signal.SIGINT)  # as a terminal does: every process hears it
        said = ended(driver)
    finally:
        driver.kill()
    assert said.status == 130, said
    assert "Stopping: studies that were begun are finished" in said.err
    assert "Traceback" not in said.err
    with sqlite_place.opened() as store:
        done = sum(readings(store))
        assert 0 < done < 60
        assert f"{done} read" in said.out
        assert list(store.archive.listed(TaskState.READING)) == []
        assert store.check().complaints == ()
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    assert not list(short.glob("sr-*"))


HEAD = """
import sys
from senoscope.studies.archive.ray_here import private_environment, ray_here
with private_environment():
    import os, ray
    with ray_here(ray, 2):
        address = ray.get_runtime_context().gcs_address
        print(address, os.environ["RAY_AUTH_TOKEN"], flush=True)
        sys.stdin.read()
"""


def test_a_cluster_that_is_there_reads_too(sqlite_place: Place, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 4, (96, 72))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    head = subprocess.Popen(
        [sys.executable, "-c", HEAD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert head.stdin is not None
    assert head.stdout is not None
    try:
        address, token = head.stdout.readline().split()
        assert is_turned_away(address)
        secret = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token}
        alone = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}  # the head stays on loopback
        said = ended(started(sqlite_place, archive, "none", address, **secret, **alone))
        assert (said.status, "4 read" in said.out) == (0, True), said
    finally:
        head.stdin.close()
        head.wait(HANG_S)
    with sqlite_place.opened() as store:
        assert readings(store) == [1] * 4
    gone = ended(started(sqlite_place, archive, "none", address))
    assert (gone.status, "No Ray cluster answers" in gone.err) == (2, True), gone


def until(is_so: Callable[[], bool], driver: subprocess.Popen[str]) -> None:
    give_up = time.monotonic() + HANG_S
    while not is_so():
        assert driver.poll() is None, ended(driver).err
        assert time.monotonic() < give_up
        time.sleep(0.1)


def ports(process: psutil.Process) -> list[str]:
    try:
        found = process.net_connections(kind="inet")
    except psutil.Error:
        return []
    return [f"{each.laddr.ip} {each.laddr.port}" for each in found if each.status == "LISTEN"]


def is_turned_away(address: str) -> bool:
    """Whether somebody else on this machine, who has no token, is turned away."""
    join = (
        "import ray\n"
        "try:\n"
        f"    ray.init({address!r}, logging_level='ERROR')\n"
        "except Exception as error:\n"
        "    print('turned away', type(error).__name__)\n"
        "else:\n"
        "    print('let in')\n"
    )
    environment = {each: text for each, text in os.environ.items() if "RAY" not in each}
    environment |= {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
    tried = subprocess.run(
        [sys.executable, "-c", join],
        capture_output=True,
        text=True,
        env=environment,
        timeout=HANG_S,
        check=False,
    )
    assert "turned away" in tried.stdout or "let in" in tried.stdout, tried
    return "turned away" in tried.stdout
