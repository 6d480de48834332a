"""Who may do what: roles, the duties each has, and the duty that a request is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Duty(StrEnum):
    """What a request does. Whatever is in no list is `ADMINISTER`."""

    LOOK = "look"
    REMARK = "remark"
    REVIEW = "review"
    SCAN = "scan"
    UPLOAD = "upload"
    SIGN = "sign"
    SEND = "send"
    ADMINISTER = "administer"


class Role(StrEnum):
    """Of an account. Staff scan and read: one person in many clinics, or all by one password."""

    READER = "reader"
    OPERATOR = "operator"
    STAFF = "staff"
    ADMIN = "admin"


_BOTH = frozenset({Duty.LOOK, Duty.REMARK, Duty.UPLOAD, Duty.SEND})
_READER = _BOTH | {Duty.REVIEW, Duty.SIGN}
_OPERATOR = _BOTH | {Duty.SCAN}
DUTIES: Mapping[Role, frozenset[Duty]] = MappingProxyType(
    {
        Role.READER: _READER,
        Role.OPERATOR: _OPERATOR,
        Role.STAFF: _READER | _OPERATOR,
        Role.ADMIN: frozenset(Duty),
    }
)

_POSTED: tuple[tuple[Duty, str], ...] = (
    (Duty.LOOK, r"/logout"),
    (Duty.LOOK, r"/live/(why|distance|snapshot)"),
    (Duty.LOOK, r"/clip/frames/[^/]+/distance"),
    (Duty.LOOK, r"/study/list"),
    (Duty.LOOK, r"/study/exams/[^/]+/words"),
    (Duty.LOOK, r"/study/exams/[^/]+/mri/curve"),
    (Duty.LOOK, r"/facts/(risk|file)"),
    (Duty.REMARK, r"/live/key_frames/[^/]+(/same)?"),
    (Duty.REVIEW, r"/clip/(upload|recording|framing|cancel|close|export/video)"),
    (Duty.REVIEW, r"/clip/(frames/[^/]+/)?lesions/[^/]+"),
    (Duty.REVIEW, r"/log/(study|table|file)"),
    (Duty.SCAN, r"/live/(preview|start|align|exam|record)"),
    (Duty.SCAN, r"/screen/(points|depth|forget|distance|templates|templates/upload)"),
    (Duty.UPLOAD, r"/study/uploads(/[^/]+/(file|read))?"),
    (Duty.UPLOAD, r"/study/stop"),
    (Duty.SIGN, r"/study/exams/[^/]+/(alone|sign|mri/phases)"),
    (Duty.SIGN, r"/log/exams/[^/]+/pathology"),
    (Duty.SEND, r"/study/exams/[^/]+/(send|deidentified)"),
)
"""What pages ask by POST. A route that is new is for administrators until it is written here."""

_LOOKS_OF_ADMINISTRATORS = frozenset({"/metrics"})
"""What pages never ask."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, as it is written into the audit trail."""

    name: str
    role: Role

    def may(self, duty: Duty) -> bool:
        """Whether the role holds that duty."""
        return duty in DUTIES[self.role]


LOCAL = Person("local", Role.ADMIN)
"""Whoever sits at this machine, where it serves nobody else and has no accounts."""
SHARED = Person("shared", Role.STAFF)
"""Everybody who knows the one password: all but what administers."""


def duty_of(method: str, path: str) -> Duty:
    """What a request does. GET changes nothing on any page, so it is a look."""
    if method in ("GET", "HEAD") and path not in _LOOKS_OF_ADMINISTRATORS:
        return Duty.LOOK
    if method == "POST":
        for duty, pattern in _POSTED:
            if re.fullmatch(pattern, path):
                return duty
    return Duty.ADMINISTER
