"""Pseudonyms, UIDs and days by which dates are moved, all from one secret key.

The same patient gets the same ones in every export with that key; without it nobody can go back.
"""

from __future__ import annotations

import hmac
import os
import stat
from base64 import b32encode
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from uuid import UUID

from pydicom import Dataset
from pydicom.uid import UID

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.files.study_header import text_of

KEY_BYTES = 32
LONGEST_SHIFT = 365
"""Days; at least one."""


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """A secret of `KEY_BYTES` bytes. Who has it and a patient's ID can tell the pseudonym."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise SettingsError(
                f"A pseudonym key of {len(self.secret)} bytes was given; expected {KEY_BYTES}. "
                "Give the file in which Senoscope keeps it."
            )

    @classmethod
    def kept_in(cls, path: Path) -> PseudonymKey:
        """The key in that file, which is made where there is none, for its owner alone (0600).

        SettingsError where it holds none or others may read it, StorageError where it can be
        neither read nor written.
        """
        try:
            if not path.exists():
                return cls._made(path)
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise SettingsError(
                    "The pseudonym key's file may be read by others; expected by its owner alone. "
                    "Say chmod 600 on it, and consider who has read it."
                )
            secret = bytes.fromhex(path.read_text(encoding="ascii"))
        except OSError as error:
            raise StorageError(
                f"The pseudonym key's file cannot be used ({error.strerror}). Name a file in a "
                "folder of your own."
            ) from error
        except ValueError as error:
            raise SettingsError(
                "The pseudonym key's file holds something else; expected "
                f"{2 * KEY_BYTES} hexadecimal digits. Name another file."
            ) from error
        return cls(secret)

    @classmethod
    def _made(cls, path: Path) -> PseudonymKey:
        key = cls(token_bytes(KEY_BYTES))
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.{token_bytes(4).hex()}.partial")
        try:
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(key.secret.hex())
                file.flush()
                os.fsync(file.fileno())
            os.link(partial, path)  # unlike a renaming, it replaces no key made meanwhile
        finally:
            partial.unlink(missing_ok=True)
        return key

    def digest(self, purpose: str, *of: str) -> bytes:
        """32 bytes; other ones for another purpose."""
        message = b"".join(
            len(each).to_bytes(8, "big") + each for each in (part.encode() for part in of)
        )
        return hmac.digest(self.secret, purpose.encode() + b"\0" + message, sha256)

    def uid(self, uid: str) -> str:
        """The UID in place of another; one that DICOM itself registers stays, as a class's."""
        if is_registered(uid):
            return uid
        return f"2.25.{UUID(bytes=self.digest('uid', uid)[:16], version=4).int}"


def is_registered(uid: str) -> bool:
    """Whether DICOM itself gives it, to all alike."""
    return bool(uid) and UID(uid).name != uid


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """One patient's: `name` is also the ID; dates go back by `days`, 1 to 365."""

    name: str
    days: int

    @classmethod
    def of(cls, header: Dataset, key: PseudonymKey) -> Pseudonym:
        """By patient ID and its issuer; where there is none by name and date of birth, else study.

        Study UIDs are all that two files without a name can share.
        """
        identifier = text_of(header, "PatientID")
        named = text_of(header, "PatientName").strip("^ "), text_of(header, "PatientBirthDate")
        if identifier:
            who = ("id", text_of(header, "IssuerOfPatientID"), identifier)
        elif named[0]:
            who = ("name", *named)
        else:
            who = ("study", text_of(header, "StudyInstanceUID"), "")
        name = b32encode(key.digest("patient", *who)[:10]).decode()
        days = int.from_bytes(key.digest("days", *who)[:8], "big") % LONGEST_SHIFT + 1
        return cls(f"P{name}", days)
