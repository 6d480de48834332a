"""The whole store in one zip, and back from it: exams.sqlite, files by SHA-256, manifest.json."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from senoscope import __version__
from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.exams.content_files import (
    PIECE,
    ContentFiles,
    digest_of,
    flush_folder,
    new_private,
)
from senoscope.studies.exams.database import Database
from senoscope.studies.exams.exam_store import ExamStore

FORMAT = 1
DATABASE, MANIFEST = "exams.sqlite", "manifest.json"

_MEMBER = re.compile(r"files/([0-9a-f]{64})")
_NO_BACKUP = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, NotImplementedError,
)  # fmt: skip
_DAMAGED = "The backup is damaged or none of Senoscope's"


def backup(store: ExamStore, file: Path, who: str) -> int:
    """Write everything kept into a new zip, private to this user; the number of files in it.

    The store may be used meanwhile. SettingsError where there is such a file, or with PostgreSQL,
    which its own pg_dump backs up. StorageError: nothing was written.
    """
    if file.exists():
        raise SettingsError("A backup was to be written over a file. Give a name that is free.")
    token = secrets.token_hex(8)
    partial = file.with_name(f".{file.name}.{token}.partial")
    snapshot = store.parts.files.partials / token
    try:
        with _told():
            store.parts.database.copy_to(snapshot)
            contents = _contents(snapshot)
            with new_private(partial) as target:
                _pack(store, snapshot, contents, target)
                target.flush()
                os.fsync(target.fileno())
            partial.rename(file)
            flush_folder(file.parent)
    finally:
        for left in (partial, snapshot):
            left.unlink(missing_ok=True)
    store.note("backed up", who, detail={"files": len(contents)})
    return len(contents)


def restore(file: Path, url: str, folder: Path, who: str) -> int:
    """Bring back a backup where nothing is; the number of its files.

    Every file and the database are checked against their SHA-256 first. SettingsError where
    something is there, where the backup is damaged, or with PostgreSQL. StorageError: nothing was
    written.
    """
    place = Database(url).file
    if place is None:
        raise SettingsError(
            "A backup was to be restored into PostgreSQL. Use pg_restore and a copy of the "
            "store's folder, or a sqlite URL."
        )
    if place.exists() or (folder.exists() and any(folder.iterdir())):
        raise SettingsError(
            "A backup was to be restored over something; expected an empty place. Give another "
            "--folder and --store, or move away what is there."
        )
    staging = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.partial")
    try:
        with _told():
            staging.mkdir(0o700, parents=True)
            count = _unpack(file, staging)
            with ExamStore.open(f"sqlite:///{staging / DATABASE}", staging) as restored:
                if complaints := restored.check(read_files=False).complaints:
                    raise SettingsError(f"{_DAMAGED}: {complaints[0]}. Take another one.")
                restored.note("restored", who, detail={"files": count})
            _move(staging, place, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return count


def _contents(snapshot: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(snapshot)) as connection:
        return [row[0] for row in connection.execute("SELECT sha256 FROM content ORDER BY sha256")]


def _pack(store: ExamStore, snapshot: Path, contents: list[str], target: IO[bytes]) -> None:
    with zipfile.ZipFile(target, "w") as archive:  # stored: pixels are mostly packed already
        with snapshot.open("rb") as source:
            digest, _ = digest_of(source)
        manifest = {
            "format": FORMAT,
            "senoscope": __version__,
            "database": digest,
            "files": len(contents),
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=2))
        archive.write(snapshot, DATABASE)
        for content in contents:
            with store.open_file(content) as source:
                if digest_of(source)[0] != content:
                    raise StorageError(
                        f"File {content[:12]} of the store is damaged, so nothing was backed up. "
                        "See `senoscope store check`; give its study again, or delete its exam."
                    )
                source.seek(0)
                with archive.open(f"files/{content}", "w", force_zip64=True) as member:
                    shutil.copyfileobj(source, member, PIECE)


def _unpack(file: Path, staging: Path) -> int:
    files = ContentFiles(staging / "files")
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive)
            with archive.open(DATABASE) as source:
                arrived = files.arrive(source)
            if arrived.content != manifest["database"]:
                raise SettingsError(f"{_DAMAGED}: its database was altered. Take another one.")
            arrived.partial.rename(staging / DATABASE)
            count = 0
            for name in archive.namelist():
                if (known := _MEMBER.fullmatch(name)) is not None:
                    with archive.open(name) as source:
                        arrived = files.arrive(source)
                    if arrived.content != known[1]:
                        raise SettingsError(f"{_DAMAGED}: a file was altered. Take another one.")
                    files.place(arrived)
                    count += 1
    except _NO_BACKUP as error:
        raise SettingsError(f"{_DAMAGED} ({type(error).__name__}). Take another one.") from error
    return count


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise SettingsError(
            f"The backup is of format {manifest['format']}; expected {FORMAT}. Install the "
            "Senoscope that wrote it."
        )
    return manifest


def _move(staging: Path, place: Path, folder: Path) -> None:
    """The folder at once, the database in it; or else after it."""
    inside = place.is_relative_to(folder)
    to = staging / place.relative_to(folder) if inside else staging / DATABASE
    to.parent.mkdir(0o700, parents=True, exist_ok=True)
    (staging / DATABASE).rename(to)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}.partial")
    try:
        if not inside:
            place.parent.mkdir(0o700, parents=True, exist_ok=True)
            shutil.move(to, beside)
        if folder.exists():
            folder.rmdir()
        staging.rename(folder)
        flush_folder(folder.parent)
        if not inside:
            beside.rename(place)
            flush_folder(place.parent)
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The backup cannot be written or read ({error.strerror}). Free space, see that the "
            "file is there, or allow this user to read and write there."
        ) from None
