"""What goes into the exam store and what comes out of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from senoscope.domain.errors import SettingsError, SourceUnavailable

LONGEST_WHO = 64

_UID = re.compile(r"[0-9.]{1,64}")

Plain = Mapping[str, Any]
"""What JSON can hold, numbers finite."""


class ExamState(StrEnum):
    """By the last act: new images, a new reading, a sign-off."""

    RECEIVED = "received"
    READ = "read"
    SIGNED = "signed"


class SendState(StrEnum):
    """Of one file for one destination."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """Of one StudyInstanceUID; a live exam has a new one of ours.

    `modality` counts where the exam has no files that say it.

    SourceUnavailable where there is no UID, or a text that cannot be kept.
    """

    study_uid: str
    patient_id: str = field(repr=False)
    patient_name: str = field(repr=False)
    study_date: date | None = None
    modality: str = ""

    def __post_init__(self) -> None:
        _require_uids(self.study_uid)
        _require_modality(self.modality)
        for text in (self.patient_id, self.patient_name):
            if len(text) > 1024 or "\0" in text or text != text.encode(errors="replace").decode():
                raise SourceUnavailable(
                    "The study's patient has a name or number that is no text of at most 1024 "
                    "characters. Export it again."
                )


@dataclass(frozen=True, slots=True)
class NewFile:
    """A DICOM file to be kept; it is copied from `path` as it is."""

    series_uid: str
    modality: str
    series_number: int | None
    instance_uid: str
    sop_class: str
    path: Path = field(repr=False)

    def __post_init__(self) -> None:
        _require_uids(self.series_uid, self.instance_uid, self.sop_class)
        _require_modality(self.modality)


@dataclass(frozen=True, slots=True)
class KeptStudy:
    """What became of the files: `added`, or there before and the `same`.

    `contradictions`: SOPInstanceUIDs that are kept with other content, which stays.
    """

    exam: int
    added: int
    same: int
    contradictions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewReading:
    """What a mode made of an exam. `versions` by name; `ledger` says what became of each frame."""

    mode: str
    reading: Plain
    models: tuple[str, ...]
    engine: str
    versions: Mapping[str, str]
    ledger: Plain


@dataclass(frozen=True, slots=True)
class NewResult:
    """A file made of a reading: bytes, or a file that is copied.

    Without `instance_uid` and `sop_class` it is no DICOM and is never sent. `supersedes`: the
    number of an earlier result of this exam.
    """

    kind: str
    content: bytes | Path = field(repr=False)
    instance_uid: str | None = None
    sop_class: str | None = None
    supersedes: int | None = None

    def __post_init__(self) -> None:
        if (self.instance_uid is None) != (self.sop_class is None):
            raise SettingsError(
                "A result was given with one of SOPInstanceUID and SOP class; expected both or "
                "neither."
            )
        if self.instance_uid is not None and self.sop_class is not None:
            _require_uids(self.instance_uid, self.sop_class)


@dataclass(frozen=True, slots=True)
class Exam:
    """One row of the work list. `modality`: of all its series, by comma."""

    number: int
    study_uid: str
    patient_id: str = field(repr=False)
    patient_name: str = field(repr=False)
    study_date: date | None
    modality: str
    state: ExamState
    received_at: datetime
    changed_at: datetime
    images: int


@dataclass(frozen=True, slots=True)
class KeptImage:
    """A DICOM file of an exam; `content` is its SHA-256, by which the store opens it."""

    series_uid: str
    modality: str
    series_number: int | None
    instance_uid: str
    sop_class: str
    content: str
    size: int


@dataclass(frozen=True, slots=True)
class KeptReading:
    """As given in a `NewReading`."""

    number: int
    exam: int
    mode: str
    reading: dict[str, Any]
    models: tuple[str, ...]
    engine: str
    versions: dict[str, str]
    ledger: dict[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class KeptImpression:
    """What a clinician said before the AI was shown."""

    number: int
    exam: int
    who: str
    impression: dict[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class KeptSignOff:
    """`signed`: verdicts and both readings, as given; `replaces` the one that it corrects."""

    number: int
    exam: int
    reading: int
    replaces: int | None
    who: str
    signed: dict[str, Any]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class KeptResult:
    """Of the machine where `sign_off` is None. The file is opened by `content`."""

    number: int
    exam: int
    reading: int
    sign_off: int | None
    kind: str
    instance_uid: str | None
    sop_class: str | None
    content: str
    size: int
    supersedes: int | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class QueuedFile:
    """A file in the outbox; `exam` is one that holds it."""

    number: int
    exam: int
    content: str
    destination: str
    state: SendState
    tries: int
    why: str
    queued_at: datetime
    due_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes free where the store lies, and below how many there is a warning."""

    free: int
    least: int

    @property
    def is_low(self) -> bool:
        """Whether a page should warn."""
        return self.free < self.least


def require_who(who: str) -> None:
    """SettingsError unless it is a login or a program's name."""
    if not who.strip() or len(who) > LONGEST_WHO or not who.isprintable():
        raise SettingsError(
            f"Who acts was given in {len(who)} characters; expected 1 to {LONGEST_WHO} printed "
            "ones. Log in, or name the program."
        )


def _require_uids(*uids: str) -> None:
    if not all(map(_UID.fullmatch, uids)):
        raise SourceUnavailable(
            "A study or file was given without its DICOM UIDs; expected digits and dots, 64 at "
            "most. Export it again."
        )


def _require_modality(code: str) -> None:
    if not re.fullmatch(r"[A-Z0-9_ ]{0,16}", code):
        raise SourceUnavailable("A Modality is no code of 16 letters at most. Export it again.")
