"""A temporary folder that goes in every case: after a kill, at the next run."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from senoscope.domain.errors import StorageError

_PREFIX, _LOCK = "sr-", "senoscope.lock"
"""Others, too, may make folders that begin like that; only ours hold such a file."""
_YOUNG_S = 60.0


@contextmanager
def private_folder(base: Path) -> Iterator[Path]:
    """New, within `base`; what runs that were killed left there goes. StorageError."""
    _sweep(base)
    with ExitStack() as held:
        try:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
            held.callback(shutil.rmtree, folder, ignore_errors=True)
            lock = held.enter_context((folder / _LOCK).open("w"))
        except OSError as error:
            raise StorageError(
                f"A temporary folder cannot be made ({error.strerror}). Free room in {base}."
            ) from error
        _is_taken(lock)
        yield folder


def _sweep(base: Path) -> None:
    for folder in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            status = folder.stat(follow_symlinks=False)
            if status.st_uid != os.getuid() or time.time() - status.st_mtime < _YOUNG_S:
                continue
            with (folder / _LOCK).open("r+") as lock:
                if _is_taken(lock):
                    shutil.rmtree(folder, ignore_errors=True)


def _is_taken(lock: Any) -> bool:
    """Whether it is this process's now; it goes with the process, however that ends."""
    import fcntl  # noqa: PLC0415 - not on Windows, where Ray does not run well either

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def private_temporary() -> Iterator[Path]:
    """The same in the usual place, where this process and those it starts then put what passes."""
    usual = tempfile.gettempdir()
    with private_folder(Path(usual)) as folder, changed_environment({"TMPDIR": str(folder)}):
        tempfile.tempdir = str(folder)
        try:
            yield folder
        finally:
            tempfile.tempdir = usual


@contextmanager
def changed_environment(told: Mapping[str, str]) -> Iterator[None]:
    """Of this process and those that it starts within."""
    before = {each: os.environ.get(each) for each in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
