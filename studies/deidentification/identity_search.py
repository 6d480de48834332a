"""Whether a written file still says who it is of: searched for all that its source said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydicom import DataElement, Dataset
from pydicom.multival import MultiValue

from senoscope.studies.deidentification.method_codes import METHODS
from senoscope.studies.deidentification.plain_values import REMOVED, moved
from senoscope.studies.deidentification.pseudonyms import is_registered
from senoscope.studies.files.study_header import DEEPEST_SEQUENCE
from senoscope.studies.pixels.cine_frames import DAMAGE

IDENTIFIERS = (
    *("PatientID", "OtherPatientIDs", "IssuerOfPatientID", "AccessionNumber", "AdmissionID"),
    *("InstitutionName", "InstitutionAddress", "PatientAddress", "PatientTelephoneNumbers"),
    *("MedicalRecordLocator", "PlacerOrderNumberImagingServiceRequest"),
    *("FillerOrderNumberImagingServiceRequest", "RequestedProcedureID", "PatientBirthName"),
)
"""Whose values are searched as a whole; those of persons' names (VR PN) part by part."""
OF_SOFTWARE = ("ImplementationClassUID", "ImplementationVersionName")
"""Of who wrote the file: the copy has its own writer's, which may be the same program."""
SHORTEST, SHORT = 3, 4
"""Letters of a part of a name: fewer are in any text; up to SHORT they must be a word alone."""
ENCODINGS = ("utf-8", "gb18030", "big5", "iso2022_jp", "shift_jis", "euc_kr", "iso8859-1")
"""In which a name that is no ASCII is searched."""

_UID = re.compile(rb"[0-9.]{6,64}")
_EIGHT = re.compile(rb"(?=(\d{8}))")
_WRITTEN = re.compile(rb"(\d{4})[-./](\d{2})[-./](\d{2})")
_WRITTEN_BACK = re.compile(rb"(\d{2})[-./](\d{2})[-./](\d{4})")
_WORD = re.compile(rb"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a source said, as bytes in small letters: whole words, parts of words, UIDs, dates."""

    words: frozenset[bytes] = field(repr=False)
    parts: frozenset[bytes] = field(repr=False)
    uids: frozenset[bytes] = field(repr=False)
    dates: frozenset[bytes] = field(repr=False)

    @classmethod
    def of(cls, source: Dataset, days: int | None) -> Identity:
        """Of a whole header. Dates that another becomes when moved by `days` are not searched."""
        texts: set[str] = set()
        uids: set[str] = set()
        dates: set[str] = set()
        for element in elements(source):
            values = [str(each) for each in values_of(element)]
            if element.keyword in OF_SOFTWARE:
                continue
            if element.VR == "UI":
                uids.update(each for each in values if not is_registered(each))
            elif element.VR in ("DA", "DT"):
                dates.update(filter(None, (moved(each, element.VR, 0) for each in values)))
            elif element.VR == "PN":
                texts.update(part for each in values for part in re.split(r"[\^=,\s-]+", each))
            elif element.keyword in IDENTIFIERS:
                texts.update(each.strip() for each in values)
        days_said = {each[:8] for each in dates}
        if days is not None:
            days_said -= {(moved(each, "DA", days) or "") for each in days_said}
        texts.discard(REMOVED)
        ascii_texts = {each.lower().encode() for each in texts if each.isascii()}
        return cls(
            frozenset(each for each in ascii_texts if SHORTEST <= len(each) <= SHORT),
            frozenset(each for each in ascii_texts if len(each) > SHORT) | _encoded(texts),
            frozenset(each.encode() for each in uids if len(each) >= 6),
            frozenset(each.encode() for each in days_said),
        )

    def stands_in(self, text: str) -> bool:
        """Whether a name or identifier does."""
        small = text.encode().lower()
        is_part = any(each in small for each in self.parts)
        return is_part or not self.words.isdisjoint(_WORD.findall(small))

    def found_in(self, content: bytes, header: Dataset) -> list[str]:
        """Kinds of what was found in the bytes of a file but for its pixels, or in its values."""
        texts = [_as_bytes(each) for element in elements(header) for each in values_of(element)]
        everything = b"\n".join([content, *texts])
        small = everything.lower()
        for each in METHODS.values():  # a person may be called by a word of these
            small = small.replace(each.lower().encode(), b"")
        found = []
        if any(each in small for each in self.parts):
            found.append("a name or identifier")
        elif self.words and not self.words.isdisjoint(_WORD.findall(small)):
            found.append("a short name or identifier")
        if self.uids:
            said = {each.strip(b".") for each in _UID.findall(everything)}
            # The byte after one may be a digit by chance, such as that of the next group.
            if not self.uids.isdisjoint(said | {each[:-1] for each in said}):
                found.append("a UID")
        if self.dates and not self.dates.isdisjoint(_dates(everything)):
            found.append("a date")
        return found


def elements(header: Dataset, depth: int = 0) -> Iterator[DataElement]:
    """All that can be read, the file's meta group, private and nested ones among them."""
    meta = getattr(header, "file_meta", None) if depth == 0 else None
    if meta is not None:
        yield from elements(meta, 1)
    for tag in list(header.keys()):
        try:
            element = header[tag]
            items = list(element.value or ()) if element.VR == "SQ" else []
        except DAMAGE:
            continue
        if not isinstance(element, DataElement):
            continue
        yield element
        for item in items if depth < DEEPEST_SEQUENCE else ():
            yield from elements(item, depth + 1)


def values_of(element: DataElement) -> Iterable[object]:
    """Each of its values that is no item and not empty."""
    value = element.value
    if element.VR == "SQ" or value is None:
        return ()
    return list(value) if isinstance(value, MultiValue | list) else (value,)


def _encoded(texts: Iterable[str]) -> frozenset[bytes]:
    """Those that are no ASCII, in each encoding that has them and needs three bytes or more."""
    found = set()
    for text in texts:
        for encoding in ENCODINGS if not text.isascii() else ():
            try:
                coded = text.lower().encode(encoding)
            except UnicodeEncodeError:
                continue
            if len(coded) >= SHORTEST:
                found.add(coded.lower())
    return frozenset(found)


def _as_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _dates(content: bytes) -> set[bytes]:
    """Eight digits wherever they begin, and dates with signs between, year first or last."""
    found = set(_EIGHT.findall(content))
    found.update(b"".join(each) for each in _WRITTEN.findall(content))
    for first, second, year in _WRITTEN_BACK.findall(content):
        found.update((year + second + first, year + first + second))
    return found
