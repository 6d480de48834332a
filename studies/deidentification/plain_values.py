"""Single values: which are what their VR says, dates moved, dummies, codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from math import isfinite
from typing import cast

from pydicom import Dataset
from pydicom.sr._concepts_dict import concepts

from senoscope.studies.files.study_header import items_of, text_of
from senoscope.studies.results.identity import CODING_SCHEME

REMOVED = "Removed"
TEXTS = ("LO", "SH", "ST", "LT", "UT", "UC", "PN")
DUMMIES: dict[str, str] = {
    **dict.fromkeys(TEXTS, REMOVED),
    "CS": REMOVED.upper(),
    "AE": REMOVED.upper(),
    "DA": "19000101",
    "TM": "000000",
    "DT": "19000101000000",
}
"""By VR; what has none here is removed."""
SCHEMES = ("DCM", "SCT", "SRT", "SNM3", "LN", "UCUM", "RADLEX", "NCIt", "UMLS", "FMA", "MDC")
"""Coding schemes whose codes are public, beside Senoscope's own."""
LONGEST_MEANING = 64
"""Characters of an LO; some meanings in the dictionary are longer."""
OLDEST = 89
"""Years; all above are one."""

_CODED = re.compile(r"[A-Z0-9_ ]{0,16}")
_TIME = re.compile(r"\d{2}(?:\d{2}(?:\d{2}(?:\.\d{1,6})?)?)?")
_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_DATE_TIME = re.compile(r"(\d{8})(\d{0,6}(?:\.\d{1,6})?)(?:[+-]\d{4})?")
_AGE = re.compile(r"(\d{3})([DWMY])")
_CODE = re.compile(r"[A-Za-z0-9./_%\[\]{}*^()'+-]{1,64}")


def moved(value: str, vr: str, days: int) -> str | None:
    """A DA or DT as many days earlier, its time as it was; None where it is no whole date.

    A time zone goes, since it tells a place.
    """
    given = (_DATE if vr == "DA" else _DATE_TIME).fullmatch(value.strip(" \0"))
    if given is None:
        return None
    whole = "".join(given.groups()) if vr == "DA" else given[1]
    try:
        day = date(int(whole[:4]), int(whole[4:6]), int(whole[6:8])) - timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return f"{day.year:04d}{day.month:02d}{day.day:02d}" + (given[2] if vr == "DT" else "")


def is_plain(value: object, vr: str) -> bool:
    """Whether a value is no more than what its VR says: a coded word, a number, a time."""
    if vr == "CS":
        return _CODED.fullmatch(str(value)) is not None
    if vr == "TM":
        return _TIME.fullmatch(str(value).strip(" \0")) is not None
    if vr in ("DS", "IS", "FL", "FD"):
        return isfinite(float(str(value)))
    return True


def capped_age(value: str) -> str | None:
    """An age such as 095Y as 090Y; None where it is none."""
    given = _AGE.fullmatch(value.strip(" \0"))
    if given is None:
        return None
    years = int(given[1]) / {"D": 365.25, "W": 52.18, "M": 12, "Y": 1}[given[2]]
    return f"{OLDEST + 1:03d}Y" if years >= OLDEST + 1 else given[0]


def code(item: Dataset) -> Dataset:
    """A code of a public scheme with its meaning in that scheme, else a dummy.

    A code that pydicom's dictionary does not hold keeps the meaning that it came with.
    """
    scheme = text_of(item, "CodingSchemeDesignator")
    keyword = next((each for each in ("CodeValue", "LongCodeValue") if each in item), "CodeValue")
    value = text_of(item, keyword)
    made = Dataset()
    if scheme not in (*SCHEMES, CODING_SCHEME) or not _CODE.fullmatch(value):
        made.CodeValue, made.CodingSchemeDesignator = REMOVED.upper(), CODING_SCHEME
        made.CodeMeaning = REMOVED
        return made
    setattr(made, keyword, value)
    made.CodingSchemeDesignator = scheme
    made.CodeMeaning = _meanings().get((scheme, value)) or text_of(item, "CodeMeaning")
    return made


def is_code(item: Dataset) -> bool:
    """Whether a sequence's item is a code."""
    return any(each in item for each in ("CodeValue", "LongCodeValue", "URNCodeValue"))


def is_concept(item: Dataset, values: Sequence[str]) -> bool:
    """Whether a content item is of one of these DICOM concepts."""
    for name in items_of(item, "ConceptNameCodeSequence"):
        if text_of(name, "CodingSchemeDesignator") == "DCM":
            return text_of(name, "CodeValue") in values
    return False


@cache
def _meanings() -> dict[tuple[str, str], str]:
    known = cast("dict[str, dict[str, dict[str, tuple[str, list[int]]]]]", concepts)
    return {
        (scheme, value): meaning[:LONGEST_MEANING]
        for scheme, words in known.items()
        for values in words.values()
        for value, (meaning, _) in values.items()
    }
