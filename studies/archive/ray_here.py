"""Ray on this machine alone: no port beyond loopback, a secret that others lack, nothing left."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from senoscope.domain.errors import InstallationError
from senoscope.studies.archive.private_folder import changed_environment, private_folder

LONGEST_BASE = 26
"""Characters: a socket's whole path may have 107, and Ray adds 70 to it."""
OBJECTS = 80 * 2**20
"""Bytes of Ray's shared memory, which takes 75 MiB at least; lists of files alone go there."""
LOOPBACK = "127.0.0.1"
STARTS = 4


@contextmanager
def ray_here(ray: Any, workers: int) -> Iterator[None]:
    """Started, and ended with all its processes. InstallationError, StorageError."""
    base = Path(tempfile.gettempdir())
    with private_folder(base if len(str(base)) <= LONGEST_BASE else Path("/tmp")) as folder:
        try:
            address = _start(ray, workers, folder)
            if address != LOOPBACK:
                raise InstallationError(
                    f"Ray listens on {address}; expected {LOOPBACK}. It was not started by "
                    "Senoscope, or is a release that is not known here."
                )
            yield
        finally:
            ray.shutdown()


def _start(ray: Any, workers: int, folder: Path) -> str:
    """The address of this machine as Ray sees it. Ray waits half a minute for itself, no longer."""
    why: Exception | None = None
    for _ in range(STARTS):
        try:
            context = ray.init(
                address="local",
                num_cpus=workers,
                num_gpus=0,
                include_dashboard=False,
                object_store_memory=OBJECTS,
                log_to_driver=False,
                logging_level="ERROR",
                _temp_dir=str(folder),
            )
        except Exception as error:  # noqa: BLE001 - Ray raises just that where it was too slow
            why = error
            ray.shutdown()
        else:
            return str(context.address_info["node_ip_address"])
    raise InstallationError(
        f"Ray could not be started in {STARTS} tries ({type(why).__name__}). Close other programs: "
        f"it needs some 0.7 GB of memory, {OBJECTS // 2**20} MB of /dev/shm and its processes "
        "within 30 s each."
    ) from why


@contextmanager
def private_environment() -> Iterator[None]:
    """In which Ray is to be imported and started: it looks at these when it is imported."""
    told = {
        "RAY_USAGE_STATS_ENABLED": "0",
        # Without clusters it stays on loopback; the name is of the systems where that is usual.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        # Whoever else is on this machine may reach loopback, and Ray does what it is told.
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }
    with changed_environment(told):
        yield
