"""Files appear whole or not at all, and the reason is said."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from senoscope.domain.errors import StorageError
from senoscope.ui.written import write_bytes, write_text


def test_a_file_is_written_with_the_folders_it_needs(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "folder" / "report.json", "Größe 3 mm\n")
    assert (tmp_path / "new" / "folder" / "report.json").read_bytes() == "Größe 3 mm\n".encode()
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["report.json"]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_bytes(tmp_path / "log", b"a long first content")
    write_bytes(tmp_path / "log", b"short")
    assert (tmp_path / "log").read_bytes() == b"short"


@pytest.mark.parametrize("place", ["file/report.json", "file/deeper/report.json"])
def test_a_place_below_a_file_is_refused_with_a_remedy(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"report.json cannot be written .*choose another place"):
        write_text(tmp_path / place, "{}")
    assert (tmp_path / "file").read_text() == "in the way"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        write_text(tmp_path / "report.json", "{}")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_disk_that_fills_up_leaves_the_old_file_and_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bytes(tmp_path / "report", b"old")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write_bytes(tmp_path / "report", b"new content")
    assert (tmp_path / "report").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_only_a_private_file_is_hidden_from_others(tmp_path: Path) -> None:
    for name, private in (("settings", True), ("report", False)):
        write_text(tmp_path / name, "{}", private)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("settings", "report")]
    (tmp_path / "usual").touch()
    assert modes == [0o600, stat.S_IMODE((tmp_path / "usual").stat().st_mode)]


def test_two_that_write_at_once_each_write_a_whole_file(tmp_path: Path) -> None:
    contents = [letter * 100_000 for letter in (b"a", b"b")]
    with ThreadPoolExecutor(2) as writers:
        for _ in range(30):
            list(writers.map(lambda content: write_bytes(tmp_path / "report", content), contents))
            assert (tmp_path / "report").read_bytes() in contents
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_device_is_refused_and_stays_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # a user may make no device, and this is refused as one
    with pytest.raises(StorageError, match="folder or a device"):
        write_text(tmp_path / "pipe", "{}")
    assert (tmp_path / "pipe").is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
