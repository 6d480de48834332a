"""A store comes back from one file as it was, or nothing comes."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.store_backup import backup, restore
from tests.studies.exams.exam_builders import WHO, Place, kept_files, pathology, signed_exam
from tests.studies.exams.postgresql_server import Server


@pytest.fixture
def packed(sqlite_place: Place) -> Path:
    """A backup of a store with one signed exam, one result of which waits to be sent."""
    with sqlite_place.opened() as store:
        exam = signed_exam(store, sqlite_place)
        store.add_pathology(exam, pathology(), WHO)
        store.outbox.put([store.results_of(exam)[1].content], "pacs", WHO)
        assert backup(store, sqlite_place.beside / "backup.zip", WHO) == 3
        assert store.audit_of(exam)[-1].act == "put in the outbox"
    return sqlite_place.beside / "backup.zip"


def everything(store: ExamStore) -> list[object]:
    return [
        store.search(), store.images_of(1), store.readings_of(1), store.impressions_of(1),
        store.sign_offs_of(1), store.pathology_of(1), store.results_of(1), store.audit_of(1),
        store.outbox.listed(),
    ]  # fmt: skip


@pytest.mark.parametrize("database", ["new/exams.sqlite", "elsewhere/exams.sqlite"])
def test_all_comes_back(sqlite_place: Place, packed: Path, database: str) -> None:
    new = Place(
        f"sqlite:///{sqlite_place.beside / database}", sqlite_place.beside / "new", packed.parent
    )
    assert restore(packed, new.url, new.folder, WHO) == 3
    with sqlite_place.opened() as old, new.opened() as back:
        assert everything(back) == everything(old)
        assert back.check().complaints == ()
        assert back.verify() == ()
    assert [each.name for each in kept_files(new)] == [
        each.name for each in kept_files(sqlite_place)
    ]
    left = {path.name for path in sqlite_place.beside.iterdir()}
    assert left <= {"store", "new", "elsewhere", "given1", "backup.zip"}


def test_a_backup_is_private_and_goes_over_nothing(sqlite_place: Place, packed: Path) -> None:
    assert packed.stat().st_mode & 0o077 == 0
    before = packed.read_bytes()
    with sqlite_place.opened() as store, pytest.raises(SettingsError, match="over a file"):
        backup(store, packed, WHO)
    assert packed.read_bytes() == before


def test_a_restore_goes_over_nothing(sqlite_place: Place, packed: Path) -> None:
    with pytest.raises(SettingsError, match="empty place"):
        restore(packed, sqlite_place.url, sqlite_place.folder, WHO)
    with pytest.raises(SettingsError, match="empty place"):
        restore(packed, sqlite_place.url, sqlite_place.beside / "new", WHO)
    with sqlite_place.opened() as store:
        assert store.check().complaints == ()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _rewritten(change: Callable[[str, bytes], bytes | None]) -> Callable[[Path], None]:
    def rewrite(path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                if (changed := change(name, content)) is not None:
                    archive.writestr(name, changed)

    return rewrite


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


DAMAGES = [
    _cut,
    _flipped,
    _rewritten(lambda name, content: b"other" if name.startswith("files/") else content),
    _rewritten(lambda name, content: None if name.startswith("files/") else content),
    _rewritten(lambda name, content: content + b" " if name == "exams.sqlite" else content),
    _rewritten(lambda name, content: None if name == "manifest.json" else content),
    _rewritten(lambda name, content: b"[]" if name == "manifest.json" else content),
    _rewritten(lambda name, content: b'{"format": 9}' if name == "manifest.json" else content),
    lambda path: path.write_bytes(b"no zip"),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_leaves_nothing(
    sqlite_place: Place, packed: Path, damage: Callable[[Path], None]
) -> None:
    damage(packed)
    new = sqlite_place.beside / "new"
    with pytest.raises(SettingsError):
        restore(packed, f"sqlite:///{new / 'exams.sqlite'}", new, WHO)
    assert {path.name for path in sqlite_place.beside.iterdir()} == {
        "store", "given1", "backup.zip",
    }  # fmt: skip


def test_a_backup_that_is_not_there_is_said(sqlite_place: Place) -> None:
    with pytest.raises(StorageError, match="No such file"):
        restore(sqlite_place.beside / "none", sqlite_place.url, sqlite_place.folder, WHO)


def test_a_disk_that_fills_during_a_backup_leaves_nothing(
    sqlite_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with sqlite_place.opened() as store:
        signed_exam(store, sqlite_place)
        files = kept_files(sqlite_place)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(StorageError, match="No space left"):
                backup(store, sqlite_place.beside / "backup.zip", WHO)
        assert kept_files(sqlite_place) == files
    assert {path.name for path in sqlite_place.beside.iterdir()} == {"store", "given1"}


def test_a_damaged_file_stops_a_backup(sqlite_place: Place) -> None:
    with sqlite_place.opened() as store:
        signed_exam(store, sqlite_place)
        kept_files(sqlite_place)[0].write_bytes(b"rotten")
        with pytest.raises(StorageError, match="is damaged"):
            backup(store, sqlite_place.beside / "backup.zip", WHO)
    assert not (sqlite_place.beside / "backup.zip").exists()


def test_postgresql_is_backed_up_by_its_own_program(
    server: Server, sqlite_place: Place, packed: Path
) -> None:
    url = server.emptied()
    new = sqlite_place.beside / "new"
    with ExamStore.open(url, new) as store, pytest.raises(SettingsError, match="pg_dump"):
        backup(store, sqlite_place.beside / "other.zip", WHO)
    with pytest.raises(SettingsError, match="pg_restore"):
        restore(packed, url, sqlite_place.beside / "newer", WHO)
