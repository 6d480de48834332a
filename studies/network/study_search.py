"""QIDO-RS (PS3.18 10.6): which studies a DICOMweb server has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from senoscope.domain.errors import SettingsError
from senoscope.studies.network.destinations import WebDestination
from senoscope.studies.network.dimse_link import USUAL, Deadlines
from senoscope.studies.network.failures import PacsHasNone, PacsUnavailable
from senoscope.studies.network.sendable import is_uid
from senoscope.studies.network.web_link import answered

MOST_STUDIES = 1000
LARGEST_ANSWER = 16 * 2**20
_SHOWN = 64
"""Characters kept of a text from outside."""
_FIELDS = ("ModalitiesInStudy", "StudyDescription", "NumberOfStudyRelatedInstances")


@dataclass(frozen=True, slots=True)
class StudyQuery:
    """What a study must match; an empty text and None match all, one at least is given.

    `since` and `until` are of StudyDate, both included. `most` studies are asked for.
    """

    patient_id: str = field(default="", repr=False)
    accession_number: str = field(default="", repr=False)
    modality: str = ""
    since: date | None = None
    until: date | None = None
    most: int = 100

    def __post_init__(self) -> None:
        texts = (self.patient_id, self.accession_number, self.modality)
        for text, longest in zip(texts, (64, 16, 16), strict=True):
            if len(text) > longest or not text.isprintable() or "\\" in text:
                raise SettingsError(
                    f"A text of {len(text)} characters was given to search for; expected at most "
                    f"{longest} printed ones, no backslash."
                )
        if not any(texts) and self.since is None and self.until is None:
            raise SettingsError(
                "Nothing was given to search by; expected a patient's id, an accession number, a "
                "modality or a date. A PACS would list all it has."
            )
        if not 1 <= self.most <= MOST_STUDIES:
            raise SettingsError(
                f"{self.most} studies were asked for; expected 1 to {MOST_STUDIES}. Search closer."
            )

    def parameters(self) -> list[tuple[str, str]]:
        """Of the request."""
        given = [
            ("PatientID", self.patient_id),
            ("AccessionNumber", self.accession_number),
            ("ModalitiesInStudy", self.modality),
            ("StudyDate", self._dates()),
            *(("includefield", each) for each in _FIELDS),
            ("limit", str(self.most)),
        ]
        return [(name, value) for name, value in given if value]

    def _dates(self) -> str:
        if self.since is None and self.until is None:
            return ""
        ends = [f"{each:%Y%m%d}" if each else "" for each in (self.since, self.until)]
        return ends[0] if ends[0] == ends[1] else "-".join(ends)


@dataclass(frozen=True, slots=True)
class FoundStudy:
    """One study as the server describes it; empty where it does not say. `instances` None too."""

    study_instance_uid: str
    patient_id: str = field(repr=False)
    patient_name: str = field(repr=False)
    study_date: str
    accession_number: str = field(repr=False)
    modalities: tuple[str, ...]
    description: str = field(repr=False)
    instances: int | None


def search(
    destination: WebDestination, query: StudyQuery, deadlines: Deadlines = USUAL
) -> list[FoundStudy]:
    """At most `query.most` studies. PacsError where there is no answer that can be read."""
    text = _asked(destination, query.parameters(), deadlines)
    try:
        listed = json.loads(text) if text.strip() else []
        if not isinstance(listed, list):
            raise TypeError
        found = [_study(item) for item in listed[: query.most]]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        # Not chained: what was answered may hold names, and the error would quote it.
        raise PacsUnavailable(
            f"{destination.place} did not answer with a list of studies as DICOMweb has it."
        ) from None
    return [each for each in found if is_uid(each.study_instance_uid)]


def reach(destination: WebDestination, deadlines: Deadlines = USUAL) -> None:
    """Whether it answers searches, and takes us. PacsError says why not."""
    _asked(destination, [("StudyInstanceUID", "2.25.0"), ("limit", "1")], deadlines)


def _asked(
    destination: WebDestination, parameters: list[tuple[str, str]], deadlines: Deadlines
) -> bytes:
    headers = {"Accept": "application/dicom+json"}
    try:
        with answered(
            destination, "GET", "/studies", headers, query=parameters, deadlines=deadlines
        ) as answer:
            return answer.whole(LARGEST_ANSWER)
    except PacsHasNone:
        raise PacsUnavailable(
            f"{destination.place} has no /studies to search. Correct the address."
        ) from None


def _study(item: Mapping[str, Mapping[str, object]]) -> FoundStudy:
    instances = _first(item, "00201208")
    return FoundStudy(
        _text(_first(item, "0020000D")),
        _text(_first(item, "00100020")),
        _text(_name(_first(item, "00100010"))),
        _text(_first(item, "00080020")),
        _text(_first(item, "00080050")),
        tuple(_text(each) for each in _values(item, "00080061")[:16]),
        _text(_first(item, "00081030")),
        int(str(instances)) if instances not in (None, "") else None,
    )


def _values(item: Mapping[str, Mapping[str, object]], tag: str) -> list[object]:
    values = item.get(tag, {}).get("Value", [])
    if not isinstance(values, list):
        raise TypeError
    return values


def _first(item: Mapping[str, Mapping[str, object]], tag: str) -> object:
    values = _values(item, tag)
    return values[0] if values else None


def _name(value: object) -> object:
    return value.get("Alphabetic") if isinstance(value, Mapping) else value


def _text(value: object) -> str:
    """Fit for a terminal or a page: what is not printed there may steer it."""
    text = "" if value is None else str(value)
    return "".join(each if each.isprintable() else "?" for each in text[:_SHOWN])
