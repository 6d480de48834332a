"""WADO-RS (PS3.18 10.4): a study into a folder that `StudyFiles` then reads."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.files.study_limits import StudyLimits
from senoscope.studies.network.destinations import WebDestination
from senoscope.studies.network.dimse_link import USUAL, Deadlines
from senoscope.studies.network.failures import PacsRefused, PacsUnavailable
from senoscope.studies.network.multipart import (
    Malformed,
    PartBegins,
    PartEnds,
    boundary_of,
    parts,
)
from senoscope.studies.network.sendable import is_uid, read_sendable
from senoscope.studies.network.web_link import answered

_WANTED = 'multipart/related; type="application/dicom"; transfer-syntax=*'


def fetch(
    destination: WebDestination,
    study_instance_uid: str,
    folder: Path,
    limits: StudyLimits | None = None,
    deadlines: Deadlines = USUAL,
) -> int:
    """Every instance of the study, as stored there, in the new `folder`: how many there are.

    `folder` appears whole or not at all, for this user alone; its files are named by number.
    PacsError where the server does not give them all, or gives more than `limits`; StorageError
    where they cannot be kept; SettingsError where `folder` is there already, or this is no UID.
    """
    if not is_uid(study_instance_uid):
        raise SettingsError(
            "A study was asked for by what is no UID; expected digits and dots, at most 64."
        )
    if folder.exists():
        raise SettingsError("The folder to fetch to is there already; expected a new one.")
    partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.partial")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial.mkdir(mode=0o700)
        try:
            count = _fetched(
                destination, study_instance_uid, partial, limits or StudyLimits(), deadlines
            )
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise StorageError(
            f"The study cannot be kept ({error.strerror}); nothing of it was left. Free space, "
            "allow writing there, or choose another place."
        ) from error
    return count


def _fetched(
    destination: WebDestination, uid: str, folder: Path, limits: StudyLimits, deadlines: Deadlines
) -> int:
    with answered(
        destination, "GET", f"/studies/{uid}", {"Accept": _WANTED}, deadlines=deadlines
    ) as answer:
        try:
            boundary = boundary_of(answer.content_type)
            count = _kept(parts(answer.pieces, boundary), folder, limits)
        except Malformed as error:
            raise PacsUnavailable(
                f"{destination.place} did not answer with DICOM files as DICOMweb has it: {error}."
            ) from None
    if not count:
        raise PacsRefused(f"{destination.place} has no instance of the study.")
    for number in range(1, count + 1):
        if read_sendable(_place(folder, number)).study_instance_uid != uid:
            raise PacsRefused(f"{destination.place} gave an instance of another study.")
    return count


def _kept(given: Iterator[PartBegins | bytes | PartEnds], folder: Path, limits: StudyLimits) -> int:
    count = size = 0
    file: BinaryIO | None = None
    try:
        for each in given:
            if isinstance(each, PartBegins):
                count += 1
                if each.kind not in ("application/dicom", ""):
                    raise Malformed("a part is of another kind")
                if count > limits.most_files:
                    raise PacsRefused(f"The study has more than {limits.most_files} instances.")
                file = _place(folder, count).open("xb")
            elif isinstance(each, PartEnds):
                assert file is not None
                file.flush()
                os.fsync(file.fileno())
                file.close()
            else:
                assert file is not None
                size += len(each)
                if size > limits.most_bytes:
                    raise PacsRefused(f"The study has more than {limits.most_bytes} bytes.")
                file.write(each)
    finally:
        if file is not None:
            file.close()
    return count


def _place(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.dcm"
