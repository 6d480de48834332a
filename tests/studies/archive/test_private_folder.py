"""What passes lies in a private folder, which goes in every case."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from senoscope.domain.errors import StorageError
from senoscope.studies.archive import private_folder
from senoscope.studies.archive.private_folder import private_temporary


def test_temporary_files_of_all_kinds_lie_in_it_and_go() -> None:
    usual = tempfile.gettempdir()
    with private_temporary() as folder:
        assert folder.stat().st_mode & 0o077 == 0
        assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(folder)
        (folder / "Doe").write_text("left")
    assert not folder.exists()
    assert tempfile.gettempdir() == usual


def test_that_of_a_run_that_was_killed_goes_at_the_next(tmp_path: Path) -> None:
    killed = (
        "import os; from pathlib import Path;"
        "from senoscope.studies.archive.private_folder import private_folder;"
        f"held = private_folder(Path({str(tmp_path)!r})); folder = held.__enter__();"
        "(folder / 'Doe').write_text('left'); os.utime(folder, (0, 0)); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", killed], check=False, timeout=120)
    [left] = tmp_path.iterdir()
    with private_folder.private_folder(tmp_path) as own:
        assert not left.exists()
        os.utime(own, (0, 0))
        with private_folder.private_folder(tmp_path):
            assert own.exists()  # whose run still holds it
    assert list(tmp_path.iterdir()) == []


def test_folders_of_others_that_are_called_alike_stay(tmp_path: Path) -> None:
    other = tmp_path / "sr-of another program"
    other.mkdir()
    (other / "lock").touch()
    os.utime(other, (0, 0))
    with private_folder.private_folder(tmp_path):
        assert other.exists()


def test_a_disk_without_room_for_the_lock_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", full)
        with (
            pytest.raises(StorageError, match="No space left"),
            private_folder.private_folder(tmp_path),
        ):
            pass
    assert list(tmp_path.iterdir()) == []
