"""Workers of a Ray cluster. Ray is asked for one study at a time, and never tries by itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any

from senoscope.domain.errors import InstallationError, SenoscopeError, SettingsError
from senoscope.studies.archive.archive_run import DIED
from senoscope.studies.archive.outcome import Fate, Outcome
from senoscope.studies.archive.private_folder import changed_environment, private_temporary
from senoscope.studies.archive.ray_here import private_environment, ray_here
from senoscope.studies.archive.study_groups import ArchivedStudy
from senoscope.studies.archive.study_task import ArchiveSetup, StudyTask

HERE = "local"
REACH_S = 5.0
CLIENT = "ray://"
NO_RAY = 'Ray is not installed. Install it: pip install "senoscope[cluster]"'

_OPENED: list[tuple[StudyTask, ExitStack]] = []
"""One at most: a worker's process serves one driver, and that has one setup."""


class RayWorkers:
    """As `Workers` of `archive_run`, of a Ray that is there."""

    def __init__(self, ray: Any, setup: ArchiveSetup, most: int) -> None:
        self._ray, self._most = ray, most
        self._setup = ray.put(setup)
        # Not retried by Ray: whether that helps is known here alone.
        self._read = ray.remote(num_cpus=1, max_retries=0)(read_in_worker)
        self._under_way: dict[Any, ArchivedStudy] = {}

    @property
    def most(self) -> int:
        """As `Workers`."""
        return self._most

    def begin(self, study: ArchivedStudy) -> None:
        """As `Workers`."""
        self._under_way[self._read.remote(self._setup, study)] = study

    def ended(self, wait_s: float) -> Sequence[tuple[ArchivedStudy, Outcome]]:
        """As `Workers`."""
        done, _ = self._ray.wait(list(self._under_way), num_returns=1, timeout=wait_s)
        return [(self._under_way.pop(each), self._outcome(each)) for each in done]

    def _outcome(self, done: Any) -> Outcome:
        try:
            outcome: Outcome = self._ray.get(done)
        except self._ray.exceptions.RayTaskError as error:  # its words may quote a name
            kind = type(error.cause).__name__
            return Outcome(Fate.FAILED, f"Unexpected {kind} in its worker.")
        except self._ray.exceptions.RayError:
            return DIED
        return outcome


def read_in_worker(setup: ArchiveSetup, study: ArchivedStudy) -> Outcome:
    """In a worker's process, which keeps store and networks for the next study.

    What passes lies in a folder of the process's own: where that was killed, the next one on that
    machine removes it.
    """
    try:
        if not _OPENED:
            with ExitStack() as held:
                held.enter_context(private_temporary())
                _OPENED.append((StudyTask(setup), held.pop_all()))
    except SenoscopeError as error:
        return Outcome(Fate.PUT_OFF, str(error))
    return _OPENED[0][0].read(study)


@contextmanager
def ray_workers(
    cluster: str, setup: ArchiveSetup, count: int | None, cores: int
) -> Iterator[RayWorkers]:
    """Of `cluster`: HERE, so many as `count` or else `cores`, or the address of a Ray.

    InstallationError where Ray is not installed or not reached, SettingsError where it cannot
    share the store.
    """
    if cluster == HERE:
        with private_environment():
            ray = _ray()
            with ray_here(ray, count or cores):
                yield RayWorkers(ray, setup, 2 * (count or cores))
        return
    require_cluster(cluster)
    with changed_environment({"RAY_USAGE_STATS_ENABLED": "0"}):
        ray = _ray()
        _join(ray, cluster)
        try:
            machines = sum(each["Alive"] for each in ray.nodes())
            if machines > 1 and setup.url.startswith("sqlite"):
                raise SettingsError(
                    f"The exam store is one SQLite file, and the cluster has {machines} machines; "
                    "expected PostgreSQL. Give it with --store."
                )
            yield RayWorkers(ray, setup, count or 2 * int(ray.cluster_resources().get("CPU", 1)))
        finally:
            ray.shutdown()


def _join(ray: Any, cluster: str) -> None:
    failures = (ImportError, OSError, RuntimeError, ValueError, AssertionError)
    try:
        ray.init(address=cluster, log_to_driver=False, logging_level="ERROR")
    except (*failures, ray.exceptions.RayError) as error:
        raise InstallationError(
            f"The Ray cluster answers and cannot be joined ({type(error).__name__}). It needs the "
            "same Ray and Python on every machine, RAY_AUTH_TOKEN where it asks for one, and for "
            "HOST:PORT that this machine is part of it; ray://HOST:PORT needs pip install "
            '"ray[client]".'
        ) from error


def require_cluster(cluster: str) -> None:
    """SettingsError on what is no address, InstallationError without Ray or where none answers."""
    if find_spec("ray") is None:
        raise InstallationError(NO_RAY)
    if cluster != HERE:
        _require_reached(cluster)


def _require_reached(cluster: str) -> None:
    host, colon, port = cluster.removeprefix(CLIENT).rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and 0 < int(port) < 2**16):
        raise SettingsError(
            f"--cluster {cluster[:60]} was given; expected local, HOST:PORT of a Ray head that "
            "this machine is part of, or ray://HOST:PORT."
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), REACH_S).close()
    except OSError as error:
        raise InstallationError(
            f"No Ray cluster answers at {cluster} ({error.strerror or type(error).__name__}). "
            "Start one with `ray start`, or read on this machine with --cluster local."
        ) from None


def _ray() -> Any:
    try:
        import ray  # noqa: PLC0415 - only for archives; takes a second
        import ray.exceptions  # noqa: PLC0415
    except ImportError as error:
        raise InstallationError(NO_RAY) from error
    return ray
